package pbufhttp_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
)

// What one request costs: with 16 partitions, as on a machine of 16 cores.
func BenchmarkServe(b *testing.B) {
	buf, err := pbuf.New(pbuf.Options[string, int]{Processor: discard, Partitions: 16})
	if err != nil {
		b.Fatal(err)
	}
	defer buf.Close()
	h := newHandler(b, buf)
	for _, path := range []string{"/", "/stats.json", "/healthz"} {
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
			}
		})
	}
}
