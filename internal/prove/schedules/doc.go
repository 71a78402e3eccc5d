// Package schedules runs small concurrent programs on one partition under
// package sched, which chooses the schedule, and checks every execution: its
// history against the model of package history, its ledger, and that it ends.
// Others run on a whole Map, whose flushers are then under the scheduler too, and
// make checkpoints: what one says is compared with what the processor got.
//
// The programs run in a child of the test, compiled with the points overlay.
package schedules
