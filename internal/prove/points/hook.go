package points

import "sync/atomic"

// Hook is told what the goroutine that calls it is about to do.
type Hook interface {
	// Step is called before an atomic operation; write says that it may change
	// what others wait for.
	Step(write bool)
	// Wait is called when the goroutine can't go on until another one has written
	// something since its last step that was no write: a failed look.
	Wait()
	// Self is the goroutine's number, if the hook numbers them.
	Self() (n int, ok bool)
}

// hook is set before goroutines are started and read by all of them.
var hook Hook = perturbing{}

// Set replaces the hook; nil is the perturbing one again. It must not be called
// while instrumented code runs.
func Set(h Hook) {
	if h == nil {
		h = perturbing{}
	}
	hook = h
}

var passed atomic.Bool

// Passed reports whether any point was ever passed: false in a build without
// the overlay, where a test of schedules would be a test of nothing.
func Passed() bool { return passed.Load() }

// Self is the hook's.
func Self() (n int, ok bool) { return hook.Self() }

func step(write bool) {
	if !passed.Load() {
		passed.Store(true)
	}
	hook.Step(write)
}

// At is a point of its own, for programs that want one between operations.
func At() { step(false) }
