package sinktest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// Views are sums per page, as they should be in the table.
type Views map[string]int

// Merging is a buffer of that name that sums, delivers by Flush alone and repeats a
// failed batch unchanged.
func Merging(t *testing.T, name string, p Processor) *pbuf.Map[string, int] {
	t.Helper()
	m, err := pbuf.New(pbuf.Options[string, int]{
		Name: name, Processor: p, FlushInterval: time.Hour, BatchSize: 16, Tombstones: true,
		Merge: func(_ string, old, new int) int { return old + new },
		Retry: pbuf.Retry{Policy: pbuf.Replay, InitialBackoff: time.Millisecond, MaxBackoff: 2 * time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Add puts views of some pages into the buffer, and deletes a page now and then.
func (v Views) Add(t *testing.T, m *pbuf.Map[string, int]) {
	t.Helper()
	for range 300 {
		page, views := fmt.Sprintf("page %02d", rand.N(50)), rand.N(100)
		var err error
		if rand.N(50) == 0 {
			_, err = m.Delete(page)
			delete(v, page)
		} else {
			err = m.Put(page, views)
			v[page] += views
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// CountAndSum is the line of SELECT count(*), sum(value).
func (v Views) CountAndSum() string {
	sum := 0
	for _, views := range v {
		sum += views
	}
	return fmt.Sprint(len(v), " ", sum)
}

// Flush delivers all that the buffer holds, however often that fails.
func Flush(t *testing.T, m *pbuf.Map[string, int]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for m.Flush(ctx) != nil {
		if ctx.Err() != nil {
			t.Fatal("still not delivered")
		}
	}
}
