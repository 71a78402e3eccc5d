package pbufslog

import (
	"log/slog"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// episode is what the log says about deliveries, and what has happened since it said
// that all is fine.
type episode struct {
	state  state               // of the partition that is worst
	shown  state               // as the log has it
	muted  [down + 1]time.Time // until when a beginning of this state is not logged
	buffer string
	since  time.Time      // something is not fine, or was not
	last   pbuf.FlushInfo // that left entries undelivered
	cut    error          // why Stop left entries untried, in a flush without a failure
	tries
}

// become takes note of the worst partition's state, and of a flush that is to be told
// of if it is not fine.
func (e *episode) become(s state, i *pbuf.FlushInfo, now time.Time) {
	e.state, e.buffer = s, i.Name
	if s == fine {
		return
	}
	if e.since.IsZero() {
		e.since = now
	}
	if i.Err != nil {
		e.last = *i
	}
}

// lines adds what the log does not say yet: that it is worse, unless that was said
// just before; that it is better, at once.
func (e *episode) lines(every time.Duration, now time.Time, out *lines) {
	switch {
	case e.state > e.shown && !now.Before(e.muted[e.state]):
		e.muted[e.state] = now.Add(every)
		e.shown = e.state
		e.begin(now, out)
	case e.state < e.shown, e.state == fine && e.batches > 0 && !now.Before(e.muted[failing]) && !now.Before(e.muted[down]):
		e.shown = e.state
		e.end(Recovered, now, out)
	}
}

// stop tells of what is not over when the buffer stops.
func (e *episode) stop(now time.Time, out *lines) {
	if e.cut != nil {
		e.add(tries{err: e.cut})
		if e.since.IsZero() {
			e.since = now
		}
	}
	switch {
	case e.state != fine, e.cut != nil:
		e.end(StoppedFailing, now, out)
	case e.batches > 0:
		e.end(Recovered, now, out)
	}
}

func (e *episode) begin(now time.Time, out *lines) {
	event := EntriesFail
	if e.state == down {
		event = SinkDown
	}
	attrs := []slog.Attr{
		slog.String("buffer", e.buffer),
		slog.Int("partition", e.last.Partition),
		slog.Int("entries", e.last.Entries),
		slog.Int("delivered", e.last.Delivered),
	}
	if e.since.Before(now) {
		attrs = append(attrs, slog.Time("since", e.since))
	}
	out.add(line{time: now, event: event, attrs: attrs, err: e.last.Err})
}

// end sums up, and begins anew.
func (e *episode) end(event Event, now time.Time, out *lines) {
	attrs := []slog.Attr{
		slog.String("buffer", e.buffer),
		slog.Duration("duration", now.Sub(e.since)),
		slog.Int("failed_batches", e.batches),
		slog.Int("failed_entries", e.entries),
	}
	if e.state != fine {
		attrs = append(attrs, slog.Bool("some_still_fail", true))
	}
	out.add(line{time: now, event: event, attrs: attrs, err: e.err})
	e.tries, e.since = tries{}, time.Time{}
	if e.state != fine {
		e.since = now
	}
}
