package sinktest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// Newest asks for what Log wants; the column gone marks tombstones.
const Newest = `SELECT id, value, version, CASE WHEN gone THEN 'gone' ELSE 'here' END FROM readings ORDER BY version`

// Log has two buffers deliver a share each of a log of writes and tombstones, in any
// order, with deliveries that are repeated. Some writes are spoiled, so that the
// database refuses them. It returns the lines that Newest is to give: the table is the
// log by newest version, without the spoiled ones.
func Log(t *testing.T, p Processor, length int, spoil func(*Entry)) (want []string) {
	t.Helper()
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	var calm atomic.Bool
	var replicas [2]*pbuf.Map[string, int]
	for i := range replicas {
		var err error
		replicas[i], err = pbuf.New(pbuf.Options[string, int]{
			Processor: forgetful(p, &calm), FlushInterval: time.Millisecond, BatchSize: 7, Tombstones: true,
			Retry: pbuf.Retry{InitialBackoff: time.Millisecond, MaxBackoff: 5 * time.Millisecond},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	table := make(map[string]Entry)
	for _, version := range r.Perm(length) {
		e := Entry{Key: fmt.Sprintf("k%02d", r.IntN(60)), Value: r.IntN(1000), Version: int64(version + 1)}
		m := replicas[r.IntN(2)]
		var err error
		switch {
		case r.IntN(50) == 0:
			e.Key = fmt.Sprint("spoiled", version)
			spoil(&e)
			_, err = m.PutNewer(e.Key, e.Value, e.Version)
		case r.IntN(10) == 0:
			e.Value, e.Deleted = 0, true
			_, err = m.DeleteNewer(e.Key, e.Version)
		default:
			_, err = m.PutNewer(e.Key, e.Value, e.Version)
		}
		if err != nil {
			t.Fatal(err)
		}
		if e.Version > table[e.Key].Version && e.Key[0] == 'k' {
			table[e.Key] = e
		}
	}
	calm.Store(true)
	for _, m := range replicas {
		for m.Flush(t.Context()) != nil || m.Size() > 0 { // what failed before is tried again, or given up
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	}
	byVersion := func(a, b Entry) int { return cmp.Compare(a.Version, b.Version) }
	for _, e := range slices.SortedFunc(maps.Values(table), byVersion) {
		here := "here"
		if e.Deleted {
			here = "gone"
		}
		want = append(want, fmt.Sprint(e.Key, " ", e.Value, " ", e.Version, " ", here))
	}
	return want
}

// forgetful says of some deliveries that they failed, until it is calm.
func forgetful(p Processor, calm *atomic.Bool) Processor {
	return func(ctx context.Context, batch []Entry) error {
		if err := p(ctx, batch); err != nil {
			return err
		}
		if rand.N(4) == 0 && !calm.Load() {
			return errors.New("written, but nobody knows")
		}
		return nil
	}
}
