package main

import (
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
)

// tables prints a benchstat table of us against each rival: the rival's column
// first, so that the change is ours against it.
func tables(out io.Writer, root, raw string, rivals []string) error {
	for _, rival := range rivals {
		fmt.Fprintf(out, "\n%s against %s\n\n", us, rival)
		cmd := exec.Command("go", "tool", "benchstat",
			"-filter", ".unit:(sec/op OR p99.9-sec)",
			"-col", fmt.Sprintf("/buf@(%s %s)", rival, us), raw)
		cmd.Dir = filepath.Join(root, "benchmarks", "rivals")
		cmd.Stdout, cmd.Stderr = out, out
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("report: benchstat against %s: %w", rival, err)
		}
	}
	return nil
}
