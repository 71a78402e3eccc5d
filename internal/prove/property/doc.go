// Package property drives a Map with random sequences of everything that it can
// do, and compares each answer, each delivery and the books with package
// reference. Time is synthetic (testing/synctest): after each action the
// flushers have done all they are going to do.
//
// A second machine is about what comes after a failure: it draws the options
// that decide it, and a processor that fails in every way that there is.
//
// A failure that rapid has shrunk is kept: without -rapid.nofailfile it is
// written to testdata/rapid, whose files every run replays first. Those that are
// there are of broken libraries, named after what was broken. Where their steps
// go well, rapid says that they are no longer valid: the recorded draws end there.
//
// The first machine runs with degenerate constructions: one partition, a
// constant or truncated hash for the routing, batches of one. Package degenerate
// adds those that need another compilation: a constant hash everywhere, an arena
// that grows at every insert, counters near their wrap-around.
package property
