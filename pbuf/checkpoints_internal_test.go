package pbuf

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// slowCheckpoint is the same thing told plainly: each loss goes to each checkpoint.
type slowCheckpoint struct {
	c      *Checkpoint
	number uint64
	lost   int
	done   bool
}

func newTestCheckpoint() *Checkpoint { return &Checkpoint{done: make(chan struct{})} }

func (c *Checkpoint) isDone() bool {
	select {
	case <-c.Done():
		return true
	default:
		return false
	}
}

// Against a model that goes through all of them each time.
func TestCheckpointsOfAPartition(t *testing.T) {
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 1))
		var q checkpoints
		var slow []*slowCheckpoint
		var floor, last uint64
		number, inFlight, next, recent, flying := uint64(1), uint64(0), 0, 0, 0
		settle := func(up uint64) {
			for _, s := range slow {
				s.done = s.done || s.number <= up
			}
		}
		for range 200 {
			switch random.IntN(6) {
			case 0, 1: // a call
				s, stale := &slowCheckpoint{c: newTestCheckpoint(), number: number, lost: next}, random.IntN(3) == 0
				if stale {
					s.lost = recent
				}
				q.tell(s.c, number, stale)
				q.enter(s.c, number)
				slow, next, recent, last = append(slow, s), 0, flying, number
			case 2: // a loss
				written := number - random.Uint64N(min(number, 3))
				origin := written - random.Uint64N(min(written, 4))
				n := random.IntN(4)
				q.lose(origin, written, n, fmt.Errorf("loss of %d", origin))
				for _, s := range slow {
					if !s.done && s.number >= origin {
						s.lost += n
					}
				}
				if last <= written {
					next += n
				}
				recent += n
				if inFlight > 0 {
					flying += n
				}
			case 3: // a failed entry
				if inFlight > 0 {
					origin := inFlight - random.Uint64N(min(inFlight, 4))
					if old := floor; old == 0 || origin < old {
						floor = origin
					}
					q.wentBack(origin)
				}
			case 4: // a flush begins
				if inFlight == 0 {
					inFlight, floor = number, 0
					number++
					q.retired()
				}
			case 5: // and ends
				if inFlight > 0 {
					up := inFlight
					if floor > 0 {
						up = min(up, floor-1)
					}
					q.flushed(inFlight)
					settle(up)
					q.released()
					inFlight, flying = 0, 0
				}
			}
			if random.IntN(50) == 0 && inFlight == 0 {
				q.settleAll()
				settle(^uint64(0))
				floor = 0
			}
			for i, s := range slow {
				if s.c.isDone() != s.done {
					t.Fatalf("seed %d: checkpoint %d is done: %v, want %v", seed, i, s.c.isDone(), s.done)
				}
				if !s.done {
					continue
				}
				var lost *CheckpointError
				err := s.c.Err()
				if s.lost == 0 && err != nil || s.lost > 0 && (!errors.As(err, &lost) || lost.Lost != s.lost || lost.Err == nil) {
					t.Fatalf("seed %d: checkpoint %d of generation %d: %v, want %d lost", seed, i, s.number, err, s.lost)
				}
			}
			slow = slices.DeleteFunc(slow, func(s *slowCheckpoint) bool { return s.done })
			if len(slow) != len(q.queue) {
				t.Fatalf("seed %d: %d wait, want %d", seed, len(q.queue), len(slow))
			}
		}
	}
}

// The cause is that of a loss which the checkpoint covers.
func TestCauseOfACheckpoint(t *testing.T) {
	var q checkpoints
	first, second := newTestCheckpoint(), newTestCheckpoint()
	errFirst, errSecond := errors.New("first"), errors.New("second")
	q.enter(first, 1)
	q.enter(second, 2)
	q.lose(2, 2, 1, errSecond)
	q.lose(1, 1, 2, errFirst)
	q.flushed(2)
	for _, test := range []struct {
		c    *Checkpoint
		lost int
		err  error
	}{{first, 2, errFirst}, {second, 3, errSecond}} {
		var lost *CheckpointError
		if err := test.c.Err(); !errors.As(err, &lost) || lost.Lost != test.lost || !errors.Is(err, test.err) {
			t.Errorf("%v, want %d lost because of %v", err, test.lost, test.err)
		}
	}
}

func TestZeroCheckpoint(t *testing.T) {
	var c Checkpoint
	if !c.isDone() || !errors.Is(c.Err(), ErrClosed) || !errors.Is(c.Wait(context.Background()), ErrClosed) {
		t.Errorf("the zero Checkpoint: done %v, %v; want done and ErrClosed", c.isDone(), c.Err())
	}
}
