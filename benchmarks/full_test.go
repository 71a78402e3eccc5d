package benchmarks

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// BenchmarkFull writes new keys to a full buffer whose sink is down: what a write
// costs that is refused, or that drops another one, by the number of partitions.
func BenchmarkFull(b *testing.B) {
	for policy, name := range map[pbuf.FullPolicy]string{pbuf.Reject: "reject", pbuf.DropOldest: "oldest"} {
		for _, partitions := range []int{2, 16_384} {
			b.Run(fmt.Sprintf("policy=%s/partitions=%d", name, partitions), func(b *testing.B) {
				m, err := pbuf.New(pbuf.Options[int, int]{
					Partitions: partitions, FlushInterval: time.Hour, Capacity: 1000, OnFull: policy,
					Retry:     pbuf.Retry{InitialBackoff: time.Hour, MaxBackoff: time.Hour},
					Processor: func(context.Context, []pbuf.Entry[int, int]) error { return context.Canceled },
				})
				if err != nil {
					b.Fatal(err)
				}
				defer m.Close()
				for key := range 1000 {
					_ = m.Put(key, key)
				}
				_ = m.Flush(b.Context())
				key := 1000
				for b.Loop() {
					_ = m.Put(key, key)
					key++
				}
			})
		}
	}
}

// BenchmarkMaxBytes is Put with MaxBytes from all processors, to keys that are
// there and to keys that come and go.
func BenchmarkMaxBytes(b *testing.B) {
	for name, bytes := range map[string]int{"none": 0, "bounded": 1 << 30} {
		b.Run("bound="+name, func(b *testing.B) {
			o := pbuf.Options[int, int]{
				Partitions: 4, FlushInterval: time.Hour,
				Processor: func(context.Context, []pbuf.Entry[int, int]) error { return nil },
			}
			if bytes > 0 {
				o.MaxBytes, o.SizeOf = bytes, func(key, _ int) int { return 8 + key%8 }
			}
			m, err := pbuf.New(o)
			if err != nil {
				b.Fatal(err)
			}
			defer m.Close()
			for key := range space {
				_ = m.Put(key, key)
			}
			b.ResetTimer()
			b.RunParallel(func(p *testing.PB) {
				for key := 0; p.Next(); key = (key + 7919) % space {
					_ = m.Put(key, key)
				}
			})
		})
	}
}
