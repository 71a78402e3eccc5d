package mutation

import (
	"fmt"
	"runtime"
	"strings"
	"time"
)

// row is a mutation's line of MUTATIONS.md.
func row(m Mutation, v Verdict) string {
	noticed := v.String()
	if v.By == "" && m.Unnoticed != "" {
		noticed = "not noticed: " + m.Unnoticed
	}
	control := ""
	if m.Control {
		control = " (control)"
	}
	return fmt.Sprintf("| `%s` | %s%s | %s | %s |", m.Edits[0].File, m.Name, control, m.Invariant,
		strings.ReplaceAll(noticed, "|", "\\|"))
}

// page is MUTATIONS.md.
func page(rows []string) string {
	return fmt.Sprintf(`# Mutations

Each line is one small edit that breaks the library, and the first test that
went red on it. Made by

    go test ./mutation -run TestEvery -every -timeout 0 -table "$PWD/MUTATIONS.md"

on %s with %s, %d processors. %d of %d mutations; those marked as controls run in CI.
"Not noticed" says why no test of correctness can notice.

| file | edit | breaks | first noticed by |
| --- | --- | --- | --- |
%s
`, time.Now().Format(time.DateOnly), runtime.Version(), runtime.GOMAXPROCS(0), len(rows), len(All()), strings.Join(rows, "\n"))
}
