package pbufslog

import (
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

func (b *book) flushStart(i pbuf.FlushInfo) {
	b.do(func(time.Time, *lines) {
		p := b.part(i.Partition)
		p.flushing, p.tries = true, tries{}
	})
}

func (b *book) batchFailed(i pbuf.BatchInfo) {
	b.do(func(time.Time, *lines) { b.tried(i) })
}

func (b *book) batchPanicked(i pbuf.BatchInfo) {
	b.do(func(now time.Time, out *lines) {
		b.count(Panicked, i, now, out)
		if i.Entries > 0 { // else it was a hook
			b.tried(i)
		}
	})
}

func (b *book) tried(i pbuf.BatchInfo) {
	b.part(i.Partition).add(tries{batches: 1, entries: i.Entries, err: i.Err})
}

// backoff is told of a sink that delivers nothing. Within a flush it is
// about a batch that is replayed: that flush may go on for long.
func (b *book) backoff(i pbuf.BackoffInfo) {
	b.do(func(now time.Time, out *lines) {
		p := b.part(i.Partition)
		if !p.flushing {
			return
		}
		p.state = down
		b.follow(p, &pbuf.FlushInfo{PartitionInfo: i.PartitionInfo, Entries: p.entries, Err: i.Err}, now, out)
	})
}

func (b *book) flushStop(i pbuf.FlushInfo) {
	b.do(func(now time.Time, out *lines) {
		p := b.part(i.Partition)
		p.flushing = false
		p.state = p.after(&i)
		if cutOff(&i) {
			b.episode.cut = i.Err
		}
		b.follow(p, &i, now, out)
		out.add(line{time: now, event: Flushed, flush: &i, err: i.Err})
	})
}

// follow takes what a partition has gone through into the buffer's episode.
func (b *book) follow(p *partition, i *pbuf.FlushInfo, now time.Time, out *lines) {
	worst := fine
	for _, one := range b.parts {
		worst = max(worst, one.state)
	}
	if worst != fine || b.episode.state != fine {
		b.episode.add(p.tries)
	}
	p.tries = tries{}
	b.episode.become(worst, i, now)
	b.episode.lines(b.options.Every, now, out)
}
