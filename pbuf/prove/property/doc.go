// Package property drives a Map with random sequences of everything that it can
// do, and compares each answer, each delivery and the books with package
// reference. Time is synthetic (testing/synctest): after each action the
// flushers have done all they are going to do.
//
// The same machine runs with degenerate constructions: one partition, a
// constant or truncated hash for the routing, batches of one. Package degenerate
// adds those that need another compilation: a constant hash everywhere, an arena
// that grows at every insert, counters near their wrap-around.
package property
