package mutation

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/partitioned-buffer/go/internal/prove/overlay"
)

// unneeded are the test files of a directory that the tests of that name, and what
// they use, do without. All of pbuf's tests take half a minute to compile; a few of
// them take a few seconds.
func unneeded(dir, tests string) (files []string, err error) {
	root, err := overlay.Root()
	if err != nil {
		return nil, err
	}
	name, err := regexp.Compile(tests)
	if err != nil {
		return nil, err
	}
	paths, err := filepath.Glob(filepath.Join(root, dir, "*_test.go"))
	if err != nil {
		return nil, err
	}
	declaring, uses, needed := map[string][]string{}, map[string][]string{}, map[string]bool{}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		pkg := file.Name.Name + "."
		for _, d := range declared(file) {
			declaring[pkg+d] = append(declaring[pkg+d], path)
			needed[path] = needed[path] || strings.HasPrefix(d, "Test") && name.MatchString(d)
		}
		for _, u := range used(file) {
			uses[path] = append(uses[path], pkg+u)
		}
	}
	var need func(path string)
	need = func(path string) {
		for _, u := range uses[path] {
			for _, other := range declaring[u] {
				if !needed[other] {
					needed[other] = true
					need(other)
				}
			}
		}
	}
	for _, path := range paths {
		if needed[path] {
			need(path)
		}
	}
	for _, path := range paths {
		if !needed[path] {
			files = append(files, path)
		}
	}
	return files, nil
}

// declared are the names of a file's declarations; a method's is its type's, since
// who needs the one needs the other.
func declared(file *ast.File) (names []string) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name.Name)
				continue
			}
			ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					names = append(names, id.Name)
				}
				return true
			})
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					names = append(names, s.Name.Name)
				case *ast.ValueSpec:
					for _, id := range s.Names {
						names = append(names, id.Name)
					}
				}
			}
		}
	}
	return names
}

// used are the names in a file that may be of its package.
func used(file *ast.File) (names []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			ast.Inspect(n.X, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					names = append(names, id.Name)
				}
				return true
			})
			return false
		case *ast.Ident:
			names = append(names, n.Name)
		}
		return true
	})
	return names
}
