package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/schemas"
)

const maxLines = 600

// impure are standard packages that would let a decision depend on more than its arguments.
var impure = []string{"os", "net", "net/http", "math/rand", "math/rand/v2", "crypto/rand", "os/exec", "syscall", "log", "log/slog", "context", "unsafe"}

func TestRuntimeIsPure(t *testing.T) {
	t.Parallel()
	for _, f := range goFiles(t) {
		if f.test || !strings.HasPrefix(f.dir, "runtime/") {
			continue
		}
		for _, i := range f.imports {
			require.False(t, slices.Contains(impure, i), "%s imports %s: a decision has no clock, disk, network or chance", f.name, i)
		}
		tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, f.name), nil, 0)
		require.NoError(t, err)
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s: a go statement; decisions are plain functions", f.name)
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && (n.Sel.Name == "Now" || n.Sel.Name == "Since" || n.Sel.Name == "Sleep") {
					t.Errorf("%s: time.%s; the time is an argument", f.name, n.Sel.Name)
				}
			}
			return true
		})
	}
}

// measuring are files that run in the process that measures, never in the server:
// there a panic should be seen.
var measuring = []string{"server/live/bench.go"}

// TestGoroutinesRecover makes sure that no goroutine of the server can take it
// down: its function must defer a recover, itself or through a function whose name says so.
func TestGoroutinesRecover(t *testing.T) {
	t.Parallel()
	for _, f := range goFiles(t) {
		if f.test || !strings.HasPrefix(f.dir, "server/") || slices.Contains(measuring, f.name) || f.dir == "server/store/storetest" {
			continue
		}
		src, err := os.ReadFile(filepath.Join(root, f.name))
		require.NoError(t, err)
		tree, err := parser.ParseFile(token.NewFileSet(), f.name, src, 0)
		require.NoError(t, err)
		pkg := packageText(t, f.dir)
		ast.Inspect(tree, func(n ast.Node) bool {
			g, ok := n.(*ast.GoStmt)
			if !ok {
				return true
			}
			body := string(src[g.Pos()-1 : g.End()-1])
			if !strings.Contains(body, "recover()") && !calledRecovers(g, pkg) {
				t.Errorf("%s: a goroutine without recover: %.60q", f.name, body)
			}
			return true
		})
	}
}

// packageText returns the package's functions by name.
func packageText(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	entries, err := os.ReadDir(filepath.Join(root, dir))
	require.NoError(t, err)
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		src, err := os.ReadFile(filepath.Join(root, dir, e.Name()))
		require.NoError(t, err)
		tree, err := parser.ParseFile(token.NewFileSet(), e.Name(), src, 0)
		require.NoError(t, err)
		for _, d := range tree.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
				out[fn.Name.Name] += string(src[fn.Pos()-1 : fn.End()-1])
			}
		}
	}
	return out
}

// calledRecovers reports whether the goroutine's function recovers, itself or in
// what it calls within its package, a few calls deep.
func calledRecovers(g *ast.GoStmt, pkg map[string]string) bool {
	var names []string
	ast.Inspect(g, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			switch fn := call.Fun.(type) {
			case *ast.Ident:
				names = append(names, fn.Name)
			case *ast.SelectorExpr:
				names = append(names, fn.Sel.Name)
			}
		}
		return true
	})
	for range 3 {
		var next []string
		for _, name := range names {
			body := pkg[name]
			if strings.Contains(body, "recover()") {
				return true
			}
			for other := range pkg {
				if strings.Contains(body, other+"(") && other != name {
					next = append(next, other)
				}
			}
		}
		names = next
	}
	return false
}

func TestFilesAreShort(t *testing.T) {
	t.Parallel()
	for _, f := range goFiles(t) {
		if !f.test {
			require.LessOrEqual(t, f.lines, maxLines, "%s has %d lines", f.name, f.lines)
		}
	}
}

func TestEveryPackageIsDocumented(t *testing.T) {
	t.Parallel()
	documented := map[string]bool{}
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, f.name), nil, parser.ParseComments|parser.PackageClauseOnly)
		require.NoError(t, err)
		documented[f.dir] = documented[f.dir] || tree.Doc != nil
	}
	for dir, ok := range documented {
		require.True(t, ok, "%s has no package comment", dir)
	}
}

// TestFamilies compares the three places where a field type lives: its schema,
// its Go file and its folder in the browser.
func TestFamilies(t *testing.T) {
	t.Parallel()
	var schemaNames []string
	for _, name := range schemas.Names() {
		if member, ok := strings.CutPrefix(name, "field/"); ok {
			schemaNames = append(schemaNames, member)
		}
	}
	goNames := members(t, "runtime/field", func(name string) (string, bool) {
		member, ok := strings.CutSuffix(name, ".go")
		return member, ok && slices.Contains(schemaNames, member)
	})
	browser := members(t, "designer/src/fields", func(name string) (string, bool) {
		return name, slices.Contains(schemaNames, name)
	})
	require.NotEmpty(t, schemaNames)
	require.Equal(t, schemaNames, goNames, "schemas/field against runtime/field")
	require.Equal(t, schemaNames, browser, "schemas/field against designer/src/fields")
	require.True(t, slices.Contains(schemaNames, string(def.TypeLines)))
}

func members(t *testing.T, dir string, member func(string) (string, bool)) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(root, dir))
	require.NoError(t, err)
	var out []string
	for _, e := range entries {
		if name, ok := member(e.Name()); ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// TestTopLevel keeps the top of the repository to what a newcomer is told there.
func TestTopLevel(t *testing.T) {
	t.Parallel()
	allowed := []string{
		"server", "designer", "runtime", "schemas", "templates", "plugins", "go.mod", "go.sum", "Makefile", "README.md",
		"LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", ".ci", ".github", ".git", ".gitignore", "bin", "data",
	}
	entries, err := os.ReadDir(root)
	require.NoError(t, err)
	for _, e := range entries {
		require.Contains(t, allowed, e.Name(), "%s does not belong to the top level", e.Name())
	}
}
