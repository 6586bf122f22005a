package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/schemas"
)

// codeLiteral finds a problem code where it is written: in a Problem, or handed
// to a function of the refuse family.
var codeLiteral = regexp.MustCompile(`(?:Code:\s*|refuse\((?:fact\.\w+, )?(?:"[^"]*", )?|refuseAt\([^"]*(?:"[^"]*", )?)"([a-z]+(?:_[a-z0-9]+)*)"`)

// TestEveryCodeHasASentence compares the codes written in Go with the list that
// has their sentences.
func TestEveryCodeHasASentence(t *testing.T) {
	t.Parallel()
	listed := schemas.Codes()
	found := 0
	for _, f := range goFiles(t) {
		if f.test || strings.HasPrefix(f.dir, "server/bench") {
			continue
		}
		src, err := os.ReadFile(filepath.Join(root, f.name))
		require.NoError(t, err)
		for _, m := range codeLiteral.FindAllStringSubmatch(string(src), -1) {
			found++
			if !slices.Contains(listed, m[1]) {
				t.Errorf("%s: code %q is not in schemas/wire/errors.json", f.name, m[1])
			}
		}
	}
	require.Greater(t, found, 100, "the search found too few codes to mean anything")
}
