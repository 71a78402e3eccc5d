package pbuf

import "testing"

func isClosed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// Room wakes who has waited longest, and if that one leaves without having used it,
// the next one.
func TestRoomIsPassedOn(t *testing.T) {
	var q waiters
	first, second, third, fourth := q.enter(), q.enter(), q.enter(), q.enter()
	q.freed(1)
	if !isClosed(first) || isClosed(second) {
		t.Fatalf("the first of the queue is woken: %v, the second: %v", isClosed(first), isClosed(second))
	}
	q.leave(first, false) // it was woken, and had gone for another reason
	if !isClosed(second) || isClosed(third) {
		t.Errorf("the second of the queue is woken: %v, the third: %v", isClosed(second), isClosed(third))
	}
	q.leave(third, false) // it was not
	if isClosed(fourth) || q.waiting.Load() != 1 {
		t.Errorf("the last one is woken: %v, %d wait, want 1", isClosed(fourth), q.waiting.Load())
	}
}
