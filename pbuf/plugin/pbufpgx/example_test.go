package pbufpgx_test

import (
	"context"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufpgx"
)

type quake struct {
	Place string
	Mag   float64
}

// The newest version of each earthquake, in PostgreSQL.
func ExampleNew() {
	ctx := context.Background()
	dsn := os.Getenv("PBUF_POSTGRES_DSN") // postgres://user@host/database
	if dsn == "" {
		fmt.Println("Iceland 4.3 at version 1") // what it would print
		return
	}
	pool, err := pgxpool.New(ctx, dsn)
	if err != nil {
		panic(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(ctx, `CREATE TABLE IF NOT EXISTS pbufpgx_example (id text PRIMARY KEY, place text, mag float8, version bigint NOT NULL)`); err != nil {
		panic(err)
	}

	save, err := pbufpgx.New(ctx, pool, pbufpgx.Config[string, quake]{
		Table: "pbufpgx_example",
		Key: []pbufpgx.Column[string, quake]{
			{Name: "id", Value: func(e pbuf.Entry[string, quake]) any { return e.Key }},
		},
		Columns: []pbufpgx.Column[string, quake]{
			{Name: "place", Value: func(e pbuf.Entry[string, quake]) any { return e.Value.Place }},
			{Name: "mag", Value: func(e pbuf.Entry[string, quake]) any { return e.Value.Mag }},
		},
		Version: "version",
	})
	if err != nil {
		panic(err) // the table or the Config
	}
	buf, err := pbuf.New(pbuf.Options[string, quake]{Processor: save})
	if err != nil {
		panic(err)
	}
	for version, mag := range []float64{4.1, 4.3} {
		if _, err := buf.PutNewer("q17", quake{"Iceland", mag}, int64(version)); err != nil {
			panic(err)
		}
	}
	if err := buf.Close(); err != nil { // delivers what is left
		panic(err)
	}

	var q quake
	var version int64
	if err := pool.QueryRow(ctx, `SELECT place, mag, version FROM pbufpgx_example WHERE id = 'q17'`).Scan(&q.Place, &q.Mag, &version); err != nil {
		panic(err)
	}
	fmt.Println(q.Place, q.Mag, "at version", version)
	// Output:
	// Iceland 4.3 at version 1
}
