// Package guard holds the laws of the architecture as tests: who imports whom,
// which library enters by which door, how large a function may grow, and who
// may print. If one fails, the change is wrong or the law is; alter the law in
// its own commit and say why in docs/decisions.md.
package guard

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the one way through: the packages of ours that each package may
// import. A package that is not listed may not exist.
var mayImport = map[string][]string{
	"cmd/inzage":                   {"internal/cli"},
	"fixtures/generate":            {"internal/dossier"},
	"fixtures/bench":               {},
	"fixtures/fuzz":                {},
	"fixtures/browser/make":        {"internal/bundle", "internal/bundle/bundletest", "internal/portal", "internal/seal", "internal/viewer"},
	"fixtures/faults":              {"internal/store/embedded"},
	"templates":                    {},
	"internal/dossier":             {},
	"internal/document":            {},
	"internal/prose":               {"internal/dossier", "internal/document"},
	"internal/portal":              {"internal/dossier", "internal/document", "internal/prose"},
	"internal/source/folder":       {"internal/dossier"},
	"internal/source/fhir":         {"internal/dossier", "internal/source/fhir/bulk", "internal/source/fhir/tree"},
	"internal/source/fhir/bulk":    {"internal/dossier", "internal/source/fhir/tree"},
	"internal/source/fhir/tree":    {},
	"internal/media":               {"internal/dossier", "internal/document"},
	"internal/policy":              {"internal/dossier", "internal/portal", "internal/prose"},
	"internal/report":              {"internal/dossier", "internal/policy"},
	"internal/compose":             {"internal/dossier", "internal/document", "internal/prose", "internal/portal", "internal/policy", "internal/media", "templates", "internal/report"},
	"internal/render/chart":        {"internal/document"},
	"internal/render/html":         {"internal/document", "internal/render/chart", "templates"},
	"internal/render/pdf/face":     {},
	"internal/render/pdf/ink":      {"internal/document", "internal/render/pdf/face"},
	"internal/render/pdf/pdfcheck": {},
	"internal/render/pdf":          {"internal/document", "internal/render/chart", "internal/render/pdf/ink", "internal/render/pdf/face"},
	"internal/viewer":              {"internal/portal", "internal/render/html", "internal/seal", "templates"},
	"internal/bundle":              {"internal/document", "internal/policy"},
	"internal/bundle/bundletest":   {},
	"internal/seal":                {"internal/bundle"},
	"internal/store":               {"internal/seal"},
	"internal/store/s3":            {"internal/seal", "internal/store"},
	"internal/store/embedded":      {"internal/store", "internal/store/s3"},
	"internal/store/storetest":     {"internal/seal", "internal/store", "internal/store/s3", "internal/store/embedded"},
	"internal/fact":                {"internal/store", "internal/store/s3", "internal/seal"},
	"internal/ledger":              {"internal/store", "internal/store/s3", "internal/seal", "internal/fact"},
	"internal/pipeline":            {"*"},
	"internal/cli":                 {"*"},
	"internal/guard":               {},
}

// doors are the only packages that may import a library.
var doors = map[string][]string{
	"github.com/yuin/goldmark":       {"internal/prose"},
	"github.com/go-pdf/fpdf":         {"internal/render/pdf/ink"},
	"filippo.io/age":                 {"internal/seal", "fixtures/faults"},     // the auditor opens copies
	"github.com/minio/minio-go":      {"internal/store/s3", "fixtures/faults"}, // and reads the bucket, both without our code
	"github.com/versity/versitygw":   {"internal/store/embedded"},
	"modernc.org/sqlite":             {"internal/ledger", "internal/source/fhir/bulk"},
	"github.com/spf13/cobra":         {"internal/cli"},
	"github.com/goccy/go-yaml":       {"internal/cli", "internal/portal", "internal/compose"},
	"github.com/klauspost/compress":  {"internal/bundle", "internal/render/pdf/ink"},
	"golang.org/x/net/html":          {"internal/prose"},
	"github.com/go-fonts/dejavu":     {"internal/render/pdf/face"},
	"golang.org/x/image":             {"internal/media", "internal/portal"},
	"golang.org/x/text":              {"internal/dossier"},
	"github.com/hiddeco/sshsig":      {"internal/seal"},
	"github.com/go-text/typesetting": {"internal/render/pdf/face", "internal/render/pdf/ink"},
	"golang.org/x/crypto":            {"internal/seal"},
	"rsc.io/qr":                      {"internal/render/pdf"},
}

// quiet packages may neither print nor read the clock or the environment. The
// pipeline's stage clock and the store's waits are the exceptions.
var loud = map[string]bool{
	"internal/cli": true, "cmd/inzage": true, "fixtures/generate": true, "fixtures/bench": true, "fixtures/fuzz": true, "fixtures/faults": true, "fixtures/browser/make": true,
	"internal/store/s3": true, "internal/store/embedded": true, "internal/store/storetest": true,
}

var clockFiles = map[string]bool{"internal/pipeline/clock.go": true}

type source struct {
	dir, name string
	file      *ast.File
	fset      *token.FileSet
}

// sources parses every Go file of the module that is not a test.
func sources(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var out []source
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, p)
		rel = filepath.ToSlash(rel)
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && rel != "." || d.Name() == "testdata" || d.Name() == "node_modules" || rel == "out" || strings.HasPrefix(rel, "demo")) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(rel, ".go") || strings.HasSuffix(rel, "_test.go") {
			return nil
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, p, nil, parser.ParseComments)
		out = append(out, source{path.Dir(rel), rel, f, fset})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 20 {
		t.Fatalf("only %d source files found", len(out))
	}
	return out
}

func (s source) imports() []string {
	var out []string
	for _, i := range s.file.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		out = append(out, p)
	}
	return out
}

func TestOneWayThrough(t *testing.T) {
	for _, s := range sources(t) {
		allowed, known := mayImport[s.dir]
		if !known {
			t.Errorf("%s: package %s is not in the law", s.name, s.dir)
			continue
		}
		for _, imp := range s.imports() {
			ours, ok := strings.CutPrefix(imp, "inzage/")
			if ok && !contains(allowed, ours) && !contains(allowed, "*") {
				t.Errorf("%s: %s may not import %s", s.name, s.dir, ours)
			}
		}
	}
}

func TestALibraryEntersByOneDoor(t *testing.T) {
	for _, s := range sources(t) {
		for _, imp := range s.imports() {
			for lib, allowed := range doors {
				if (imp == lib || strings.HasPrefix(imp, lib+"/")) && !contains(allowed, s.dir) {
					t.Errorf("%s: %s enters by %v only", s.name, lib, allowed)
				}
			}
		}
	}
}

func TestOnlyTheEdgeMeetsTheWorld(t *testing.T) {
	banned := map[string]string{
		"fmt.Print": "print", "fmt.Println": "print", "fmt.Printf": "print", "os.Getenv": "read the environment",
		"time.Now": "read the clock", "time.Since": "read the clock", "os.Exit": "end the program", "os.Chdir": "change the working folder",
	}
	for _, s := range sources(t) {
		if loud[s.dir] || clockFiles[s.name] {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := sel.X.(*ast.Ident); ok {
				if what := banned[pkg.Name+"."+sel.Sel.Name]; what != "" {
					t.Errorf("%s: %s may not %s", s.fset.Position(n.Pos()), s.dir, what)
				}
			}
			return true
		})
	}
}

// callers are the only packages that may call a function: who has the ticket.
var callers = map[string]string{"seal.PublishProgram": "internal/viewer"}

func TestOnlyWhoMayCalls(t *testing.T) {
	found := map[string]int{}
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := sel.X.(*ast.Ident)
			if !ok {
				return true
			}
			if who := callers[pkg.Name+"."+sel.Sel.Name]; who != "" {
				found[pkg.Name+"."+sel.Sel.Name]++
				if s.dir != who {
					t.Errorf("%s: only %s may call %s.%s", s.fset.Position(n.Pos()), who, pkg.Name, sel.Sel.Name)
				}
			}
			return true
		})
	}
	if len(found) != len(callers) {
		t.Errorf("called: %v", found)
	}
}

// Sizes of STYLE: no function over 70 lines, nine of ten under 40; nine of ten
// files under 450 lines.
func TestSizes(t *testing.T) {
	var funcs, files []int
	for _, s := range sources(t) {
		files = append(files, s.fset.Position(s.file.End()).Line)
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			n := s.fset.Position(f.End()).Line - s.fset.Position(f.Pos()).Line + 1
			funcs = append(funcs, n)
			if n > 70 {
				t.Errorf("%s: %s has %d lines, over 70", s.name, f.Name.Name, n)
			}
		}
	}
	if n := ninetieth(funcs); n >= 40 {
		t.Errorf("nine of ten functions must stay under 40 lines; the ninetieth percentile is %d", n)
	}
	if n := ninetieth(files); n >= 450 {
		t.Errorf("nine of ten files must stay under 450 lines; the ninetieth percentile is %d", n)
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	said := map[string]int{}
	for _, s := range sources(t) {
		if s.file.Doc != nil {
			said[s.dir]++
		} else if said[s.dir] == 0 {
			said[s.dir] = 0
		}
	}
	for dir, n := range said {
		if n != 1 {
			t.Errorf("%s has %d package comments, want 1", dir, n)
		}
	}
}

func ninetieth(list []int) int {
	sort.Ints(list)
	return list[len(list)*9/10]
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}
