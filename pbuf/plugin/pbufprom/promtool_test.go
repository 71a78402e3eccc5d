package pbufprom_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/statstest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufprom"
)

func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip("no " + name + ": metrics and alerts were not tested with Prometheus")
	}
	return path
}

// exposition is what a scrape gets.
func exposition(t *testing.T, buffers ...pbufprom.Buffer) []byte {
	t.Helper()
	w := httptest.NewRecorder()
	handler(t, buffers...).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("the scrape gets %d: %s", w.Code, w.Body)
	}
	return w.Body.Bytes()
}

func handler(t *testing.T, buffers ...pbufprom.Buffer) http.Handler {
	t.Helper()
	c, err := pbufprom.NewCollector(buffers...)
	if err != nil {
		t.Fatal(err)
	}
	r := prometheus.NewPedanticRegistry()
	if err := r.Register(c); err != nil {
		t.Fatal(err)
	}
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError})
}

func TestPromtoolChecksMetrics(t *testing.T) {
	cmd := exec.Command(program(t, "promtool"), "check", "metrics")
	cmd.Stdin = bytes.NewReader(exposition(t, statstest.New("seen", pbuf.PartitionStats{})))
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}

func TestPromtoolTestsRules(t *testing.T) {
	cmd := exec.Command(program(t, "promtool"), "test", "rules", "pbuf.rules.test.yml")
	cmd.Dir = "rules"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}

// The alerts ask for metrics that there are.
func TestRulesUseMetricsThatExist(t *testing.T) {
	rules, err := os.ReadFile("rules/pbuf.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	exposed := exposition(t, statstest.New("seen", pbuf.PartitionStats{}))
	names := regexp.MustCompile(`\bpbuf_\w+`).FindAll(rules, -1)
	if len(names) < 5 {
		t.Fatalf("the rules use %d metrics", len(names))
	}
	for _, name := range names {
		if !bytes.Contains(exposed, append([]byte("\n# TYPE "), name...)) {
			t.Errorf("the rules use %s, which is not collected", name)
		}
	}
}
