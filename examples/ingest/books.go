package main

import (
	"errors"
	"fmt"
)

// errLost is what lost returns, wrapped, for events that nobody has any more.
var errLost = errors.New("events were lost")

// lost says what became of accepted events that did not reach the database. The
// table alone does not tell: the feed repeats itself, so that a later poll may
// have mended a loss.
func (r *result) lost() error {
	err := r.undelivered
	if n := r.books.Dropped; n > 0 {
		err = errors.Join(err, fmt.Errorf("%w: the buffer dropped %s", errLost, count(n)))
	}
	if n := r.books.Balance(); n != 0 {
		err = errors.Join(err, fmt.Errorf("%w: the buffer's books are out by %s", errLost, count(n)))
	}
	return err
}
