package soak

import (
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

const (
	goroutines = 16
	short      = 2 * time.Second // where PBUF_SOAK is not set
)

// TestSoak is the soak.
func TestSoak(t *testing.T) {
	length := short
	if s := os.Getenv("PBUF_SOAK"); s != "" {
		var err error
		if length, err = time.ParseDuration(s); err != nil {
			t.Fatalf("PBUF_SOAK: %v", err)
		}
	}
	before := runtime.NumGoroutine()
	l := newLedger()
	m, err := pbuf.New(l.options())
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
	}
	close(stop)
	all.Wait()
	took := time.Since(began)
	if err := m.Close(); err != nil {
		t.Logf("Close: %v", err) // a last batch that failed; the ledger has it
	}
	l.balance(t, m)
	flat(t, memory)
	settled(t, before)
	s := m.Stats()
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

// flat compares the last third of the samples with the middle one: the first is
// warming up. A leak of one slot per flush would show as a multiple.
func flat(t *testing.T, memory []float64) {
	third := len(memory) / 3
	middle, last := mean(memory[third:2*third]), mean(memory[len(memory)-third:])
	if last > 1.5*middle+4 {
		t.Errorf("the heap grows: %.1f MB in the middle, %.1f at the end (%.1f)", middle, last, memory)
	}
}

func mean(x []float64) (m float64) {
	for _, v := range x {
		m += v / float64(len(x))
	}
	return m
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
