package pbuf

import "fmt"

func (p FullPolicy) String() string {
	return enumName(p, "Block", "Reject", "DropOldest", "DropNewest")
}

func (p RetryPolicy) String() string { return enumName(p, "Requeue", "GiveUp", "Replay") }

func (p Place) String() string { return enumName(p, "Absent", "Buffered", "InFlight") }

func enumName[T ~uint8](value T, names ...string) string {
	if int(value) < len(names) {
		return names[value]
	}
	return fmt.Sprintf("%T(%d)", value, uint8(value))
}
