// Package sched runs goroutines one at a time and decides at each scheduling
// point (package points) which of them goes on: a stateless model checker for
// the code as it is compiled, not for a model of it.
//
// Explore enumerates every schedule with at most a given number of preemptions:
// switches away from a goroutine that could have gone on. Switches at a wait or
// at a goroutine's end are free, and all of them are tried. Most concurrency
// bugs need one or two preemptions (Musuvathi and Qadeer, "Iterative context
// bounding for systematic testing of multithreaded programs", 2007), and a
// finished enumeration says that there is none below the bound. Sample draws
// schedules with any number of them at random.
//
// What it doesn't see: the steps between two points are atomic here, and
// handing the turn over orders memory. Torn values and missing happens-before
// edges are the race detector's business, on real threads.
package sched
