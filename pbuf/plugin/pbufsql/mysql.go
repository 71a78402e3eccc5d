package pbufsql

import (
	"fmt"
	"strings"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sink"
)

// onDuplicateKey ends an INSERT. There is no WHERE, so each column looks at the
// version for itself; assignments are made from left to right and see those
// before them, hence the version, and before it the mark, come last. VALUES() is
// deprecated in MySQL, but MariaDB has nothing else.
func onDuplicateKey(s *sink.Shape) string {
	quote := func(name string) string { return sink.Quote("`", "", name) }
	given := func(name string) string { return "VALUES(" + quote(name) + ")" }
	newer := ""
	if version, ok := s.Has(sink.Version); ok {
		newer = fmt.Sprintf("(%s >= %s) IS NOT TRUE", quote(version), given(version))
	}
	mark, marks := s.Has(sink.Deleted)
	var set []string
	for _, c := range s.Columns[s.Keys:] {
		value := given(c.Name)
		if c.Role == sink.Sum {
			value = sink.SumOf(quote(c.Name), value)
			if marks {
				value = fmt.Sprintf("IF(%s OR %s, %s, %s)", quote(mark), given(mark), given(c.Name), value)
			}
		}
		if newer != "" {
			value = fmt.Sprintf("IF(%s, %s, %s)", newer, value, quote(c.Name))
		}
		set = append(set, quote(c.Name)+" = "+value)
	}
	if len(set) == 0 {
		key := quote(s.Columns[0].Name)
		set = append(set, key+" = "+key)
	}
	return " ON DUPLICATE KEY UPDATE " + strings.Join(set, ", ")
}
