package sheet_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"sluice/server/sheet"
)

// kinds says of each draft its key, first row, number of rows, and what came of it.
func kinds(drafts []*sheet.Draft) []string {
	var out []string
	for _, d := range drafts {
		what := string(d.Data)
		if d.Fault != nil {
			what = d.Fault.Path + " " + d.Fault.Code
		}
		out = append(out, fmt.Sprintf("%s@%d+%d %s", d.Key, d.First, d.Rows, strings.TrimSpace(what)))
	}
	return out
}

func TestDialects(t *testing.T) {
	t.Parallel()
	const text = "No,Sum\n单-1,1\n单-2,2\n"
	want := []string{`单-1@2+1 {"no":"单-1","sum":1}`, `单-2@3+1 {"no":"单-2","sum":2}`}
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	require.NoError(t, err)
	little, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	require.NoError(t, err)
	big, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(text)
	require.NoError(t, err)
	for name, table := range map[string]string{
		"UTF-8":                  text,
		"with a byte order mark": "\ufeff" + text,
		"GB18030":                gb,
		"GB18030 without an end": strings.TrimSuffix(gb, "\n"),
		"UTF-16":                 little,
		"UTF-16, the other way":  big,
		"carriage returns":       strings.ReplaceAll(text, "\n", "\r\n"),
		"no last line feed":      strings.TrimSuffix(text, "\n"),
		"empty lines":            strings.ReplaceAll(text, "\n", "\n\n"),
		"quotes":                 "\"No\",Sum\n\"单-1\",\"1\"\n\"单-2\",2\n",
	} {
		require.Equal(t, want, kinds(read(t, simple, table)), name)
		require.Equal(t, want, kinds(read(t, simple, zipped(t, table))), "%s, zipped", name)
	}
	semicolons := strings.Replace(simple, `"key"`, `"comma":";","key"`, 1)
	require.Equal(t, want, kinds(read(t, semicolons, strings.ReplaceAll(text, ",", ";"))))
	tabs := strings.Replace(simple, `"key"`, `"comma":"\t","key"`, 1)
	require.Equal(t, want, kinds(read(t, tabs, strings.ReplaceAll(text, ",", "\t"))))
}

func zipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

// TestACharacterAcrossTheFirstLook has a character where the look at the encoding ends.
func TestACharacterAcrossTheFirstLook(t *testing.T) {
	t.Parallel()
	for pad := range 4 {
		long := strings.Repeat("x", 32<<10-len("No,Sum\n")-pad) + "单"
		drafts := read(t, simple, "No,Sum\n"+long+",1\n")
		require.Equal(t, long, drafts[0].Key)
	}
}

// TestAnotherEncodingFurtherDown is a table whose first Chinese text comes late.
func TestAnotherEncodingFurtherDown(t *testing.T) {
	t.Parallel()
	gb, err := simplifiedchinese.GB18030.NewEncoder().String("单")
	require.NoError(t, err)
	var table strings.Builder
	table.WriteString("No,Sum\n")
	for i := range 10_000 {
		fmt.Fprintf(&table, "k%d,1\n", i)
	}
	fmt.Fprintf(&table, "%s,1\nlast,%s\n", gb, gb)
	drafts := read(t, simple, table.String())
	require.Equal(t, []string{gb + "@10002+1 invalid_utf8", "last@10003+1 /sum invalid_utf8"}, kinds(drafts[10_000:]))

	lines := read(t, grouped, "No,Code,Qty\n"+strings.Repeat("k,c,1\n", 8000)+"k,"+gb+",1\n")
	require.Equal(t, []string{"k@2+8001 /lines/8000/code invalid_utf8"}, kinds(lines))
}

func TestEveryRowIsInARecordOrAFault(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		mapping, table string
		want           []string
	}{
		"no rows":                {simple, "No,Sum\n", nil},
		"a short row":            {simple, "No,Sum\na\nb,2\n", []string{"@2+1 unreadable_row", `b@3+1 {"no":"b","sum":2}`}},
		"a long row":             {simple, "No,Sum\na,1,2\nb,2\n", []string{"@2+1 unreadable_row", `b@3+1 {"no":"b","sum":2}`}},
		"a stray quote":          {simple, "No,Sum\na\"x,1\nb,2\n", []string{"@2+1 unreadable_row", `b@3+1 {"no":"b","sum":2}`}},
		"a quote without an end": {simple, "No,Sum\na,1\n\"b,2\nc,3\n", []string{`a@2+1 {"no":"a","sum":1}`, "@3+1 unreadable_row"}},
		"a line feed in a cell":  {simple, "No,Sum\n\"a\nb\",1\nc,2\n", []string{"a\nb@2+1 {\"no\":\"a\\nb\",\"sum\":1}", `c@3+1 {"no":"c","sum":2}`}},
		"a fault at the end":     {simple, "No,Sum\na,1\nb\n", []string{`a@2+1 {"no":"a","sum":1}`, "@3+1 unreadable_row"}},
		"an empty key":           {simple, "No,Sum\n,1\n  ,2\nc,3\n", []string{"@2+1 key_missing", "@3+1 key_missing", `c@4+1 {"no":"c","sum":3}`}},
		"blanks around a key":    {simple, "No,Sum\n a ,1\n", []string{`a@2+1 {"no":"a","sum":1}`}},
		"groups":                 {grouped, "No,Code,Qty\na,x,1\na,y,2\nb,z,3\na,w,4\n", []string{`a@2+2 {"no":"a","lines":[{"code":"x","qty":1},{"code":"y","qty":2}]}`, `b@4+1 {"no":"b","lines":[{"code":"z","qty":3}]}`, `a@5+1 {"no":"a","lines":[{"code":"w","qty":4}]}`}},
		"a fault within a group": {grouped, "No,Code,Qty\na,x,1\na\na,y,2\n", []string{`a@2+1 {"no":"a","lines":[{"code":"x","qty":1}]}`, "@3+1 unreadable_row", `a@4+1 {"no":"a","lines":[{"code":"y","qty":2}]}`}},
		"an empty group":         {grouped, "No,Code,Qty\n,x,1\n,y,2\n", []string{"@2+1 key_missing", "@3+1 key_missing"}},
		"an empty group, keyed":  {strings.Replace(grouped, `"group":"No"`, `"group":"Code"`, 1), "No,Code,Qty\na,,1\nb,,2\nc,g,3\nd,g,4\n", []string{`a@2+1 {"no":"a","lines":[{"qty":1}]}`, `b@3+1 {"no":"b","lines":[{"qty":2}]}`, `c@4+2 {"no":"c","lines":[{"code":"g","qty":3},{"code":"g","qty":4}]}`}},
	} {
		require.Equal(t, tc.want, kinds(read(t, tc.mapping, tc.table)), name)
	}
}

// TestAHugeGroupIsAFault has one record of more rows than anything can hold.
func TestAHugeGroupIsAFault(t *testing.T) {
	t.Parallel()
	table := "No,Code,Qty\n" + strings.Repeat("a,x,1\n", 25_000) + "b,y,2\n" + strings.Repeat("c,x,1\n", 10_000)
	drafts := read(t, grouped, table)
	require.Len(t, drafts, 3)
	require.Equal(t, "too_many_items", drafts[0].Fault.Code)
	require.Equal(t, 25_000, drafts[0].Rows)
	require.Equal(t, 25_002, drafts[1].First)
	require.Nil(t, drafts[2].Fault, "exactly as many as allowed")
}

func TestWhatCannotBeOpened(t *testing.T) {
	t.Parallel()
	m, problems := sheet.ReadMap([]byte(simple))
	require.Empty(t, problems)
	for name, in := range map[string]io.Reader{
		"nothing":             strings.NewReader(""),
		"only a mark":         strings.NewReader("\ufeff"),
		"a broken zip":        strings.NewReader("\x1f\x8bnonsense"),
		"a cut zip":           strings.NewReader(zipped(t, "No,Sum\na,1\n")[:15]),
		"a broken header":     strings.NewReader("\"No,Sum\n"),
		"an input that fails": cut{bytes.NewReader([]byte("No")), errDisk},
	} {
		_, _, err := sheet.Open(in, m, invoice(t), shanghai(t))
		require.Error(t, err, name)
	}
}

var errDisk = errors.New("disk")

// TestAnInputThatFailsGivesWhatWasWhole fails after some rows: a record that may go on is not given.
func TestAnInputThatFailsGivesWhatWasWhole(t *testing.T) {
	t.Parallel()
	const rows = 10_000 // more than the first look takes in
	r := open(t, simple, cut{bytes.NewReader([]byte(table(rows))), errDisk})
	for i := range rows {
		d, err := r.Next()
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("k%d", i), d.Key)
	}
	for range 2 {
		_, err := r.Next()
		require.ErrorIs(t, err, errDisk)
	}

	g := open(t, grouped, cut{bytes.NewReader([]byte("No,Code,Qty\n" + strings.Repeat("a,x,1\n", rows) + "b,y,2\nb,z,3\n")), errDisk})
	d, err := g.Next()
	require.NoError(t, err)
	require.Equal(t, "a", d.Key)
	for range 2 {
		_, err = g.Next()
		require.ErrorIs(t, err, errDisk, "more rows of b may have been to come")
	}
}
