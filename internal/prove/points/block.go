package points

import "sync"

// Mutex is sync.Mutex with a point before Lock and Unlock; waiting for it is
// waiting in the hook's eyes.
type Mutex struct{ mu sync.Mutex }

// Lock locks.
func (m *Mutex) Lock() {
	for step(false); !m.mu.TryLock(); step(false) {
		hook.Wait()
	}
}

// TryLock locks if nobody has it.
func (m *Mutex) TryLock() bool {
	step(false)
	return m.mu.TryLock()
}

// Unlock unlocks.
func (m *Mutex) Unlock() {
	step(true)
	m.mu.Unlock()
}

// Gosched is runtime.Gosched of code that polls for another goroutine's step.
func Gosched() { hook.Wait() }

// Receive is <-c.
func Receive[T any](c <-chan T) T {
	for {
		step(false)
		select {
		case v := <-c:
			return v
		default:
			hook.Wait()
		}
	}
}

// Send is c <- v.
func Send[T any](c chan<- T, v T) {
	for {
		step(true)
		select {
		case c <- v:
			return
		default:
			hook.Wait()
		}
	}
}
