package history

import "github.com/partitioned-buffer/go/internal/shard"

// Partition is the partition under test, driven through a Client's record.
type Partition = shard.Partition[int, int]

// Item is its entry.
type Item = shard.Item[int, int]

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
			return written(p.Write(Hash(o.Key), Item{Key: o.Key, Deleted: true}, false, 0))
		case BuryNewer:
			return written(p.Write(Hash(o.Key), Item{Key: o.Key, Version: o.Version, Deleted: true}, true, 0))
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
			return merge(p, o)
		case PutIfNewer:
			return putIfNewer(p, o)
		case Restore:
			return written(p.Restore(itemOf(o), 0))
		case RestoreMerged:
			return mergeBack(p, itemOf(o))
		}
		panic("history: not an operation on a key: " + o.Kind.String())
	})
}

// merge is the loop that a caller of Peek and WriteIf runs for a Put with Merge.
func merge(p *Partition, o Op) Seen {
	for {
		seen, _ := p.Peek(Hash(o.Key), o.Key)
		made := Item{Key: o.Key, Value: o.Value}
		if seen.Live && !seen.Item.Deleted {
			made.Value = Combine(seen.Item.Value, o.Value)
		}
		if status, live, ok := p.WriteIf(&seen, Hash(o.Key), made, 0, false); ok {
			return written(status, live)
		}
	}
}

// putIfNewer is the same for a version that is in the value.
func putIfNewer(p *Partition, o Op) Seen {
	for {
		seen, open := p.Peek(Hash(o.Key), o.Key)
		if !open {
			return Seen{Result: Closed}
		}
		there, ok := seen.Item, seen.Live
		if !ok {
			there, ok = p.InFlight(&seen, Hash(o.Key), o.Key)
		}
		if ok && !there.Deleted && !Newer(there.Value, o.Value) {
			return Seen{Result: Stale}
		}
		if status, live, ok := p.WriteIf(&seen, Hash(o.Key), Item{Key: o.Key, Value: o.Value}, 0, false); ok {
			return written(status, live)
		}
	}
}

// mergeBack is the same for an entry that failed: two plain values are combined,
// anything else that is there stays.
func mergeBack(p *Partition, i Item) Seen {
	for {
		seen, _ := p.Peek(Hash(i.Key), i.Key)
		made, there := i, seen.Item
		if seen.Live {
			if i.Deleted || i.Version != 0 || there.Deleted || there.Version != 0 {
				return Seen{Result: Stale}
			}
			made = Item{Key: i.Key, Value: Combine(i.Value, there.Value)}
		}
		if status, live, ok := p.WriteIf(&seen, Hash(i.Key), made, 0, true); ok {
			return written(status, live)
		}
	}
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

// Release ends the flight of r.
func (c *Client) Release(p *Partition, r *shard.Retired[int, int]) {
	c.Do(Op{Kind: Release}, func() Seen {
		p.Release(r)
		return Seen{}
	})
}

func written(s shard.Status, _ uint32) Seen { return Seen{Result: Result(s)} }

func itemOf(o Op) Item {
	return Item{
		Key: o.Key, Value: o.Cell.Value, Version: o.Cell.Version,
		Updates: o.Cell.Updates, Attempts: o.Cell.Attempts, Deleted: o.Cell.Deleted,
	}
}

func cellOf(i Item, ok bool) Cell {
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
