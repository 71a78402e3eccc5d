package pbuf_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

func ExampleMap_All() {
	buf, err := pbuf.New(pbuf.Options[string, int]{
		Partitions: 1, FlushInterval: time.Hour,
		Processor: func(context.Context, []pbuf.Entry[string, int]) error { return nil },
	})
	if err != nil {
		panic(err)
	}
	_ = buf.Put("a", 1)
	_, _ = buf.PutNewer("b", 2, 7)
	sum := 0
	for e := range buf.All() { // in no order
		sum += e.Value
	}
	fmt.Println("buffered:", sum)
	_ = buf.Close()
	for range buf.All() {
		fmt.Println("never")
	}
	// Output: buffered: 3
}

func ExampleOptions_versionMemory() {
	buf, err := pbuf.New(pbuf.Options[string, string]{
		FlushInterval: time.Hour, VersionMemory: 1000,
		Processor: func(_ context.Context, batch []pbuf.Entry[string, string]) error {
			fmt.Println("delivered", batch[0].Value)
			return nil
		},
	})
	if err != nil {
		panic(err)
	}
	_, _ = buf.PutNewer("k", "version 2", 2)
	_ = buf.Flush(context.Background())
	stored, _ := buf.PutNewer("k", "version 1", 1) // late, and k is not in the buffer
	fmt.Println("late write stored:", stored)
	_ = buf.Close()
	// Output:
	// delivered version 2
	// late write stored: false
}

func ExampleOptions_abandonStuck() {
	hang := make(chan struct{})
	buf, err := pbuf.New(pbuf.Options[string, int]{
		FlushInterval: time.Hour, ProcessorTimeout: time.Millisecond, AbandonStuck: true,
		Processor: func(_ context.Context, batch []pbuf.Entry[string, int]) error {
			if batch[0].Attempts == 0 {
				<-hang // and not the end of the context
			}
			return nil
		},
	})
	if err != nil {
		panic(err)
	}
	_ = buf.Put("k", 1)
	err = buf.Flush(context.Background())
	fmt.Println(errors.Is(err, pbuf.ErrAbandoned), "stuck:", buf.Stats().Stuck)
	fmt.Println(buf.Close()) // tries again
	fmt.Println("delivered:", buf.Stats().Delivered)
	close(hang)
	// Output:
	// true stuck: 1
	// <nil>
	// delivered: 1
}

func ExampleOptions_deadLetter() {
	buf, err := pbuf.New(pbuf.Options[string, int]{
		Partitions: 1, FlushInterval: time.Hour,
		Retry: pbuf.Retry{MaxAttempts: 3},
		Processor: func(_ context.Context, batch []pbuf.Entry[string, int]) error {
			var bad []pbuf.Entry[string, int]
			for _, e := range batch {
				if e.Value < 0 {
					bad = append(bad, e)
				}
			}
			if len(bad) == 0 {
				return nil
			}
			return pbuf.Failed(errors.New("value is negative"), bad...)
		},
		DeadLetter: func(_ context.Context, entries []pbuf.Entry[string, int], err error) error {
			for _, e := range entries {
				fmt.Printf("%s = %d given up after %d attempts: %v\n", e.Key, e.Value, e.Attempts, err)
			}
			return nil // they are in safe hands
		},
	})
	if err != nil {
		panic(err)
	}
	_ = buf.Put("good", 1)
	_ = buf.Put("bad", -1)
	for range 3 { // instead of waiting for the backoff
		fmt.Println(buf.Flush(context.Background()))
	}
	s := buf.Stats()
	fmt.Println("delivered", s.Delivered, "dead-lettered", s.DeadLettered)
	_ = buf.Close()
	// Output:
	// pbuf: Flush: 1 entries failed: value is negative
	// pbuf: Flush: 1 entries failed: value is negative
	// bad = -1 given up after 3 attempts: value is negative
	// pbuf: Flush: 1 entries failed: value is negative
	// delivered 1 dead-lettered 1
}

func ExampleOptions_capacity() {
	buf, err := pbuf.New(pbuf.Options[string, int]{
		Capacity: 2, OnFull: pbuf.Reject,
		FlushInterval: time.Hour,
		Processor:     func(context.Context, []pbuf.Entry[string, int]) error { return nil },
	})
	if err != nil {
		panic(err)
	}
	_ = buf.Put("a", 1)
	_ = buf.Put("b", 1)
	fmt.Println(buf.Put("a", 2)) // not a new entry
	fmt.Println(buf.Put("c", 1))
	_ = buf.Close()
	// Output:
	// <nil>
	// pbuf: buffer is full: Capacity is 2
}

func ExampleFullPolicy() {
	for _, policy := range []pbuf.FullPolicy{pbuf.DropNewest, pbuf.DropOldest} {
		var got []string
		begin, busy := make(chan struct{}), make(chan struct{})
		buf, err := pbuf.New(pbuf.Options[string, int]{
			Partitions: 1, FlushInterval: time.Hour,
			Capacity: 3, OnFull: policy,
			Processor: func(_ context.Context, batch []pbuf.Entry[string, int]) error {
				for _, e := range batch {
					got = append(got, e.Key)
				}
				if batch[0].Key == "in flight" {
					close(busy)
					<-begin
				}
				return nil
			},
		})
		if err != nil {
			panic(err)
		}
		_ = buf.Put("in flight", 0) // takes room until it is delivered
		go func() { _ = buf.Flush(context.Background()) }()
		<-busy
		for _, key := range []string{"a", "b", "c"} {
			_ = buf.Put(key, 1)
		}
		close(begin)
		_ = buf.Close()
		slices.Sort(got)
		fmt.Println(got, "dropped", buf.Stats().Dropped)
	}
	// Output:
	// [a b in flight] dropped 1
	// [b c in flight] dropped 1
}

func ExampleOptions_maxBytes() {
	buf, err := pbuf.New(pbuf.Options[string, []byte]{
		MaxBytes: 100, SizeOf: func(key string, value []byte) int { return len(key) + len(value) },
		OnFull: pbuf.Reject, FlushInterval: time.Hour,
		Processor: func(context.Context, []pbuf.Entry[string, []byte]) error { return nil },
	})
	if err != nil {
		panic(err)
	}
	_ = buf.Put("a", make([]byte, 9))
	fmt.Println(buf.Put("b", make([]byte, 100)))
	fmt.Println(buf.Put("a", make([]byte, 29))) // buffered: never refused
	fmt.Println("bytes:", buf.Stats().Bytes)
	_ = buf.Flush(context.Background())
	fmt.Println("bytes:", buf.Stats().Bytes)
	_ = buf.Close()
	// Output:
	// pbuf: buffer is full: the entry never fits: MaxBytes is 100, it has 101 bytes
	// <nil>
	// bytes: 30
	// bytes: 0
}

func ExampleOptions_tombstones() {
	buf, err := pbuf.New(pbuf.Options[string, int]{
		Partitions: 1, FlushInterval: time.Hour, Tombstones: true,
		Processor: func(_ context.Context, batch []pbuf.Entry[string, int]) error {
			for _, e := range batch {
				if e.Deleted {
					fmt.Println("DELETE", e.Key)
				} else {
					fmt.Println("UPSERT", e.Key, e.Value)
				}
			}
			return nil
		},
	})
	if err != nil {
		panic(err)
	}
	_ = buf.Put("k", 1)
	_ = buf.Flush(context.Background())
	_, _ = buf.Delete("k") // it is in the sink, not in the buffer
	_, found := buf.Get("k")
	fmt.Println("found:", found)
	_ = buf.Close()
	// Output:
	// UPSERT k 1
	// found: false
	// DELETE k
}

func ExampleOptions_initial() {
	saved := []pbuf.Entry[string, int]{ // such as another buffer's Undelivered
		{Key: "k", Value: 1, Version: 4},
		{Key: "k", Value: 2, Version: 3}, // older: loses
		{Key: "gone", Version: 9, Deleted: true},
	}
	buf, err := pbuf.New(pbuf.Options[string, int]{
		Partitions: 1, FlushInterval: time.Hour,
		Initial: slices.Values(saved),
		Processor: func(_ context.Context, batch []pbuf.Entry[string, int]) error {
			for _, e := range batch {
				fmt.Println(e.Key, e.Value, "version", e.Version, "deleted:", e.Deleted)
			}
			return nil
		},
	})
	if err != nil {
		panic(err)
	}
	stored, _ := buf.PutNewer("k", 3, 4)
	fmt.Println("equal version stored:", stored)
	_ = buf.Close()
	// Output:
	// equal version stored: false
	// k 1 version 4 deleted: false
	// gone 0 version 9 deleted: true
}
