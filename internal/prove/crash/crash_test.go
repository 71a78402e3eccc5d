package crash

import (
	"context"
	"flag"
	"testing"
	"testing/synctest"

	"github.com/partitioned-buffer/go/pbuf"
)

var seeds = flag.Uint64("seeds", 300, "how many schedules are drawn")

// byCheckpoint acknowledges the offset of a checkpoint once that one is done, in order.
type byCheckpoint struct{ waiting []marked }

type marked struct {
	*pbuf.Checkpoint
	offset int
}

func (a *byCheckpoint) mark(m *buffer, offset int) {
	a.waiting = append(a.waiting, marked{m.Checkpoint(), offset})
}

func (a *byCheckpoint) safe(*buffer) (offset int, err error) {
	for len(a.waiting) > 0 {
		w := a.waiting[0]
		select {
		case <-w.Done():
		default:
			return offset, nil
		}
		if err := w.Err(); err != nil {
			return offset, err
		}
		a.waiting, offset = a.waiting[1:], w.offset
	}
	return offset, nil
}

func TestWhatIsAcknowledgedIsSafe(t *testing.T) {
	crashes, losses := 0, 0
	for seed := range *seeds {
		synctest.Test(t, func(t *testing.T) {
			p := newPipeline(seed)
			if err := p.run(func() ack { return &byCheckpoint{} }); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			crashes += p.crashes
			losses += p.losses
		})
	}
	if crashes == 0 || losses == 0 {
		t.Errorf("%d crashes, %d losses: nothing was tried", crashes, losses)
	}
	t.Logf("explored: %d logs, %d crashes, %d of them because of a loss", *seeds, crashes, losses)
}

// Rules that look as good, and must be found wrong.

// atOnce acknowledges what Put has taken.
type atOnce struct{ offset int }

func (a *atOnce) mark(_ *buffer, offset int) { a.offset = offset }
func (a *atOnce) safe(*buffer) (int, error)  { return a.offset, nil }

// byFlush acknowledges when Flush returns nil, as if nothing had been dropped by an
// earlier interval.
type byFlush struct{ offset int }

func (a *byFlush) mark(_ *buffer, offset int) { a.offset = offset }

func (a *byFlush) safe(m *buffer) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), interval)
	defer cancel()
	if m.Flush(ctx) != nil {
		return 0, nil
	}
	return a.offset, nil
}

// deaf acknowledges a checkpoint that is done, whatever its Err says.
type deaf struct{ byCheckpoint }

func (a *deaf) safe(*buffer) (offset int, err error) {
	for len(a.waiting) > 0 {
		select {
		case <-a.waiting[0].Done():
			offset, a.waiting = a.waiting[0].offset, a.waiting[1:]
		default:
			return offset, nil
		}
	}
	return offset, nil
}

// late acknowledges what was written when the checkpoint was done, not when it was called.
type late struct {
	byCheckpoint
	offset int
}

func (a *late) mark(m *buffer, offset int) {
	a.offset = offset
	a.byCheckpoint.mark(m, offset)
}

func (a *late) safe(m *buffer) (int, error) {
	offset, err := a.byCheckpoint.safe(m)
	if offset > 0 {
		offset = a.offset
	}
	return offset, err
}

func TestOtherRulesLoseWrites(t *testing.T) {
	for name, rule := range map[string]func() ack{
		"at once": func() ack { return &atOnce{} },
		"Flush":   func() ack { return &byFlush{} },
		"deaf":    func() ack { return &deaf{} },
		"late":    func() ack { return &late{} },
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range *seeds {
				found := false
				synctest.Test(t, func(*testing.T) { found = newPipeline(seed).run(rule) != nil })
				if found {
					return
				}
			}
			t.Errorf("%d schedules did not find it wrong", *seeds)
		})
	}
}
