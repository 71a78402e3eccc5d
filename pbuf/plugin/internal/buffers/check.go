// Package buffers says whether what a plugin was given are buffers that it can show.
package buffers

import (
	"fmt"
	"reflect"

	"github.com/partitioned-buffer/go/pbuf"
)

// Buffer is a *pbuf.Map of any types, or stands for one.
type Buffer interface {
	Stats() pbuf.Stats
}

// Check returns an error that wraps invalid if there is no buffer, if one is nil or
// was not made by pbuf.New, or if two have one name.
func Check[B Buffer](invalid error, all []B) error {
	if len(all) == 0 {
		return fmt.Errorf("%w: no buffer", invalid)
	}
	names := make(map[string]int, len(all))
	for i, b := range all {
		if IsNil(b) {
			return fmt.Errorf("%w: buffer %d is nil", invalid, i)
		}
		name := b.Stats().Name
		if name == "" {
			return fmt.Errorf("%w: buffer %d has no name: it was not made by pbuf.New", invalid, i)
		}
		if other, ok := names[name]; ok {
			return fmt.Errorf("%w: buffers %d and %d are both named %q (see pbuf.Options.Name)", invalid, other, i, name)
		}
		names[name] = i
	}
	return nil
}

// IsNil finds the nil pointer in an interface too.
func IsNil(x any) bool {
	if x == nil {
		return true
	}
	v := reflect.ValueOf(x)
	return v.Kind() == reflect.Pointer && v.IsNil()
}
