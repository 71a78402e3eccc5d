// Command prove checks every claim of the library's design at CI size, and
// prints a line per claim: the invariant, how it was checked, how much was
// explored. It exits with 1 if a claim does not hold.
//
//	go run ./cmd/prove            # under ten minutes on two cores
//	go run ./cmd/prove -only gate # the claims whose name contains it
//	go run ./cmd/prove -long      # ten times as much of what is random
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"
)

func main() {
	only := flag.String("only", "", "check the claims whose name contains it")
	long := flag.Bool("long", false, "explore ten times as much")
	verbose := flag.Bool("v", false, "print the output of what failed in full")
	jobs := flag.Int("jobs", 2, "claims to check at the same time: most of them keep one processor busy")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	began, failed, passed := time.Now(), 0, 0
	for r := range inOrder(ctx, chosen(claims(*long), *only), *jobs) {
		verdict := "ok"
		if passed++; r.err != nil {
			verdict, failed, passed = "FAILED", failed+1, passed-1
		}
		fmt.Printf("%-6s %-12s %-21s %4.0fs  %s: %s\n", verdict, r.claim.invariants, r.claim.name,
			r.took.Seconds(), r.claim.how, sum(r.explored))
		if r.err != nil {
			fmt.Println(indent(shorten(r.err.Error(), *verbose)))
		}
	}
	fmt.Printf("prove: %s, %d passed, %d failed\n", time.Since(began).Round(time.Second), passed, failed)
	if failed > 0 || passed == 0 {
		os.Exit(1)
	}
}

func indent(text string) string { return "       " + strings.ReplaceAll(text, "\n", "\n       ") }

// shorten keeps the end, where tests say what went wrong.
func shorten(text string, all bool) string {
	const most = 6000
	if all || len(text) <= most {
		return text
	}
	return text[:most/2] + "\n[...]\n" + text[len(text)-most/2:]
}
