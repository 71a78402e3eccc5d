package pbufhttp_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/statstest"
)

type object = map[string]any

func stats(t *testing.T, body string) []any {
	t.Helper()
	var all object
	if err := json.Unmarshal([]byte(body), &all); err != nil {
		t.Fatal(err)
	}
	return all["buffers"].([]any)
}

// Each number of PartitionStats is in the JSON: a new one is not forgotten.
func TestEveryNumberIsShown(t *testing.T) {
	for f := range statstest.Fields(t) {
		var want any = f.Value
		switch {
		case f.Text != "":
			want = f.Text
		case !f.Time.IsZero():
			want = f.Time.Format(time.RFC3339)
		}
		_, _, body := get(t, newHandler(t, statstest.New("seen", f.Stats)), "/stats.json")
		numbers := stats(t, body)[0].(object)["partitions"].([]any)[0].(object)
		if !slices.ContainsFunc(values(numbers), func(n any) bool { return n == want }) {
			t.Errorf("%s is not in the JSON: %v", f.Name, numbers)
		}
	}
}

func values(o object) (all []any) {
	for _, v := range o {
		all = append(all, v)
	}
	return all
}

// The parts of the ledger add up to what was accepted, on the page too.
func TestLedgerBalances(t *testing.T) {
	s := pbuf.PartitionStats{
		Size: 1, InFlight: 20, Undelivered: 300, Delivered: 4000, Overwritten: 50000,
		Erased: 600000, Dropped: 7000000, DeadLettered: 80000000, Accepted: 87654321,
	}
	f := statstest.New("seen", s)
	f.Books.PartitionStats = s
	_, _, body := get(t, newHandler(t, f), "/")
	for _, want := range []string{
		">1<", ">20<", ">300<", ">4,000<", ">50,000<", ">600,000<", ">7,000,000<", ">80,000,000<", ">87,654,321<",
		`data-v="total.balance" data-f="count">0<`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %s", want)
		}
	}
}

func TestStates(t *testing.T) {
	for want, s := range map[string]pbuf.PartitionStats{
		"stuck":       {Stuck: 1, BackingOff: 1, InFlight: 1, Size: 1},
		"backing off": {BackingOff: time.Second, InFlight: 1, Size: 1},
		"failing":     {ConsecutiveFailures: 1, InFlight: 1, Size: 1},
		"flushing":    {InFlight: 1, Size: 1},
		"buffering":   {Size: 1},
		"idle":        {},
	} {
		_, _, body := get(t, newHandler(t, statstest.New("seen", s)), "/stats.json")
		if got := stats(t, body)[0].(object)["partitions"].([]any)[0].(object)["state"]; got != want {
			t.Errorf("state is %v, want %s", got, want)
		}
	}
}

// What Health says decides on the whole buffer's state; one that was stopped in good
// order is no alarm.
func TestStateByHealth(t *testing.T) {
	stopped := &pbuf.HealthError{Reason: pbuf.ErrClosed}
	undelivered := &pbuf.HealthError{Reason: pbuf.ErrClosed, Err: &pbuf.UndeliveredError{Count: 1}}
	for name, c := range map[string]struct {
		sick    error
		books   pbuf.PartitionStats
		state   string
		failing bool
	}{
		"well":                {nil, pbuf.PartitionStats{Size: 1}, "buffering", false},
		"last call failed":    {nil, pbuf.PartitionStats{ConsecutiveFailures: 1}, "failing", true},
		"down":                {&pbuf.HealthError{Reason: pbuf.ErrDown}, pbuf.PartitionStats{Size: 1}, "unhealthy", true},
		"somebody's error":    {errors.New("out of order"), pbuf.PartitionStats{}, "unhealthy", true},
		"nil in an interface": {(*pbuf.HealthError)(nil), pbuf.PartitionStats{}, "unhealthy", true},
		"stopping":            {stopped, pbuf.PartitionStats{InFlight: 1}, "stopping", false},
		"stopping in outage":  {stopped, pbuf.PartitionStats{InFlight: 1, ConsecutiveFailures: 1}, "stopping", true},
		"stopped":             {stopped, pbuf.PartitionStats{Delivered: 1}, "stopped", false},
		"stopped, all given":  {stopped, pbuf.PartitionStats{DeadLettered: 1, ConsecutiveFailures: 1}, "stopped", false},
		"stopped, some left":  {undelivered, pbuf.PartitionStats{Undelivered: 1}, "stopped", true},
	} {
		t.Run(name, func(t *testing.T) {
			b := statstest.New("seen", c.books)
			b.Sick = c.sick
			_, _, body := get(t, newHandler(t, b), "/stats.json")
			got := stats(t, body)[0].(object)
			if got["state"] != c.state || got["failing"] != c.failing || got["healthy"] != (c.sick == nil) {
				t.Errorf("state is %v, failing %v, healthy %v; want %s, %v", got["state"], got["failing"], got["healthy"], c.state, c.failing)
			}
		})
	}
}

// A buffer of many partitions has rows for the first ones, and the JSON has all.
func TestManyPartitions(t *testing.T) {
	h := newHandler(t, statstest.New("seen", make([]pbuf.PartitionStats, 1000)...))
	_, _, page := get(t, h, "/")
	if rows := strings.Count(page, `.state" data-state`); rows != 64 || !strings.Contains(page, "and 936 more") {
		t.Errorf("the page has %d rows", rows)
	}
	_, _, body := get(t, h, "/stats.json")
	if n := len(stats(t, body)[0].(object)["partitions"].([]any)); n != 1000 {
		t.Errorf("the JSON has %d partitions", n)
	}
}

// A running buffer is shown as it is, with writers and readers beside each other.
func TestServeConcurrentSafe(t *testing.T) {
	buf, err := pbuf.New(pbuf.Options[string, int]{Processor: discard, FlushInterval: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	h := newHandler(t, buf)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 20_000 {
			_ = buf.Put(fmt.Sprint(rand.IntN(100)), i)
		}
	}()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		_, _, body := get(t, h, "/stats.json")
		total := stats(t, body)[0].(object)["total"].(object)
		if total["balance"] != 0.0 {
			t.Fatalf("the ledger does not balance: %v", total)
		}
	}
	if err := buf.Close(); err != nil {
		t.Fatal(err)
	}
	_, _, body := get(t, h, "/stats.json")
	ended := stats(t, body)[0].(object)
	if got := ended["total"].(object)["accepted"]; got != 20_000.0 {
		t.Errorf("%v writes were accepted, want 20000", got)
	}
	if ended["state"] != "stopped" || ended["failing"] != false {
		t.Errorf("state is %v, failing %v, after Close", ended["state"], ended["failing"])
	}
}
