package fuzz

import (
	"context"
	"errors"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/internal/prove/reference"
	"github.com/partitioned-buffer/go/pbuf"
)

// never is an interval that no run lives to see.
const never = time.Duration(math.MaxInt64)

var errSink = errors.New("the sink is down")

// FuzzOperations runs bytes as a program of Put, PutNewer, Get, Delete, PutAll,
// Flush and failing flushes, and compares each answer and delivery with the
// reference. The first byte draws the construction.
func FuzzOperations(f *testing.F) {
	f.Add([]byte{0, 0x00, 1, 0x10, 1, 5, 0x10, 1, 4, 0x50, 0x10, 1, 4})
	f.Add([]byte{7, 0x40, 0x40, 0x41, 0x31, 0x60, 0x22, 0x21, 0x50})
	f.Add([]byte("put, flush, put again: 0123456789 0123456789"))
	f.Fuzz(func(t *testing.T, program []byte) {
		if len(program) == 0 || len(program) > 512 {
			return
		}
		r := newRunner(t, program[0])
		for at := 1; at < len(program); {
			at = r.step(program, at)
		}
		r.end()
	})
}

type runner struct {
	t     *testing.T
	shift byte
	m     *pbuf.Map[byte, int]
	ref   []*reference.Partition[byte, int]
	n     int // values: each write's is its own
	mu    sync.Mutex
	due   map[byte]pbuf.Entry[byte, int] // guarded by mu: of the flush in progress
	fail  bool                           // guarded by mu
}

func newRunner(t *testing.T, construction byte) *runner {
	r := &runner{t: t}
	parts := 1 + int(construction&3)
	m, err := pbuf.New(pbuf.Options[byte, int]{
		Partitions: parts, BatchSize: 1 + int(construction>>2&3), FlushInterval: never,
		PartitionBy: func(k byte) uint64 { return uint64(k >> (construction >> 4 & 3)) },
		Processor:   r.process,
		Retry:       pbuf.Retry{Policy: pbuf.GiveUp}, // a retry has a time of its own
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() }) // end has looked at the answer; this is for runs that failed before
	r.m, r.ref = m, reference.New[byte, int](parts)
	r.shift = construction >> 4 & 3
	return r
}

func (r *runner) part(key byte) *reference.Partition[byte, int] {
	return r.ref[int(key>>r.shift)%len(r.ref)]
}

func (r *runner) process(_ context.Context, batch []pbuf.Entry[byte, int]) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range batch {
		if want, ok := r.due[e.Key]; !ok || want != e {
			r.t.Errorf("delivered %+v, want %+v, %v", e, want, ok)
		}
		delete(r.due, e.Key)
	}
	if r.fail {
		return errSink
	}
	return nil
}

// step runs one operation and returns where the next one begins.
func (r *runner) step(program []byte, at int) int {
	op, key := program[at]>>4&7, program[at]&15
	r.n++
	switch op {
	case 0:
		if err := r.m.Put(key, r.n); err != nil {
			r.t.Fatalf("Put: %v", err)
		}
		r.part(key).Put(key, r.n)
	case 1:
		version := int64(0)
		if at++; at < len(program) {
			version = int64(int8(program[at]))
		}
		stored, err := r.m.PutNewer(key, r.n, version)
		if want := r.part(key).PutNewer(key, r.n, version); err != nil || stored != want {
			r.t.Fatalf("PutNewer(%d, %d) = %v, %v, want %v", key, version, stored, err, want)
		}
	case 2:
		deleted, err := r.m.Delete(key)
		if want := r.part(key).Delete(key); err != nil || deleted != want {
			r.t.Fatalf("Delete(%d) = %v, %v, want %v", key, deleted, err, want)
		}
	case 3:
		v, ok := r.m.Get(key)
		if want, wantOK := r.part(key).Get(key); v != want || ok != wantOK {
			r.t.Fatalf("Get(%d) = %d, %v, want %d, %v", key, v, ok, want, wantOK)
		}
	case 4:
		r.putAll(key)
	default:
		r.flush(op == 7)
	}
	return at + 1
}

// putAll puts all keys up to one.
func (r *runner) putAll(last byte) {
	stored, err := r.m.PutAll(func(yield func(byte, int) bool) {
		for key := range last {
			if !yield(key, r.n) {
				return
			}
		}
	})
	if err != nil || stored != int(last) {
		r.t.Fatalf("PutAll = %d, %v, want %d", stored, err, last)
	}
	for key := range last {
		r.part(key).Put(key, r.n)
	}
}

func (r *runner) flush(fail bool) {
	n := r.retire(fail)
	err := r.m.Flush(r.t.Context())
	var failed *pbuf.FlushError
	if fail && n > 0 {
		if !errors.As(err, &failed) || failed.Failed != n {
			r.t.Fatalf("Flush = %v, want %d failed", err, n)
		}
	} else if err != nil {
		r.t.Fatalf("Flush = %v", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.due) > 0 {
		r.t.Fatalf("Flush returned before %v was delivered", r.due)
	}
	for _, p := range r.ref {
		p.Release()
	}
}

// retire makes everything due, and returns how much that is.
func (r *runner) retire(fail bool) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.due, r.fail = map[byte]pbuf.Entry[byte, int]{}, fail
	for _, p := range r.ref {
		for k, e := range p.Retire() {
			r.due[k] = e
		}
	}
	return len(r.due)
}

func (r *runner) end() {
	r.retire(false)
	if err := r.m.Close(); err != nil {
		r.t.Fatalf("Close = %v", err)
	}
	if len(r.due) > 0 {
		r.t.Fatalf("Close returned before %v was delivered", r.due)
	}
}
