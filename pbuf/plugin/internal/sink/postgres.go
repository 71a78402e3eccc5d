package sink

import "slices"

// DeferrableKey is a question for PostgreSQL: how many unique indexes on exactly the
// key are checked late. Its planner takes one of those for ON CONFLICT, and each
// write fails.
func (s *Shape) DeferrableKey() (query, table, key string) {
	names := slices.Sorted(slices.Values(s.KeyNames()))
	return `SELECT count(*) FROM pg_index i WHERE i.indrelid = to_regclass($1) AND i.indisunique AND NOT i.indimmediate AND $2 = (
SELECT string_agg('"' || replace(a.attname::text, '"', '""') || '"', ', ' ORDER BY a.attname::text COLLATE "C")
FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]))`,
		Quote(`"`, ".", s.Schema, s.Table), Quote(`"`, ", ", names...)
}
