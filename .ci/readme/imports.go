package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A table of imports has a row per package, or per group of nested modules
// (`pbuf/plugin/*`), with what it may import beside the standard library:
// packages of the checkout by their folder, modules by their path, `...` for any
// module, or nothing.
var (
	importsHead = regexp.MustCompile(`^\| *package *\| *may import`)
	importsRow  = regexp.MustCompile("^\\| *`([^`]+)` *\\|([^|]*)")
)

// checkImports holds each table of imports against what the packages' code, not
// their tests, imports.
func (c *checker) checkImports(ctx context.Context) []fault {
	var faults []fault
	inTable := false
	for i, line := range c.doc.prose {
		switch {
		case importsHead.MatchString(line):
			inTable = true
		case !strings.HasPrefix(line, "|"):
			inTable = false
		case inTable:
			m := importsRow.FindStringSubmatch(line)
			if m == nil {
				continue // the line under the head
			}
			var allowed []string
			for _, span := range codeSpan.FindAllStringSubmatch(m[2], -1) {
				allowed = append(allowed, span[1])
			}
			if err := c.checkImportsOf(ctx, m[1], allowed); err != nil {
				faults = append(faults, c.fault(i+1, err.Error()))
			}
		}
	}
	return faults
}

// checkImportsOf checks one row.
func (c *checker) checkImportsOf(ctx context.Context, pattern string, allowed []string) error {
	folders, err := filepath.Glob(filepath.Join(c.root, pattern))
	if err != nil {
		return err
	}
	found := false
	for _, folder := range folders {
		packages := "."
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			packages = "./..."
		} else if strings.Contains(pattern, "*") {
			continue // a folder beside the modules
		}
		imports, err := importsOf(ctx, folder, packages)
		if err != nil {
			return err
		}
		found = true
		for _, i := range imports {
			if !c.mayImport(i.imported, allowed) {
				return fmt.Errorf("%s imports %s, which this row does not allow", i.importer, i.imported)
			}
		}
	}
	if !found {
		return fmt.Errorf("`%s`: no such package or module", pattern)
	}
	return nil
}

type imports struct{ importer, imported string }

// importsOf lists the imports of packages, without those of their tests.
func importsOf(ctx context.Context, dir, packages string) (all []imports, err error) {
	out, err := command(ctx, dir, "go", "list", "-json=ImportPath,Imports", packages).Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s in %s: %w", packages, dir, err)
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		for _, imported := range p.Imports {
			all = append(all, imports{p.ImportPath, imported})
		}
	}
}

// mayImport reports whether the import is the standard library's or on the list.
func (c *checker) mayImport(imported string, allowed []string) bool {
	first, _, _ := strings.Cut(imported, "/")
	if !strings.Contains(first, ".") {
		return true
	}
	local, ours := strings.CutPrefix(imported, c.module+"/")
	return slices.ContainsFunc(allowed, func(a string) bool {
		if ours {
			return local == a || strings.HasSuffix(a, "/*") && path.Dir(local) == path.Dir(a)
		}
		return a == "..." || imported == a || strings.HasPrefix(imported, a+"/")
	})
}
