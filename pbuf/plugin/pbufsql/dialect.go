package pbufsql

import (
	"fmt"
	"strconv"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sink"
)

// Dialect is the SQL that a database speaks.
type Dialect uint8

// The dialects.
const (
	SQLite     Dialect = iota + 1 // 3.24 or later
	MySQL                         // MySQL 5.7, MariaDB 10.5, or later
	PostgreSQL                    // 11 or later
)

// String is the name of the database.
func (d Dialect) String() string {
	if d, ok := dialects[d]; ok {
		return d.name
	}
	return fmt.Sprintf("Dialect(%d)", uint8(d))
}

// BatchesTable is the statement that makes a table for Config.Batches. The schema
// may be empty. It is "" for a Dialect that is none.
func (d Dialect) BatchesTable(schema, name string) string {
	rules, known := dialects[d]
	if !known {
		return ""
	}
	return sink.BatchesTable(rules.quote, rules.text, schema, name)
}

// rules are what a dialect does in its own way.
type rules struct {
	name        string
	quote       string
	text        string // a type for the key of the table of batches
	placeholder func(n int) string
	parameters  int    // the most in one statement
	fewSizes    bool   // of statements: pgx has the server keep hundreds of them for each connection
	alias       string // after the table's name in INSERT
	onConflict  func(*sink.Shape) string
	ignore      string // end of an INSERT that leaves a duplicate alone
	immediate   string // has deferred constraints checked, "" if there are none
	columns     string // query for the columns of a table: name and type
	version     func(kind string) bool
	deleted     func(kind string) bool         // whether a column of the type can be Config.Deleted
	value       func(any) (bytes int, ok bool) // nil if all values are fine and their sizes do not matter
	compare     func(kind string) comparison   // nil if the types of arguments do not matter
	wrong       func(error) bool               // a statement that does not fit the table; MySQL is not asked
	classify    func(error) sink.Class
}

var dialects = map[Dialect]*rules{
	SQLite: {
		name: "SQLite", quote: `"`, text: "TEXT", placeholder: question,
		// 32,766 would fit. But modernc.org/sqlite looks for each among all the others:
		// 512 rows of 3 columns in one statement take twice as long as in prepared ones.
		parameters: 128,
		alias:      " AS old", onConflict: (*sink.Shape).OnConflict, ignore: " ON CONFLICT DO NOTHING",
		columns: sqliteColumns, version: sqliteVersion, deleted: sqliteDeleted, wrong: sqliteWrong, classify: classifySQLite,
	},
	MySQL: {
		name: "MySQL", quote: "`", text: "VARBINARY(255)", placeholder: question,
		parameters: 65535,
		onConflict: onDuplicateKey, ignore: " ON DUPLICATE KEY UPDATE `step` = `step`",
		columns: mysqlColumns, version: mysqlVersion, deleted: mysqlDeleted, value: mysqlValue, compare: mysqlCompare, classify: classifyMySQL,
	},
	PostgreSQL: {
		name: "PostgreSQL", quote: `"`, text: "text", placeholder: func(n int) string { return "$" + strconv.Itoa(n) },
		parameters: 65535, fewSizes: true,
		alias: " AS old", onConflict: (*sink.Shape).OnConflict, ignore: " ON CONFLICT DO NOTHING", immediate: "SET CONSTRAINTS ALL IMMEDIATE",
		columns: postgresColumns, version: postgresVersion, deleted: postgresDeleted, wrong: postgresWrong, classify: classifyPostgres,
	},
}

func question(int) string { return "?" }
