// Command licences lists the licence of every module that the given modules
// depend on. It fails if one that users of the library or of a plugin link has
// none, or one that is not on the list below; what only tests, benchmarks,
// examples, proofs and tools need is listed.
//
//	licences MODULE...
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// allowed are licences that ask for attribution at most.
var allowed = []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT"}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: licences MODULE...")
		os.Exit(2)
	}
	faults := 0
	for _, dir := range os.Args[1:] {
		fmt.Println("licences:", dir)
		modules, err := dependencies(dir, "-test")
		linked, err2 := dependencies(dir)
		if err := errors.Join(err, err2); err != nil {
			fmt.Fprintln(os.Stderr, "licences:", err)
			os.Exit(2)
		}
		for _, m := range modules {
			names, err := licencesOf(m.Dir)
			if err == nil && shipped(dir) && slices.Contains(linked, m) {
				err = check(names)
			}
			fmt.Printf("  %-50s %-12s %s\n", m.Path, m.Version, strings.Join(names, ", "))
			if err != nil {
				faults++
				fmt.Fprintf(os.Stderr, "licences: %s: %v\n", m.Path, err)
			}
		}
	}
	if faults > 0 {
		os.Exit(1)
	}
}

type module struct {
	Path, Version, Dir string
	Main               bool
	Replace            *module
}

// dependencies are the modules with a package that the module's code imports, or,
// with the flag -test, its code or tests.
func dependencies(dir string, flags ...string) ([]module, error) {
	cmd := exec.Command("go", append(append([]string{"list", "-deps", "-json=Module"}, flags...), "./...")...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list in %s: %w", dir, err)
	}
	var all []module
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct{ Module *module }
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		if p.Module != nil && !p.Module.Main && p.Module.Replace == nil { // replaced: one of ours
			all = append(all, *p.Module)
		}
	}
	slices.SortFunc(all, func(a, b module) int { return strings.Compare(a.Path, b.Path) })
	return slices.CompactFunc(all, func(a, b module) bool { return a.Path == b.Path }), nil
}

// licencesOf identifies the licence files at the top of a module.
func licencesOf(dir string) ([]string, error) {
	var names []string
	for _, pattern := range []string{"LICEN[CS]E*", "COPYING*", "License*", "UNLICENSE*"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			for _, m := range licensecheck.Scan(text).Match {
				names = append(names, m.ID)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// shipped reports whether users import the module: the library or a plugin.
func shipped(dir string) bool {
	dir = filepath.Clean(dir)
	return dir == "." || strings.HasPrefix(dir, filepath.Join("pbuf", "plugin"))
}

// check refuses what is not on the list.
func check(names []string) error {
	if len(names) == 0 {
		return errors.New("no licence was recognised")
	}
	for _, name := range names {
		if !slices.Contains(allowed, name) {
			return fmt.Errorf("licence %s is not on the list", name)
		}
	}
	return nil
}
