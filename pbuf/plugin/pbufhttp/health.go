package pbufhttp

import (
	"fmt"
	"net/http"
	"strings"
)

// healthz answers 200 if every buffer is healthy, 503 if one is not, with a line for
// each.
func (h *Handler) healthz(w http.ResponseWriter) {
	var body strings.Builder
	status := http.StatusOK
	for _, b := range h.buffers {
		name := b.Stats().Name
		if err := b.Health(); err != nil {
			status = http.StatusServiceUnavailable
			fmt.Fprintf(&body, "%q: %v\n", name, err)
			continue
		}
		fmt.Fprintf(&body, "%q: ok\n", name)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body.String())) // an error means that the prober has gone
}
