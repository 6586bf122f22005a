package arch

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// root is the top of the module, seen from this folder.
const root = "../.."

// file is one Go file with what it imports.
type file struct {
	name    string // path from the top, with slashes
	dir     string // its folder, which is its package
	test    bool
	imports []string
	lines   int
}

// goFiles reads all Go files of the module; nested modules and node_modules are not part of it.
func goFiles(t *testing.T) []file {
	t.Helper()
	var files []file
	err := filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if e.IsDir() {
			if _, err := os.Stat(filepath.Join(p, "go.mod")); err == nil && rel != "." || e.Name() == "node_modules" || strings.HasPrefix(e.Name(), ".") && rel != "." {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(rel, ".go") {
			return nil
		}
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		tree, err := parser.ParseFile(token.NewFileSet(), rel, src, parser.ImportsOnly)
		if err != nil {
			return err
		}
		f := file{name: rel, dir: path.Dir(rel), test: strings.HasSuffix(rel, "_test.go"), lines: strings.Count(string(src), "\n")}
		for _, i := range tree.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			f.imports = append(f.imports, name)
		}
		files = append(files, f)
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, len(files), 50, "the walk found too few files to mean anything")
	return files
}

// rule says what the packages at and below a folder may import of the module.
type rule struct {
	dir    string
	may    []string // folders; "x/..." includes what is below
	reason string
}

// rules are looked up by the longest folder that fits. Tests may import more: see below.
var rules = []rule{
	{"schemas", nil, "schemas say what can be said; everybody imports them"},
	{"designer", nil, "the browser side is only embedded"},
	{"templates", nil, "packs are only embedded"},
	{"runtime/fact", []string{"schemas"}, "the vocabulary depends on nothing but the shape of problems"},
	{"runtime/def", []string{"schemas", "runtime/fact"}, "definitions are read, nothing more"},
	{"runtime/expr", []string{"schemas", "runtime/fact"}, "formulas know values, not forms"},
	{"runtime/field", []string{"schemas", "runtime/fact", "runtime/def", "runtime/expr"}, "a field knows itself"},
	{"runtime/rule", []string{"schemas", "runtime/fact", "runtime/def", "runtime/expr", "runtime/field"}, "rules know values, not forms"},
	{"runtime/form", []string{"schemas", "runtime/fact", "runtime/def", "runtime/expr", "runtime/field", "runtime/rule"}, "a form knows its fields and conditions"},
	{"runtime/view", []string{"schemas", "runtime/fact", "runtime/def", "runtime/expr", "runtime/field", "runtime/rule", "runtime/form"}, "a view knows records, not chains"},
	{"runtime/flow", []string{"schemas", "runtime/fact", "runtime/def", "runtime/expr", "runtime/field", "runtime/rule", "runtime/form"}, "a chain knows records, not programs"},
	{"runtime/program", []string{"schemas", "runtime/fact", "runtime/def", "runtime/field", "runtime/form", "runtime/rule", "runtime/view", "runtime/flow"}, "a program links what is below it"},
	{"runtime/engine", []string{"schemas", "runtime/fact", "runtime/def", "runtime/form", "runtime/rule", "runtime/view", "runtime/flow", "runtime/program"}, "the engine decides on programs"},
	{"runtime/scenario", []string{"schemas", "runtime/fact", "runtime/def", "runtime/program", "runtime/engine"}, "scenarios use the engine as everybody does"},
	{"server/store", []string{"runtime/fact"}, "remembering knows facts only"},
	{"server/store/storetest", []string{"runtime/fact", "server/store"}, "the suite knows the interface only"},
	{"server/store/boltstore", []string{"runtime/fact", "server/store"}, "an engine knows its interface only"},
	{"server/command", []string{"schemas", "runtime/...", "server/store"}, "the runner joins engine and store"},
	{"server/blob", []string{"runtime/fact"}, "attachments are bytes"},
	{"server/auth", []string{"schemas", "runtime/fact", "runtime/def", "server/store"}, "who asks does not depend on what is asked"},
	{"server/catalog", []string{"schemas", "runtime/...", "server/store"}, "definitions do not depend on doors"},
	{"server/jobs", []string{"runtime/...", "server/command", "server/store"}, "jobs come home as commands"},
	{"server/sheet", []string{"schemas", "runtime/..."}, "tables become records; who stores them is not their concern"},
	{"server/live", []string{"schemas", "runtime/...", "server/auth", "server/catalog", "server/store"}, "sockets show what is committed"},
	{"server/api", []string{"schemas", "runtime/...", "server/auth", "server/blob", "server/catalog", "server/command", "server/sheet", "server/store"}, "HTTP asks the parts; it is asked by none"},
	{"server/bench/workload", []string{"runtime/..."}, "what engines are compared on knows the runtime only"},
	{"server/bench", []string{"schemas", "runtime/...", "server/...", "templates"}, "measuring uses the product from outside and inside"},
	{"server/app", []string{"schemas", "runtime/...", "server/...", "designer", "templates"}, "the composition root knows all parts"},
	{"server/cmd", []string{"schemas", "runtime/...", "server/...", "templates"}, "commands use what app composes"},
	{"server/arch", nil, "tests only"},
	{"server/e2e", nil, "tests only, from outside"},
}

func TestImports(t *testing.T) {
	t.Parallel()
	for _, f := range goFiles(t) {
		if f.test {
			continue // a test may look at its package from above
		}
		r := ruleOf(f.dir)
		if r == nil {
			t.Errorf("%s: folder %s has no import rule: give it a place in the table of %s", f.name, f.dir, "server/arch/imports_test.go")
			continue
		}
		for _, i := range f.imports {
			target, ours := strings.CutPrefix(i, "sluice/")
			if !ours || target == f.dir || strings.HasPrefix(target, r.dir+"/") && r.dir == f.dir {
				continue
			}
			if !slices.ContainsFunc(r.may, func(m string) bool { return covers(m, target) }) {
				t.Errorf("%s imports %s: %s", f.name, target, r.reason)
			}
		}
	}
}

func ruleOf(dir string) *rule {
	var best *rule
	for i := range rules {
		r := &rules[i]
		if (dir == r.dir || strings.HasPrefix(dir, r.dir+"/")) && (best == nil || len(r.dir) > len(best.dir)) {
			best = r
		}
	}
	return best
}

func covers(pattern, dir string) bool {
	if below, ok := strings.CutSuffix(pattern, "/..."); ok {
		return dir == below || strings.HasPrefix(dir, below+"/")
	}
	return pattern == dir
}

// doors are the folders that may import a library: what is behind one door can be replaced.
var doors = map[string][]string{
	"github.com/gofiber/fiber/v2":              {"server/api", "server/live", "server/app"},
	"github.com/valyala/fasthttp":              {"server/api", "server/live", "server/app"},
	"github.com/gorilla/websocket":             {"server/live"},
	"go.etcd.io/bbolt":                         {"server/store/boltstore"},
	"github.com/santhosh-tekuri/jsonschema/v5": {"schemas"},
	"github.com/dop251/goja":                   {"plugins/host/worker"},
	"golang.org/x/crypto":                      {"server/auth"},
	"github.com/google/uuid":                   {"server/command", "server/auth", "server/api"},
	"github.com/stretchr/testify":              {"server/store/storetest"},
	"pgregory.net/rapid":                       {"server/store/storetest"},
	"go.uber.org/goleak":                       {},
}

func TestDoors(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, f := range goFiles(t) {
		for _, i := range f.imports {
			for library, allowed := range doors {
				if i != library && !strings.HasPrefix(i, library+"/") {
					continue
				}
				seen[library] = true
				if !f.test && !slices.Contains(allowed, f.dir) {
					t.Errorf("%s imports %s: its doors are %v", f.name, library, allowed)
				}
			}
		}
	}
	for _, library := range []string{"github.com/gofiber/fiber/v2", "github.com/gorilla/websocket", "go.etcd.io/bbolt", "github.com/santhosh-tekuri/jsonschema/v5"} {
		require.True(t, seen[library], "%s is not used at all: the table is out of date", library)
	}
}

// TestRuntimeHoldsPackagesOnly keeps a package called runtime from shadowing the standard one.
func TestRuntimeHoldsPackagesOnly(t *testing.T) {
	t.Parallel()
	for _, f := range goFiles(t) {
		require.NotEqual(t, "runtime", f.dir, "%s: runtime/ holds packages, no files", f.name)
	}
}
