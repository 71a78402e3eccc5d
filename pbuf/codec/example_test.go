package codec_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/codec"
)

// What could not be delivered before the process ends is delivered by the next one.
func Example() {
	down := func(context.Context, []pbuf.Entry[string, int]) error { return errors.New("sink is down") }
	first, err := pbuf.New(pbuf.Options[string, int]{Processor: down})
	if err != nil {
		panic(err)
	}
	if err := first.Put("visits", 42); err != nil {
		panic(err)
	}
	fmt.Println(first.Close())

	var file bytes.Buffer // sync and rename a real one
	if err := pbuf.WriteSnapshot(&file, first.Undelivered(), codec.JSON); err != nil {
		panic(err)
	}

	left, err := pbuf.ReadSnapshot[string, int](&file, codec.JSON)
	if err != nil {
		panic(err) // go on with what is left all the same, if you can
	}
	second, err := pbuf.New(pbuf.Options[string, int]{
		Initial: slices.Values(left),
		Processor: func(_ context.Context, batch []pbuf.Entry[string, int]) error {
			for _, e := range batch {
				fmt.Println(e.Key, e.Value)
			}
			return nil
		},
	})
	if err != nil {
		panic(err)
	}
	if err := second.Close(); err != nil {
		panic(err)
	}
	// Output:
	// pbuf: Stop: 1 entries not delivered: sink is down
	// visits 42
}

// The same in a file: a program reads it when it begins, removes it when all of that is
// delivered, so that a crash does not bring it back over newer values, and writes it
// when it ends, whether something was left or not.
func Example_file() {
	folder, err := os.MkdirTemp("", "example-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "left.snapshot")

	run := func(save pbuf.Processor[string, int], visits int) {
		left, err := pbuf.ReadSnapshotFile[string, int](path, codec.JSON)
		if err != nil {
			panic(err)
		}
		buf, err := pbuf.New(pbuf.Options[string, int]{Processor: save, Initial: slices.Values(left)})
		if err != nil {
			panic(err)
		}
		var removal sync.WaitGroup
		fromBefore := buf.Checkpoint()
		removal.Go(func() {
			<-fromBefore.Done() // at Close at the latest
			if fromBefore.Err() == nil {
				os.Remove(path)
			}
		})
		if err := buf.Put(fmt.Sprint("page ", visits), visits); err != nil {
			panic(err)
		}
		stopped := buf.Close()
		removal.Wait() // or it might remove what comes now
		fmt.Println(len(left), "left from before; now:", stopped)
		if err := pbuf.WriteSnapshotFile(path, buf.Undelivered(), codec.JSON); err != nil {
			panic(err)
		}
	}
	run(func(context.Context, []pbuf.Entry[string, int]) error { return errors.New("sink is down") }, 1)
	run(func(context.Context, []pbuf.Entry[string, int]) error { return nil }, 2)
	run(func(context.Context, []pbuf.Entry[string, int]) error { return nil }, 3)
	// Output:
	// 0 left from before; now: pbuf: Stop: 1 entries not delivered: sink is down
	// 1 left from before; now: <nil>
	// 0 left from before; now: <nil>
}
