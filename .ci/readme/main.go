// Command readme checks that README.md tells the truth, by running it.
//
//	readme [-max-lines N] CHECKOUT
//
// What it does with CHECKOUT/README.md:
//
//   - go blocks are complete programs: each must be gofmt-clean, compile against
//     the checkout (a temporary module with a replace directive) and exit 0. One
//     that has an "// Output:" comment must print what follows it.
//   - sh blocks run in the checkout under sh -eu, without standard input.
//   - console blocks run their "$ " lines likewise; each other line must appear
//     in the output, in that order.
//   - text blocks (drawings) are left alone. Any other language, or none, is an
//     error: a block that nothing checks would rot.
//   - "go get" lines are not run, since the network would answer for another
//     version than the checkout's: their path must be that of a package in the
//     checkout. The go blocks then prove that the package imports and builds.
//   - code spans that look like exported names must be known to go doc, and
//     "make x" must be a target of the Makefile.
//   - relative links and anchors must lead somewhere.
//   - the file must have fewer lines than -max-lines.
//
// Every fault is reported with its line; the exit code is 1 if there is one.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	maxLines := flag.Int("max-lines", 200, "the file must be shorter than this")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: readme [-max-lines N] CHECKOUT")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	c, err := newChecker(ctx, flag.Arg(0), os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "readme:", err)
		os.Exit(2)
	}
	if faults := c.check(ctx, *maxLines); len(faults) > 0 {
		for _, f := range faults {
			fmt.Fprintln(os.Stderr, f)
		}
		os.Exit(1)
	}
}
