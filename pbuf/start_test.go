package pbuf_test

import (
	"math"
	"testing"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

type (
	options = pbuf.Options[string, int]
	entry   = pbuf.Entry[string, int]
)

// never is an interval for tests that deliver by other means. Its first tick,
// too, is out of sight: the odds of one within a second are 1 in 9 billion.
const never = time.Duration(math.MaxInt64)

// start makes a buffer that the end of the test closes.
func start[K comparable, V any](t testing.TB, opts pbuf.Options[K, V]) *pbuf.Map[K, V] {
	t.Helper()
	m, err := pbuf.New(opts)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	t.Cleanup(func() { _ = m.Close() }) // what it says is the business of the tests of Close
	return m
}

// must fails the test if a call that the test takes for granted fails.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// flush delivers what is buffered and wants that to succeed.
func flush[K comparable, V any](t testing.TB, m *pbuf.Map[K, V]) {
	t.Helper()
	if err := m.Flush(t.Context()); err != nil {
		t.Fatalf("Flush: %v", err)
	}
}
