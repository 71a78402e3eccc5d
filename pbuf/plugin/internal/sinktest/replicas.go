package sinktest

import (
	"fmt"
	"math/rand/v2"
	"sync"
)

// Keys is how many keys the replicas share.
const Keys = 500

// Replicas calls write from two goroutines at once, each with rounds batches of the
// same keys in an order of its own, until it returns false. So many of each batch but
// the last are tombstones.
func Replicas(rounds, tombstones int, write func(replica int, batch []Entry) bool) {
	var both sync.WaitGroup
	for replica := range 2 {
		both.Go(func() {
			for round := range rounds {
				batch := make([]Entry, Keys)
				for i, k := range rand.Perm(Keys) {
					batch[i] = Entry{Key: fmt.Sprint(k), Value: replica, Version: int64(round + 1)}
					batch[i].Deleted = i < tombstones && round < rounds-1
				}
				if !write(replica, batch) {
					return
				}
			}
		})
	}
	both.Wait()
}
