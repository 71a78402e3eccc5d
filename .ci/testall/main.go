// Command testall runs the tests of several modules and says at the end what
// was tested and what was not.
//
//	testall [-race] MODULE...
//
// It prints a line per package as go test does, keeps what failing tests wrote
// for the end, and closes with one line: modules, tests, what was skipped and
// why, the time. If something failed, its output is the last thing on the
// screen. The exit code is 1 then, and also if no test ran at all.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"time"
)

func main() {
	race := flag.Bool("race", false, "run the tests under the race detector")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: testall [-race] MODULE...")
		os.Exit(2)
	}
	args := []string{"test", "-json"}
	if *race {
		args = append(args, "-race")
	}
	began := time.Now()
	t := newTally()
	for _, module := range flag.Args() {
		fmt.Println("test:", module)
		if err := run(t, module, append(args, "./...")); err != nil {
			fmt.Fprintln(os.Stderr, "testall:", err)
			os.Exit(2)
		}
	}
	fmt.Println(t.summary(flag.NArg(), time.Since(began)))
	if t.failed() {
		fmt.Print(t.failures())
		os.Exit(1)
	}
}

// run runs go in the module and adds its events to the tally. A failing test is
// not its error: the events say so.
func run(t *tally, module string, args []string) error {
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Stderr = module, os.Stderr
	events, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	if err := t.read(events, os.Stdout); err != nil {
		return fmt.Errorf("%s: %w", module, err)
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Exited() {
		t.exited(module)
		return nil
	}
	return err
}
