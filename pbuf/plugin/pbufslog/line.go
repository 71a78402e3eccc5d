package pbufslog

import (
	"context"
	"log/slog"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// line is what is to be logged once the mutex is free.
type line struct {
	time  time.Time
	event Event
	attrs []slog.Attr
	flush *pbuf.FlushInfo // its numbers are further attributes; nil: none
	err   error           // its text comes last but for the stack; nil: none
	stack []byte          // nil: none
}

type lines []line

func (l *lines) add(n line) { *l = append(*l, n) }

func (b *book) write(l *line) {
	ctx, level := context.Background(), b.options.Levels[l.event]
	if !b.log.Enabled(ctx, level) {
		return
	}
	r := slog.NewRecord(l.time, level, string(l.event), 0)
	r.AddAttrs(l.attrs...)
	if l.flush != nil {
		r.AddAttrs(flushed(l.flush)...)
	}
	if l.err != nil {
		if text := b.options.ErrorText(l.err); text != "" {
			r.AddAttrs(slog.String("error", text))
		}
	}
	if l.stack != nil {
		r.AddAttrs(slog.String("stack", string(l.stack)))
	}
	_ = b.log.Handle(ctx, r) // as slog.Logger does: there is nobody to tell
}

func flushed(i *pbuf.FlushInfo) []slog.Attr {
	return []slog.Attr{
		slog.String("buffer", i.Name),
		slog.Int("partition", i.Partition),
		slog.Uint64("generation", i.Generation),
		slog.Int("entries", i.Entries),
		slog.Int("delivered", i.Delivered),
		slog.Int("failed", i.Failed),
		slog.Int("requeued", i.Requeued),
		slog.Int("overwritten", i.Overwritten),
		slog.Int("dropped", i.Dropped),
		slog.Int("dead_lettered", i.DeadLettered),
		slog.Duration("duration", i.Duration),
	}
}
