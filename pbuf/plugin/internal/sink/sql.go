package sink

import "strings"

// Quote quotes identifiers with q, which is doubled inside, and joins them with
// sep. Empty ones are left out.
func Quote(q, sep string, names ...string) string {
	var b strings.Builder
	for _, name := range names {
		if name == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(sep)
		}
		b.WriteString(q + strings.ReplaceAll(name, q, q+q) + q)
	}
	return b.String()
}

// Names are the names of all columns, of the key alone, or of those beside it.
func (s *Shape) Names() []string { return names(s.Columns) }

// KeyNames are the names of the key's columns.
func (s *Shape) KeyNames() []string { return names(s.Columns[:s.Keys]) }

func names(columns []Column) []string {
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = c.Name
	}
	return all
}

// OnConflict is the end of an INSERT INTO ... AS old that PostgreSQL and SQLite
// have in common.
func (s *Shape) OnConflict() string {
	set := make([]string, 0, len(s.Columns))
	deleted, marks := s.Has(Deleted)
	for _, c := range s.Columns[s.Keys:] {
		name := Quote(`"`, "", c.Name)
		value := "excluded." + name
		if c.Role == Sum {
			value = SumOf("old."+name, value)
			if marks {
				mark := Quote(`"`, "", deleted)
				value = "CASE WHEN old." + mark + " OR excluded." + mark + " THEN excluded." + name + " ELSE " + value + " END"
			}
		}
		set = append(set, name+" = "+value)
	}
	clause := " ON CONFLICT (" + Quote(`"`, ", ", s.KeyNames()...) + ") DO "
	if len(set) == 0 {
		return clause + "NOTHING"
	}
	return clause + "UPDATE SET " + strings.Join(set, ", ") + s.Guard(" WHERE ", `"`, "excluded")
}

// SumOf adds, with NULL as nothing: one such value would be the sum for ever.
func SumOf(old, given string) string {
	return "COALESCE(" + old + " + " + given + ", " + given + ", " + old + ")"
}

// Guard is the condition, after the word, that the row called new has a higher
// version than the one called old, whose version may be NULL. Without a version
// it is empty.
func (s *Shape) Guard(word, q, newer string) string {
	version, ok := s.Has(Version)
	if !ok {
		return ""
	}
	name := Quote(q, "", version)
	return word + "(old." + name + " >= " + newer + "." + name + ") IS NOT TRUE"
}
