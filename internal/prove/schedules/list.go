package schedules

import "github.com/partitioned-buffer/go/internal/prove/history"

// short names for the tables below
func put(key, value int) history.Op { return history.Op{Kind: history.Put, Key: key, Value: value} }

func newer(key int, version int64) history.Op {
	return history.Op{Kind: history.PutNewer, Key: key, Value: int(100 + version), Version: version}
}

func bury(key int, version int64) history.Op {
	return history.Op{Kind: history.BuryNewer, Key: key, Version: version}
}

func merge(key, value int) history.Op {
	return history.Op{Kind: history.Merge, Key: key, Value: value}
}

func ifNewer(key, value int) history.Op {
	return history.Op{Kind: history.PutIfNewer, Key: key, Value: value}
}

func get(key int) history.Op    { return history.Op{Kind: history.Get, Key: key} }
func del(key int) history.Op    { return history.Op{Kind: history.Delete, Key: key} }
func lookup(key int) history.Op { return history.Op{Kind: history.Lookup, Key: key} }

type ops = []history.Op

// Programs are the programs that are explored. Each is small enough for every
// schedule with two preemptions, and aims at one window.
func Programs() []Program {
	return append(growing(), []Program{
		{
			Name: "insert against insert", Writers: []ops{{put(0, 1)}, {put(0, 2), get(0)}},
			Cycles: []Cycle{Deliver},
		},
		{
			Name: "inserts of three keys", Writers: []ops{{put(0, 1), get(1)}, {put(1, 2), get(2)}, {newer(2, 3)}},
			Cycles: []Cycle{Deliver},
		},
		{
			Name: "overwrite across a swap", Before: ops{put(0, 1)},
			Writers: []ops{{put(0, 2), get(0)}, {newer(0, 3)}}, Cycles: []Cycle{Deliver},
		},
		{
			Name: "versions decide under the claim", Before: ops{newer(0, 1)},
			Writers: []ops{{newer(0, 3)}, {newer(0, 2), get(0)}}, Cycles: []Cycle{Deliver},
		},
		{
			Name: "delete and revive", Before: ops{put(0, 1)},
			Writers: []ops{{del(0), put(0, 2)}, {newer(0, 5), del(0)}}, Cycles: []Cycle{Deliver},
		},
		{
			Name: "stale against what is in flight", Before: ops{newer(0, 5)},
			Writers: []ops{{newer(0, 4), get(0)}, {newer(0, 6)}}, Cycles: []Cycle{Deliver, Deliver},
		},
		{
			Name: "stale beside Stop", Before: ops{newer(0, 2)},
			Writers: []ops{{newer(0, 1)}}, Cycles: []Cycle{Deliver}, Stop: true,
		},
		{
			Name: "stale beside Stop, with an older one in flight", Before: ops{newer(0, 2)}, Flying: true,
			Writers: []ops{{newer(0, 1)}}, Cycles: []Cycle{Deliver}, Stop: true,
		},
		{
			Name: "revive a dead key under flight", Before: ops{newer(0, 5), del(0), newer(0, 5)},
			Writers: []ops{{put(0, 1), del(0), newer(0, 4)}}, Cycles: []Cycle{Deliver, Deliver},
		},
		{
			Name: "a delivered version is remembered", Memory: true, Before: ops{newer(0, 5)},
			Writers: []ops{{newer(0, 4), get(0)}, {newer(0, 6)}}, Cycles: []Cycle{Deliver, Deliver},
		},
		{
			Name: "remembered at a revival", Memory: true, Warm: 3, Before: ops{newer(0, 5), put(1, 1)},
			Writers: []ops{{newer(0, 6), del(0)}, {newer(0, 4)}}, Cycles: []Cycle{Deliver, Requeue},
		},
		{
			Name: "a plain put starts the memory anew", Memory: true, Before: ops{newer(0, 5)}, Flying: true,
			Writers: []ops{{put(0, 1), newer(0, 2)}, {newer(0, 1)}}, Cycles: []Cycle{Deliver, Deliver},
		},
		{
			Name: "writers beside Stop", Before: ops{put(0, 1)},
			Writers: []ops{{put(0, 2), put(1, 1)}, {newer(1, 2), del(0)}}, Stop: true,
		},
		{
			Name: "two keys move at one moment", Writers: []ops{{put(0, 1), put(1, 1)}, {get(1), get(0)}},
			Cycles: []Cycle{Deliver, Deliver},
		},
		{
			Name: "requeue against a newer write", Before: ops{newer(0, 3)},
			Writers: []ops{{newer(0, 4)}, {newer(0, 2), get(0)}}, Cycles: []Cycle{Requeue, Deliver},
		},
		{
			Name: "requeue against Delete and Stop", Before: ops{newer(0, 3)},
			Writers: []ops{{put(0, 1), del(0)}}, Cycles: []Cycle{Requeue}, Stop: true,
		},
		{
			Name: "lookup beside a requeue", Before: ops{newer(0, 3)}, Writers: []ops{{lookup(0)}}, Cycles: []Cycle{Requeue},
		},
		{
			Name: "lookup beside a delivery", Before: ops{newer(0, 3)}, Writers: []ops{{lookup(0)}}, Cycles: []Cycle{Deliver},
		},
		{
			Name: "lookup through two deliveries", Warm: 3, Before: ops{put(0, 1), put(1, 1)}, Flying: true,
			Writers: []ops{{lookup(0)}, {put(1, 5), put(0, 9)}}, Cycles: []Cycle{Deliver, Deliver},
		},
		{
			Name: "lookup through a requeue", Before: ops{newer(0, 3)},
			Writers: []ops{{lookup(0), lookup(0)}, {del(0)}}, Cycles: []Cycle{Requeue, Deliver},
		},
		{
			Name: "lookup beside a release and Delete", Before: ops{put(0, 1)}, Flying: true, Since: ops{put(0, 2)},
			Writers: []ops{{lookup(0)}, {del(0)}}, Cycles: []Cycle{Deliver},
		},
		{
			Name: "tombstones", Before: ops{newer(0, 3)},
			Writers: []ops{{bury(0, 4), get(0)}, {newer(0, 3), lookup(0)}}, Cycles: []Cycle{Deliver},
		},
		{
			Name: "keys that recur", Warm: 3, Before: ops{put(0, 1), put(1, 1)},
			Writers: []ops{{put(0, 2), get(1)}, {newer(1, 3)}}, Cycles: []Cycle{Deliver, Deliver},
		},
		{
			Name: "a sleeper through two deliveries", Warm: 3, Before: ops{newer(0, 3)},
			Writers: []ops{{newer(0, 4)}, {newer(0, 2), del(0)}}, Cycles: []Cycle{Deliver, Requeue, Deliver},
		},
		{
			Name: "Delete through two deliveries", Warm: 3, Before: ops{put(0, 1), put(1, 1), put(2, 1)},
			Writers: []ops{{del(0)}, {put(1, 5)}}, Cycles: []Cycle{Deliver, Deliver},
		},
		{
			Name: "an insert beside a key that recurs", Warm: 3, Before: ops{put(0, 1)},
			Writers: []ops{{put(1, 2), get(1)}, {put(1, 3), del(1)}}, Cycles: []Cycle{Deliver, Deliver},
		},
		{
			Name: "three keys, one of which recurs", Warm: 3, Before: ops{put(0, 1)},
			Writers: []ops{{put(1, 2), get(2)}, {newer(2, 3), put(1, 1)}}, Cycles: []Cycle{Deliver, Deliver},
		},
		{
			Name: "merges lose nothing", Before: ops{put(0, 1)},
			Writers: []ops{{merge(0, 2)}, {merge(0, 3)}}, Cycles: []Cycle{Deliver},
		},
		{
			Name: "merge against Put and Delete", Before: ops{put(0, 1)},
			Writers: []ops{{merge(0, 2)}, {put(0, 1), del(0), put(0, 1)}},
		},
		{
			Name: "requeue merged", Before: ops{put(0, 1)},
			Writers: []ops{{merge(0, 2)}, {put(0, 3), del(0)}}, Cycles: []Cycle{Merging},
		},
		{
			Name: "versions in the values decide", Before: ops{ifNewer(0, 2)},
			Writers: []ops{{ifNewer(0, 4)}, {ifNewer(0, 3), get(0)}}, Cycles: []Cycle{Deliver},
		},
		{
			Name: "versions in the values, against what is in flight", Before: ops{ifNewer(0, 5)}, Flying: true,
			Writers: []ops{{ifNewer(0, 4), get(0)}, {ifNewer(0, 6)}}, Cycles: []Cycle{Deliver, Deliver},
		},
		{
			Name: "versions in the values, against what comes back", Before: ops{ifNewer(0, 5)},
			Writers: []ops{{ifNewer(0, 4)}, {ifNewer(0, 6), del(0)}}, Cycles: []Cycle{Requeue},
		},
		{
			Name: "versions in the values beside Stop, with an older one in flight", Before: ops{ifNewer(0, 2)}, Flying: true,
			Writers: []ops{{ifNewer(0, 1)}}, Cycles: []Cycle{Deliver}, Stop: true,
		},
		{
			Name: "the last unit of a limit", Limit: 1, Before: ops{put(0, 1)},
			Writers: []ops{{del(0), put(0, 2)}, {put(1, 3), del(1)}}, Cycles: []Cycle{Requeue},
		},
		{
			Name: "three writers on one key", Before: ops{put(0, 1)},
			Writers: []ops{{newer(0, 1)}, {newer(0, 2)}, {get(0), del(0)}}, Cycles: []Cycle{Deliver},
		},
	}...)
}
