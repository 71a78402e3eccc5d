package rivals

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	api "go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/sdk/log"

	"github.com/partitioned-buffer/go/benchmarks/rival"
	"github.com/partitioned-buffer/go/benchmarks/workload"
)

// queueSize is what the processor holds before it drops the oldest record.
const queueSize = 1 << 16

// OTel is the log BatchProcessor of OpenTelemetry, a batcher without keys: it
// cannot coalesce, so every write is delivered, nor Get, Delete or compare
// versions. It drops the oldest records when the exporter falls behind, which
// the figures show as delivered/op below 1.
type OTel struct {
	p    *log.BatchProcessor
	form log.Record // empty, with the limits that a provider gives
}

const keyName = attribute.Key("key")

// NewOTel makes one.
func NewOTel(c rival.Config[int, int]) rival.Buffer[int, int] {
	interval := c.Interval
	if interval == 0 {
		interval = 24 * time.Hour
	}
	return &OTel{form: emptyRecord(), p: log.NewBatchProcessor(&exporter{sink: c.Sink},
		log.WithMaxQueueSize(queueSize),
		log.WithExportInterval(interval),
		log.WithExportMaxBatchSize(rival.BatchSize))}
}

// emptyRecord lets a provider make a record, for it alone can set the limits of
// one; without them a record keeps no attribute. Copies of it spare every Put
// the way through a logger.
func emptyRecord() (form log.Record) {
	p := log.NewLoggerProvider(log.WithProcessor(capture{&form}))
	p.Logger("").Emit(context.Background(), api.Record{})
	return form
}

type capture struct{ to *log.Record }

func (c capture) OnEmit(_ context.Context, r *log.Record) error {
	*c.to = r.Clone()
	return nil
}
func (capture) Enabled(context.Context, log.EnabledParameters) bool { return true }
func (capture) Shutdown(context.Context) error                      { return nil }
func (capture) ForceFlush(context.Context) error                    { return nil }

// exporter turns records back into entries.
type exporter struct {
	sink func([]rival.Entry[int, int])
	buf  []rival.Entry[int, int]
}

func (e *exporter) Export(_ context.Context, records []log.Record) error {
	e.buf = e.buf[:0]
	for i := range records {
		entry := rival.Entry[int, int]{Value: int(records[i].Body().AsInt64())}
		records[i].WalkAttributes(func(kv attribute.KeyValue) bool {
			entry.Key = int(kv.Value.AsInt64())
			return true
		})
		e.buf = append(e.buf, entry)
	}
	e.sink(e.buf)
	return nil
}

func (*exporter) Shutdown(context.Context) error   { return nil }
func (*exporter) ForceFlush(context.Context) error { return nil }

// Put emits a record: the key is an attribute, the value its body.
func (m *OTel) Put(key, value int) {
	r := m.form
	r.SetBody(attribute.Int64Value(int64(value)))
	r.AddAttributes(keyName.Int(key))
	if err := m.p.OnEmit(context.Background(), &r); err != nil {
		panic(err)
	}
}

// PutNewer cannot compare.
func (m *OTel) PutNewer(key, value int, _ int64) bool {
	m.Put(key, value)
	return true
}

// Get cannot find.
func (*OTel) Get(int) (int, bool) { return 0, false }

// Delete cannot find.
func (*OTel) Delete(int) bool { return false }

// PutAll emits one by one.
func (m *OTel) PutAll(keys []int, value int) {
	for _, key := range keys {
		m.Put(key, value)
	}
}

// Flush exports all that is queued.
func (m *OTel) Flush() {
	if err := m.p.ForceFlush(context.Background()); err != nil {
		panic(err)
	}
}

// Close exports and ends.
func (m *OTel) Close() {
	if err := m.p.Shutdown(context.Background()); err != nil {
		panic(err)
	}
}

// Run is the hot loop; only Put is ever asked of it.
func (m *OTel) Run(ops *rival.Ops[int, int]) (hits int) {
	for i, key := range ops.Keys {
		if ops.Kinds[i] == workload.Put {
			m.Put(key, ops.Value)
		}
	}
	return 0
}
