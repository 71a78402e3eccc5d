package fleet

import (
	"fmt"
	"testing/synctest"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// finding is an error that says what is wrong with the rule; others are the test's own.
type finding string

func (f finding) Error() string { return string(f) }

// draw returns a number from 0 to below n.
type draw func(n int) int

// fleet is a schedule that is being drawn: workers that come and go between a broker
// and a table.
type fleet struct {
	draw    draw
	rule    rule
	broker  *broker
	table   *table
	workers []*worker
	late    [][]entry // batches of killed workers that the table has yet to get
	calm    bool      // no more faults

	tally tally
}

type tally struct{ schedules, kills, pauses, redelivered, refused, lost, reordered int }

func (t *tally) add(o tally) {
	t.schedules += o.schedules
	t.kills += o.kills
	t.pauses += o.pauses
	t.redelivered += o.redelivered
	t.refused += o.refused
	t.lost += o.lost
	t.reordered += o.reordered
}

func newFleet(d draw, r rule) *fleet {
	f := &fleet{draw: d, rule: r, table: &table{rule: r, rows: map[int]row{}}}
	f.broker = &broker{draw: d, table: f.table, lossy: true}
	keys := 1 + d(4)
	for i := range 10 + d(40) {
		f.broker.log = append(f.broker.log, message{seq: i + 1, key: d(keys), gone: d(6) == 0})
	}
	return f
}

// start starts a worker.
func (f *fleet) start() error {
	p := &process{table: f.table, seed: uint64(f.draw(1 << 20)), dead: make(chan struct{})}
	if !f.calm {
		p.faults.Store(uint64(f.draw(6)))
		p.drops = f.draw(3) == 0
	}
	w := &worker{process: p, rule: f.rule, broker: f.broker, flushes: map[int]int{}}
	o := options{
		Partitions: 1 + f.draw(3), FlushInterval: interval, ProcessorTimeout: interval,
		BatchSize: 1 + f.draw(4), FlushThreshold: f.draw(3), Tombstones: true, Processor: p.deliver,
		PartitionBy: func(key int) uint64 { return uint64(key) },
	}
	o.Hooks.FlushStop = w.flushed
	switch f.draw(5) {
	case 0:
		o.Retry.MaxAttempts = 1 + f.draw(3)
	case 1:
		o.Retry.Policy = pbuf.GiveUp
	case 2:
		o.Retry.Policy = pbuf.Replay
	}
	if n := f.draw(6); n < 4 {
		o.Capacity, o.OnFull = 2, pbuf.FullPolicy(n)
	}
	if f.draw(3) == 0 {
		o.VersionMemory = 1 + f.draw(4)
	}
	m, err := pbuf.New(o)
	if err != nil {
		return err
	}
	w.m = m
	f.workers = append(f.workers, w)
	return nil
}

// kill ends a worker at once. What it had sent comes to the table, now or later.
func (f *fleet) kill(i int) {
	w := f.workers[i]
	f.workers = append(f.workers[:i:i], f.workers[i+1:]...)
	close(w.dead)
	synctest.Wait()
	w.resume()
	_ = w.m.Close() // it does nothing any more
	f.late = append(f.late, w.process.late...)
	f.tally.kills++
}

// step is one of the schedule.
func (f *fleet) step() error {
	if len(f.workers) == 0 {
		return f.start()
	}
	i := f.draw(len(f.workers))
	w := f.workers[i]
	switch k := f.draw(20); {
	case k < 6:
		f.broker.publish(f.draw(8))
		if !w.isFrozen() {
			return w.fetch(1 + f.draw(6))
		}
	case k < 10:
		if !w.isFrozen() {
			w.keepAlive()
			return w.settle()
		}
	case k < 14:
		time.Sleep(time.Duration(f.draw(20)) * interval / 10)
	case k == 14:
		time.Sleep(ackWait)
	case k == 15:
		f.kill(i)
	case k == 16:
		w.freeze()
		f.tally.pauses++
	case k == 17:
		w.resume()
		f.lateBatch()
	case k == 18:
		f.table.setDown(f.draw(2) == 0)
	case len(f.workers) < 4:
		return f.start()
	case !w.isFrozen() && !f.table.isDown():
		f.workers = append(f.workers[:i:i], f.workers[i+1:]...)
		return w.leave(time.Duration(f.draw(3)) * interval)
	}
	return nil
}

func (f *fleet) lateBatch() {
	if n := len(f.late); n > 0 {
		f.table.apply(f.late[n-1])
		f.late = f.late[:n-1]
	}
}

// run draws a schedule, lets it come to rest, and compares table and log.
func (f *fleet) run() error {
	defer f.end()
	for range 20 + f.draw(60) {
		if err := f.step(); err != nil {
			return err
		}
		synctest.Wait()
	}
	if err := f.rest(); err != nil {
		return err
	}
	f.end()
	for len(f.late) > 0 {
		f.lateBatch()
	}
	want := map[int]int{}
	for _, m := range f.broker.log {
		if want[m.key] = m.seq; m.gone {
			delete(want, m.key)
		}
	}
	if got := f.table.values(); fmt.Sprint(got) != fmt.Sprint(want) {
		return finding(fmt.Sprintf("the table is %v, the log says %v", got, want))
	}
	return nil
}

// rest goes on without faults until all is acknowledged.
func (f *fleet) rest() error {
	f.calm, f.broker.lossy = true, false
	f.table.setDown(false)
	f.broker.publish(len(f.broker.log))
	for len(f.workers) > 0 && f.draw(2) == 0 {
		f.kill(0)
	}
	for _, w := range f.workers {
		w.resume()
		w.faults.Store(0)
	}
	if err := f.start(); err != nil {
		return err
	}
	const rounds = 2000
	for range rounds {
		if f.broker.done() {
			return nil
		}
		for _, w := range f.workers {
			w.keepAlive()
			// One at a time: several that have no room together would come together again.
			if err := w.fetch(1); err != nil {
				return err
			}
			time.Sleep(2 * interval)
			synctest.Wait()
			if err := w.settle(); err != nil {
				return err
			}
		}
	}
	return finding(fmt.Sprintf("not all is acknowledged after %d rounds without a fault", rounds))
}

// end stops what runs: it delivers what it still has.
func (f *fleet) end() {
	for _, w := range f.workers {
		w.resume()
		_ = w.m.Close()
	}
	f.workers = nil
	f.tally.schedules, f.tally.redelivered, f.tally.lost, f.tally.reordered = 1, f.broker.redelivered, f.broker.lost, f.broker.reordered
	f.table.mu.Lock()
	f.tally.refused = f.table.refused
	f.table.mu.Unlock()
}
