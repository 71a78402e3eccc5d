package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// rule is what is left out of exactly once; the zero rule leaves out nothing.
type rule struct {
	apart   bool // where the log is applied up to is stored in a transaction of its own
	unasked bool // it is moved wherever it was
	pieces  bool // a generation is applied in batches, each in its own transaction
	assumed bool // a generation begins where the last one ended that was applied, not where it says
}

var errFault = errors.New("fault")

// sumFleet are owners of one partition, killed, kept back and answered wrongly as a
// seed says. All of them may be there at once.
type sumFleet struct {
	random *rand.Rand
	rule   rule
	ledger *ledger
	log    []record
	owners []*sumOwner
	calm   bool // no more faults
	faults map[string]int
}

// sumOwner is one that the test feeds.
type sumOwner struct {
	*owner
	fleet  *sumFleet
	buf    *pbuf.Map[string, amount]
	next   int    // of the log
	done   uint64 // up to where generations were applied
	over   bool
	killed bool
}

func (f *sumFleet) begin(t *testing.T) *sumOwner {
	at, err := f.ledger.at(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	o := &sumOwner{fleet: f, next: int(at), done: at}
	o.owner = &owner{counts: &sumCounts{}, apply: o.faulty, fence: func(error) { o.over = true }}
	options := o.options()
	options.FlushInterval = time.Hour // the test flushes
	options.Retry.InitialBackoff = time.Hour
	options.Retry.MaxBackoff = time.Hour
	if f.rule.pieces {
		options.TableProcessor, options.BatchSize = nil, 2
		options.Processor = o.piece
	}
	if o.buf, err = pbuf.New(options); err != nil {
		t.Fatal(err)
	}
	f.owners = append(f.owners, o)
	return o
}

// faulty is apply, with what may happen to it.
func (o *sumOwner) faulty(ctx context.Context, partition int, from, to uint64, rows []sumEntry) (news bool, err error) {
	f := o.fleet
	fault := f.random.IntN(6)
	if f.calm {
		fault = 5
	}
	if o.killed || fault == 0 {
		f.faults["before"]++
		return false, errFault
	}
	if f.rule.assumed {
		from = o.done
	}
	l := f.ledger
	switch {
	case f.rule.apart:
		news, err = l.applyHalves(ctx, partition, from, to, rows, fault == 1)
	case f.rule.unasked:
		news, err = l.applyApart(ctx, partition, from, to, rows)
	default:
		news, err = l.apply(ctx, partition, from, to, rows)
	}
	if err == nil {
		o.done = to
	}
	if err == nil && fault <= 2 {
		f.faults["after"]++
		return false, errFault // it was applied, and nobody knows
	}
	if errors.Is(err, errFenced) {
		f.faults["fenced"]++
	}
	return news, err
}

// applyHalves is apply in two transactions; the second may not come.
func (l *ledger) applyHalves(ctx context.Context, partition int, from, to uint64, rows []sumEntry, half bool) (bool, error) {
	at, err := l.at(ctx, partition)
	switch {
	case err != nil:
		return false, err
	case at >= to:
		return false, nil
	case at != from:
		return false, errFenced
	}
	if err := l.addApart(ctx, rows); err != nil {
		return false, err
	}
	if half {
		return false, errFault
	}
	return l.apply(ctx, partition, from, to, nil)
}

// piece is deliver for a batch of a generation.
func (o *sumOwner) piece(ctx context.Context, batch []sumEntry) error {
	from, to := o.done, uint64(0)
	for _, e := range batch {
		to = max(to, e.Value.last)
	}
	_, err := o.faulty(ctx, 0, from, to, batch)
	if errors.Is(err, errFenced) {
		o.over = true
		return pbuf.Permanent(err)
	}
	return err
}

func (o *sumOwner) read(t *testing.T, n int) {
	for ; n > 0 && o.next < len(o.fleet.log); n-- {
		m := o.fleet.log[o.next]
		o.next++
		if err := o.buf.Put(m.key, amount{int64(m.seq), 1, m.seq - 1, m.seq, time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
}

// end is the end of a life: with a last try, or killed.
func (f *sumFleet) end(i int, killed bool) {
	o := f.owners[i]
	o.killed = killed
	_ = o.buf.Close() // what it leaves is read again
	f.owners = append(f.owners[:i:i], f.owners[i+1:]...)
}

// run runs the schedule of the seed, and says what is wrong in the end.
func (f *sumFleet) run(t *testing.T) (differences []string) {
	if _, err := f.ledger.ExecContext(t.Context(), `DELETE FROM pbuf_fleet_sums`); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ledger.ExecContext(t.Context(), `UPDATE pbuf_fleet_sources SET seq = 0`); err != nil {
		t.Fatal(err)
	}
	want := map[string]total{}
	for i := range 30 + f.random.IntN(30) {
		m := record{key: fmt.Sprint("k", f.random.IntN(5)), seq: uint64(i + 1)}
		f.log = append(f.log, m)
		want[m.key] = total{want[m.key].total + int64(m.seq), want[m.key].messages + 1}
	}
	for range 40 {
		if len(f.owners) == 0 {
			f.begin(t)
		}
		i := f.random.IntN(len(f.owners))
		o := f.owners[i]
		switch k := f.random.IntN(12); {
		case k < 5:
			o.read(t, 1+f.random.IntN(5))
		case k < 9:
			_ = o.buf.Flush(t.Context()) // an attempt, perhaps one of many
			if o.over {
				f.end(i, false)
			}
		case k == 9:
			f.end(i, true)
		case k == 10:
			f.end(i, false)
		case len(f.owners) < 3:
			f.begin(t)
		}
	}
	for len(f.owners) > 0 { // late, with what they still have
		f.end(0, f.random.IntN(2) == 0)
	}
	f.calm = true
	o := f.begin(t)
	o.read(t, len(f.log))
	if err := o.buf.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := readRows(t.Context(), f.ledger.database, `SELECT key, total, messages FROM pbuf_fleet_sums`,
		func(r *total) []any { return []any{&r.total, &r.messages} })
	if err != nil {
		t.Fatal(err)
	}
	return compare(want, got)
}

func TestSumsAreExact(t *testing.T) {
	l := newLedger(t)
	faults := map[string]int{}
	for seed := range uint64(300) {
		f := &sumFleet{random: rand.New(rand.NewPCG(seed, 3)), ledger: l, faults: faults}
		if d := f.run(t); len(d) > 0 {
			t.Fatalf("schedule %d: %q", seed, d)
		}
	}
	for _, what := range []string{"before", "after", "fenced"} {
		if faults[what] < 100 {
			t.Errorf("%v: something was hardly tried", faults)
		}
	}
}

func TestBrokenSumsAreNoticed(t *testing.T) {
	l := newLedger(t)
	for name, r := range map[string]rule{
		"offset in a transaction of its own": {apart: true},
		"offset moved wherever it was":       {unasked: true},
		"generation in pieces":               {pieces: true},
		"generation after one that is gone":  {assumed: true},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(100) {
				f := &sumFleet{random: rand.New(rand.NewPCG(seed, 3)), ledger: l, rule: r, faults: map[string]int{}}
				if d := f.run(t); len(d) > 0 {
					t.Logf("schedule %d: %s", seed, d[0])
					return
				}
			}
			t.Error("100 schedules did not notice")
		})
	}
}

func newLedger(t *testing.T) *ledger {
	db, err := openDatabase(settings{folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := (sums{}).create(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return &ledger{db}
}
