package sink

import "strings"

// Class is what an error of the database means for the rows that were to be written.
type Class uint8

const (
	// Retry: nothing is wrong with the rows; the buffer tries again when it thinks fit.
	Retry Class = iota
	// Again: another transaction was in the way; the same at once has a good chance.
	Again
	// Refused: one of the rows is one that the database will never take.
	Refused
	// Conflict: one of the rows is one that the database does not take while other
	// rows are, or are not, there.
	Conflict
	// Twins: two of the rows of a statement are one for the database.
	Twins
)

// OfSQLState tells the class of a SQLSTATE as PostgreSQL gives them. What is not
// known to be a row's own fault is not: a missing table, a revoked right, a full
// disk wait for somebody to mend them, and nothing is given up meanwhile. So does a
// partition that is missing: a violated check that has no name.
func OfSQLState(state, constraint string) Class {
	if state == "23514" && constraint == "" {
		return Conflict
	}
	switch state {
	case "40001", "40P01": // serialization failure, deadlock
		return Again
	case "23502", "23514", "44000", "54000": // not null, check, view's check, too large for an index
		return Refused
	case "21000":
		return Twins
	case "P0001": // RAISE in a trigger: why, only its author knows
		return Conflict
	}
	switch {
	case strings.HasPrefix(state, "22"): // data exception
		return Refused
	case strings.HasPrefix(state, "23"): // foreign key, unique, exclusion, restrict
		return Conflict
	}
	return Retry
}
