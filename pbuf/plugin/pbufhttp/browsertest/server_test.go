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
	hangs  atomic.Bool // no request is answered
	load   func()      // ends the load
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
	s.buffer, s.load = buffer, load(buffer)
	t.Cleanup(func() {
		s.load()
		s.dead.Store(false)
		if err := buffer.Close(); err != nil {
			t.Error(err)
		}
	})
	s.url = listen(t, &s.hangs, pbufhttp.Options{}, buffer)
	return s
}

// listen serves the page of these buffers, and no answer at all while it hangs.
func listen(t *testing.T, hangs *atomic.Bool, o pbufhttp.Options, buffers ...pbufhttp.Buffer) (url string) {
	t.Helper()
	o.Refresh = 200 * time.Millisecond
	page, err := o.NewHandler(buffers...)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pbuf/", func(w http.ResponseWriter, r *http.Request) {
		if hangs.Load() {
			<-r.Context().Done() // until the browser gives up
			return
		}
		page.ServeHTTP(w, r)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + "/debug/pbuf/"
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
