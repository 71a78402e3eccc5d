package property

import (
	"context"
	"errors"
	"slices"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
	"pgregory.net/rapid"
)

var (
	keys     = rapid.IntRange(0, 7)
	numbers  = rapid.IntRange(0, 999)
	versions = rapid.OneOf(rapid.Int64Range(-2, 9), rapid.SampledFrom([]int64{pbuf.MinVersion, 1<<63 - 1}))
)

// writer is the Map or a route through it.
type writer interface {
	Put(int, value) error
	PutNewer(int, value, int64) (bool, error)
	Get(int) (value, bool)
	Delete(int) (bool, error)
}

// way draws a way in, and the partition that it leads to.
func (x *machine) way(t *rapid.T, key int) (writer, int) {
	if !rapid.Bool().Draw(t, "routed") {
		return x.m, x.route(key)
	}
	pk := keys.Draw(t, "partition key")
	return pbuf.Route(x.m, pk), x.route(pk)
}

// Put puts.
func (x *machine) Put(t *rapid.T) {
	key, n := keys.Draw(t, "key"), numbers.Draw(t, "value")
	w, i := x.way(t, key)
	v := value{n, i}
	if err := w.Put(key, v); err != nil {
		t.Fatalf("Put: %v", err)
	}
	x.parts[i].Put(key, v)
	x.wrote()
}

// PutNewer puts by version.
func (x *machine) PutNewer(t *rapid.T) {
	key, n, version := keys.Draw(t, "key"), numbers.Draw(t, "value"), versions.Draw(t, "version")
	w, i := x.way(t, key)
	v := value{n, i}
	stored, err := w.PutNewer(key, v, version)
	if want := x.parts[i].PutNewer(key, v, version); err != nil || stored != want {
		t.Fatalf("PutNewer(%d, %d) = %v, %v, want %v", key, version, stored, err, want)
	}
	x.wrote()
}

// PutReserved puts a version that is a mark.
func (x *machine) PutReserved(t *rapid.T) {
	version := pbuf.MinVersion - rapid.Int64Range(1, 3).Draw(t, "below")
	if stored, err := x.m.PutNewer(keys.Draw(t, "key"), value{}, version); stored || !errors.Is(err, pbuf.ErrVersion) {
		t.Fatalf("PutNewer(version %d) = %v, %v, want ErrVersion", version, stored, err)
	}
}

// PutAll puts several. The sequence looks at the buffer between its elements:
// no lock is held while it runs.
func (x *machine) PutAll(t *rapid.T) {
	list := rapid.SliceOfN(keys, 0, 10).Draw(t, "keys")
	stored, err := x.m.PutAll(func(yield func(int, value) bool) {
		for n, key := range list {
			v := value{n, x.route(key)}
			if !yield(key, v) {
				return
			}
			x.parts[v.Part].Put(key, v)
			x.wrote()
			x.settle(t)
		}
	})
	if err != nil || stored != len(list) {
		t.Fatalf("PutAll = %d, %v, want %d", stored, err, len(list))
	}
}

// PutAllNewer puts several by version.
func (x *machine) PutAllNewer(t *rapid.T) {
	list := rapid.SliceOfN(keys, 0, 10).Draw(t, "keys")
	want := 0
	stored, err := x.m.PutAllNewer(func(yield func(pbuf.Versioned[int, value]) bool) {
		for n, key := range list {
			v, version := value{n, x.route(key)}, versions.Draw(t, "version")
			if !yield(pbuf.Versioned[int, value]{Key: key, Value: v, Version: version}) {
				return
			}
			if x.parts[v.Part].PutNewer(key, v, version) {
				want++
			}
			x.wrote()
			x.settle(t)
		}
	})
	if err != nil || stored != want {
		t.Fatalf("PutAllNewer = %d, %v, want %d", stored, err, want)
	}
}

// Get gets.
func (x *machine) Get(t *rapid.T) {
	key := keys.Draw(t, "key")
	w, i := x.way(t, key)
	v, ok := w.Get(key)
	if want, wantOK := x.parts[i].Get(key); ok != wantOK || v != want {
		t.Fatalf("Get(%d) = %v, %v, want %v, %v", key, v, ok, want, wantOK)
	}
}

// Delete deletes.
func (x *machine) Delete(t *rapid.T) {
	key := keys.Draw(t, "key")
	w, i := x.way(t, key)
	deleted, err := w.Delete(key)
	if want := x.parts[i].Delete(key); err != nil || deleted != want {
		t.Fatalf("Delete(%d) = %v, %v, want %v", key, deleted, err, want)
	}
}

// Mode changes what the processor does with the calls that come.
func (x *machine) Mode(t *rapid.T) {
	x.sink.set(mode(slices.Index(modeNames, rapid.SampledFrom(modeNames).Draw(t, "mode"))))
}

// LetGo ends the calls that are held.
func (x *machine) LetGo(t *rapid.T) {
	do := rapid.SampledFrom([]mode{succeed, succeed, fail, panics, goexit}).Draw(t, "do")
	for _, p := range x.parts {
		if c := p.held; c != nil {
			p.held = nil
			for _, e := range c.entries {
				delete(p.undone, e.Key)
			}
			x.result(p, do, len(c.entries))
			c.let = true
			c.release <- do
			x.settle(t)
		}
	}
}

// Tick lets two intervals pass.
func (x *machine) Tick(t *rapid.T) {
	time.Sleep(2 * x.opts.FlushInterval)
	for _, p := range x.parts {
		if p.undone == nil {
			x.drain(p)
		}
	}
}

// Flush flushes, and must not return before what it covers is delivered.
func (x *machine) Flush(t *rapid.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	failed := x.books.failed
	for _, p := range x.parts {
		x.drain(p)
	}
	answer := make(chan error, 1)
	go func() { answer <- x.m.Flush(ctx) }()
	x.settle(t)
	if slices.ContainsFunc(x.parts, func(p *part) bool { return p.held != nil }) {
		select {
		case err := <-answer:
			t.Fatalf("Flush = %v while the processor had entries", err)
		default:
		}
		cancel()
		if err := <-answer; !errors.Is(err, context.Canceled) {
			t.Fatalf("Flush = %v after its context ended", err)
		}
		return
	}
	synctest.Wait()
	var flush *pbuf.FlushError
	switch err := <-answer; {
	case x.books.failed == failed && err != nil:
		t.Fatalf("Flush = %v, want nil", err)
	case x.books.failed > failed && (!errors.As(err, &flush) || flush.Failed != x.books.failed-failed):
		t.Fatalf("Flush = %v, want %d failed", err, x.books.failed-failed)
	}
}

// Update changes settings, or tries to.
func (x *machine) Update(t *rapid.T) {
	next := x.opts
	next.BatchSize = rapid.IntRange(0, 4).Draw(t, "batch size")
	next.FlushThreshold = rapid.IntRange(-1, 4).Draw(t, "threshold")
	err := x.m.UpdateSettings(func(s *pbuf.Settings) {
		s.BatchSize, s.FlushThreshold = next.BatchSize, next.FlushThreshold
	})
	if x.table != (next.BatchSize == 0) || next.FlushThreshold < 0 {
		if !errors.Is(err, pbuf.ErrOptions) {
			t.Fatalf("UpdateSettings(%d, %d) = %v, want ErrOptions", next.BatchSize, next.FlushThreshold, err)
		}
		return
	}
	if err != nil {
		t.Fatalf("UpdateSettings: %v", err)
	}
	x.opts = next
	x.wrote()
}
