package rival

import "sync"

// groupMax is how many keys of a batch are grouped at a time.
const groupMax = 1024

// maxShards bounds the shards of a contender.
const maxShards = 64

// groups sorts the positions of a batch's keys by shard, so that each shard
// is locked once for all its keys.
type groups struct {
	shard [groupMax]uint8 // by position, filled by the caller
	order [groupMax]uint16
	ends  [maxShards]uint16
}

var groupsPool = sync.Pool{New: func() any { return new(groups) }}

// sort counts, sums and places: order then holds the positions shard by shard.
func (g *groups) sort(n, shards int) {
	ends := g.ends[:shards]
	clear(ends)
	for _, s := range g.shard[:n] {
		ends[s]++
	}
	var at uint16
	for s, count := range ends {
		ends[s] = at
		at += count
	}
	for i, s := range g.shard[:n] {
		g.order[ends[s]] = uint16(i)
		ends[s]++
	}
}

// of returns the positions of the keys that belong to shard s.
func (g *groups) of(s int) []uint16 {
	if s == 0 {
		return g.order[:g.ends[0]]
	}
	return g.order[g.ends[s-1]:g.ends[s]]
}
