package history

import "github.com/partitioned-buffer/go/internal/shard"

// Partition is the partition under test, driven through a Client's record.
type Partition = shard.Partition[int, int]

// Hash is the hash that operations pass in.
func Hash(key int) uint64 { return uint64(key) * 0x9E3779B97F4A7C15 }

// Write carries out an operation on a key.
func (c *Client) Write(p *Partition, o Op) Seen {
	return c.Do(o, func() Seen {
		switch o.Kind {
		case Put:
			return written(p.Put(Hash(o.Key), o.Key, o.Value))
		case PutNewer:
			return written(p.PutNewer(Hash(o.Key), o.Key, o.Value, o.Version))
		case Bury:
			return written(p.Bury(o.Key))
		case BuryNewer:
			return written(p.BuryNewer(o.Key, o.Version))
		case Get:
			v, ok := p.Get(Hash(o.Key), o.Key)
			return Seen{OK: ok, Cell: Cell{Value: v}}
		case Delete:
			deleted, open := p.Delete(Hash(o.Key), o.Key)
			if !open {
				return Seen{Result: Closed}
			}
			return Seen{OK: deleted}
		case Lookup:
			i, inFlight, ok := p.Lookup(o.Key)
			return Seen{OK: ok, Flight: inFlight, Cell: cellOf(i, ok)}
		case Merge:
			return written(p.Merge(o.Key, o.Value, Combine))
		case Restore:
			return written(p.Restore(itemOf(o)))
		case RestoreMerged:
			return written(p.RestoreMerged(itemOf(o), Combine))
		}
		panic("history: not an operation on a key: " + o.Kind.String())
	})
}

// Retire retires the current generation and returns it with what it holds.
func (c *Client) Retire(p *Partition) (r *shard.Retired[int, int], seen Seen) {
	seen = c.Do(Op{Kind: Retire}, func() Seen {
		var open bool
		r, open = p.Retire()
		return Seen{OK: open, Moved: moved(r)}
	})
	return r, seen
}

// Stop stops the partition and returns its last generation.
func (c *Client) Stop(p *Partition) (r *shard.Retired[int, int], seen Seen) {
	seen = c.Do(Op{Kind: Stop}, func() Seen {
		r = p.Stop()
		return Seen{Moved: moved(r)}
	})
	return r, seen
}

// Remember notes in the memory of versions what is being delivered; a nil one
// has nothing to be noted.
func (c *Client) Remember(v *shard.Versions[int], delivered [Keys]Cell) {
	if v == nil {
		return
	}
	for key, cell := range delivered {
		if cell.Live {
			c.Do(Op{Kind: Remember, Key: key, Version: cell.Version}, func() Seen {
				v.Remember(key, cell.Version)
				return Seen{}
			})
		}
	}
}

// Release ends the flight of r, with its store kept for another use or not.
func (c *Client) Release(p *Partition, r *shard.Retired[int, int], recycle bool) {
	c.Do(Op{Kind: Release}, func() Seen {
		if recycle {
			p.Recycle(r)
		} else {
			p.Release(r)
		}
		return Seen{}
	})
}

func written(s shard.Status, _ uint32) Seen { return Seen{Result: Result(s)} }

func itemOf(o Op) shard.Item[int, int] {
	return shard.Item[int, int]{
		Key: o.Key, Value: o.Cell.Value, Version: o.Cell.Version,
		Updates: o.Cell.Updates, Attempts: o.Cell.Attempts, Deleted: o.Cell.Deleted,
	}
}

func cellOf(i shard.Item[int, int], ok bool) Cell {
	if !ok {
		return Cell{}
	}
	return Cell{Live: true, Value: i.Value, Version: i.Version, Updates: i.Updates, Attempts: i.Attempts, Deleted: i.Deleted}
}

// moved reads a sealed generation twice: as the flusher does, and by key as a
// table's reader does. A difference shows as a cell that nobody wrote.
func moved(r *shard.Retired[int, int]) (cells [Keys]Cell) {
	if r == nil {
		return cells
	}
	n := 0
	cursor := r.Cursor()
	for s, version := cursor.Next(); s != nil; s, version = cursor.Next() {
		if n++; cells[s.Key()].Live {
			return twice(cells)
		}
		cells[s.Key()] = Cell{
			Live: true, Value: s.Value(), Version: version, Updates: s.Updates(), Attempts: s.Attempts(), Deleted: s.Deleted(),
		}
	}
	if n != r.Len() {
		return twice(cells)
	}
	for k, c := range cells {
		s, version := r.Get(k)
		if (s != nil) != c.Live || s != nil && (version != c.Version || s.Value() != c.Value) {
			return twice(cells)
		}
	}
	return cells
}

// twice marks what no model explains.
func twice(cells [Keys]Cell) [Keys]Cell {
	for k := range cells {
		cells[k] = Cell{Live: true, Value: -1}
	}
	return cells
}
