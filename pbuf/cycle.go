package pbuf

import (
	"time"

	"github.com/partitioned-buffer/go/internal/shard"
)

// cycle is the delivery of one retired generation, step by step. stage is
// advanced before user code is called, so that a goroutine that takes over
// after a Goexit goes on with the next step.
type cycle[K comparable, V any] struct {
	stage   stage
	retired *shard.Retired[K, V]
	cursor  shard.Cursor[K, V]
	began   time.Time
	timeout time.Duration
	size    int // of batches

	batch  []Entry[K, V] // reused by all cycles
	count  int           // entries of the call in progress
	called time.Time
	err    error
}

type stage uint8

const (
	stageIdle   stage = iota
	stageStart        // ProcessingStart is due
	stageBatch        // the next batch is due
	stageCall         // the processor is due
	stageResult       // its result is due
	stageStop         // ProcessingStop is due
	stageRelease
)

// take begins the cycle of r; nil is nothing to do.
func (f *flusher[K, V]) take(r *shard.Retired[K, V]) {
	if r == nil {
		f.ended = time.Now() // an empty tick is a tick too: it must not be due again at once
		return
	}
	s := f.m.settings.Load() // one snapshot for the whole cycle
	f.cycle = cycle[K, V]{
		stage: stageStart, retired: r, cursor: r.Cursor(),
		timeout: s.timeout, size: s.batch, batch: f.cycle.batch,
	}
	f.stats.inFlight.Store(int64(r.Len()))
	f.moveMark()
}

// deliver takes the cycle in hand through its stages.
func (f *flusher[K, V]) deliver() {
	c := &f.cycle
	if c.stage == stageIdle {
		return
	}
	defer f.region().End()
	hooks := &f.m.options.Hooks
	for {
		switch c.stage {
		case stageStart:
			c.stage, c.began = stageBatch, time.Now()
			f.processingHook(hooks.ProcessingStart, f.info(c.retired.Len(), 0, nil))
		case stageBatch:
			c.stage = stageCall
			if !f.nextBatch() {
				c.stage = stageStop
			}
		case stageCall:
			// What stands here if the call ends this goroutine.
			c.stage, c.called, c.err = stageResult, time.Now(), ErrGoexit
			c.err = f.call()
		case stageResult:
			c.stage = stageBatch
			if !f.account() {
				c.stage = stageIdle // given up while we were in the call
				return
			}
			f.report()
		case stageStop:
			c.stage = stageRelease
			f.stats.drains.Add(1)
			f.processingHook(hooks.ProcessingStop, f.info(c.retired.Len(), time.Since(c.began), nil))
		case stageRelease:
			f.release()
			clear(c.batch[:cap(c.batch)]) // values must not outlive their delivery
			*c = cycle[K, V]{batch: c.batch[:0]}
			f.ended = time.Now()
			return
		}
	}
}

func (f *flusher[K, V]) info(entries int, d time.Duration, err error) ProcessingInfo {
	return ProcessingInfo{
		Name: f.m.options.Name, Partition: f.id, Generation: f.cycle.retired.Number(),
		Entries: entries, Duration: d, Err: err,
	}
}

// release ends the generation's time in flight. A TableProcessor may have kept
// the table, so its store cannot serve again.
func (f *flusher[K, V]) release() {
	if f.m.options.TableProcessor != nil {
		f.part.Release(f.cycle.retired)
	} else {
		f.part.Recycle(f.cycle.retired)
	}
}
