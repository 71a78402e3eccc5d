package pbufhttp

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/partitioned-buffer/go/pbuf"
)

// health is Health's word, or what the books say.
func health(b Buffer, s *pbuf.Stats) error {
	if knows, ok := b.(interface{ Health() error }); ok {
		return knows.Health()
	}
	switch {
	case s.Stuck > 0:
		return fmt.Errorf("%d calls of the processor are stuck", s.Stuck)
	case s.BackingOff > 0:
		return errors.New("the sink is down, deliveries back off")
	}
	return nil
}

// healthz answers 200 if every buffer is healthy, 503 if one is not, with a line for
// each.
func (h *Handler) healthz(w http.ResponseWriter) {
	var body strings.Builder
	status := http.StatusOK
	for _, b := range h.buffers {
		stats := b.Stats()
		name := stats.Name
		if err := health(b, &stats); err != nil {
			status = http.StatusServiceUnavailable
			fmt.Fprintf(&body, "%q: %v\n", name, err)
			continue
		}
		fmt.Fprintf(&body, "%q: ok\n", name)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body.String())) // an error is the prober's going away
}
