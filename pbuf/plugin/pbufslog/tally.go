package pbufslog

import (
	"log/slog"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// repeating are the events that are summed up.
var repeating = []Event{Dropped, DeadLettered, Full, Stuck, Panicked}

// tally sums up what repeats, from one line to the next.
type tally struct {
	next    time.Time // when a line may be logged again
	since   time.Time // of the first event that is not logged
	buffer  string
	events  int
	entries int
	err     error
	stack   []byte
}

// repeats counts an event about entries, and logs it if it is time for it.
func (b *book) repeats(event Event, i pbuf.BatchInfo) {
	b.do(func(now time.Time, out *lines) { b.count(event, i, now, out) })
}

func (b *book) full(i pbuf.PartitionInfo) {
	b.do(func(now time.Time, out *lines) {
		b.count(Full, pbuf.BatchInfo{Batch: pbuf.Batch{Name: i.Name, Partition: i.Partition}}, now, out)
	})
}

func (b *book) count(event Event, i pbuf.BatchInfo, now time.Time, out *lines) {
	t := b.tallies[event]
	if t == nil {
		t = &tally{}
		b.tallies[event] = t
	}
	if t.events == 0 {
		t.since, t.buffer = now, i.Name
	}
	t.events++
	t.entries += i.Entries
	t.err = i.Err
	if p, ok := i.Err.(*pbuf.PanicError); ok && event == Panicked { //nolint:errorlint // As would call methods of the user's
		t.stack = p.Stack
	}
	if !now.Before(t.next) {
		t.line(event, now, b.options.Every, out)
	}
}

// line logs what is counted, and begins anew.
func (t *tally) line(event Event, now time.Time, every time.Duration, out *lines) {
	if t.events == 0 {
		return
	}
	l := line{time: now, event: event, err: t.err, stack: t.stack}
	l.attrs = append(l.attrs, slog.String("buffer", t.buffer), slog.Int("events", t.events))
	if t.entries > 0 {
		l.attrs = append(l.attrs, slog.Int("entries", t.entries))
	}
	if t.events > 1 {
		l.attrs = append(l.attrs, slog.Duration("within", now.Sub(t.since)))
	}
	out.add(l)
	*t = tally{next: now.Add(every)}
}
