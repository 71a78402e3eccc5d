package browsertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufhttp"
)

// service is a buffer under load, a sink that can be switched off, and the page.
type service struct {
	buffer *pbuf.Map[string, int]
	url    string
	dead   atomic.Bool
	load   func() // ends the load
}

var errDead = errors.New("dial tcp 10.0.3.7:5432: connect: connection refused")

func serve(t *testing.T, name string) *service {
	t.Helper()
	s := &service{}
	buffer, err := pbuf.New(pbuf.Options[string, int]{
		Name: name, Partitions: 4, FlushInterval: 300 * time.Millisecond, BatchSize: 256,
		Retry: pbuf.Retry{MaxBackoff: time.Second},
		Processor: func(_ context.Context, batch []pbuf.Entry[string, int]) error {
			<-time.After(2*time.Millisecond + time.Duration(len(batch))*20*time.Microsecond) // a round trip
			if s.dead.Load() {
				return errDead
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	page, err := pbufhttp.Options{Refresh: 200 * time.Millisecond}.NewHandler(buffer)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/debug/pbuf/", page)
	server := httptest.NewServer(mux)
	s.buffer, s.url = buffer, server.URL+"/debug/pbuf/"
	s.load = load(buffer)
	t.Cleanup(func() {
		s.load()
		server.Close()
		s.dead.Store(false)
		if err := buffer.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// load writes to skewed keys, some thousand times a second, until it is ended.
func load(buffer *pbuf.Map[string, int]) (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			for j := range 40 {
				k := (i*40 + j) * 7919 % 1000
				_ = buffer.Put(fmt.Sprint("user-", k*k/1000), i)
			}
		}
	}()
	return func() { cancel(); <-ended }
}
