// Package statstest is what the tests of those who show pbuf.Stats have in common.
package statstest

import (
	"errors"
	"iter"
	"reflect"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// Buffer is a buffer with books as a test wants them.
type Buffer struct {
	Books pbuf.Stats
	Sick  error
}

// New makes a Buffer; if it has one partition, the totals are that one's.
func New(name string, partitions ...pbuf.PartitionStats) *Buffer {
	b := &Buffer{Books: pbuf.Stats{Name: name, Partitions: partitions}}
	if len(partitions) == 1 {
		b.Books.PartitionStats = partitions[0]
	}
	return b
}

// Stats returns Books.
func (b *Buffer) Stats() pbuf.Stats { return b.Books }

// Settings returns the defaults of pbuf.Options.
func (b *Buffer) Settings() pbuf.Settings {
	return pbuf.Settings{
		FlushInterval: pbuf.DefaultFlushInterval, ProcessorTimeout: pbuf.DefaultProcessorTimeout, BatchSize: pbuf.DefaultBatchSize,
	}
}

// Health returns Sick.
func (b *Buffer) Health() error { return b.Sick }

// Field is a number of pbuf.PartitionStats, by itself.
type Field struct {
	Name  string
	Stats pbuf.PartitionStats // all zero but for this one
	// Value is the number: a float64, of a duration or a time the seconds. Text is
	// the text if it is an error, Time the time if it is one.
	Value float64
	Text  string
	Time  time.Time
}

// Fields are all numbers, each with a value that no other has: so a test finds out that
// a new one is forgotten.
func Fields(t *testing.T) iter.Seq[Field] {
	t.Helper()
	return func(yield func(Field) bool) {
		shape := reflect.TypeFor[pbuf.PartitionStats]()
		for i := range shape.NumField() {
			f := Field{Name: shape.Field(i).Name, Value: float64(1000 + i)}
			switch x := reflect.ValueOf(&f.Stats).Elem().Field(i).Addr().Interface().(type) {
			case *error:
				f.Text = "out of order"
				*x = errors.New(f.Text)
			case *time.Time:
				f.Time = time.Unix(int64(f.Value), 0).UTC()
				*x = f.Time
			case *time.Duration:
				*x = time.Duration(f.Value) * time.Second
			case *int:
				*x = int(f.Value)
			case *int64:
				*x = int64(f.Value)
			case *uint64:
				*x = uint64(f.Value)
			default:
				t.Fatalf("%s has the type %T, which this test does not know", f.Name, x)
			}
			if !yield(f) {
				return
			}
		}
	}
}
