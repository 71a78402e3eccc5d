package pbuf_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// upsert stands for a processor that writes a batch to a database.
func upsert(_ context.Context, batch []pbuf.Entry[string, float64]) error {
	for _, e := range batch {
		fmt.Printf("%s = %v\n", e.Key, e.Value)
	}
	return nil
}

// Many writes to a key between two deliveries reach the processor as one.
func Example() {
	prices, err := pbuf.New(pbuf.Options[string, float64]{
		Processor:     upsert,
		FlushInterval: time.Hour, // or whatever the database likes best
	})
	if err != nil {
		panic(err)
	}
	defer prices.Close()

	var feeds sync.WaitGroup
	for range 4 {
		feeds.Go(func() {
			for range 1000 {
				if err := prices.Put("ACME", 99.5); err != nil {
					panic(err) // only after Stop
				}
			}
		})
	}
	feeds.Wait()

	now, ok := prices.Get("ACME")
	fmt.Println("buffered:", now, ok)
	if err := prices.Flush(context.Background()); err != nil {
		panic(err)
	}
	// Output:
	// buffered: 99.5 true
	// ACME = 99.5
}

func ExampleNew() {
	_, err := pbuf.New(pbuf.Options[string, int]{BatchSize: -1})
	fmt.Println(err)

	_, err = pbuf.New(pbuf.Options[string, float64]{Processor: upsert, BatchSize: -1})
	fmt.Println(err)
	fmt.Println(errors.Is(err, pbuf.ErrOptions))
	// Output:
	// pbuf: invalid option: Processor and TableProcessor are both nil, one must be set
	// pbuf: invalid option: BatchSize is -1, must be positive
	// true
}

func ExampleMap_PutAll() {
	m, err := pbuf.New(pbuf.Options[string, float64]{Processor: upsert, FlushInterval: time.Hour})
	if err != nil {
		panic(err)
	}
	stored, err := m.PutAll(maps.All(map[string]float64{"ACME": 99.5, "EMCA": 12, "MACE": 7.25}))
	fmt.Println(stored, err, m.Size())
	if err := m.Stop(context.Background()); err != nil {
		panic(err)
	}
	// Unordered output:
	// 3 <nil> 3
	// ACME = 99.5
	// EMCA = 12
	// MACE = 7.25
}

// The version decides, not the order of arrival: the newer one wins, and equal
// is not newer.
func ExampleMap_PutNewer() {
	m, err := pbuf.New(pbuf.Options[string, string]{
		FlushInterval: time.Hour,
		Processor: func(_ context.Context, batch []pbuf.Entry[string, string]) error {
			for _, e := range batch {
				fmt.Printf("%s = %s (version %d, %d updates)\n", e.Key, e.Value, e.Version, e.Updates)
			}
			return nil
		},
	})
	if err != nil {
		panic(err)
	}
	defer m.Close()
	for _, event := range []struct {
		status  string
		version int64
	}{{"automatic", 100}, {"reviewed", 300}, {"checked", 200}, {"reviewed", 300}} {
		stored, err := m.PutNewer("quake 7", event.status, event.version)
		fmt.Println(event.status, event.version, stored, err)
	}
	// Output:
	// automatic 100 true <nil>
	// reviewed 300 true <nil>
	// checked 200 false <nil>
	// reviewed 300 false <nil>
	// quake 7 = reviewed (version 300, 1 updates)
}

func ExampleMap_PutAllNewer() {
	m, err := pbuf.New(pbuf.Options[string, float64]{Processor: upsert, FlushInterval: time.Hour})
	if err != nil {
		panic(err)
	}
	defer m.Close()
	stored, err := m.PutAllNewer(slices.Values([]pbuf.Versioned[string, float64]{
		{Key: "ACME", Value: 99.5, Version: 2},
		{Key: "ACME", Value: 98.5, Version: 1},
	}))
	fmt.Println(stored, err)
	// Output:
	// 1 <nil>
	// ACME = 99.5
}

// All orders of a customer go to one partition, and so are delivered by one
// flusher, one batch at a time.
func ExampleRoute() {
	m, err := pbuf.New(pbuf.Options[string, float64]{Processor: upsert, Partitions: 8, FlushInterval: time.Hour})
	if err != nil {
		panic(err)
	}
	defer m.Close()
	customer := pbuf.Route(m, "customer 7")
	for i, order := range []string{"order 1", "order 2", "order 3"} {
		if err := customer.Put(order, float64(i)); err != nil {
			panic(err)
		}
	}
	_, ok := customer.Get("order 2") // found by the route it was written with
	fmt.Println(ok)
	// Output:
	// true
	// order 1 = 0
	// order 2 = 1
	// order 3 = 2
}
