package sheet_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/form"
	"sluice/server/sheet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// known is a release with nothing besides the form.
type known struct{}

func (known) Form(string) bool  { return true }
func (known) Chain(string) bool { return true }
func (known) Rule(string) bool  { return true }

// invoice is a form with a field of each kind that a table can fill.
func invoice(t *testing.T) *form.Form {
	t.Helper()
	doc, problems := def.Decode(def.KindForm, []byte(`{"formatVersion":1,"kind":"form","id":"invoice","name":{"zh":"发票"},"fields":[
		{"id":"no","type":"text","name":{"zh":"号"}},
		{"id":"kind","type":"select","name":{"zh":"类"},"options":[{"id":"order","name":{"zh":"订"}},{"id":"cancel","name":{"zh":"退"}}]},
		{"id":"at","type":"datetime","name":{"zh":"时"}},
		{"id":"day","type":"date","name":{"zh":"日"}},
		{"id":"paid","type":"boolean","name":{"zh":"付"}},
		{"id":"sum","type":"number","name":{"zh":"额"}},
		{"id":"tags","type":"tags","name":{"zh":"签"}},
		{"id":"address","type":"address","name":{"zh":"址"}},
		{"id":"lines","type":"lines","name":{"zh":"行"},"fields":[{"id":"code","type":"text","name":{"zh":"码"}},{"id":"qty","type":"integer","name":{"zh":"量"}}]}
	]}`))
	require.Empty(t, problems)
	f, problems := form.Compile(doc.(*def.Form), known{})
	require.Empty(t, problems)
	return f
}

func shanghai(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	return zone
}

// simple maps one row to one record; grouped maps neighbours with the same number to one.
const (
	simple  = `{"form":"invoice","key":"No","fields":{"no":{"column":"No"},"sum":{"column":"Sum"}}}`
	grouped = `{"form":"invoice","key":"No","group":"No","fields":{"no":{"column":"No"}},"lines":{"field":"lines","fields":{"code":{"column":"Code"},"qty":{"column":"Qty"}}}}`
)

// open begins to read a table that fits its map.
func open(t *testing.T, mapping string, in io.Reader) *sheet.Reader {
	t.Helper()
	m, problems := sheet.ReadMap([]byte(mapping))
	require.Empty(t, problems)
	r, problems, err := sheet.Open(in, m, invoice(t), shanghai(t))
	require.NoError(t, err)
	require.Empty(t, problems)
	return r
}

// read returns all records of a table.
func read(t *testing.T, mapping, table string) []*sheet.Draft {
	t.Helper()
	r := open(t, mapping, strings.NewReader(table))
	var out []*sheet.Draft
	rows := 0
	for {
		d, err := r.Next()
		if errors.Is(err, io.EOF) {
			require.Equal(t, r.Total(), rows, "every row is in a record")
			return out
		}
		require.NoError(t, err)
		require.Equal(t, d.Fault == nil, d.Data != nil)
		if d.Fault != nil {
			require.NotContains(t, d.Fault.Sentence("zh")+d.Fault.Sentence("en"), "…", d.Fault)
		}
		rows += d.Rows
		out = append(out, d)
	}
}

// codes returns "path code" of each problem and insists that its sentence is whole.
func codes(t *testing.T, problems []fact.Problem) []string {
	t.Helper()
	out := []string{}
	for _, p := range problems {
		require.NotContains(t, p.Sentence("zh")+p.Sentence("en"), "…", "%v lacks a parameter", p)
		out = append(out, strings.TrimSpace(p.Path+" "+p.Code))
	}
	return out
}

// cut gives the bytes and then fails.
type cut struct {
	*bytes.Reader
	err error
}

func (c cut) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		return n, c.err
	}
	return n, err
}
