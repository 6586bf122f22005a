package schemas

import (
	"bytes"
	"encoding/json"
	"regexp"
	"sort"
	"testing"

	"github.com/stretchr/testify/require"
)

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

func placeholders(s string) []string {
	found := placeholder.FindAllString(s, -1)
	sort.Strings(found)
	return found
}

func TestEveryCodeHasBothLanguages(t *testing.T) {
	t.Parallel()
	name := regexp.MustCompile(`^\{[a-z][A-Za-z0-9]*\}$`)
	for _, code := range Codes() {
		s := phrases().codes[code]
		require.Regexp(t, `^[a-z][a-z0-9_]*$`, code)
		require.NotEmpty(t, s.Zh, code)
		require.NotEmpty(t, s.En, code)
		require.Equal(t, placeholders(s.Zh), placeholders(s.En), code)
		for _, p := range placeholders(s.En) {
			require.Regexp(t, name, p, code)
		}
		require.GreaterOrEqual(t, s.Status, 400, code)
		require.Less(t, s.Status, 600, code)
		if s.En != "{message}" {
			require.Regexp(t, `\p{Han}`, s.Zh, code)
			require.NotRegexp(t, `\p{Han}`, s.En, code)
		}
	}
}

// A list that several people append to stays readable only when it is sorted
// and no code is there twice.
func TestCodesAreSortedAndStrict(t *testing.T) {
	t.Parallel()
	require.Empty(t, Guard(errorsJSON, Limits{Keys: 1 << 20}))
	require.Empty(t, Guard(wordsJSON, Limits{}))
	dec := json.NewDecoder(bytes.NewReader(errorsJSON))
	var keys []string
	depth := 0
	for {
		tok, err := dec.Token()
		if err != nil {
			break
		}
		switch tok := tok.(type) {
		case json.Delim:
			if tok == '{' {
				depth++
			} else {
				depth--
			}
		case string:
			if depth == 1 {
				keys = append(keys, tok)
			}
		}
	}
	require.True(t, sort.StringsAreSorted(keys))
	require.Equal(t, Codes(), keys)

	strict := json.NewDecoder(bytes.NewReader(errorsJSON))
	strict.DisallowUnknownFields()
	require.NoError(t, strict.Decode(&map[string]sentence{}))
}

func TestWordsHaveBothLanguages(t *testing.T) {
	t.Parallel()
	for param, words := range phrases().words {
		for value, w := range words {
			require.NotEmpty(t, w.Zh, param+" "+value)
			require.NotEmpty(t, w.En, param+" "+value)
		}
	}
}

type fixedLabel struct{}

func (fixedLabel) In(lang string) string { return "label " + lang }

func TestSentence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		problem Problem
		zh, en  string
	}{
		{Problem{Code: "required"}, "请填写此项。", "Fill this in."},
		{Problem{Code: "too_long", Params: map[string]any{"max": 5}}, "太长了，最多 5 个字。", "Too long: at most 5 characters."},
		{Problem{Code: "too_small", Params: map[string]any{"min": 0.5}}, "太小了，不能小于 0.5。", "Too small: it must be 0.5 or more."},
		{Problem{Code: "too_long"}, "太长了，最多 … 个字。", "Too long: at most … characters."},
		{Problem{Code: "wrong_type", Params: map[string]any{"want": "integer"}}, "类型不对，这里应为整数。", "Wrong type: this must be a whole number."},
		{Problem{Code: "not_option", Params: map[string]any{"options": []string{"a", "b"}}}, "不是可选的值，请选择：a、b。", "Not one of the choices. Choose: a, b."},
		{Problem{Code: "evidence_missing", Params: map[string]any{"kinds": []any{"scan", "timer"}}}, "此流转需要凭证：扫码、定时。", "This move needs evidence: scan, timer."},
		{Problem{Code: "check_failed", Params: map[string]any{"message": fixedLabel{}}}, "label zh", "label en"},
		{Problem{Code: "check_failed", Params: map[string]any{"message": map[string]any{"zh": "不行"}}}, "不行", "不行"},
		{Problem{Code: "check_failed", Params: map[string]any{"message": true}}, "是", "yes"},
		{Problem{Code: "no_such_code"}, "no_such_code", "no_such_code"},
	} {
		require.Equal(t, c.zh, c.problem.Sentence("zh"))
		require.Equal(t, c.en, c.problem.Sentence("en"))
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	require.Equal(t, 422, Status("required"))
	require.Equal(t, 412, Status("stale_revision"))
	require.Equal(t, 500, Status("no_such_code"))
}

func TestPointer(t *testing.T) {
	t.Parallel()
	require.Equal(t, "/a~1b/3/c~0d", Pointer("a/b", 3, "c~d"))
	require.Empty(t, Pointer())
	p := Problem{Path: "/x", Code: "required"}
	require.Equal(t, "/rows/0/x", p.At("/rows/0").Path)
	require.Equal(t, "required at /x", p.Error())
	require.Equal(t, "required", Problem{Code: "required"}.Error())
}
