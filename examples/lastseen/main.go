// Lastseen is an HTTP service that remembers where each user was seen last, in
// PostgreSQL or SQLite. README.md says how to run it.
package main

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/codec"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufhttp"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufprom"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufslog"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

// sighting is what is posted. Its time, in microseconds, is its version.
type sighting struct {
	User, Place string
	At          time.Time
}

func main() {
	database := flag.String("db", "lastseen.db", "postgres://user:secret@host/base, or a file for SQLite")
	address := flag.String("http", "localhost:8080", "`ADDRESS` of POST /seen")
	private := flag.String("ops", "localhost:8081", "`ADDRESS` for operators: /metrics, /healthz, /debug/pbuf/")
	snapshot := flag.String("snapshot", "", "`FILE` of this instance alone, for what the database has not taken at the end;\ndefault: lastseen-, the address and .snapshot")
	drain := flag.Duration("drain", 10*time.Second, "how long the end may take")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once

	public, err := net.Listen("tcp", *address) // before the file is read: now it is ours
	check(err)
	db, save := open(ctx, *database)
	file := cmp.Or(*snapshot, "lastseen-"+strings.ReplaceAll(*address, ":", "-")+".snapshot")
	kept, err := pbuf.ReadSnapshotFile[string, sighting](file, codec.JSON)
	check(err)
	check(pbuf.WriteSnapshotFile(file, slices.Values(kept), codec.JSON)) // what cannot be kept is known now
	hooks, err := pbufslog.Hooks(slog.Default())
	check(err)
	buffer, err := pbuf.New(pbuf.Options[string, sighting]{
		Name: "lastseen", Processor: save, FlushInterval: time.Second, Hooks: hooks, Initial: slices.Values(kept),
		Capacity: 1_000_000, OnFull: pbuf.Reject, // clients get 503 then, and come again
	})
	check(err)
	servers, ctx := errgroup.WithContext(ctx)
	clients := &http.Server{Handler: receive(buffer), ReadTimeout: 5 * time.Second}
	operators := &http.Server{Addr: *private, Handler: show(buffer), ReadTimeout: 5 * time.Second}
	servers.Go(func() error { return clients.Serve(public) })
	servers.Go(operators.ListenAndServe)

	<-ctx.Done() // a signal, or a server failed
	ctx, cancel := context.WithTimeout(context.Background(), *drain)
	defer cancel()
	err = clients.Shutdown(ctx) // first those who write, then the buffer, then the database
	undelivered, lost := buffer.Stop(ctx), pbuf.WriteSnapshotFile(file, buffer.Undelivered(), codec.JSON)
	if undelivered != nil && lost == nil {
		slog.Warn("kept for the next start", "file", file, "error", undelivered)
	}
	err = errors.Join(err, lost, db.Close(), operators.Close())
	if failed := servers.Wait(); !errors.Is(failed, http.ErrServerClosed) {
		err = errors.Join(failed, err)
	}
	check(err)
}

func check(err error) {
	if err != nil {
		slog.Error("lastseen", "error", err)
		os.Exit(1)
	}
}

// receive is POST /seen. 202 is a promise: what the database would refuse is refused here.
func receive(buffer *pbuf.Map[string, sighting]) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /seen", func(w http.ResponseWriter, r *http.Request) {
		var s sighting
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 2048)).Decode(&s)
		if err != nil || s.User == "" || s.At.IsZero() || strings.Contains(s.User+s.Place, "\x00") {
			http.Error(w, `want {"user": "ann", "place": "Vienna", "at": "2026-11-25T10:00:00Z"}`, http.StatusBadRequest)
			return
		}
		if _, err := buffer.PutNewer(s.User, s, s.At.UnixMicro()); err != nil { // full, or about to end
			w.Header().Set("Retry-After", "1")
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	})
	return mux
}

// show is what operators see.
func show(buffer *pbuf.Map[string, sighting]) http.Handler {
	metrics, err := pbufprom.NewCollector(buffer)
	check(err)
	prometheus.MustRegister(metrics)
	page, err := pbufhttp.NewHandler(buffer)
	check(err)
	mux := http.NewServeMux()
	mux.Handle("/metrics", promhttp.Handler())
	mux.Handle("/healthz", page)
	mux.Handle("/debug/pbuf/", page)
	return mux
}

// open opens the database, and makes its table and a processor that writes there.
func open(ctx context.Context, dsn string) (*sql.DB, pbuf.Processor[string, sighting]) {
	driver, dialect, name := "sqlite", pbufsql.SQLite, dsn+"?_pragma=busy_timeout(5000)" // others may have it open
	if strings.Contains(dsn, "://") {
		driver, dialect, name = "pgx", pbufsql.PostgreSQL, dsn
	}
	db, err := sql.Open(driver, name)
	check(err)
	if dialect == pbufsql.SQLite {
		db.SetMaxOpenConns(1) // it has one writer at a time
	}
	_, err = db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS last_seen (name TEXT PRIMARY KEY, place TEXT, at BIGINT)`)
	check(err)
	save, err := pbufsql.New(ctx, db, dialect, pbufsql.Config[string, sighting]{
		Table:   "last_seen",
		Key:     []pbufsql.Column[string, sighting]{{Name: "name", Value: func(e pbuf.Entry[string, sighting]) any { return e.Key }}},
		Columns: []pbufsql.Column[string, sighting]{{Name: "place", Value: func(e pbuf.Entry[string, sighting]) any { return e.Value.Place }}},
		Version: "at",
	})
	check(err)
	return db, save
}
