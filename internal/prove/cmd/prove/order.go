package main

import (
	"context"
	"iter"
	"strings"
	"time"
)

// checked is a claim with what came of it.
type checked struct {
	claim claim
	outcome
	took time.Duration
}

// chosen are the claims whose name contains part.
func chosen(all []claim, part string) (some []claim) {
	for _, c := range all {
		if strings.Contains(c.name, part) {
			some = append(some, c)
		}
	}
	return some
}

// inOrder checks the claims, a few at the same time, and yields them in their
// order.
func inOrder(ctx context.Context, all []claim, jobs int) iter.Seq[checked] {
	results := make([]chan checked, len(all))
	for i := range results {
		results[i] = make(chan checked, 1)
	}
	next := make(chan int, len(all))
	for i := range all {
		next <- i
	}
	close(next)
	for range max(jobs, 1) {
		go func() {
			for i := range next {
				began := time.Now()
				o := all[i].check(ctx)
				results[i] <- checked{all[i], o, time.Since(began)}
			}
		}()
	}
	return func(yield func(checked) bool) {
		for _, r := range results {
			if !yield(<-r) {
				return
			}
		}
	}
}
