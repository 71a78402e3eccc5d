package pbufsql

import (
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sink"
)

// These know the errors that tell of a wrong Config or table, and of nothing that
// may pass.
func sqliteWrong(err error) bool {
	const sqlError = 1
	return sqliteCode(err)&0xff == sqlError
}

func postgresWrong(err error) bool {
	var state interface{ SQLState() string }
	return errors.As(err, &state) && (strings.HasPrefix(state.SQLState(), "42") || strings.HasPrefix(state.SQLState(), "0A"))
}

func classifyPostgres(err error) sink.Class {
	var state interface{ SQLState() string } // pgx, lib/pq
	if errors.As(err, &state) {
		return sink.OfSQLState(state.SQLState(), constraint(state))
	}
	return classifyArgument(err)
}

// constraint is the name of the one that was violated.
func constraint(driver any) string {
	if v := reflect.Indirect(reflect.ValueOf(driver)); v.Kind() == reflect.Struct {
		for _, field := range []string{"ConstraintName", "Constraint"} { // pgx, lib/pq
			if f := v.FieldByName(field); f.IsValid() && f.Kind() == reflect.String {
				return f.String()
			}
		}
	}
	return ""
}

// The codes are at https://sqlite.org/rescode.html.
func sqliteCode(err error) int {
	var coder interface{ Code() int } // modernc.org/sqlite
	if errors.As(err, &coder) {
		return coder.Code()
	}
	code, _ := number(err, "ExtendedCode") // mattn/go-sqlite3
	return code
}

func classifySQLite(err error) sink.Class {
	code := sqliteCode(err)
	const constraint, tooBig, mismatch = 19, 18, 20
	switch code & 0xff {
	case 0:
		return classifyArgument(err)
	case tooBig, mismatch:
		return sink.Refused
	case constraint:
		const check, notNull, dataType = 1, 5, 12
		if slices.Contains([]int{check, notNull, dataType}, code>>8) {
			return sink.Refused
		}
		return sink.Conflict
	}
	return sink.Retry
}

// The numbers are those of MySQL and, from 1900 to 4999, of MariaDB too.
func classifyMySQL(err error) sink.Class {
	n, ok := number(err, "Number") // go-sql-driver/mysql
	if !ok {
		if strings.HasPrefix(err.Error(), "packet for query is too large") { // halves may fit
			return sink.Refused
		}
		return classifyArgument(err)
	}
	switch n {
	case 1105: // unknown error, such as a single value that is too large
		if strings.Contains(err.Error(), "max_allowed_packet") {
			return sink.Refused
		}
	case 1213, 1020: // deadlock; changed since it was read
		return sink.Again
	case 1048, 1364, // not null, no default
		1264, 1265, 1406, 1292, 1366, 1367, 1300, 1690, 1411, 1416, // out of range, too long, not of the type
		3140, 3156, 3819, 4025, 1153: // JSON, check, check of MariaDB, packet too large
		return sink.Refused
	case 1022, 1062, 1169, 1216, 1217, 1451, 1452, 1644: // unique, foreign key, SIGNAL in a trigger
		return sink.Conflict
	}
	return sink.Retry
}

// classifyArgument knows what no database has seen: a value that database/sql or
// pgx cannot convert. Neither has a type for it.
func classifyArgument(err error) sink.Class {
	if text := err.Error(); strings.HasPrefix(text, "sql: converting argument") || strings.Contains(text, "failed to encode args[") {
		return sink.Refused
	}
	return sink.Retry
}

// number finds an integer field of that name in the error or one that it wraps:
// some drivers give their number no method, and this package imports none.
func number(err error, field string) (n int, ok bool) {
	for ; err != nil; err = errors.Unwrap(err) {
		v := reflect.Indirect(reflect.ValueOf(err))
		if v.Kind() != reflect.Struct {
			continue
		}
		switch f := v.FieldByName(field); {
		case f.IsValid() && f.CanInt():
			return int(f.Int()), true
		case f.IsValid() && f.CanUint():
			return int(f.Uint()), true
		}
	}
	return 0, false
}
