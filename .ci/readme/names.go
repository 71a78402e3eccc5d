package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var (
	// exported is a code span such as pbuf.New, Options.Hooks or ErrClosed, with or
	// without arguments. All-capital words are environment variables.
	exported = regexp.MustCompile(`^(?:pbuf\.)?([A-Z]\w*[a-z]\w*(?:\.[A-Z]\w*)?)(?:\(.*\))?$`)
	makeLine = regexp.MustCompile(`^make ([a-z0-9-]+)`)
)

// checkNames wants every name in a code span of the prose to exist.
func (c *checker) checkNames(ctx context.Context) []fault {
	var faults []fault
	seen := make(map[string]error)
	for i, line := range c.doc.prose {
		for _, span := range codeSpan.FindAllStringSubmatch(line, -1) {
			code := span[1]
			err, known := seen[code]
			if !known {
				err = c.checkName(ctx, code)
				seen[code] = err
			}
			if err != nil {
				faults = append(faults, c.fault(i+1, fmt.Sprintf("`%s`: %v", code, err)))
			}
		}
	}
	return faults
}

func (c *checker) checkName(ctx context.Context, code string) error {
	if m := exported.FindStringSubmatch(code); m != nil {
		out, err := command(ctx, c.root, "go", "doc", "./pbuf", m[1]).CombinedOutput()
		if err != nil {
			return fmt.Errorf("not in package pbuf: %s", strings.TrimSpace(string(out)))
		}
	}
	if m := makeLine.FindStringSubmatch(code); m != nil {
		makefile, err := os.ReadFile(filepath.Join(c.root, "Makefile"))
		if err != nil {
			return err
		}
		if !regexp.MustCompile(`(?m)^` + m[1] + `:`).Match(makefile) {
			return fmt.Errorf("the Makefile has no target %s", m[1])
		}
	}
	return nil
}
