package pbuf

import (
	"slices"
	"testing"
)

// Suspects that failed together are tried together, and with no others, though a batch
// would have room for them.
func TestSuspectsOfOneBatch(t *testing.T) {
	h := hand[int, int]{suspects: []suspect[int, int]{
		{attempts: 1, batch: 2, limit: 4},
		{attempts: 2, batch: 1, limit: 4},
		{attempts: 1, batch: 1, limit: 4},
		{attempts: 1, batch: 2, limit: 4},
		{attempts: 1, batch: 1, limit: 4},
		{attempts: 1, batch: 1, limit: 4},
	}}
	var sizes []int
	for len(h.suspects) > 0 {
		h.batch = h.batch[:0]
		h.takeSuspects(100)
		sizes = append(sizes, len(h.batch))
	}
	if want := []int{3, 2, 1}; !slices.Equal(sizes, want) {
		t.Errorf("batches of %v, want %v", sizes, want)
	}
}
