//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufnats"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

// What a message takes: fetch, decode, PutNewer, checkpoint, ack, in this process, and
// in the broker, which is one of its own and also has to store it. The sink takes
// nothing.
func BenchmarkMessage(b *testing.B) {
	s := settings{folder: b.TempDir(), rate: 100_000, keys: 5000, duration: time.Second}
	var err error
	if s.port, err = freePort(); err != nil {
		b.Fatal(err)
	}
	s.role = "broker"
	broker, err := spawn(s, os.Stderr, func([]byte) {})
	if err != nil {
		b.Fatal(err)
	}
	<-broker.spoke
	js, err := connect(s)
	if err != nil {
		b.Fatal(err)
	}
	defer js.Conn().Close()
	if err := createSource(b.Context(), js, s); err != nil {
		b.Fatal(err)
	}
	const n = 100_000
	publish(b, js, n)
	buf, err := pbuf.New(pbuf.Options[string, string]{
		Processor:     func(context.Context, []pbuf.Entry[string, string]) error { return nil },
		FlushInterval: flushInterval, Tombstones: true, Partitions: 1,
	})
	if err != nil {
		b.Fatal(err)
	}
	defer buf.Close()
	began, before := time.Now(), cpu(b)
	ctx, leave := context.WithCancel(b.Context())
	var consumers []*pbufnats.Consumer[string, string]
	ended := make(chan error, partitions)
	for p := range partitions {
		source, err := js.Consumer(ctx, streamName, consumerName(p))
		if err != nil {
			b.Fatal(err)
		}
		c, err := pbufnats.New(ctx, pbufnats.Config[string, string]{
			Consumer: source, Buffer: buf, Decode: decode, MaxWait: maxWait,
			FetchOptions: []jetstream.FetchOpt{jetstream.FetchPriorityGroup(group), jetstream.FetchPrioritized(0)},
		})
		if err != nil {
			b.Fatal(err)
		}
		consumers = append(consumers, c)
		go func() { ended <- c.Run(ctx) }()
	}
	for acked := uint64(0); acked < n; pause(ctx, 10*time.Millisecond) {
		acked = 0
		for _, c := range consumers {
			acked += c.Stats().Acked
		}
	}
	took, used := time.Since(began), cpu(b)-before
	leave()
	for range partitions {
		if err := <-ended; err != nil {
			b.Fatal(err)
		}
	}
	if err := broker.leave(patience); err != nil {
		b.Fatal(err)
	}
	usage := broker.cmd.ProcessState
	b.ReportMetric(0, "ns/op") // b.N says nothing here
	b.ReportMetric(float64(used)/n, "worker-cpu-ns/msg")
	b.ReportMetric(float64(usage.UserTime()+usage.SystemTime())/n, "broker-cpu-ns/msg")
	b.ReportMetric(n/took.Seconds(), "msg/s")
}

func publish(b *testing.B, js jetstream.JetStream, n int) {
	b.Helper()
	for some := range slices.Chunk(make([]struct{}, n), 1000) {
		var futures []jetstream.PubAckFuture
		for i := range some {
			f, err := js.PublishAsync(subject(fmt.Sprint("k", i*7919%5000)), []byte("12345678"))
			if err != nil {
				b.Fatal(err)
			}
			futures = append(futures, f)
		}
		for _, f := range futures {
			select {
			case <-f.Ok():
			case err := <-f.Err():
				b.Fatal(err)
			}
		}
	}
}

// cpu is what this process has used.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// What a row takes, in batches of 512 of a table of 100,000: all of them newer.
func BenchmarkUpsert(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { upserts(b, settings{folder: b.TempDir()}) })
	b.Run("PostgreSQL", func(b *testing.B) {
		p, err := startPostgres(os.Stderr)
		if err != nil {
			b.Skip(err)
		}
		defer p.stop()
		upserts(b, settings{dsn: p.dsn})
	})
}

func upserts(b *testing.B, s settings) {
	db, err := openDatabase(s)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // whose server's process is the one that is asked for its time
	if err := (latest{}).create(b.Context(), db); err != nil {
		b.Fatal(err)
	}
	save, err := newProcessor(b.Context(), db)
	if err != nil {
		b.Fatal(err)
	}
	const rows, keys = 512, 100_000
	version := int64(0)
	write := func() {
		batch := make([]pbuf.Entry[string, string], rows)
		for i := range batch {
			version++
			batch[i] = pbuf.Entry[string, string]{Key: fmt.Sprint("k", version*7919%keys), Value: "12345678", Version: version}
		}
		if err := save(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	for version < keys {
		write()
	}
	before, serverBefore := cpu(b), serverCPU(b, db)
	for b.Loop() {
		write()
	}
	b.ReportMetric(float64(serverCPU(b, db)-serverBefore)/float64(b.N)/rows, "server-cpu-ns/row")
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/rows, "ns/row")
	b.ReportMetric(float64(cpu(b)-before)/float64(b.N)/rows, "cpu-ns/row")
}

// serverCPU is what the process of PostgreSQL that serves us has used: on Linux, and on
// this machine; otherwise 0.
func serverCPU(b *testing.B, db *database) time.Duration {
	b.Helper()
	if db.dialect != pbufsql.PostgreSQL {
		return 0
	}
	var pid int
	if err := db.QueryRowContext(b.Context(), `SELECT pg_backend_pid()`).Scan(&pid); err != nil {
		b.Fatal(err)
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(stat), ") ") // after the name: state, 10 others, then user and system
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	if err := errors.Join(err1, err2); err != nil {
		b.Fatal(err)
	}
	return time.Duration(user+system) * 10 * time.Millisecond // USER_HZ is 100
}
