package main

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partitioned-buffer/go/pbuf"
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

// postgresUpsert writes a whole batch in one statement, which is a transaction
// by itself. ON CONFLICT refuses a key that comes twice in a statement; a batch
// of pbuf never has one. Partitions hold different keys, so their statements
// don't deadlock either.
const postgresUpsert = `INSERT INTO ` + table + ` AS events (` + allColumns + `)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::float8[], $5::text[],
  $6::text[], $7::float8[], $8::float8[], $9::float8[], $10::text[])` + onConflict

// connectTimeout bounds one attempt to connect, so that a batch fails soon
// while the server is away.
const connectTimeout = 5 * time.Second

// postgresSink writes through a pool, which replaces broken connections: a
// batch fails while the server is away and the next one tries afresh.
type postgresSink struct {
	pool *pgxpool.Pool
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
	if _, err := pool.Exec(ctx, postgresSchema); err != nil {
		pool.Close()
		return nil, fmt.Errorf("%s: %w", s.where(), err)
	}
	return s, nil
}

func (s *postgresSink) upsert(ctx context.Context, batch []pbuf.Entry[string, quake]) (changed int64, err error) {
	c := newPostgresColumns(len(batch))
	for i, e := range batch {
		c.set(i, e.Key, e.Version, e.Value)
	}
	tag, err := s.pool.Exec(ctx, postgresUpsert, c.id, c.version, c.timeMS, c.mag, c.magType,
		c.status, c.longitude, c.latitude, c.depthKM, c.place)
	if err != nil {
		return 0, fmt.Errorf("postgres: %w", err)
	}
	return tag.RowsAffected(), nil
}

// postgresColumns is a batch turned by 90 degrees, for unnest.
type postgresColumns struct {
	id, magType, status, place        []string
	version, timeMS                   []int64
	mag, longitude, latitude, depthKM []float64
}

func newPostgresColumns(n int) postgresColumns {
	return postgresColumns{
		id: make([]string, n), magType: make([]string, n), status: make([]string, n), place: make([]string, n),
		version: make([]int64, n), timeMS: make([]int64, n),
		mag: make([]float64, n), longitude: make([]float64, n), latitude: make([]float64, n), depthKM: make([]float64, n),
	}
}

func (c *postgresColumns) set(i int, id string, version int64, q quake) {
	c.id[i], c.version[i], c.timeMS[i] = id, version, q.TimeMS
	c.mag[i], c.magType[i], c.status[i] = q.Mag, q.MagType, q.Status
	c.longitude[i], c.latitude[i], c.depthKM[i] = q.Longitude, q.Latitude, q.DepthKM
	c.place[i] = q.Place
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
