package overlay

import (
	"fmt"
	"os/exec"
	"strings"
)

// Root returns the root of the library's module, as seen from the directory
// that the process runs in.
func Root() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/partitioned-buffer/go").Output()
	if err != nil {
		return "", fmt.Errorf("overlay: where is the library: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
