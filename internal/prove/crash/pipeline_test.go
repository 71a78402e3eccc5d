package crash

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// change is an element of the source's log.
type change struct {
	key, value int
	remove     bool
}

type (
	buffer  = pbuf.Map[int, int]
	options = pbuf.Options[int, int]
	entry   = pbuf.Entry[int, int]
)

// ack is a rule by which a source acknowledges.
type ack interface {
	// mark is called after each write of the log up to the offset.
	mark(m *buffer, offset int)
	// safe returns the offset up to which the log is taken to be safe, or an error
	// after which the source must deliver again what comes after it.
	safe(m *buffer) (offset int, err error)
}

// pipeline is a log, a table, and the processes between them that come and go.
type pipeline struct {
	random *rand.Rand
	log    []change
	table  map[int]int
	acked  int // offset that the source has been told is safe

	crashes, losses int
}

var errSink = errors.New("sink")

const interval = time.Second

func newPipeline(seed uint64) *pipeline {
	p := &pipeline{random: rand.New(rand.NewPCG(seed, 2)), table: map[int]int{}}
	keys := 1 + p.random.IntN(12)
	for i := range 20 + p.random.IntN(100) {
		p.log = append(p.log, change{key: p.random.IntN(keys), value: i, remove: p.random.IntN(6) == 0})
	}
	return p
}

// sink is what a process has in the place of a table: it fails as it was drawn, and
// does nothing any more once its process is dead.
type sink struct {
	*pipeline
	faults int  // in 10 calls
	drops  bool // some of them permanent

	mu     sync.Mutex
	random *rand.Rand // guarded by mu; its own: the order of the partitions' calls is not drawn
	dead   bool       // guarded by mu
}

func (s *sink) process(ctx context.Context, batch []entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead {
		return nil
	}
	fail := s.random.IntN(10) < s.faults
	switch how := s.random.IntN(6); {
	case !fail:
		s.apply(batch)
	case how == 0: // it was applied, and nobody knows
		s.apply(batch)
		return errSink
	case how == 1: // in part
		n := s.random.IntN(len(batch) + 1)
		s.apply(batch[n:])
		if n == 0 {
			return nil
		}
		return pbuf.Failed(errSink, batch[:n]...)
	case how == 2 && s.drops:
		return pbuf.Permanent(errSink)
	case how == 3: // too late
		s.mu.Unlock()
		<-ctx.Done()
		s.mu.Lock()
		return ctx.Err()
	case how == 4:
		panic(errSink)
	default:
		return errSink
	}
	return nil
}

func (s *sink) apply(batch []entry) {
	for _, e := range batch {
		if e.Deleted {
			delete(s.table, e.Key)
		} else {
			s.table[e.Key] = e.Value
		}
	}
}

// process is one life of the process: it reads the log from what is acknowledged on
// until its end, or until it crashes. done says that everything is acknowledged.
func (p *pipeline) process(rule ack) (done bool, err error) {
	s := &sink{
		pipeline: p, random: rand.New(rand.NewPCG(p.random.Uint64(), 3)),
		faults: p.random.IntN(8), drops: p.random.IntN(3) == 0,
	}
	calm := p.crashes > 20 // so that it ends
	if calm {
		s.faults = 0
	}
	m, err := pbuf.New(p.options(s))
	if err != nil {
		return false, err
	}
	defer func() {
		s.mu.Lock()
		s.dead = true
		s.mu.Unlock()
		_ = m.Close() // what it says no longer matters
	}()
	if err := p.write(m, rule, calm); err != nil {
		return false, nil
	}
	// All is written: wait until it is acknowledged, or for the crash.
	for range 1 + p.random.IntN(20) {
		if p.acked == len(p.log) {
			return true, nil
		}
		time.Sleep(interval)
		synctest.Wait()
		if p.look(m, rule) != nil {
			return false, nil
		}
	}
	for calm && p.acked < len(p.log) {
		time.Sleep(time.Minute)
		synctest.Wait()
		if p.look(m, rule) != nil {
			return false, nil
		}
	}
	if p.random.IntN(3) == 0 { // not a crash, but an end in good order
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(p.random.IntN(3))*interval)
		defer cancel()
		_ = m.Stop(ctx) // what it leaves undelivered is told to the checkpoints
		_ = p.look(m, rule)
	}
	return p.acked == len(p.log), nil
}

func (p *pipeline) options(s *sink) options {
	o := options{
		Partitions: 1 + p.random.IntN(3), FlushInterval: interval, ProcessorTimeout: interval,
		BatchSize: 1 + p.random.IntN(4), FlushThreshold: p.random.IntN(4), Tombstones: true, Processor: s.process,
	}
	switch p.random.IntN(4) {
	case 0:
		o.Retry.MaxAttempts = 1 + p.random.IntN(3)
	case 1:
		o.Retry.Policy = pbuf.GiveUp
	}
	switch p.random.IntN(4) {
	case 0:
		o.Capacity, o.OnFull = 4, pbuf.DropNewest
	case 1:
		o.Capacity, o.OnFull = 4, pbuf.DropOldest
	}
	return o
}

// errCrash ends a life.
var errCrash = errors.New("crash")

func (p *pipeline) write(m *buffer, rule ack, calm bool) error {
	for i := p.acked; i < len(p.log); i++ {
		c := p.log[i]
		var err error
		if c.remove {
			_, err = m.Delete(c.key)
		} else {
			err = m.Put(c.key, c.value)
		}
		if err != nil {
			return err
		}
		rule.mark(m, i+1)
		switch p.random.IntN(8) {
		case 0:
			time.Sleep(time.Duration(p.random.Int64N(int64(2 * interval))))
		case 1:
			if !calm && p.random.IntN(10) == 0 {
				return errCrash
			}
		case 2:
			if p.random.IntN(4) == 0 {
				ctx, cancel := context.WithTimeout(context.Background(), interval)
				_ = m.Flush(ctx) // it only hurries
				cancel()
			}
		}
		synctest.Wait()
		if err := p.look(m, rule); err != nil {
			return err
		}
		if calm {
			time.Sleep(2 * interval) // nothing is lost for want of room
			synctest.Wait()
		}
	}
	return nil
}

// look acknowledges what the rule says is safe.
func (p *pipeline) look(m *buffer, rule ack) error {
	offset, err := rule.safe(m)
	if offset > p.acked {
		p.acked = offset
	}
	if err != nil {
		p.losses++
	}
	return err
}

// run lets processes come and go until all is acknowledged, and compares.
func (p *pipeline) run(rule func() ack) error {
	for {
		done, err := p.process(rule())
		if err != nil {
			return err
		}
		if done {
			break
		}
		p.crashes++
	}
	want := map[int]int{}
	for _, c := range p.log {
		if c.remove {
			delete(want, c.key)
		} else {
			want[c.key] = c.value
		}
	}
	if fmt.Sprint(p.table) != fmt.Sprint(want) {
		return fmt.Errorf("after %d crashes and %d losses the table is %v, want %v", p.crashes, p.losses, p.table, want)
	}
	return nil
}
