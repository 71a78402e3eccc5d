// Package history records what concurrent goroutines did to one partition and
// what they saw, and checks with porcupine that some order of those operations,
// one at a time, explains it (invariants G1 to G4):
//
//   - each operation takes effect at one moment between its call and its return;
//   - a swap moves, at one moment, the whole current generation in flight, and
//     what it hands out is exactly what was current at that moment: no write is
//     lost, none appears twice, none with another's value, version or count;
//   - a version is rejected if, and only if, what is current, or else what is in
//     flight or remembered of the last delivery, is as new.
//
// Time is a counter: clocks of two processors disagree by more than an operation
// takes.
package history
