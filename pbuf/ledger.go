package pbuf

// Balance is Accepted less all that became of it: Delivered + Overwritten + Erased +
// Dropped + DeadLettered + Undelivered + Size + InFlight. It is zero at any moment,
// with writers at work too. Overwrites in the current generation are entered, as
// Accepted and Overwritten, when that is retired, so Accepted is exact after Stop, or
// after a Flush with no writers beside it.
func (s *PartitionStats) Balance() int64 {
	spent := s.Delivered + s.Overwritten + s.Erased + s.Dropped + s.DeadLettered
	return int64(s.Accepted-spent) - int64(s.Undelivered) - int64(s.Size) - int64(s.InFlight)
}

// ledgerLocked adds up the partition's books. What is retired changes hands
// under the mutex alone, and each number of the current generation is read once
// for both sides: the balance is zero whatever runs beside it.
func (f *flusher[K, V]) ledgerLocked() (l PartitionStats) {
	// First, since evictions count as erased before they count here.
	refused, evicted := f.overflow.refused.Load(), f.overflow.evicted.Load()
	s, live := f.part.Running()
	c := &f.books
	l = PartitionStats{
		Size:         live,
		InFlight:     c.inFlight,
		Generations:  s.Retired,
		Inserted:     s.Inserted,
		Delivered:    c.delivered,
		DeadLettered: c.deadLettered,
		Undelivered:  len(c.undelivered),
	}
	if c.final != nil {
		l.InFlight += c.final.Len()
	}
	// Restored are those that we put back, which the ledger has from their first
	// time, and the initial ones.
	l.Accepted = s.Accepted + s.Restored - c.restored + refused
	l.Overwritten = s.Overwritten + c.superseded
	l.Erased = s.Erased - evicted
	l.DroppedGivenUp, l.DroppedNoRoom = c.dropped, refused+evicted
	l.Dropped = l.DroppedGivenUp + l.DroppedNoRoom
	return l
}
