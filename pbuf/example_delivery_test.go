package pbuf_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

func ExampleMap_Flush() {
	m, err := pbuf.New(pbuf.Options[string, float64]{Processor: upsert, FlushInterval: time.Hour})
	if err != nil {
		panic(err)
	}
	defer m.Close()
	if err := m.Put("ACME", 99.5); err != nil {
		panic(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := m.Flush(ctx); err != nil {
		var failed *pbuf.FlushError
		if errors.As(err, &failed) {
			fmt.Println(failed.Failed, "entries failed:", failed.Err)
		}
	}
	fmt.Println("delivered")
	// Output:
	// ACME = 99.5
	// delivered
}

func ExampleMap_UpdateSettings() {
	m, err := pbuf.New(pbuf.Options[string, float64]{Processor: upsert, FlushInterval: time.Hour})
	if err != nil {
		panic(err)
	}
	defer m.Close()
	err = m.UpdateSettings(func(s *pbuf.Settings) {
		s.FlushInterval /= 10
		s.FlushThreshold = 10_000
	})
	fmt.Println(err, m.Settings().FlushInterval)
	err = m.UpdateSettings(func(s *pbuf.Settings) {
		s.BatchSize = 100
		s.ProcessorTimeout = 0 // all or nothing
	})
	fmt.Println(err, m.Settings().BatchSize)
	// Output:
	// <nil> 6m0s
	// pbuf: invalid option: ProcessorTimeout is 0s, must be at least 100µs 512
}

// Stop says how many entries were not delivered, and keeps them: save them, and
// hand them to the next buffer as Options.Initial.
func ExampleMap_Stop() {
	m, err := pbuf.New(pbuf.Options[string, int]{
		Processor: func(context.Context, []pbuf.Entry[string, int]) error {
			return errors.New("database is down")
		},
	})
	if err != nil {
		panic(err)
	}
	if err := m.Put("visits", 42); err != nil {
		panic(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var undelivered *pbuf.UndeliveredError
	if err := m.Stop(ctx); errors.As(err, &undelivered) {
		fmt.Println(err)
		for e := range m.Undelivered() {
			fmt.Println("to be saved:", e.Key, e.Value)
		}
	}
	fmt.Println(m.Put("visits", 43))
	// Output:
	// pbuf: Stop: 1 entries not delivered: database is down
	// to be saved: visits 42
	// pbuf: buffer is closed
}

// A TableProcessor gets a whole generation, which it may keep and look up.
func ExampleTableProcessor() {
	var snapshots []*pbuf.Table[string, int]
	m, err := pbuf.New(pbuf.Options[string, int]{
		Partitions:    1, // else one table per partition
		FlushInterval: time.Hour,
		TableProcessor: func(_ context.Context, t *pbuf.Table[string, int]) error {
			snapshots = append(snapshots, t)
			return nil
		},
	})
	if err != nil {
		panic(err)
	}
	for hour := range 2 {
		for _, page := range []string{"/", "/docs", "/"} {
			if err := m.Put(page, 100*hour+len(page)); err != nil {
				panic(err)
			}
		}
		if err := m.Flush(context.Background()); err != nil {
			panic(err)
		}
	}
	if err := m.Close(); err != nil {
		panic(err)
	}
	for hour, table := range snapshots {
		docs, _ := table.Get("/docs")
		fmt.Println("hour", hour, "pages", table.Len(), "docs", docs.Value)
	}
	for e := range snapshots[1].All() {
		fmt.Println(e.Key, e.Value)
	}
	// Output:
	// hour 0 pages 2 docs 5
	// hour 1 pages 2 docs 105
	// / 101
	// /docs 105
}

func ExampleHooks() {
	var log strings.Builder // hooks of one partition run one at a time
	m, err := pbuf.New(pbuf.Options[string, int]{
		Name: "visits", Partitions: 1, FlushInterval: time.Hour,
		Retry: pbuf.Retry{Policy: pbuf.GiveUp},
		Processor: func(context.Context, []pbuf.Entry[string, int]) error {
			panic("no such table")
		},
		Hooks: pbuf.Hooks{
			FlushStart: func(i pbuf.FlushInfo) {
				fmt.Fprintf(&log, "%s/%d: %d entries\n", i.Name, i.Partition, i.Entries)
			},
			BatchPanicked: func(i pbuf.BatchInfo) {
				var p *pbuf.PanicError
				if errors.As(i.Err, &p) {
					fmt.Fprintf(&log, "%s/%d: panic: %v (stack: %v)\n", i.Name, i.Partition, p.Value, len(p.Stack) > 0)
				}
			},
			PartitionStop: func(i pbuf.PartitionInfo) {
				fmt.Fprintf(&log, "%s/%d: stopped\n", i.Name, i.Partition)
			},
		},
	})
	if err != nil {
		panic(err)
	}
	if err := m.Put("/", 1); err != nil {
		panic(err)
	}
	fmt.Println(m.Flush(context.Background()))
	if err := m.Close(); err != nil {
		panic(err)
	}
	fmt.Print(log.String())
	// Output:
	// pbuf: Flush: 1 entries failed: pbuf: panic: no such table
	// visits/0: 1 entries
	// visits/0: panic: no such table (stack: true)
	// visits/0: stopped
}

func ExampleMap_Stats() {
	m, err := pbuf.New(pbuf.Options[string, int]{
		FlushInterval: time.Hour,
		Processor:     func(context.Context, []pbuf.Entry[string, int]) error { return nil },
	})
	if err != nil {
		panic(err)
	}
	for i := range 1000 {
		if err := m.Put(fmt.Sprint("key ", i%10), i); err != nil {
			panic(err)
		}
	}
	s := m.Stats()
	fmt.Println("buffered", s.Size, "delivered", s.Delivered)
	if err := m.Close(); err != nil {
		panic(err)
	}
	s = m.Stats()
	fmt.Println("buffered", s.Size, "delivered", s.Delivered, "of", s.Accepted, "writes")
	fmt.Println("overwritten", s.Overwritten, "balance", s.Balance())
	// Output:
	// buffered 10 delivered 0
	// buffered 0 delivered 10 of 1000 writes
	// overwritten 990 balance 0
}
