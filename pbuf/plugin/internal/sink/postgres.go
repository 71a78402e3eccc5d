package sink

import "slices"

// CheckDeferrable refuses a key whose unique index PostgreSQL checks late: its planner
// takes such an index for ON CONFLICT, and each write fails. ask scans the number that
// the query gives.
func (s *Shape) CheckDeferrable(ask func(late *int, query string, args ...any) error) error {
	const query = `SELECT count(*) FROM pg_index i WHERE i.indrelid = to_regclass($1) AND i.indisunique AND NOT i.indimmediate AND $2 = (
SELECT string_agg('"' || replace(a.attname::text, '"', '""') || '"', ', ' ORDER BY a.attname::text COLLATE "C")
FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]))`
	key := Quote(`"`, ", ", slices.Sorted(slices.Values(s.KeyNames()))...)
	var late int
	if err := ask(&late, query, Quote(`"`, ".", s.Schema, s.Table), key); err != nil {
		return err
	}
	if late > 0 {
		return invalid("Config.Key: the unique index of table %s on (%s) is deferrable, must be one that is not", s.Table, key)
	}
	return nil
}
