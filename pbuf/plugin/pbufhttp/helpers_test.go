package pbufhttp_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/partitioned-buffer/go/pbuf/plugin/pbufhttp"
)

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
