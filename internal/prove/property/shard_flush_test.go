package property

import (
	"github.com/partitioned-buffer/go/internal/shard"
	"pgregory.net/rapid"
)

// Retire begins a delivery, unless one is in progress.
func (x *shardMachine) Retire(t *rapid.T) {
	if x.retired != nil {
		return
	}
	r, open := x.p.Retire()
	if open == x.stopped {
		t.Fatalf("Retire: open = %v, want %v", open, !x.stopped)
	}
	x.handed(t, r)
	x.retired = r
	if r != nil {
		x.flight = x.current
	}
	x.current = map[int]item{}
}

// handed compares a retired generation with what was current.
func (x *shardMachine) handed(t *rapid.T, r *shard.Retired[int, int]) {
	if (r != nil) != (len(x.current) > 0) {
		t.Fatalf("retired %v with %d entries current", r, len(x.current))
	}
	if r == nil {
		return
	}
	n := 0
	c := r.Cursor()
	for s, version := c.Next(); s != nil; s, version = c.Next() {
		n++
		got := s.Item(version)
		if want, ok := x.current[got.Key]; !ok || got != want {
			t.Fatalf("delivered %+v, want %+v, %v", got, want, ok)
		}
		if again, v := r.Get(got.Key); again != s || v != version {
			t.Fatalf("the table's Get(%d) finds another slot", got.Key)
		}
	}
	if n != len(x.current) || r.Len() != n {
		t.Fatalf("delivered %d entries, Len %d, want %d", n, r.Len(), len(x.current))
	}
}

// Finish ends the delivery: some entries failed and are restored.
func (x *shardMachine) Finish(t *rapid.T) {
	if x.retired == nil {
		return
	}
	every := rapid.IntRange(0, 3).Draw(t, "restore every") // 0: none
	merged := rapid.Bool().Draw(t, "merged")
	for key, i := range x.flight {
		if every == 0 || key%every != 0 {
			x.left++
			x.p.Give(1, 0)
			continue
		}
		i.Attempts = min(i.Attempts, shard.MaxAttempts-1) + 1
		x.restore(t, i, merged)
	}
	x.p.Release(x.retired)
	x.flight, x.retired = nil, nil
}

func (x *shardMachine) restore(t *rapid.T, i item, merged bool) {
	var got shard.Status
	if merged {
		got = x.mergeBack(t, i)
	} else {
		got, _ = x.p.Restore(i, 0)
	}
	old, ok := x.current[i.Key]
	want := shard.Inserted
	switch {
	case x.stopped:
		want = shard.Closed
	case ok && merged && i.Version == 0 && !i.Deleted && old.Version == 0 && !old.Deleted:
		want = shard.Overwrote
		x.current[i.Key] = item{Key: i.Key, Value: i.Value*31 + old.Value}
	case ok:
		want = shard.Stale
	default:
		x.current[i.Key] = i
	}
	if got != want {
		t.Fatalf("Restore(%+v) ended %v, want %v", i, got, want)
	}
	if want != shard.Inserted { // the unit is the caller's again
		x.left++
		x.p.Give(1, 0)
	}
}

func (x *shardMachine) mergeBack(t *rapid.T, i item) shard.Status {
	seen, _ := x.p.Peek(x.hashOf(i.Key), i.Key)
	made, there := i, seen.Item
	if seen.Live {
		if i.Version != 0 || i.Deleted || there.Version != 0 || there.Deleted {
			return shard.Stale
		}
		made = item{Key: i.Key, Value: i.Value*31 + there.Value}
	}
	status, _, done := x.p.WriteIf(&seen, x.hashOf(i.Key), made, 0, true)
	if !done {
		t.Fatal("WriteIf wants another look, and nothing has happened")
	}
	return status
}

// Stop stops, seldom.
func (x *shardMachine) Stop(t *rapid.T) {
	if rapid.IntRange(0, 15).Draw(t, "really") > 0 {
		return
	}
	r := x.p.Stop()
	if x.stopped {
		if r != nil {
			t.Fatal("the second Stop hands something over")
		}
		return
	}
	x.handed(t, r)
	x.left += int64(len(x.current))
	x.p.Give(len(x.current), 0)
	x.final, x.current, x.stopped = x.current, map[int]item{}, true
}
