package sinktest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/testdb"
)

// ByWriter asks for what Outage wants.
const ByWriter = `SELECT value, count(*), min(version), max(version) FROM readings GROUP BY value ORDER BY value`

// Outage kills the server and restarts it while writers go on, and delivers all that
// they wrote. No row may be blamed meanwhile. It returns the lines that ByWriter is to
// give: every key has its newest version.
func Outage(t *testing.T, server *testdb.Server, p Processor) (want []string) {
	t.Helper()
	failed := make(chan struct{})
	once := sync.OnceFunc(func() { close(failed) })
	buf, err := pbuf.New(pbuf.Options[string, int]{
		Processor: func(ctx context.Context, batch []Entry) error {
			err := p(ctx, batch)
			if err != nil {
				once()
			}
			if len(Fates(err)) > 0 {
				t.Errorf("rows are to blame: %v", err)
			}
			return err
		},
		FlushInterval: 5 * time.Millisecond,
		Retry:         pbuf.Retry{InitialBackoff: 10 * time.Millisecond, MaxBackoff: 50 * time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	last := make([]int64, 4)
	var writers sync.WaitGroup
	for w := range last {
		writers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				last[w]++
				for k := range 50 {
					if _, err := buf.PutNewer(fmt.Sprintf("%d-%d", w, k), w, last[w]); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	server.Kill(t)
	<-failed
	server.Restart(t)
	close(stop)
	writers.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		if err = buf.Flush(ctx); err == nil || ctx.Err() != nil {
			break
		}
	}
	if err := errors.Join(err, buf.Stop(ctx)); err != nil {
		t.Fatal(err)
	}
	for w, version := range last {
		want = append(want, fmt.Sprintf("%d 50 %d %d", w, version, version))
	}
	return want
}
