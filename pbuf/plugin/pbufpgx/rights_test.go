package pbufpgx_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufpgx"
)

// as is a connection of a role with these rights on readings, and no others.
func (d database) as(t *testing.T, rights string) *pgxpool.Pool {
	t.Helper()
	for _, sql := range []string{
		`DO $$ BEGIN CREATE ROLE pbuf_some_rights; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
		`GRANT ` + rights + ` ON readings TO pbuf_some_rights`,
		`GRANT USAGE ON SCHEMA ` + pgx.Identifier{d.schema}.Sanitize() + ` TO pbuf_some_rights`,
	} {
		if _, err := d.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	return d.connect(t, d.Config().ConnString(), "role=pbuf_some_rights")
}

// Who sends no tombstones needs no right to delete. Where it is missing, they wait
// for it.
func TestRightToDelete(t *testing.T) {
	d := shared(t, readings)
	p := processor(t, d.as(t, "SELECT, INSERT, UPDATE"), sinktest.ByVersion())
	sinktest.Deliver(t, p, entry{Key: "a", Value: 1, Version: 1})
	err := p(t.Context(), []entry{{Key: "a", Version: 2, Deleted: true}})
	var server *pgconn.PgError
	if !errors.As(err, &server) || server.Code != "42501" || len(sinktest.Fates(err)) > 0 {
		t.Errorf("error %v, want one that names no row", err)
	}
	d.want(t, allReadings, "a 1 1")
}

func TestRightToInsert(t *testing.T) {
	d := shared(t, readings)
	if _, err := pbufpgx.New(t.Context(), d.as(t, "SELECT, DELETE, UPDATE"), sinktest.ByVersion()); !errors.Is(err, pbuf.ErrOptions) {
		t.Errorf("error %v", err)
	}
}

// A table that is locked is not the fault of an option.
func TestNewWhileTheTableIsLocked(t *testing.T) {
	d := shared(t, readings)
	tx, err := d.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background())
	if _, err := tx.Exec(t.Context(), `LOCK TABLE readings IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	_, err = pbufpgx.New(t.Context(), d.connect(t, d.Config().ConnString(), "lock_timeout=10ms"), sinktest.ByVersion())
	var server *pgconn.PgError
	if !errors.As(err, &server) || server.Code != "55P03" || errors.Is(err, pbuf.ErrOptions) {
		t.Errorf("error %v", err)
	}
}
