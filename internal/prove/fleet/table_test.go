package fleet

import (
	"errors"
	"sync"

	"github.com/partitioned-buffer/go/pbuf"
)

// value is what a message says: which one it was, and whether the key is deleted, for
// the rules that have no tombstones.
type value struct {
	seq  int
	gone bool
}

type (
	buffer  = pbuf.Map[int, value]
	options = pbuf.Options[int, value]
	entry   = pbuf.Entry[int, value]
)

var errSink = errors.New("sink")

// table is the sink that all workers share. A row gives way to a newer version alone,
// and one that was deleted stays as a mark.
type table struct {
	rule rule

	mu      sync.Mutex
	rows    map[int]row // guarded by mu
	down    bool        // guarded by mu
	refused int         // guarded by mu: writes that were not newer
}

type row struct {
	value
	version int64
}

func (t *table) apply(batch []entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range batch {
		r := row{e.Value, e.Version}
		if e.Deleted {
			r.value = value{int(e.Version), true}
		}
		if old, ok := t.rows[e.Key]; ok && old.version >= r.version && !t.rule.unguarded {
			t.refused++
			continue
		}
		if r.gone && t.rule.erases {
			delete(t.rows, e.Key)
			continue
		}
		t.rows[e.Key] = r
	}
}

// seq is up to which message of the log the row has come.
func (t *table) seq(key int) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	r, ok := t.rows[key]
	if !ok && t.rule.erases {
		return 1 << 30 // nothing can be said
	}
	return r.seq
}

func (t *table) isDown() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.down
}

func (t *table) setDown(down bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.down = down
}

// values are the rows that are there.
func (t *table) values() map[int]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	values := map[int]int{}
	for key, r := range t.rows {
		if !r.gone {
			values[key] = r.seq
		}
	}
	return values
}
