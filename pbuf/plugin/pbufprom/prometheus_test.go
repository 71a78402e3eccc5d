package pbufprom_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// server is a Prometheus that scrapes one target five times a second.
type server struct {
	t   *testing.T
	url string
}

func newServer(t *testing.T, target string) *server {
	t.Helper()
	path := program(t, "prometheus")
	dir := t.TempDir()
	rules, err := filepath.Abs("rules/pbuf.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf(`
global: {scrape_interval: 200ms, evaluation_interval: 200ms}
rule_files: [%q]
scrape_configs: [{job_name: pbuf, static_configs: [{targets: [%q]}]}]
`, rules, strings.TrimPrefix(target, "http://"))
	file := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	cmd := exec.Command(path, "--config.file="+file, "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+address, "--log.level=warn")
	log := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(log)
		}
	})
	return &server{t, "http://" + address}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// get fills in what the API answers; false if there is no answer yet.
func (s *server) get(path string, into any) bool {
	answer, err := http.Get(s.url + path)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode == http.StatusOK && json.NewDecoder(answer.Body).Decode(into) == nil
}

// query is a query's only value, or NaN's stead -1.
func (s *server) query(q string) float64 {
	var answer struct {
		Data struct{ Result []struct{ Value [2]any } }
	}
	if !s.get("/api/v1/query?query="+url.QueryEscape(q), &answer) || len(answer.Data.Result) != 1 {
		return -1
	}
	v, _ := strconv.ParseFloat(answer.Data.Result[0].Value[1].(string), 64)
	return v
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("never: " + what)
		}
	}
}

// A real Prometheus scrapes a buffer that runs, and takes the alerts.
func TestPrometheusScrapesBuffer(t *testing.T) {
	buf, err := pbuf.New(pbuf.Options[int, int]{
		Name: "seen", FlushInterval: 50 * time.Millisecond,
		Processor: func(context.Context, []pbuf.Entry[int, int]) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer buf.Close()
	target := httptest.NewServer(handler(t, buf))
	defer target.Close()
	s := newServer(t, target.URL)

	for i := range 10_000 {
		if err := buf.Put(i%700, i); err != nil {
			t.Fatal(err)
		}
	}
	if err := buf.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	stats := buf.Stats()
	if stats.Accepted != 10_000 || stats.Delivered < 700 {
		t.Fatalf("the buffer has %+v", stats)
	}
	for q, want := range map[string]uint64{
		`pbuf_accepted_writes_total{buffer="seen",job="pbuf"}`: stats.Accepted,
		`pbuf_delivered_entries_total{buffer="seen"}`:          stats.Delivered,
		`pbuf_buffered_entries{buffer="seen"}`:                 0,
		`up{job="pbuf"}`:                                       1,
	} {
		eventually(t, fmt.Sprintf("%s is %d", q, want), func() bool { return s.query(q) == float64(want) })
	}
	eventually(t, "all alerts have been evaluated and are fine", func() bool {
		var answer struct {
			Data struct {
				Groups []struct {
					Rules []struct{ Name, Health, State string }
				}
			}
		}
		if !s.get("/api/v1/rules", &answer) || len(answer.Data.Groups) != 1 || len(answer.Data.Groups[0].Rules) < 5 {
			return false
		}
		for _, r := range answer.Data.Groups[0].Rules {
			if r.Health != "ok" || r.State != "inactive" {
				return false
			}
		}
		return true
	})
}
