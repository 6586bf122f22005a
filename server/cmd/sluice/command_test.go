package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/server/app"
)

const pack = "../../../templates/wholesale"

// bundle is a data directory in which the wholesale pack is live.
type bundle struct {
	t    *testing.T
	data string
	dir  string // for files of the test
}

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{t: t, data: filepath.Join(t.TempDir(), "data"), dir: t.TempDir()}
	b.sluice(exitOK, "apply", pack)
	return b
}

// sluice runs a command on the bundle's data and returns what it wrote to standard output.
func (b *bundle) sluice(want int, args ...string) string {
	b.t.Helper()
	out, errOut, code := try(append(args, "--data", b.data)...)
	require.Equal(b.t, want, code, "%v\n%s%s", args, out, errOut)
	return out
}

func try(args ...string) (out, errOut string, code int) {
	var o, e bytes.Buffer
	code = run(args, &o, &e)
	return o.String(), e.String(), code
}

// json runs a command with --json and reads its last line.
func (b *bundle) json(want int, args ...string) map[string]any {
	b.t.Helper()
	lines := strings.Split(strings.TrimSpace(b.sluice(want, append(args, "--json")...)), "\n")
	var v map[string]any
	require.NoError(b.t, json.Unmarshal([]byte(lines[len(lines)-1]), &v), lines)
	return v
}

// file writes a file of the test and returns its path.
func (b *bundle) file(name, text string) string {
	b.t.Helper()
	path := filepath.Join(b.dir, name)
	require.NoError(b.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(b.t, os.WriteFile(path, []byte(text), 0o644))
	return path
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"help"}, {"--help"}, {"-h"}} {
		out, _, code := try(args...)
		require.Zero(t, code)
		for _, s := range subcommands() {
			require.Contains(t, out, s.name)
			require.Contains(t, out, s.summary)
		}
	}
	for _, s := range subcommands() {
		out, errOut, code := try(s.name, "--help")
		require.Zero(t, code, s.name)
		require.Empty(t, errOut)
		require.Contains(t, out, "usage: sluice "+s.name)
		require.Contains(t, out, "--json")
	}
}

// TestExitCodes calls with every sort of mistake.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	broken := filepath.Dir(b.file("broken/roles/x.json", `{"formatVersion":1,"kind":"role","id":"X","name":{}}`))
	empty := t.TempDir()
	nowhere := filepath.Join(b.dir, "nowhere")
	copied := filepath.Join(b.dir, "copy")
	b.sluice(exitOK, "backup", copied)
	table := b.file("t.csv", "InvoiceNo\n1\n")
	badMap := b.file("bad.map.json", `{"form":"wholesale-order","key":"Nr","fields":{"invoice":{"column":"InvoiceNo"}}}`)
	otherMap := b.file("other.map.json", `{"form":"other","key":"InvoiceNo","fields":{"invoice":{"column":"InvoiceNo"}}}`)
	mapping := pack + "/seed/invoices.map.json"
	for name, tc := range map[string]struct {
		want int
		args []string
	}{
		"no such command":                 {exitUsage, []string{"fly"}},
		"no such flag":                    {exitUsage, []string{"apply", pack, "--fly"}},
		"a flag without its value":        {exitUsage, []string{"apply", pack, "--data"}},
		"apply without a folder":          {exitUsage, []string{"apply"}},
		"apply with two folders":          {exitUsage, []string{"apply", pack, pack}},
		"version of something":            {exitUsage, []string{"version", "x"}},
		"export without a folder":         {exitUsage, []string{"export", "--data", b.data}},
		"import without a map":            {exitUsage, []string{"import", table, "--form", "wholesale-order"}},
		"import by another form's map":    {exitUsage, []string{"import", table, "--form", "wholesale-order", "--map", otherMap, "--data", b.data}},
		"backup without a file":           {exitUsage, []string{"backup", "--data", b.data}},
		"restore without a file":          {exitUsage, []string{"restore", "--data", b.data}},
		"bench without a name":            {exitUsage, []string{"bench"}},
		"serve at an odd log level":       {exitUsage, []string{"serve", "--log", "loud"}},
		"a tenant that can be none":       {exitUsage, []string{"export", b.dir, "--tenant", "A B", "--data", b.data}},
		"a definition with problems":      {exitInvalid, []string{"apply", filepath.Dir(broken), "--data", b.data}},
		"a map that does not fit":         {exitInvalid, []string{"import", table, "--form", "wholesale-order", "--map", badMap, "--data", b.data}},
		"a restore over what is there":    {exitInvalid, []string{"restore", copied, "--data", b.data}},
		"a restore of what is no backup":  {exitInvalid, []string{"restore", table, "--data", filepath.Join(b.dir, "fresh")}},
		"apply a folder that is not":      {exitNotFound, []string{"apply", nowhere, "--data", b.data}},
		"apply a folder without any":      {exitNotFound, []string{"apply", empty, "--data", b.data}},
		"export from no data":             {exitNotFound, []string{"export", b.dir, "--data", nowhere}},
		"export of a tenant that is not":  {exitNotFound, []string{"export", b.dir, "--tenant", "ghost", "--data", b.data}},
		"export of a release that is not": {exitNotFound, []string{"export", b.dir, "--release", "9", "--data", b.data}},
		"import into no form":             {exitNotFound, []string{"import", table, "--form", "ghost", "--map", b.file("g.map.json", `{"key":"InvoiceNo","fields":{"x":{"value":1}}}`), "--data", b.data}},
		"import of no table":              {exitNotFound, []string{"import", nowhere, "--form", "wholesale-order", "--map", mapping, "--data", b.data}},
		"import by no map":                {exitNotFound, []string{"import", table, "--form", "wholesale-order", "--map", nowhere, "--data", b.data}},
		"import into no data":             {exitNotFound, []string{"import", table, "--form", "wholesale-order", "--map", mapping, "--data", nowhere}},
		"check of no file":                {exitNotFound, []string{"check", nowhere}},
		"check of no data":                {exitNotFound, []string{"check", "--data", nowhere}},
		"backup of no tenant":             {exitNotFound, []string{"backup", filepath.Join(b.dir, "x"), "--tenant", "ghost", "--data", b.data}},
		"restore of no file":              {exitNotFound, []string{"restore", nowhere, "--data", b.data}},
		"bench of nothing":                {exitNotFound, []string{"bench", "ghost"}},
		"backup into no folder":           {exitNotFound, []string{"backup", filepath.Join(nowhere, "x"), "--data", b.data}},
		"flags after arguments":           {exitOK, []string{"apply", pack, "--json", "--data", b.data}},
		"flags around arguments":          {exitOK, []string{"apply", "--json", pack, "--data", b.data}},
		"arguments behind two dashes":     {exitNotFound, []string{"check", "--", "--json"}},
		"version":                         {exitOK, []string{"--version"}},
	} {
		out, errOut, code := try(tc.args...)
		require.Equal(t, tc.want, code, "%s\n%s%s", name, out, errOut)
		if code != exitOK {
			require.NotEmpty(t, out+errOut, name)
		}
	}
	_, err := os.Stat(filepath.Join(nowhere, "tenants", "main.db"))
	require.ErrorIs(t, err, fs.ErrNotExist, "reading makes nothing")
	_, err = os.Stat(filepath.Join(b.dir, "x"))
	require.ErrorIs(t, err, fs.ErrNotExist, "a backup that failed leaves no file")
}

// TestADirectoryInUse has somebody else hold the data.
func TestADirectoryInUse(t *testing.T) {
	t.Parallel()
	b := setup(t)
	parts, err := app.Open(app.Config{Dir: b.data})
	require.NoError(t, err)
	_, err = parts.Catalog.Live(t.Context(), app.MainTenant)
	require.NoError(t, err)
	for _, args := range [][]string{
		{"apply", pack}, {"export", b.dir}, {"backup", filepath.Join(b.dir, "x")},
		{"import", b.file("t.csv", "InvoiceNo\n"), "--form", "wholesale-order", "--map", pack + "/seed/invoices.map.json"},
	} {
		b.sluice(exitBusy, args...)
	}
	require.NoError(t, parts.Close())
	b.sluice(exitOK, "export", b.dir)
}

func keys(v map[string]any) []string { return slices.Sorted(maps.Keys(v)) }

// TestJSONAnswers fixes the members that scripts read.
func TestJSONAnswers(t *testing.T) {
	t.Parallel()
	b := &bundle{t: t, data: filepath.Join(t.TempDir(), "data"), dir: t.TempDir()}
	dry := b.json(exitOK, "apply", pack, "--dry-run")
	require.Equal(t, []string{"changed", "failed", "problems"}, keys(dry))
	applied := b.json(exitOK, "apply", pack, "--note", "first")
	require.Equal(t, []string{"changed", "failed", "number", "problems", "release"}, keys(applied))
	require.EqualValues(t, 1, applied["number"])
	require.Contains(t, applied["changed"], "form wholesale-order")
	same := b.json(exitOK, "apply", pack)
	require.Equal(t, true, same["unchanged"])
	require.Empty(t, same["changed"])
	broken := filepath.Dir(b.file("broken/x.json", `{"formatVersion":1,"kind":"view","id":"x","name":{"zh":"名"},"type":"list","form":"ghost","columns":[{"field":"a"}]}`))
	refused := b.json(exitInvalid, "apply", broken)
	require.Len(t, refused["problems"], 1)
	problem := refused["problems"].([]any)[0].(map[string]any)
	require.Equal(t, []string{"file", "id", "kind", "problem"}, keys(problem))
	require.Equal(t, "unknown_form", problem["problem"].(map[string]any)["code"])

	exported := b.json(exitOK, "export", filepath.Join(b.dir, "out"))
	require.Equal(t, []string{"files"}, keys(exported))
	require.Contains(t, exported["files"], "forms/wholesale-order.json")
	checked := b.json(exitOK, "check")
	require.Equal(t, []string{"docs", "entries", "events", "file", "findings", "jobs"}, keys(checked))
	require.Empty(t, checked["findings"])
	copied := b.json(exitOK, "backup", filepath.Join(b.dir, "copy"))
	require.Equal(t, []string{"bytes", "file", "tenant"}, keys(copied))
	require.Positive(t, copied["bytes"])
	other := &bundle{t: t, data: filepath.Join(t.TempDir(), "other")}
	restored := other.json(exitOK, "restore", filepath.Join(b.dir, "copy"), "--tenant", "second")
	require.Equal(t, []string{"bytes", "file", "tenant"}, keys(restored))
	require.Equal(t, "second", restored["tenant"])
	out, _, code := try("version", "--json")
	require.Zero(t, code)
	var version map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &version))
	require.Equal(t, []string{"arch", "go", "os", "version"}, keys(version))
}

// TestApplyAndExportAgree gives back every byte, and applying it again changes nothing.
func TestApplyAndExportAgree(t *testing.T) {
	t.Parallel()
	b := setup(t)
	out := filepath.Join(b.dir, "out")
	b.sluice(exitOK, "export", out)
	want, err := readFolder(pack)
	require.NoError(t, err)
	got, err := readFolder(out)
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.Contains(t, b.sluice(exitOK, "apply", out, "--prune"), "nothing changed")

	require.NoError(t, os.Remove(filepath.Join(out, "views", "by-kind.json")))
	require.Contains(t, b.sluice(exitOK, "apply", out), "nothing changed")
	require.Contains(t, b.sluice(exitOK, "apply", out, "--prune"), "changed view by-kind")
	b.sluice(exitOK, "export", filepath.Join(b.dir, "old"), "--release", "1")
	old, err := readFolder(filepath.Join(b.dir, "old"))
	require.NoError(t, err)
	require.Equal(t, want, old)
}

const invoices = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HEART,6,2010-12-01 08:26:00,2.55,17850,United Kingdom
536365,71053,LANTERN,6,2010-12-01 08:26:00,3.39,17850,United Kingdom
C536379,D,Discount,-1,2010-12-01 09:41:00,27.50,14527,United Kingdom
536366,22633,HAND WARMER,many,2010-12-01 08:28:00,1.85,17850,United Kingdom
short
,22633,HAND WARMER,6,2010-12-01 08:28:00,1.85,17850,United Kingdom
536367,84879,BIRD,32,2010-12-01 08:34:00,1.69,13047,United Kingdom
`

// TestImportTwiceAddsNothing imports a table, a part of which is refused, again and again.
func TestImportTwiceAddsNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	args := []string{"import", b.file("invoices.csv", invoices), "--form", "wholesale-order", "--map", pack + "/seed/invoices.map.json"}
	counts := func(v map[string]any) []any {
		return []any{v["records"], v["created"], v["exists"], v["rejected"], v["rows"], v["done"]}
	}
	num := func(n int) any { return float64(n) }
	dry := b.json(exitOK, append(args, "--dry-run")...)
	require.Equal(t, []any{num(6), num(3), num(0), num(3), num(7), true}, counts(dry))
	require.Equal(t, true, dry["dryRun"])
	before := b.json(exitOK, "check")["events"]

	first := b.json(exitOK, args...)
	require.Equal(t, []any{num(6), num(3), num(0), num(3), num(7), true}, counts(first))
	after := b.json(exitOK, "check")
	require.Equal(t, before.(float64)+3, after["events"])
	second := b.json(exitInvalid, append(args, "--strict")...)
	require.Equal(t, []any{num(6), num(0), num(3), num(3), num(7), true}, counts(second))
	require.Equal(t, after["events"], b.json(exitOK, "check")["events"])

	text := b.sluice(exitOK, append(args, "--show", "1")...)
	require.Contains(t, text, "row 5 (536366): /lines/0/qty")
	require.Equal(t, 1, strings.Count(text, "row "), "one is shown, the rest is counted")
	require.Contains(t, text, "6 records (7 rows): 0 created (0 rows), 3 existed (4), 3 rejected (3)")

	lines := strings.Split(strings.TrimSpace(b.sluice(exitOK, append(args, "--json", "--all")...)), "\n")
	require.Len(t, lines, 7)
	var one map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &one))
	require.Equal(t, []string{"id", "key", "row", "rows", "status"}, keys(one))
	require.NoError(t, json.Unmarshal([]byte(lines[2]), &one))
	require.Equal(t, "rejected", one["status"])
}

// TestBackupAndRestore makes another data directory of a copy.
func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.sluice(exitOK, "import", b.file("invoices.csv", invoices), "--form", "wholesale-order", "--map", pack+"/seed/invoices.map.json")
	copied := filepath.Join(b.dir, "copy")
	b.sluice(exitOK, "backup", copied)
	require.Contains(t, b.sluice(exitOK, "check", copied), "sound")
	other := &bundle{t: t, data: filepath.Join(t.TempDir(), "other")}
	other.sluice(exitOK, "restore", copied)
	require.Equal(t, b.json(exitOK, "check")["docs"], other.json(exitOK, "check")["docs"])

	doc, err := os.ReadFile(copied)
	require.NoError(t, err)
	// Every place, since pages that are no longer used still hold old values.
	harmed := bytes.ReplaceAll(doc, []byte("WHITE HEART"), []byte("WHITE HEARS"))
	require.NotEqual(t, doc, harmed)
	damaged := b.file("damaged", string(harmed))
	require.Contains(t, b.sluice(exitInvalid, "check", damaged), "findings")
	third := &bundle{t: t, data: filepath.Join(t.TempDir(), "third")}
	third.sluice(exitInvalid, "restore", damaged)
}

func TestSchemasAreWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, errOut, code := try("schemas", dir)
	require.Zero(t, code, errOut)
	_, err := os.Stat(filepath.Join(dir, "form.schema.json"))
	require.NoError(t, err)
}
