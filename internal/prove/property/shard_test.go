package property

import (
	"testing"

	"github.com/partitioned-buffer/go/internal/shard"
	"pgregory.net/rapid"
)

type (
	item      = shard.Item[int, int]
	partition = shard.Partition[int, int]
)

// shardMachine is one partition with everything that it can do, at sizes where
// tables grow and spill; the hashes are as bad as hashes get.
type shardMachine struct {
	p       *partition
	current map[int]item
	flight  map[int]item // nil: nothing
	final   map[int]item // what Stop retired: in flight too
	retired *shard.Retired[int, int]
	stopped bool
	limit   *shard.Limit
	left    int64
	hash    func(int) uint64
	steps   int
}

var (
	indexHashes = map[string]func(int, uint64) uint64{
		"its own": nil, "constant": func(int, uint64) uint64 { return 7 },
		"truncated": func(k int, _ uint64) uint64 { return uint64(k % 3) },
		"identity":  func(k int, seed uint64) uint64 { return uint64(k) ^ seed },
	}
	callHashes = map[string]func(int) uint64{
		"none": nil, "constant": func(int) uint64 { return 1<<63 | 5 },
		"low bits alike":  func(k int) uint64 { return uint64(k) << 40 },
		"high bits alike": func(k int) uint64 { return uint64(k) },
	}
	shardKeys     = rapid.IntRange(0, 150)
	shardVersions = rapid.OneOf(rapid.Int64Range(-2, 9), rapid.SampledFrom([]int64{shard.MinVersion, 1<<63 - 1}))
)

// TestPartitionIsItsReference is the machine.
func TestPartitionIsItsReference(t *testing.T) {
	actions := 0
	rapid.Check(t, func(t *rapid.T) {
		x := &shardMachine{current: map[int]item{}}
		c := shard.Config[int]{
			Hasher: indexHashes[rapid.SampledFrom([]string{"its own", "constant", "truncated", "identity"}).Draw(t, "index")],
			Hash:   callHashes[rapid.SampledFrom([]string{"none", "constant", "low bits alike", "high bits alike"}).Draw(t, "calls")],
		}
		if rapid.Bool().Draw(t, "limited") {
			x.left = 20
			x.limit = shard.NewLimit(x.left, 0)
			c.Limit = x.limit
		}
		x.p = shard.NewPartition[int, int](c)
		x.hash = c.Hash
		t.Repeat(rapid.StateMachineActions(x))
		actions += x.steps
	})
	t.Logf("explored: %d actions", actions)
}

func (x *shardMachine) hashOf(key int) uint64 {
	if x.hash == nil {
		return 0
	}
	return x.hash(key)
}

// wrote compares how a write ended with how it should, and makes it so.
func (x *shardMachine) wrote(t *rapid.T, i item, newer bool, got shard.Status, live uint32) {
	old, ok := x.current[i.Key]
	want := shard.Inserted
	switch flying, fly := x.flight[i.Key]; {
	case x.stopped:
		want = shard.Closed
	case ok && newer && old.Version >= i.Version, !ok && newer && fly && flying.Version >= i.Version:
		want = shard.Stale
	case ok:
		want = shard.Overwrote
	case x.limit != nil && x.left == 0:
		want = shard.Full
	}
	if got != want {
		t.Fatalf("write of %+v ended %v, want %v", i, got, want)
	}
	switch want {
	case shard.Inserted:
		x.left--
		x.current[i.Key] = i
		if int(live) != len(x.current) {
			t.Fatalf("the insert made %d live, want %d", live, len(x.current))
		}
	case shard.Overwrote:
		if newer {
			i.Updates = old.Updates + 1
		}
		x.current[i.Key] = i
	}
}

// Fill puts a run of keys.
func (x *shardMachine) Fill(t *rapid.T) {
	from, n := shardKeys.Draw(t, "from"), rapid.IntRange(1, 100).Draw(t, "n")
	for key := from; key < from+n; key++ {
		status, live := x.p.Put(x.hashOf(key), key, n)
		x.wrote(t, item{Key: key, Value: n}, false, status, live)
	}
}

// Put puts.
func (x *shardMachine) Put(t *rapid.T) {
	i := item{Key: shardKeys.Draw(t, "key"), Value: numbers.Draw(t, "value")}
	status, live := x.p.Put(x.hashOf(i.Key), i.Key, i.Value)
	x.wrote(t, i, false, status, live)
}

// PutNewer puts by version.
func (x *shardMachine) PutNewer(t *rapid.T) {
	i := item{Key: shardKeys.Draw(t, "key"), Value: numbers.Draw(t, "value"), Version: shardVersions.Draw(t, "version")}
	status, live := x.p.PutNewer(x.hashOf(i.Key), i.Key, i.Value, i.Version)
	x.wrote(t, i, true, status, live)
}

// Bury puts a tombstone, by version or not.
func (x *shardMachine) Bury(t *rapid.T) {
	i := item{Key: shardKeys.Draw(t, "key"), Deleted: true}
	if rapid.Bool().Draw(t, "newer") {
		i.Version = shardVersions.Draw(t, "version")
		status, live := x.p.Write(x.hashOf(i.Key), i, true, 0)
		x.wrote(t, i, true, status, live)
		return
	}
	status, live := x.p.Write(x.hashOf(i.Key), i, false, 0)
	x.wrote(t, i, false, status, live)
}

// Merge merges.
func (x *shardMachine) Merge(t *rapid.T) {
	i := item{Key: shardKeys.Draw(t, "key"), Value: numbers.Draw(t, "value")}
	seen, _ := x.p.Peek(x.hashOf(i.Key), i.Key)
	made := i
	if seen.Live && !seen.Item.Deleted {
		made.Value += seen.Item.Value * 31
	}
	status, live, done := x.p.WriteIf(&seen, x.hashOf(i.Key), made, 0, false)
	if !done {
		t.Fatal("WriteIf wants another look, and nothing has happened")
	}
	if old, ok := x.current[i.Key]; ok && !old.Deleted {
		i.Value += old.Value * 31
	}
	x.wrote(t, i, false, status, live)
}

// Get gets.
func (x *shardMachine) Get(t *rapid.T) {
	key := shardKeys.Draw(t, "key")
	v, ok := x.p.Get(x.hashOf(key), key)
	if i, live := x.current[key]; ok != (live && !i.Deleted) || v != i.Value {
		t.Fatalf("Get(%d) = %d, %v, want %+v, %v", key, v, ok, i, live)
	}
}

// Lookup looks a key up, also in flight.
func (x *shardMachine) Lookup(t *rapid.T) {
	key := shardKeys.Draw(t, "key")
	got, inFlight, ok := x.p.Lookup(key)
	want, current := x.current[key]
	flying, fly := x.final[key]
	if !fly {
		flying, fly = x.flight[key]
	}
	if !current {
		want = flying
	}
	if ok != (current || fly) || ok && (got != want || inFlight == current) {
		t.Fatalf("Lookup(%d) = %+v, %v, %v, want %+v, %v, %v", key, got, inFlight, ok, want, !current, current || fly)
	}
}

// Delete deletes.
func (x *shardMachine) Delete(t *rapid.T) {
	key := shardKeys.Draw(t, "key")
	deleted, open := x.p.Delete(x.hashOf(key), key)
	if _, ok := x.current[key]; deleted != ok || open == x.stopped {
		t.Fatalf("Delete(%d) = %v, %v, want %v, %v", key, deleted, open, ok, !x.stopped)
	}
	if deleted {
		delete(x.current, key)
		x.left++
	}
}

// Walk walks.
func (x *shardMachine) Walk(t *rapid.T) {
	seen := 0
	x.p.Walk(func(i item) bool {
		if want, ok := x.current[i.Key]; !ok || i != want {
			t.Fatalf("Walk yields %+v, want %+v, %v", i, want, ok)
		}
		seen++
		return true
	})
	if seen != len(x.current) {
		t.Fatalf("Walk yields %d entries, want %d", seen, len(x.current))
	}
}

// Check is made after each action.
func (x *shardMachine) Check(t *rapid.T) {
	x.steps++
	if got := x.p.Size(); got != len(x.current) {
		t.Fatalf("Size = %d, want %d", got, len(x.current))
	}
	if x.limit == nil {
		return
	}
	if left, _ := x.limit.Left(); left != x.left {
		t.Fatalf("%d units left, want %d", left, x.left)
	}
}
