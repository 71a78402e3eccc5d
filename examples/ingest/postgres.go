package main

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufpgx"
)

const postgresSchema = `
DROP TABLE IF EXISTS ` + table + `;
CREATE TABLE ` + table + ` (
  id        text PRIMARY KEY,
  version   bigint NOT NULL,
  time_ms   bigint NOT NULL,
  mag       double precision NOT NULL,
  mag_type  text NOT NULL,
  status    text NOT NULL,
  longitude double precision NOT NULL,
  latitude  double precision NOT NULL,
  depth_km  double precision NOT NULL,
  place     text NOT NULL
)`

// connectTimeout bounds one attempt to connect, so that a batch fails soon
// while the server is away.
const connectTimeout = 5 * time.Second

// postgresSink writes through a pool, which replaces broken connections: a
// batch fails while the server is away and the next one tries afresh.
type postgresSink struct {
	pool   *pgxpool.Pool
	upsert pbuf.Processor[string, quake]
}

// newPostgresPool connects to nothing yet.
func newPostgresPool(ctx context.Context, dsn string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("-dsn: %w", err) // pgx hides the password
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("-dsn: %w", err)
	}
	return pool, nil
}

// openPostgres connects and makes the table anew.
func openPostgres(ctx context.Context, dsn string) (*postgresSink, error) {
	pool, err := newPostgresPool(ctx, dsn)
	if err != nil {
		return nil, err
	}
	s := &postgresSink{pool: pool}
	if _, err = pool.Exec(ctx, postgresSchema); err == nil {
		s.upsert, err = pbufpgx.New(ctx, pool, rowOf)
	}
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("%s: %w", s.where(), err)
	}
	return s, nil
}

func (s *postgresSink) save(ctx context.Context, batch []pbuf.Entry[string, quake]) error {
	return s.upsert(ctx, batch)
}

func (s *postgresSink) rows(ctx context.Context) iter.Seq2[revision, error] {
	return func(yield func(revision, error) bool) {
		rows, err := s.pool.Query(ctx, `SELECT `+allColumns+` FROM `+table)
		if err != nil {
			yield(revision{}, fmt.Errorf("postgres: %w", err))
			return
		}
		defer rows.Close()
		revisions(rows, yield)
	}
}

func (s *postgresSink) where() string {
	c := s.pool.Config().ConnConfig
	return fmt.Sprintf("PostgreSQL, %s:%d/%s, table %s", c.Host, c.Port, c.Database, table)
}

func (s *postgresSink) close() error {
	s.pool.Close()
	return nil
}
