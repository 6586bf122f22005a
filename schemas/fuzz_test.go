package schemas

import (
	"bytes"
	"encoding/json"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzCheckDocument changes the bytes of documents against the schemas of testdata/agree.
func FuzzCheckDocument(f *testing.F) {
	suites := readSuites(f)
	var checkers []*Checker
	for _, name := range sortedSuites(suites) {
		c, err := Compile(suites[name].Schema)
		require.NoError(f, err)
		for _, k := range suites[name].Cases {
			if k.Text != "" {
				f.Add(uint8(len(checkers)), []byte(k.Text))
			} else {
				f.Add(uint8(len(checkers)), []byte(k.Doc))
			}
		}
		checkers = append(checkers, c)
	}
	schema, doc := SampleOrder()
	c, err := Compile(schema)
	require.NoError(f, err)
	f.Add(uint8(len(checkers)), doc)
	checkers = append(checkers, c)
	f.Fuzz(func(t *testing.T, which uint8, doc []byte) {
		agree(t, checkers[int(which)%len(checkers)], doc)
	})
}

func sortedSuites(suites map[string]suite) []string {
	m := make(map[string]any, len(suites))
	for k := range suites {
		m[k] = nil
	}
	return sortedKeys(m)
}

// FuzzCheckGenerated makes a schema and documents for it from the input.
func FuzzCheckGenerated(f *testing.F) {
	f.Add([]byte{})
	for i := range 64 {
		var seed []byte
		for j := range 160 {
			seed = append(seed, byte((i*31+7)*(j+3)*(j+11)>>(i%5)))
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, rolls []byte) { checkGenerated(t, rolls) })
}

// checkGenerated returns how many documents were valid and how many were not.
func checkGenerated(t testing.TB, rolls []byte) (valid, invalid int) {
	t.Helper()
	d := &dice{rolls: rolls}
	schema := d.wholeSchema()
	c, err := Compile([]byte(schema))
	require.NoError(t, err, schema)
	root := c.oracle.docs[checkAddress]
	for range 6 {
		doc := d.doc(root, root, 4)
		if agree(t, c, []byte(doc)) {
			valid++
		} else {
			invalid++
		}
	}
	return valid, invalid
}

// The generator is worth something only while it makes both sorts of document.
func TestGeneratedDocumentsAgree(t *testing.T) {
	t.Parallel()
	x := uint64(42)
	valid, invalid := 0, 0
	for range 600 {
		rolls := make([]byte, 200)
		for i := range rolls {
			x ^= x << 13
			x ^= x >> 7
			x ^= x << 17
			rolls[i] = byte(x >> 24)
		}
		v, i := checkGenerated(t, rolls)
		valid, invalid = valid+v, invalid+i
	}
	require.Greater(t, valid, 400)
	require.Greater(t, invalid, 400)
}

// FuzzGuard compares the guard with encoding/json, and canonical texts with themselves.
func FuzzGuard(f *testing.F) {
	for _, s := range suitesTexts(f) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		problems := Guard(doc, Limits{})
		if problems == nil {
			require.True(t, json.Valid(doc), "%s", doc)
			text, err := Canonical(doc)
			if err != nil {
				require.ErrorContains(t, err, "number_range")
				return
			}
			again, err := Canonical(text)
			require.NoError(t, err)
			require.Equal(t, string(text), string(again))
			require.Equal(t, Identity(doc), Identity(text))
			return
		}
		require.Len(t, problems, 1)
		if problems[0].Code == "invalid_json" {
			require.False(t, json.Valid(doc), "%s", doc)
		}
	})
}

func suitesTexts(t testing.TB) []string {
	var texts []string
	for _, s := range readSuites(t) {
		for _, k := range s.Cases {
			texts = append(texts, k.Text+string(k.Doc))
		}
	}
	return texts
}

// FuzzPattern compares the plain matcher with regexp.
func FuzzPattern(f *testing.F) {
	for _, p := range somePatterns {
		f.Add(strings.ReplaceAll(p, `\\`, `\`), "SO12")
		f.Add(strings.ReplaceAll(p, `\\`, `\`), "汽车")
	}
	f.Add(`^[a-z]*[a-c]$`, "abc")
	f.Add(`^a?a$`, "a")
	f.Add(`^(?i)k{1,3}ſ$`, "K")
	f.Add(`^\s*\pL+?\d{2,}\z`, " ab12")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		re, err := regexp.Compile(pattern)
		if err != nil || len(pattern) > 200 || !jsonText(text) {
			return
		}
		m := newMatcher(pattern, re)
		require.Equal(t, re.MatchString(text), m.match([]byte(text)), "%q on %q", pattern, text)
	})
}

// jsonText reports whether a document can have the text: the matcher sees nothing else.
func jsonText(s string) bool {
	return !bytes.ContainsRune([]byte(s), '�') && strings.ToValidUTF8(s, "") == s
}

// FuzzNumbers compares the arithmetic on digits with math/big.
func FuzzNumbers(f *testing.F) {
	for i, a := range someNumbers {
		f.Add(a, someNumbers[(i*7+3)%len(someNumbers)])
	}
	f.Add("1e-308", "-1E+308")
	f.Add("123.4500", "0.0012345e5")
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, s := range [...]string{a, b} {
			if end, bad := lexNumber([]byte(s), 0); bad != fine || end != len(s) || len(s) == 0 {
				return
			}
		}
		var x, y decimalText
		x.parse([]byte(a))
		y.parse([]byte(b))
		p, ok1 := new(big.Rat).SetString(a)
		q, ok2 := new(big.Rat).SetString(b)
		require.True(t, ok1 && ok2)
		require.Equal(t, p.Cmp(q), x.cmp(&y), "%s %s", a, b)
		if x.n > 0 {
			require.Equal(t, p.IsInt(), x.lowest() >= 0, a)
		}
		if k, ok := powerOfTen(b); ok && x.n > 0 {
			require.Equal(t, new(big.Rat).Quo(p, q).IsInt(), x.lowest() >= k, "%s %s", a, b)
		}
	})
}
