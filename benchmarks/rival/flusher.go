package rival

import "time"

// Flusher is the goroutine that drains a hand-written buffer: at the interval,
// on request, and once more at the end. The interval runs from the end of one
// drain to the start of the next, as it does in pbuf, so that nobody flushes
// more often than the others.
type Flusher struct {
	ask  chan chan struct{}
	quit chan struct{}
	done chan struct{}
}

// StartFlusher runs drain at every interval (0: only when asked).
func StartFlusher(interval time.Duration, drain func()) *Flusher {
	f := &Flusher{
		ask:  make(chan chan struct{}),
		quit: make(chan struct{}),
		done: make(chan struct{}),
	}
	go f.loop(interval, drain)
	return f
}

func (f *Flusher) loop(interval time.Duration, drain func()) {
	defer close(f.done)
	tick := newTick(interval)
	defer tick.stop()
	for {
		select {
		case <-tick.c:
			drain()
			tick.again()
		case answer := <-f.ask:
			drain()
			close(answer)
		case <-f.quit:
			drain()
			return
		}
	}
}

// tick fires once per again; with no interval it never does.
type tick struct {
	c     <-chan time.Time
	timer *time.Timer
	every time.Duration
}

func newTick(every time.Duration) tick {
	if every <= 0 {
		return tick{}
	}
	t := time.NewTimer(every)
	return tick{c: t.C, timer: t, every: every}
}

func (t tick) again() { t.timer.Reset(t.every) }

func (t tick) stop() {
	if t.timer != nil {
		t.timer.Stop()
	}
}

// Flush asks for a drain and waits for it.
func (f *Flusher) Flush() {
	answer := make(chan struct{})
	f.ask <- answer
	<-answer
}

// Close drains a last time and ends the goroutine.
func (f *Flusher) Close() {
	close(f.quit)
	<-f.done
}
