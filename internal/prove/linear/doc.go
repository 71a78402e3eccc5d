// Package linear checks histories of real goroutines on real processors for
// linearizability, at two levels: a partition, with every operation that it has,
// and a Map through its public functions alone, with the deliveries that its
// processor saw. Package schedules does the same for schedules that it chooses;
// here they are what the machine makes of them, perturbed or not, with the race
// detector watching.
package linear
