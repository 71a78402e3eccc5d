// Command testall runs the tests of several modules and says at the end what
// was tested and what was not.
//
//	testall [-race] [-without PACKAGE] MODULE...
//
// It prints a line per package as go test does, keeps what failing tests wrote
// for the end, and closes with one line: modules, tests, what was skipped and
// why, the time. If something failed, its output is the last thing on the
// screen. The exit code is 1 then, and also if no test ran at all.
//
// While a module's tests run, which wait for servers and clocks much of the
// time, the next module is compiled.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// options are what is tested of each module, and how.
type options struct {
	race    bool
	without string
}

func main() {
	var o options
	flag.BoolVar(&o.race, "race", false, "run the tests under the race detector")
	flag.StringVar(&o.without, "without", "", "leave out this package and those that use it, in code or tests")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: testall [-race] [-without PACKAGE] MODULE...")
		os.Exit(2)
	}
	began := time.Now()
	t := newTally()
	for m := range o.compiled(flag.Args()) {
		fmt.Println("test:", m.dir)
		err := m.err
		if err == nil && len(m.packages) > 0 {
			err = o.run(t, m)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "testall: %s: %v\n", m.dir, err)
			os.Exit(2)
		}
	}
	fmt.Println(t.summary(flag.NArg(), time.Since(began)))
	if t.failed() {
		fmt.Print(t.failures())
		os.Exit(1)
	}
}

// run tests the module and adds go's events to the tally. A failing test is not its
// error: the events say so.
func (o options) run(t *tally, m module) error {
	command := []string{"test", "-json"}
	if o.race {
		command = append(command, "-vet=off") // the other build is vetted
	}
	cmd := exec.Command("go", o.args(m, command...)...)
	cmd.Dir, cmd.Stderr = m.dir, os.Stderr
	events, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	if err := t.read(events, os.Stdout); err != nil {
		return err
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Exited() {
		t.exited(m.dir)
		return nil
	}
	return err
}
