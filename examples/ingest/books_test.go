package main

import (
	"errors"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
)

func TestLost(t *testing.T) {
	gone := errors.New("connection refused")
	for name, test := range map[string]struct {
		books       pbuf.PartitionStats
		undelivered error
		want        error
		text        string
	}{
		"nothing":     {pbuf.PartitionStats{Accepted: 9, Delivered: 5, Overwritten: 4}, nil, nil, ""},
		"dropped":     {pbuf.PartitionStats{Accepted: 9, Delivered: 5, Dropped: 4}, nil, errLost, "events were lost: the buffer dropped 4"},
		"not counted": {pbuf.PartitionStats{Accepted: 9, Delivered: 7}, nil, errLost, "events were lost: the buffer's books are out by 2"},
		"undelivered": {pbuf.PartitionStats{Accepted: 9, Undelivered: 9}, gone, gone, "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			r := result{books: pbuf.Stats{PartitionStats: test.books}, undelivered: test.undelivered}
			err := r.lost()
			if !errors.Is(err, test.want) || err != nil && err.Error() != test.text {
				t.Errorf("lost: %v; want %q", err, test.text)
			}
		})
	}
}
