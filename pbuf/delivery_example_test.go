package pbuf_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

func ExampleFailed() {
	save := func(_ context.Context, batch []pbuf.Entry[string, int]) error {
		var bad []pbuf.Entry[string, int]
		for _, e := range batch {
			if e.Value < 0 && e.Attempts == 0 {
				bad = append(bad, e)
				continue
			}
			fmt.Println("saved", e.Key, "after", e.Attempts, "failures")
		}
		if len(bad) == 0 {
			return nil
		}
		return pbuf.Failed(errors.New("negative"), bad...)
	}
	buf, err := pbuf.New(pbuf.Options[string, int]{Partitions: 1, FlushInterval: time.Hour, Processor: save})
	if err != nil {
		panic(err)
	}
	_ = buf.Put("a", 1)
	_ = buf.Put("b", -1)
	fmt.Println(buf.Flush(context.Background()))
	fmt.Println(buf.Close())
	// Output:
	// saved a after 0 failures
	// pbuf: Flush: 1 entries failed: negative
	// saved b after 1 failures
	// <nil>
}

func ExamplePermanent() {
	buf, err := pbuf.New(pbuf.Options[string, int]{
		Processor: func(context.Context, []pbuf.Entry[string, int]) error {
			return pbuf.Permanent(errors.New("no such table"))
		},
		DeadLetter: func(_ context.Context, entries []pbuf.Entry[string, int], err error) error {
			fmt.Println("given up:", entries[0].Key, "because of", err)
			return nil
		},
	})
	if err != nil {
		panic(err)
	}
	_ = buf.Put("a", 1)
	fmt.Println(buf.Close())
	// Output:
	// given up: a because of no such table
	// <nil>
}

func ExampleOptions_merge() {
	buf, err := pbuf.New(pbuf.Options[string, int]{
		Merge: func(_ string, old, new int) int { return old + new },
		Processor: func(_ context.Context, batch []pbuf.Entry[string, int]) error {
			fmt.Println(batch[0].Key, batch[0].Value)
			return nil
		},
	})
	if err != nil {
		panic(err)
	}
	for range 3 {
		_ = buf.Put("clicks", 1)
	}
	_ = buf.Close()
	// Output: clicks 3
}

func ExampleMap_PutContext() {
	buf, err := pbuf.New(pbuf.Options[string, int]{
		Capacity: 1, FlushInterval: time.Hour,
		Retry:     pbuf.Retry{InitialBackoff: time.Hour},
		Processor: func(context.Context, []pbuf.Entry[string, int]) error { return errors.New("sink is down") },
	})
	if err != nil {
		panic(err)
	}
	_ = buf.Put("a", 1)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	err = buf.PutContext(ctx, "b", 1)
	fmt.Println(errors.Is(err, pbuf.ErrFull), errors.Is(err, context.DeadlineExceeded))
	fmt.Println(buf.Put("a", 2)) // an overwrite needs no room
	_ = buf.Close()
	// Output:
	// true true
	// <nil>
}

func ExampleMap_DeleteNewer() {
	buf, err := pbuf.New(pbuf.Options[string, int]{
		Tombstones: true,
		Processor: func(_ context.Context, batch []pbuf.Entry[string, int]) error {
			for _, e := range batch {
				fmt.Println(e.Key, "deleted:", e.Deleted, "at version", e.Version)
			}
			return nil
		},
	})
	if err != nil {
		panic(err)
	}
	_, _ = buf.PutNewer("k", 1, 1)
	_, _ = buf.DeleteNewer("k", 3)
	stored, _ := buf.PutNewer("k", 2, 2) // late
	fmt.Println("late write stored:", stored)
	_ = buf.Close()
	// Output:
	// late write stored: false
	// k deleted: true at version 3
}

func ExampleMap_Lookup() {
	var buf *pbuf.Map[string, int]
	buf, err := pbuf.New(pbuf.Options[string, int]{
		FlushInterval: time.Hour,
		Processor: func(context.Context, []pbuf.Entry[string, int]) error {
			e, place := buf.Lookup("k")
			fmt.Println(e.Value, place)
			return nil
		},
	})
	if err != nil {
		panic(err)
	}
	_ = buf.Put("k", 1)
	e, place := buf.Lookup("k")
	fmt.Println(e.Value, place)
	_ = buf.Close()
	// Output:
	// 1 Buffered
	// 1 InFlight
}

func ExampleMap_Undelivered() {
	down := func(context.Context, []pbuf.Entry[string, int]) error { return errors.New("sink is down") }
	first, err := pbuf.New(pbuf.Options[string, int]{Processor: down})
	if err != nil {
		panic(err)
	}
	_ = first.Put("k", 1)
	fmt.Println(first.Close())
	next, err := pbuf.New(pbuf.Options[string, int]{
		Initial: first.Undelivered(),
		Processor: func(_ context.Context, batch []pbuf.Entry[string, int]) error {
			fmt.Println("delivered", batch[0].Key, batch[0].Value)
			return nil
		},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(next.Close())
	// Output:
	// pbuf: Stop: 1 entries not delivered: sink is down
	// delivered k 1
	// <nil>
}

func ExampleOptions_newer() {
	type position struct{ Epoch, Seq int }
	buf, err := pbuf.New(pbuf.Options[string, position]{
		// A version that no int64 holds: it lives in the value.
		Newer: func(old, new position) bool {
			return new.Epoch > old.Epoch || new.Epoch == old.Epoch && new.Seq > old.Seq
		},
		Processor: func(_ context.Context, batch []pbuf.Entry[string, position]) error {
			fmt.Println(batch[0].Key, batch[0].Value)
			return nil
		},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(buf.PutIfNewer("replica", position{Epoch: 2, Seq: 1}))
	fmt.Println(buf.PutIfNewer("replica", position{Epoch: 1, Seq: 99}))
	_ = buf.Put("replica", position{Epoch: 2, Seq: 7})
	_ = buf.Close()
	// Output:
	// true <nil>
	// false <nil>
	// replica {2 7}
}
