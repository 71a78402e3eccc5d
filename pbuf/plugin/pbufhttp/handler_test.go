package pbufhttp_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/statstest"
)

func TestPaths(t *testing.T) {
	h := newHandler(t, statstest.New("seen"))
	for path, want := range map[string]struct {
		status      int
		contentType string
	}{
		"/debug/pbuf/":            {200, "text/html; charset=utf-8"},
		"/":                       {200, "text/html; charset=utf-8"},
		"/debug/pbuf/stats.json":  {200, "application/json"},
		"/debug/pbuf/live.js":     {200, "text/javascript; charset=utf-8"},
		"/debug/pbuf/style.css":   {200, "text/css; charset=utf-8"},
		"/healthz":                {200, "text/plain; charset=utf-8"},
		"/debug/pbuf/page.html":   {404, "text/plain; charset=utf-8"},
		"/debug/pbuf/nothing":     {404, "text/plain; charset=utf-8"},
		"/debug/pbuf/..":          {404, "text/plain; charset=utf-8"},
		"/debug/pbuf/healthz/":    {404, "text/plain; charset=utf-8"},
		"/healthz//":              {404, "text/plain; charset=utf-8"},
		"/debug/pbuf/stats.json/": {404, "text/plain; charset=utf-8"},
		"/debug/pbuf/live.js/":    {404, "text/plain; charset=utf-8"},
		"/debug/page.html/":       {200, "text/html; charset=utf-8"},
	} {
		t.Run(path, func(t *testing.T) {
			status, header, _ := get(t, h, path)
			if status != want.status || header.Get("Content-Type") != want.contentType {
				t.Errorf("answer is %d, %s; want %d, %s", status, header.Get("Content-Type"), want.status, want.contentType)
			}
			if csp := header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none';") {
				t.Errorf("content security policy is %q", csp)
			}
		})
	}
}

func TestMethods(t *testing.T) {
	h := newHandler(t, statstest.New("seen"))
	for method, want := range map[string]int{
		http.MethodGet: 200, http.MethodHead: 200, http.MethodPost: 405, http.MethodDelete: 405,
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, "/", nil))
		if w.Code != want {
			t.Errorf("%s is answered with %d, want %d", method, w.Code, want)
		}
	}
}

func TestHealthz(t *testing.T) {
	sick := statstest.New("views")
	sick.Sick = errors.New("nothing delivered for 5 m")
	status, _, body := get(t, newHandler(t, statstest.New("seen"), sick), "/healthz")
	if status != 503 || body != "\"seen\": ok\n\"views\": nothing delivered for 5 m\n" {
		t.Errorf("answer is %d, %q", status, body)
	}
	status, _, body = get(t, newHandler(t, statstest.New("seen")), "/healthz")
	if status != 200 || body != "\"seen\": ok\n" {
		t.Errorf("answer is %d, %q", status, body)
	}
}

// Names and errors are text, whatever they look like.
func TestPageEscapes(t *testing.T) {
	const evil = "\r\n\x00" + `"><script>alert(1)</script><img src=x onerror='alert(2)'>{{.}}`
	b := statstest.New(evil, pbuf.PartitionStats{})
	b.Sick = errors.New(evil)
	status, _, body := get(t, newHandler(t, b), "/")
	if status != 200 || !strings.Contains(body, "&lt;script&gt;alert(1)&lt;/script&gt;") {
		t.Fatalf("answer is %d, want the name in it:\n%s", status, body)
	}
	for _, bad := range []string{"<script>alert", "<img", `"">`} {
		if strings.Contains(body, bad) {
			t.Errorf("the page has %s in it:\n%s", bad, body)
		}
	}
}

type panicking struct{}

func (panicking) Error() string { panic("in Error") }

func TestHealthErrorThatPanics(t *testing.T) {
	b := statstest.New("seen")
	b.Sick = panicking{}
	h := newHandler(t, b)
	for _, path := range []string{"/", "/stats.json", "/healthz"} {
		if _, _, body := get(t, h, path); !strings.Contains(body, "PANIC") {
			t.Errorf("%s has no word of the error:\n%s", path, body)
		}
	}
}
