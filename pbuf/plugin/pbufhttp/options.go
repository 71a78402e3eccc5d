package pbufhttp

import (
	"errors"
	"fmt"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/buffers"
)

// Buffer is what is shown: a *pbuf.Map of any types.
type Buffer interface {
	Stats() pbuf.Stats
	Settings() pbuf.Settings
	Health() error
}

// ErrOptions is wrapped by the errors of NewHandler.
var ErrOptions = errors.New("pbufhttp: invalid option")

// Options configure a Handler. The zero value means the defaults.
type Options struct {
	// Refresh is how often the page asks for new numbers. Default: 1 s. At least
	// 100 ms, at most 1 h.
	Refresh time.Duration
	// Partitions is the most partitions of a buffer that have a row on the page; the
	// JSON has all of them. Default: 64.
	Partitions int
}

// Defaults of Options.
const (
	DefaultRefresh    = time.Second
	DefaultPartitions = 64
	minRefresh        = 100 * time.Millisecond
	maxRefresh        = time.Hour // far below what a browser's timers can hold
)

// NewHandler makes the handler for these buffers, which it shows in this order. It is
// an error, which wraps ErrOptions, if there is none, if one is nil or not made by
// pbuf.New, or if two have one name. A buffer that is stopped is shown as it ended:
// in red only if Stop returned an error.
func (o Options) NewHandler(all ...Buffer) (*Handler, error) {
	switch {
	case o.Refresh == 0:
		o.Refresh = DefaultRefresh
	case o.Refresh < minRefresh, o.Refresh > maxRefresh:
		return nil, fmt.Errorf("%w: Refresh is %v, must be %v to %v (0: default)", ErrOptions, o.Refresh, minRefresh, maxRefresh)
	}
	switch {
	case o.Partitions == 0:
		o.Partitions = DefaultPartitions
	case o.Partitions < 0:
		return nil, fmt.Errorf("%w: Partitions is %d, must not be negative", ErrOptions, o.Partitions)
	}
	if err := buffers.Check(ErrOptions, all); err != nil {
		return nil, err
	}
	return &Handler{buffers: append([]Buffer(nil), all...), options: o}, nil
}
