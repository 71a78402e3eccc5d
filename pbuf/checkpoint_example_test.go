package pbuf_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// A consumer of a log acknowledges what it has read once a checkpoint says that it is
// safe: without forcing a flush, and in order.
func ExampleMap_Checkpoint() {
	buf, err := pbuf.New(pbuf.Options[string, float64]{
		FlushInterval: 10 * time.Millisecond,
		Processor:     func(context.Context, []pbuf.Entry[string, float64]) error { return nil }, // upsert
	})
	if err != nil {
		panic(err)
	}
	defer buf.Close()

	type ack struct {
		*pbuf.Checkpoint
		offset int
	}
	pending, done := make(chan ack, 1000), make(chan struct{})
	go func() { // the committer
		defer close(done)
		for a := range pending {
			if err := a.Wait(context.Background()); err != nil {
				fmt.Println("read again from the last commit:", err)
				return
			}
			fmt.Println("commit offset", a.offset)
		}
	}()
	for offset, price := range []float64{99.5, 99.7, 99.6} { // the log
		if err := buf.Put("ACME", price); err != nil {
			panic(err)
		}
		pending <- ack{buf.Checkpoint(), offset}
	}
	close(pending)
	<-done
	// Output:
	// commit offset 0
	// commit offset 1
	// commit offset 2
}

// What a readiness probe asks.
func ExampleMap_Health() {
	buf, err := pbuf.New(pbuf.Options[string, int]{
		Partitions: 1, FlushInterval: time.Hour,
		Processor: func(context.Context, []pbuf.Entry[string, int]) error {
			return errors.New("connection refused")
		},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(buf.Health())
	_ = buf.Put("k", 1)
	_ = buf.Flush(context.Background())
	var health *pbuf.HealthError
	if errors.As(buf.Health(), &health) {
		fmt.Println(errors.Is(health, pbuf.ErrDown), health.Waiting, health.Err)
	}
	_ = buf.Close()
	fmt.Println(errors.Is(buf.Health(), pbuf.ErrClosed))
	// Output:
	// <nil>
	// true 1 connection refused
	// true
}
