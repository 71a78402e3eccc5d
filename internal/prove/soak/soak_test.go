package soak

import (
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

const (
	goroutines = 16
	short      = 2 * time.Second // where PBUF_SOAK is not set
)

// TestSoak is the soak: half of the time with failures that are requeued, half
// with failures that are dropped.
func TestSoak(t *testing.T) {
	length := short
	if s := os.Getenv("PBUF_SOAK"); s != "" {
		var err error
		if length, err = time.ParseDuration(s); err != nil {
			t.Fatalf("PBUF_SOAK: %v", err)
		}
	}
	t.Run("requeue", func(t *testing.T) {
		soak(t, length/2, pbuf.Retry{InitialBackoff: time.Millisecond, MaxBackoff: 10 * time.Millisecond})
	})
	t.Run("drop", func(t *testing.T) { soak(t, length/2, pbuf.Retry{Policy: pbuf.GiveUp}) })
}

func soak(t *testing.T, length time.Duration, retry pbuf.Retry) {
	before, empty := runtime.NumGoroutine(), heap()
	l := newLedger()
	m, err := pbuf.New(l.options(retry))
	if err != nil {
		t.Fatal(err)
	}
	var memory []float64
	var all sync.WaitGroup
	stop := make(chan struct{})
	for g := range uint64(goroutines) {
		all.Go(func() { l.write(t, m, g, stop) })
	}
	began := time.Now()
	const samples = 10
	for range samples {
		<-time.After(length / samples)
		memory = append(memory, heap())
		if s := m.Stats(); s.Balance() != 0 {
			t.Errorf("G1: the books are off by %d beside the writers", s.Balance())
		}
	}
	close(stop)
	all.Wait()
	took := time.Since(began)
	if err := m.Close(); err != nil {
		t.Logf("Close: %v", err) // a last batch that failed; the ledger has it
	}
	l.balance(t, m, retry)
	settled(t, before)
	flat(t, memory, empty)
	s := m.Stats() // and the buffer is alive until here
	t.Logf("explored: %v, %.2f M operations/s, %d generations, %d batches, %d entries delivered, %d failed, heap %.1f to %.1f MB",
		took.Round(time.Second), float64(l.operations.Load())/took.Seconds()/1e6, s.Generations, s.Batches, s.Delivered, s.Failed,
		memory[0], memory[len(memory)-1])
}

// heap is what lives on the heap, in megabytes.
func heap() float64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return float64(s.HeapAlloc) / 1e6
}

// slack is what generations in flight make the heap swing by, in megabytes.
const slack = 32

// flat compares the lowest sample of the last third with the highest of the
// middle one: what swings comes down again, what leaks doesn't. The stopped
// buffer, which we still hold, may keep a generation, no more.
func flat(t *testing.T, memory []float64, before float64) {
	third := len(memory) / 3
	middle, last := slices.Max(memory[third:2*third]), slices.Min(memory[len(memory)-third:])
	if last > 1.5*middle+slack {
		t.Errorf("the heap grows: %.1f MB in the middle, %.1f at the end (%.1f)", middle, last, memory)
	}
	if after := heap(); after > before+slack/2 {
		t.Errorf("the stopped buffer keeps %.1f MB", after-before)
	}
}

// settled waits for the goroutines that have been told to end.
func settled(t *testing.T, before int) {
	deadline := time.Now().Add(10 * time.Second)
	for runtime.NumGoroutine() > before {
		if time.Now().After(deadline) {
			t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
			return
		}
		runtime.Gosched()
	}
}
