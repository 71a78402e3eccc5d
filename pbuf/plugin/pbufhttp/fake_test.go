package pbufhttp_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufhttp"
)

// fake is a buffer with books as a test wants them.
type fake struct {
	stats  pbuf.Stats
	health error
}

func (f *fake) Stats() pbuf.Stats { return f.stats }

func (f *fake) Settings() pbuf.Settings {
	return pbuf.Settings{FlushInterval: 5 * time.Second, ProcessorTimeout: time.Minute, BatchSize: 512}
}

func (f *fake) Health() error { return f.health }

func newFake(name string, partitions ...pbuf.PartitionStats) *fake {
	return &fake{stats: pbuf.Stats{Name: name, Partitions: partitions}}
}

func newHandler(t testing.TB, buffers ...pbufhttp.Buffer) *pbufhttp.Handler {
	t.Helper()
	h, err := pbufhttp.NewHandler(buffers...)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// get is what the handler answers.
func get(t testing.TB, h http.Handler, path string) (status int, header http.Header, body string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	text, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, w.Header(), string(text)
}
