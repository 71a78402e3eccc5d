// Command readme checks that README.md tells the truth, by running it, and that
// what other pages name exists.
//
//	readme [-max-lines N] CHECKOUT [PAGE...]
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
// Of each PAGE, a file of CHECKOUT, it checks links, names and make targets, that
// the files it names exist, and that packages import what its table of imports
// says and nothing else. Blocks of a PAGE are not run.
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
	if flag.NArg() < 1 {
		fmt.Fprintln(os.Stderr, "usage: readme [-max-lines N] CHECKOUT [PAGE...]")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var faults []fault
	for i, page := range append([]string{"README.md"}, flag.Args()[1:]...) {
		c, err := newChecker(ctx, flag.Arg(0), page, os.Stdout)
		if err != nil {
			fmt.Fprintln(os.Stderr, "readme:", err)
			os.Exit(2)
		}
		if i == 0 {
			faults = append(faults, c.check(ctx, *maxLines)...)
		} else {
			faults = append(faults, c.checkPage(ctx)...)
		}
	}
	if len(faults) > 0 {
		for _, f := range faults {
			fmt.Fprintln(os.Stderr, f)
		}
		os.Exit(1)
	}
}
