package history

import "github.com/anishathalye/porcupine"

// Whole is the model of a partition as one object: a swap moves all keys at the
// same moment.
func Whole() porcupine.Model { return model(nil) }

// PerKey is the model of a partition as independent keys, each swap being one
// of every key. It is weaker than Whole, and checks long histories quickly.
func PerKey() porcupine.Model { return model(split) }

func model(partition func([]porcupine.Operation) [][]porcupine.Operation) porcupine.Model {
	return porcupine.Model{
		Partition: partition,
		Init:      func() any { return state{} },
		Step: func(s, in, out any) (bool, any) {
			next := s.(state)
			ok := next.step(in.(Op), out.(Seen))
			return ok, next
		},
		DescribeOperation: func(in, out any) string { return describe(in.(Op), out.(Seen)) },
		DescribeState:     func(s any) string { return describeState(s.(state)) },
	}
}

// wholePartition says whether the operation is of the partition and not of a key.
func wholePartition(k Kind) bool { return k == Retire || k == Release || k == Stop }

// split makes one history per key. In the others' histories a key never gets
// anything, so only its own cell of what was moved may be kept.
func split(all []porcupine.Operation) [][]porcupine.Operation {
	var parts [Keys][]porcupine.Operation
	for _, o := range all {
		in := o.Input.(Op)
		if !wholePartition(in.Kind) {
			parts[in.Key] = append(parts[in.Key], o)
			continue
		}
		seen := o.Output.(Seen)
		for k := range Keys {
			mine := seen
			mine.Moved = [Keys]Cell{}
			mine.Moved[k] = seen.Moved[k]
			o.Output = mine
			parts[k] = append(parts[k], o)
		}
	}
	return parts[:]
}

// step applies an operation and reports whether it can have ended as seen.
func (s *state) step(o Op, seen Seen) bool {
	switch o.Kind {
	case Retire:
		if !seen.OK { // stopped before
			return s.closed && seen.Moved == [Keys]Cell{}
		}
		return !s.closed && s.swap(seen.Moved, true)
	case Stop:
		if s.closed {
			return seen.Moved == [Keys]Cell{}
		}
		s.closed = true
		return s.swap(seen.Moved, false)
	case Remember:
		s.keys[o.Key].memory = Cell{Live: true, Version: o.Version}
		return true
	case Release:
		for k := range s.keys {
			s.keys[k].flight = Cell{}
		}
		return true
	case Get:
		c := s.keys[o.Key].current
		if !c.Live || c.Deleted {
			return !seen.OK
		}
		return seen.OK && seen.Cell.Value == c.Value
	case Delete:
		c := &s.keys[o.Key].current
		ok := seen.OK == c.Live && (seen.Result == Closed) == s.closed
		*c = Cell{}
		return ok
	case Lookup:
		return s.lookup(s.keys[o.Key], seen)
	default:
		return s.write(o, seen.Result)
	}
}

func (s *state) swap(moved [Keys]Cell, inFlight bool) bool {
	for k := range s.keys {
		if s.keys[k].current != moved[k] || inFlight && s.keys[k].flight.Live { // G3: one at a time
			return false
		}
		s.keys[k].current = Cell{}
		if inFlight {
			s.keys[k].flight = moved[k]
		}
	}
	return true
}

func (s *state) lookup(k cells, seen Seen) bool {
	switch {
	case s.closed: // what Stop took may be found or not: nobody promises either
		return true
	case k.current.Live:
		return seen.OK && !seen.Flight && seen.Cell == k.current
	case k.flight.Live:
		return seen.OK && seen.Flight && seen.Cell == k.flight
	default:
		return !seen.OK
	}
}

// write applies a write: the result must be the one that the state asks for.
func (s *state) write(o Op, got Result) bool {
	if s.closed || got == Closed {
		return s.closed && (got == Closed || got == Unknown)
	}
	k := &s.keys[o.Key]
	was := k.current
	if got == Full { // an insert may be refused for a unit that a lost race gives back
		return o.Limited && !was.Live
	}
	next := Cell{Live: true, Value: o.Value}
	switch o.Kind {
	case PutNewer, BuryNewer:
		next.Version = o.Version
		switch {
		case was.atLeast(o.Version),
			!was.Live && (k.flight.atLeast(o.Version) || k.memory.atLeast(o.Version)):
			return got == Stale
		case was.Live:
			next.Updates = was.Updates + 1
		}
	case PutIfNewer:
		there := was
		if !was.Live {
			there = k.flight
		}
		if there.Live && !there.Deleted && !Newer(there.Value, o.Value) {
			return got == Stale
		}
	case Merge:
		if was.Live && !was.Deleted {
			next.Value = Combine(was.Value, o.Value)
		}
	case Restore, RestoreMerged:
		plain := o.Cell.Version == 0 && !o.Cell.Deleted && was.Version == 0 && !was.Deleted
		switch {
		case !was.Live:
			next = o.Cell
		case o.Kind == RestoreMerged && plain:
			next.Value = Combine(o.Cell.Value, was.Value)
		default:
			return got == Stale || got == Unknown
		}
	}
	if o.Kind == Bury || o.Kind == BuryNewer {
		next.Deleted, next.Value = true, 0
	}
	k.current = next
	return got == Inserted && !was.Live || got == Overwrote && was.Live || got == Stored || got == Unknown
}
