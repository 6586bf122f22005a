package rule

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/schemas"
)

// Every code that formulas and rules report has a sentence.
func TestEveryCodeHasASentence(t *testing.T) {
	known := map[string]bool{}
	for _, code := range schemas.Codes() {
		known[code] = true
	}
	code := regexp.MustCompile(`^(rule|formula)_[a-z_]+$`)
	found := 0
	for _, dir := range []string{".", "../expr"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		require.NoError(t, err)
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			src, err := os.ReadFile(name)
			require.NoError(t, err)
			tree, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
			require.NoError(t, err)
			ast.Inspect(tree, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					if s, err := strconv.Unquote(lit.Value); err == nil && code.MatchString(s) {
						found++
						require.True(t, known[s], "%s: %s is not in wire/errors.json", name, s)
					}
				}
				return true
			})
		}
	}
	require.Greater(t, found, 50)
}
