package pbufhttp

import (
	"fmt"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// numbers are pbuf.PartitionStats with units in their names; the JSON has them all on
// one level.
type numbers struct {
	held
	ledger
	deliveries
	failures
	durations
}

// held is what the buffer has now.
type held struct {
	Size        int   `json:"size"`
	InFlight    int   `json:"in_flight"`
	Undelivered int   `json:"undelivered"`
	Bytes       int64 `json:"bytes"`
}

// ledger is what was accepted, and what became of it.
type ledger struct {
	Accepted     uint64 `json:"accepted"`
	Delivered    uint64 `json:"delivered"`
	Overwritten  uint64 `json:"overwritten"`
	Erased       uint64 `json:"erased"`
	Dropped      uint64 `json:"dropped"`
	GivenUp      uint64 `json:"dropped_given_up"`
	NoRoom       uint64 `json:"dropped_no_room"`
	DeadLettered uint64 `json:"dead_lettered"`
	Balance      int64  `json:"balance"` // of these and what is held
}

// deliveries count what was done for it.
type deliveries struct {
	Generations  uint64 `json:"generations"`
	Inserted     uint64 `json:"inserted"`
	Flushes      uint64 `json:"flushes"`
	Batches      uint64 `json:"batches"`
	Failed       uint64 `json:"failed"`
	Requeued     uint64 `json:"requeued"`
	Blocked      uint64 `json:"writes_blocked"`
	Waiting      int    `json:"writes_waiting"`
	Refused      uint64 `json:"writes_refused"`
	HookFailures uint64 `json:"hook_failures"`
}

// failures are the processor's.
type failures struct {
	Stuck         int        `json:"stuck"`
	CallsFailed   uint64     `json:"calls_failed"`
	CallsTimedOut uint64     `json:"calls_timed_out"`
	CallsPanicked uint64     `json:"calls_panicked"`
	InARow        int        `json:"consecutive_failures"`
	LastSuccess   *time.Time `json:"last_success"` // null: never
	LastErrorAt   *time.Time `json:"last_error_at"`
	LastError     string     `json:"last_error"` // "": none
	SuccessText   string     `json:"last_success_text"`
	ErrorText     string     `json:"last_error_text"`
}

// durations are in seconds.
type durations struct {
	BackingOff      float64 `json:"backing_off_seconds"`
	BackingOffUntil string  `json:"backing_off_until"` // time of day; "" if not
	OldestAge       float64 `json:"oldest_age_seconds"`
	LastDuration    float64 `json:"last_duration_seconds"`
	WorstDuration   float64 `json:"worst_duration_seconds"`
}

func newNumbers(s *pbuf.PartitionStats, now time.Time) numbers {
	n := numbers{
		held{Size: s.Size, InFlight: s.InFlight, Undelivered: s.Undelivered, Bytes: s.Bytes},
		ledger{
			Accepted: s.Accepted, Delivered: s.Delivered, Overwritten: s.Overwritten, Erased: s.Erased,
			Dropped: s.Dropped, GivenUp: s.DroppedGivenUp, NoRoom: s.DroppedNoRoom,
			DeadLettered: s.DeadLettered, Balance: s.Balance(),
		},
		deliveries{
			Generations: s.Generations, Inserted: s.Inserted, Flushes: s.Flushes, Batches: s.Batches,
			Failed: s.Failed, Requeued: s.Requeued, Blocked: s.WritesBlocked, Waiting: s.WritesWaiting, Refused: s.WritesRefused,
			HookFailures: s.HookFailures,
		},
		failures{
			Stuck: s.Stuck, CallsFailed: s.CallsFailed, CallsTimedOut: s.CallsTimedOut, CallsPanicked: s.CallsPanicked,
			InARow: s.ConsecutiveFailures, LastSuccess: orNil(s.LastSuccess), LastErrorAt: orNil(s.LastErrorAt),
			SuccessText: ago(s.LastSuccess, now), ErrorText: "no error yet",
		},
		durations{
			BackingOff: s.BackingOff.Seconds(), OldestAge: s.OldestAge.Seconds(),
			LastDuration: s.LastDuration.Seconds(), WorstDuration: s.WorstDuration.Seconds(),
		},
	}
	if s.LastError != nil {
		n.LastError = fmt.Sprint(s.LastError) // Sprint survives an error whose method panics
		n.ErrorText = ago(s.LastErrorAt, now) + ": " + n.LastError
	}
	if s.BackingOff > 0 {
		n.BackingOffUntil = clock(now.Add(s.BackingOff))
	}
	return n
}

func orNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// ago is a time as the page shows it.
func ago(t, now time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return seconds(now.Sub(t).Truncate(time.Second).Seconds()) + " ago, at " + clock(t)
}

// part is what became of some of the accepted writes.
type part struct {
	Key, Label string
	Number     uint64
}

// parts are in the order of the page: they add up to Accepted.
func (n *numbers) parts() []part {
	return []part{
		{"delivered", "delivered", n.Delivered},
		{"overwritten", "overwritten", n.Overwritten},
		{"size", "buffered", uint64(n.Size)},
		{"in_flight", "in flight", uint64(n.InFlight)},
		{"erased", "erased", n.Erased},
		{"dead_lettered", "dead-lettered", n.DeadLettered},
		{"dropped", "dropped", n.Dropped},
		{"undelivered", "undelivered", uint64(n.Undelivered)},
	}
}
