package pbuf_test

import "github.com/partitioned-buffer/go/pbuf"

// dropFailures makes the buffer count failed batches and forget them, which is
// what tests of a single failure want.
func dropFailures[K comparable, V any](o *pbuf.Options[K, V]) { o.Retry.Policy = pbuf.GiveUp }
