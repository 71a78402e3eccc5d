package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// module is one that can be tested.
type module struct {
	dir      string
	packages []string // to be tested
	err      error    // why they are not known
}

// compiled yields the modules in order, each once it is compiled. The next one is
// compiled meanwhile, never two at once: they share most of their dependencies.
func (o options) compiled(dirs []string) <-chan module {
	modules := make(chan module)
	go func() {
		defer close(modules)
		for _, dir := range dirs {
			m := module{dir: dir}
			if m.packages, m.err = o.packages(dir); m.err == nil && len(m.packages) > 0 {
				o.compile(m)
			}
			modules <- m
		}
	}()
	return modules
}

// packages are those of the module in dir that are to be tested, broken ones too: go
// test says what is wrong with them.
func (o options) packages(dir string) (names []string, err error) {
	var stderr bytes.Buffer
	cmd := exec.Command("go", "list", "-e", "-f", "{{.ImportPath}} {{.Deps}} {{.TestImports}} {{.XTestImports}}", "./...")
	cmd.Dir, cmd.Stderr = dir, &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, &stderr)
	}
	for line := range strings.Lines(string(out)) {
		words := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" []\n", r) })
		if o.without == "" || !slices.Contains(words, o.without) {
			names = append(names, words[0])
		}
	}
	return names, nil
}

// compile leaves in go's cache what the module's tests are linked of. What does not
// compile is for go test to tell.
func (o options) compile(m module) {
	cmd := exec.Command("go", o.args(m, "list", "-export", "-test", "-deps", "-f", "{{.Name}}")...)
	cmd.Dir = m.dir
	_ = cmd.Run()
}

// args are those of a go command for the module's packages.
func (o options) args(m module, command ...string) []string {
	if o.race {
		command = append(command, "-race")
	}
	return append(command, m.packages...)
}
