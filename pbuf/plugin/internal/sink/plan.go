package sink

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/upsert"
)

// Role is what a column is for.
type Role uint8

// The roles. The columns of a row come as key, values and sums, mark, version: the
// version last, since MySQL assigns from left to right and every assignment looks at it.
const (
	Key Role = iota
	Value
	Sum
	Deleted
	Version
)

// Column is one column of the rows that are written.
type Column struct {
	Name string
	Role Role
}

// Shape is what a Config says without its functions.
type Shape struct {
	Schema  string
	Table   string
	Batches string // "" for none
	Columns []Column
	Keys    int // how many of the columns are the key; they come first
}

// Has says whether there is a column of that role, and which.
func (s *Shape) Has(role Role) (name string, ok bool) {
	for _, c := range s.Columns {
		if c.Role == role {
			return c.Name, true
		}
	}
	return "", false
}

// Plan is a Config that is known to be valid by itself.
type Plan[K comparable, V any] struct {
	Shape
	values []func(pbuf.Entry[K, V]) any // one for each of Columns
	marks  bool                         // tombstones are marked, not deleted
	sums   bool                         // some column has Sum
}

// NewPlan validates everything that can be without the database. Errors wrap
// pbuf.ErrOptions.
func NewPlan[K comparable, V any](c upsert.Config[K, V]) (*Plan[K, V], error) {
	p := &Plan[K, V]{
		Shape: Shape{Schema: c.Schema, Table: c.Table, Batches: c.Batches, Keys: len(c.Key)},
		marks: c.Deleted != "",
	}
	for i, one := range c.Key {
		if one.Sum {
			return nil, invalid("Config.Key[%d].Sum is set, but a key is not summed", i)
		}
		if err := p.add(fmt.Sprintf("Config.Key[%d]", i), one, Key); err != nil {
			return nil, err
		}
	}
	for i, one := range c.Columns {
		role := Value
		if one.Sum {
			role, p.sums = Sum, true
		}
		if err := p.add(fmt.Sprintf("Config.Columns[%d]", i), one, role); err != nil {
			return nil, err
		}
	}
	switch {
	case len(c.Key) == 0:
		return nil, invalid("Config.Key is empty, there must be a key column")
	case p.sums && c.Version != "":
		return nil, invalid("Config.Version is %q, but there are columns with Sum: a sum has no version", c.Version)
	}
	p.append(c.Deleted, Deleted, func(e pbuf.Entry[K, V]) any { return e.Deleted })
	p.append(c.Version, Version, func(e pbuf.Entry[K, V]) any { return e.Version })
	return p, p.checkNames()
}

func (p *Plan[K, V]) add(option string, c upsert.Column[K, V], role Role) error {
	switch {
	case c.Name == "":
		return invalid("%s.Name is empty", option)
	case c.Value == nil:
		return invalid("%s.Value is nil, column %q needs it", option, c.Name)
	}
	p.append(c.Name, role, c.Value)
	return nil
}

func (p *Plan[K, V]) append(name string, role Role, value func(pbuf.Entry[K, V]) any) {
	if name != "" {
		p.Columns = append(p.Columns, Column{name, role})
		p.values = append(p.values, value)
	}
}

func (p *Plan[K, V]) checkNames() error {
	if p.Table == "" {
		return invalid("Config.Table is empty")
	}
	for _, name := range []string{p.Schema, p.Table, p.Batches} {
		if !isIdentifier(name) {
			return invalid("%q is no name of a table or schema", name)
		}
	}
	for i, c := range p.Columns {
		if !isIdentifier(c.Name) {
			return invalid("%q is no name of a column", c.Name)
		}
		for _, other := range p.Columns[:i] {
			if other.Name == c.Name {
				return invalid("two columns have the name %q", c.Name)
			}
		}
	}
	return nil
}

// isIdentifier says whether name can be quoted: any text without a zero byte.
func isIdentifier(name string) bool {
	return utf8.ValidString(name) && !strings.Contains(name, "\x00")
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{pbuf.ErrOptions}, args...)...)
}
