package history

import "fmt"

func (c Cell) String() string {
	switch {
	case !c.Live:
		return "-"
	case c.Deleted:
		return fmt.Sprintf("tombstone@%d", c.Version)
	}
	return fmt.Sprintf("%d@%d+%d", c.Value, c.Version, c.Updates)
}

func describe(o Op, seen Seen) string {
	switch o.Kind {
	case Retire, Stop:
		return fmt.Sprintf("%v → %v open %v", o.Kind, seen.Moved, seen.OK)
	case Release:
		return "Release"
	case Remember:
		return fmt.Sprintf("Remember(%d, @%d)", o.Key, o.Version)
	case Get, Delete:
		return fmt.Sprintf("%v(%d) → %v %v", o.Kind, o.Key, seen.Cell.Value, seen.OK)
	case Lookup:
		return fmt.Sprintf("Lookup(%d) → %v %v flight %v", o.Key, seen.Cell, seen.OK, seen.Flight)
	case Restore, RestoreMerged:
		return fmt.Sprintf("%v(%d, %v) → %v", o.Kind, o.Key, o.Cell, seen.Result)
	case Put, Bury, Merge, PutIfNewer:
		return fmt.Sprintf("%v(%d, %d) → %v", o.Kind, o.Key, o.Value, seen.Result)
	default:
		return fmt.Sprintf("%v(%d, %d@%d) → %v", o.Kind, o.Key, o.Value, o.Version, seen.Result)
	}
}

func describeState(s state) string {
	text := ""
	for k, c := range s.keys {
		text += fmt.Sprintf("%d: %v, in flight %v", k, c.current, c.flight)
		if c.memory.Live {
			text += fmt.Sprintf(", delivered @%d", c.memory.Version)
		}
		text += ". "
	}
	if s.closed {
		text += "Stopped."
	}
	return text
}
