package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// pathSpan is a code span that names a file or folder: it has a slash or ends
// as a source file does.
var pathSpan = regexp.MustCompile(`^[\w.*-]+(/[\w.*-]+)*(/|\.(go|md|sh|pml))$|^(pbuf|internal|benchmarks|examples|\.ci|docs)(/[\w.*-]+)+$`)

// checkPaths wants every file and folder that a code span names to exist, from
// the top of the checkout or, for a bare file name, in the folder that the line
// has named before it.
func (c *checker) checkPaths() []fault {
	var faults []fault
	for i, line := range c.doc.prose {
		folder := "."
		for _, span := range codeSpan.FindAllStringSubmatch(line, -1) {
			name := span[1]
			if !pathSpan.MatchString(name) {
				continue
			}
			if c.exists(name) {
				folder = strings.TrimSuffix(name, "/")
				if filepath.Ext(folder) != "" {
					folder = filepath.Dir(folder)
				}
				continue
			}
			if strings.Contains(strings.TrimSuffix(name, "/"), "/") || !c.exists(filepath.Join(folder, name)) {
				faults = append(faults, c.fault(i+1, fmt.Sprintf("`%s`: no such file, neither here nor in %s", name, folder)))
			}
		}
	}
	return faults
}

func (c *checker) exists(name string) bool {
	if strings.Contains(name, "*") {
		found, err := filepath.Glob(filepath.Join(c.root, name))
		return err == nil && len(found) > 0
	}
	_, err := os.Stat(filepath.Join(c.root, name))
	return err == nil
}
