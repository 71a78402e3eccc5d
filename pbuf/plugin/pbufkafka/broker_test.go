package pbufkafka_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sourcetest"
)

const (
	seed       = "127.0.0.1:9092"
	topic      = "log"
	partitions = 6
	groupName  = "fleet"
	patience   = sourcetest.Patience
)

// broker is a Kafka of one node, faked in this process, network included, with the
// topic "log". Time is real: kgo waits for a rebalance at a mutex where it would commit,
// which stops the clock of a synctest bubble.
type broker struct {
	tb      testing.TB
	network kfake.VirtualNetwork
	cluster *kfake.Cluster
	options []kfake.Opt
	client  *kgo.Client // of the test, not of a worker
	sink    *table      // whose state is noted with each commit

	mu      sync.Mutex
	log     [partitions][]*kgo.Record // by offset
	commits []commit
	asked   map[kmsg.Key]int // requests so far
}

// commit is a request to commit an offset, and how much the table had taken by then.
type commit struct {
	partition int32
	offset    int64
	taken     int
}

func newBroker(tb testing.TB) *broker {
	tb.Helper()
	b := &broker{tb: tb, sink: newTable(), asked: map[kmsg.Key]int{}}
	b.options = []kfake.Opt{
		kfake.NumBrokers(1), kfake.Ports(9092), kfake.ListenFn(b.network.Listen),
		kfake.SeedTopics(partitions, topic), kfake.DataDir(tb.TempDir()), // it can be started again
		kfake.GroupMinSessionTimeout(100 * time.Millisecond),
	}
	b.start()
	tb.Cleanup(func() { b.cluster.Close() })
	client, err := kgo.NewClient(kgo.SeedBrokers(seed), kgo.Dialer(b.network.DialContext), kgo.MetadataMinAge(20*time.Millisecond))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(client.Close)
	b.client = client
	return b
}

func (b *broker) start() {
	b.tb.Helper()
	cluster, err := kfake.NewCluster(b.options...)
	if err != nil {
		b.tb.Fatal(err)
	}
	b.cluster = cluster
	cluster.Control(b.note)
}

// note sees every request, and has it handled.
func (b *broker) note(r kmsg.Request) (kmsg.Response, error, bool) { //nolint:revive // as kfake wants it
	b.cluster.KeepControl()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked[kmsg.Key(r.Key())]++
	if r, ok := r.(*kmsg.OffsetCommitRequest); ok {
		for _, t := range r.Topics {
			for _, p := range t.Partitions {
				b.commits = append(b.commits, commit{p.Partition, p.Offset, len(b.sink.History())})
			}
		}
	}
	return nil, nil, false
}

// requests says how many requests of that kind there were.
func (b *broker) requests(key kmsg.Key) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.asked[key]
}

// produce appends from to below to, each to key modulo keys.
func (b *broker) produce(keys, from, to int) {
	b.tb.Helper()
	var records []*kgo.Record
	for i := from; i < to; i++ {
		records = append(records, kgo.KeyStringRecord(fmt.Sprint("k", i%keys), strconv.Itoa(i)))
	}
	b.append(records...)
}

// append appends records, in the partitions of their keys.
func (b *broker) append(records ...*kgo.Record) {
	b.tb.Helper()
	for _, r := range records {
		r.Topic = topic
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := b.client.ProduceSync(ctx, records...).FirstErr(); err != nil {
		b.tb.Fatal(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range records {
		if int(r.Offset) != len(b.log[r.Partition]) {
			b.tb.Fatalf("partition %d has %d records, the next one came to offset %d", r.Partition, len(b.log[r.Partition]), r.Offset)
		}
		b.log[r.Partition] = append(b.log[r.Partition], r)
	}
}

// offsets are what the group has committed; -1 where nothing is.
func (b *broker) offsets() (at [partitions]int64) {
	b.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	all, err := kadm.NewClient(b.client).FetchOffsets(ctx, groupName)
	if err != nil && !errors.Is(err, kerr.GroupIDNotFound) {
		b.tb.Fatal(err)
	}
	for p := range at {
		at[p] = -1
		if o, ok := all.Lookup(topic, int32(p)); ok {
			at[p] = o.At
		}
	}
	return at
}

// isCommitted reports whether the group has committed all of the log.
func (b *broker) isCommitted() bool {
	for p, at := range b.offsets() {
		if n := len(b.log[p]); n > 0 && at != int64(n) {
			return false
		}
	}
	return true
}

// audit compares the table with the log, and wants it to have had, at each commit, all
// records before the offset, or newer ones of their keys.
func (b *broker) audit() {
	b.tb.Helper()
	want := map[string]string{}
	for _, rows := range b.log {
		for _, r := range rows {
			if want[string(r.Key)] = string(r.Value); r.Value == nil {
				delete(want, string(r.Key))
			}
		}
	}
	b.sink.Compare(b.tb, want)
	b.mu.Lock()
	defer b.mu.Unlock()
	history := b.sink.History()
	for _, c := range b.commits {
		versions := map[string]int64{}
		for _, e := range history[:c.taken] {
			versions[e.Key] = e.Version
		}
		for _, r := range b.log[c.partition][:c.offset] {
			if v, ok := versions[string(r.Key)]; !ok || v < r.Offset {
				b.tb.Errorf("offset %d of partition %d was committed, but the table had version %d of %s, not %d yet",
					c.offset, c.partition, v, r.Key, r.Offset)
			}
		}
	}
}

// wire is the network as one worker sees it.
type wire struct {
	network *kfake.VirtualNetwork

	mu    sync.Mutex
	cut   bool
	conns []net.Conn
}

var errCut = &net.OpError{Op: "dial", Err: errors.New("the wire is cut")}

func (w *wire) dial(ctx context.Context, network, address string) (net.Conn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cut {
		return nil, errCut
	}
	c, err := w.network.DialContext(ctx, network, address)
	if err == nil {
		w.conns = append(w.conns, c)
	}
	return c, err
}

func (w *wire) sever() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = true
	for _, c := range w.conns {
		_ = c.Close()
	}
	w.conns = nil
}

func (w *wire) mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = false
}
