// Package points puts a scheduling point into every atomic step of the library,
// without a trace of it in the library's sources.
//
// The overlay package compiles the library with its sync/atomic (and, in the
// partition, its mutex, its yield and the gate's channel) replaced by the types
// of this package. Each of their operations calls a hook before it touches
// memory: between two operations of one goroutine, any other may then run. So
// every race window has its points, those of code that is written tomorrow too,
// and nobody can forget one; and the ordinary build has none at all.
//
// Two hooks exist. The default one perturbs: it lets the goroutine go on most
// of the time, yields or spins now and then (see perturb.go). Package sched
// sets another, which runs one goroutine at a time and chooses who goes on.
package points
