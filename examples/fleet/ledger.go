package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

// ledger are the sums, and beside them up to where in the log they go.
type ledger struct {
	*database
}

// errFenced says that the partition is further than where we began, but not as far as
// we have come: another worker has gone on with it.
var errFenced = errors.New("another worker has gone on with this partition")

func (sums) create(ctx context.Context, db *database) error {
	err := db.create(ctx, map[string]string{
		"pbuf_fleet_sums":    "(key TEXT PRIMARY KEY, total BIGINT NOT NULL, messages BIGINT NOT NULL)",
		"pbuf_fleet_sources": "(source BIGINT PRIMARY KEY, seq BIGINT NOT NULL)",
		"pbuf_fleet_members": "(worker BIGINT PRIMARY KEY, seen DOUBLE PRECISION NOT NULL)",
	})
	for p := 0; p < partitions && err == nil; p++ {
		_, err = db.ExecContext(ctx, db.bind(`INSERT INTO pbuf_fleet_sources VALUES (?, 0)`), p)
	}
	return err
}

// at is up to which sequence the sums have a partition's log.
func (l *ledger) at(ctx context.Context, partition int) (seq uint64, err error) {
	err = l.QueryRowContext(ctx, l.bind(`SELECT seq FROM pbuf_fleet_sources WHERE source = ?`), partition).Scan(&seq)
	return seq, err
}

// apply adds what came after from, up to to, if the sums are at from: in one
// transaction, which moves them on. news is false if they are at to already, or
// further: by us, with the reply lost, or by another. Otherwise it is errFenced.
func (l *ledger) apply(ctx context.Context, partition int, from, to uint64, rows []sumEntry) (news bool, err error) {
	tx, err := l.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer tx.Rollback() // does nothing after the commit
	// First: whoever else moves it waits here until this transaction has ended.
	moved, err := tx.ExecContext(ctx, l.bind(`UPDATE pbuf_fleet_sources SET seq = ? WHERE source = ? AND seq = ?`), to, partition, from)
	if err != nil {
		return false, err
	}
	if n, err := moved.RowsAffected(); err != nil {
		return false, err
	} else if n == 0 {
		var at uint64
		if err := tx.QueryRowContext(ctx, l.bind(`SELECT seq FROM pbuf_fleet_sources WHERE source = ?`), partition).Scan(&at); err != nil {
			return false, err
		}
		if at >= to {
			return false, nil
		}
		return false, fmt.Errorf("%w: it is at %d, not %d", errFenced, at, from)
	}
	if err := l.add(ctx, tx, rows); err != nil {
		return false, err
	}
	return true, tx.Commit()
}

// applyApart is what apply is there to avoid: -unsafe.
func (l *ledger) applyApart(ctx context.Context, partition int, _, to uint64, rows []sumEntry) (news bool, err error) {
	if err := l.addApart(ctx, rows); err != nil {
		return false, err
	}
	_, err = l.ExecContext(ctx, l.bind(`UPDATE pbuf_fleet_sources SET seq = ? WHERE source = ?`), to, partition)
	return true, err
}

// addApart is add in a transaction of its own.
func (l *ledger) addApart(ctx context.Context, rows []sumEntry) error {
	tx, err := l.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after the commit
	if err := l.add(ctx, tx, rows); err != nil {
		return err
	}
	return tx.Commit()
}

// add adds the amounts to the rows, in the order of their keys: no deadlocks.
func (l *ledger) add(ctx context.Context, tx *sql.Tx, rows []sumEntry) error {
	slices.SortFunc(rows, func(a, b sumEntry) int { return strings.Compare(a.Key, b.Key) })
	for some := range slices.Chunk(rows, 40) { // as pbufsql does for SQLite
		query := `INSERT INTO pbuf_fleet_sums AS old (key, total, messages) VALUES ` +
			strings.TrimSuffix(strings.Repeat("(?, ?, ?), ", len(some)), ", ") +
			` ON CONFLICT (key) DO UPDATE SET total = old.total + excluded.total, messages = old.messages + excluded.messages`
		var args []any
		for _, e := range some {
			args = append(args, e.Key, e.Value.total, e.Value.messages)
		}
		if _, err := tx.ExecContext(ctx, l.bind(query), args...); err != nil {
			return err
		}
	}
	return nil
}

// members says that the worker lives, and returns who does: by the database's clock.
func (l *ledger) members(ctx context.Context, worker int) (all []int, err error) {
	now := "unixepoch('subsec')"
	if l.dialect == pbufsql.PostgreSQL {
		now = "extract(epoch FROM clock_timestamp())"
	}
	_, err = l.ExecContext(ctx, l.bind(`INSERT INTO pbuf_fleet_members VALUES (?, `+now+`) ON CONFLICT (worker) DO UPDATE SET seen = excluded.seen`), worker)
	if err != nil {
		return nil, err
	}
	found, err := l.QueryContext(ctx, `SELECT worker FROM pbuf_fleet_members WHERE seen > `+now+` - 1`)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	for found.Next() {
		var one int
		if err := found.Scan(&one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, found.Err()
}

// leave says that the worker does not go on.
func (l *ledger) leave(ctx context.Context, worker int) error {
	_, err := l.ExecContext(ctx, l.bind(`DELETE FROM pbuf_fleet_members WHERE worker = ?`), worker)
	return err
}

type sumEntry = pbuf.Entry[string, amount]
