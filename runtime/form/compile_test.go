package form_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/runtime/form"
	"sluice/schemas"
)

// definition builds a form from JSON of its members besides the heading.
func definition(t testing.TB, members string) *def.Form {
	t.Helper()
	return decode(t, json.RawMessage(`{"formatVersion":1,"kind":"form","id":"f","name":{"zh":"表","en":"Form"},`+members+`}`))
}

func TestCompileComplains(t *testing.T) {
	t.Parallel()
	const a = `{"id":"a","type":"text","name":{"zh":"甲"}}`
	const n = `{"id":"n","type":"number","name":{"zh":"数"}}`
	const lines = `{"id":"lines","type":"lines","name":{"zh":"行"},"fields":[{"id":"x","type":"number","name":{"zh":"x"}}]}`
	for name, c := range map[string]struct {
		members, path, code string
	}{
		"title":              {`"title":"zzz","fields":[` + a + `]`, "/title", "unknown_path"},
		"layout":             {`"fields":[` + a + `],"layout":[{"id":"g","name":{},"fields":["a","b"]}]`, "/layout/0/fields/1", "unknown_path"},
		"layout twice":       {`"fields":[` + a + `],"layout":[{"id":"g","name":{},"fields":["a"]},{"id":"h","name":{},"fields":["a"]}]`, "/layout/1/fields/0", "duplicate_id"},
		"layout group twice": {`"fields":[` + a + `],"layout":[{"id":"g","name":{},"fields":["a"]},{"id":"g","name":{},"fields":[]}]`, "/layout/1/id", "duplicate_id"},
		"access hide":        {`"fields":[` + a + `],"access":[{"role":"x","hide":["b"]}]`, "/access/0/hide/0", "unknown_path"},
		"access column":      {`"fields":[` + lines + `],"access":[{"role":"x","lock":["lines.x","lines.y"]}]`, "/access/0/lock/1", "unknown_path"},
		"access rows":        {`"fields":[` + a + `],"access":[{"role":"x","rows":{"field":"b","operator":"=","value":"x"}}]`, "/access/0/rows/field", "rule_unknown_field"},
		"index":              {`"fields":[` + a + `],"indexes":[{"id":"i","field":"b"}]`, "/indexes/0/field", "unknown_path"},
		"index of lines":     {`"fields":[` + lines + `],"indexes":[{"id":"i","field":"lines"}]`, "/indexes/0/field", "not_allowed"},
		"index twice":        {`"fields":[` + a + `],"indexes":[{"id":"i","field":"a"},{"id":"i","field":"a"}]`, "/indexes/1/id", "duplicate_id"},
		"check at":           {`"fields":[` + n + `],"checks":[{"id":"c","formula":"n > 1","at":"m","message":{}}]`, "/checks/0/at", "unknown_path"},
		"check kind":         {`"fields":[` + n + `],"checks":[{"id":"c","formula":"n + 1","message":{}}]`, "/checks/0/formula", "formula_kind"},
		"check twice":        {`"fields":[` + n + `],"checks":[{"id":"c","formula":"n > 1","message":{}},{"id":"c","formula":"n > 1","message":{}}]`, "/checks/1/id", "duplicate_id"},
		"check condition":    {`"fields":[` + n + `],"checks":[{"id":"c","holds":{"field":"m","operator":"=","value":1},"message":{}}]`, "/checks/0/holds/field", "rule_unknown_field"},
		"line check":         {`"fields":[{"id":"l","type":"lines","name":{},"fields":[` + n + `],"checks":[{"id":"c","formula":"zz > 1","message":{}}]}]`, "/fields/0/checks/0/formula", "formula_unknown_field"},
		"line check at":      {`"fields":[{"id":"l","type":"lines","name":{},"fields":[` + n + `],"checks":[{"id":"c","formula":"n > 1","at":"a","message":{}}]}]`, "/fields/0/checks/0/at", "unknown_path"},
		"field twice":        {`"fields":[` + a + `,` + a + `]`, "/fields/1/id", "duplicate_id"},
		"column twice":       {`"fields":[{"id":"l","type":"lines","name":{},"fields":[` + a + `,` + a + `]}]`, "/fields/0/fields/1/id", "duplicate_id"},
		"option twice":       {`"fields":[{"id":"s","type":"select","name":{},"options":[{"id":"x","name":{}},{"id":"x","name":{}}]}]`, "/fields/0/options/1/id", "duplicate_id"},
		"reserved id":        {`"fields":[{"id":"parent","type":"text","name":{}}]`, "/fields/0/id", "reserved_id"},
		"two serials":        {`"fields":[{"id":"s","type":"serial","name":{}},{"id":"t","type":"serial","name":{}}]`, "/fields/1/type", "second_serial"},
		"lines in lines":     {`"fields":[{"id":"l","type":"lines","name":{},"fields":[` + lines + `]}]`, "/fields/0/fields/0/type", "not_allowed"},
		"no result":          {`"fields":[{"id":"c","type":"computed","name":{},"formula":"1"}]`, "/fields/0/type", "not_allowed"},
		"pattern":            {`"fields":[{"id":"a","type":"text","name":{},"pattern":"(?=x)"}]`, "/fields/0/pattern", "invalid_pattern"},
		"too many rows":      {`"fields":[{"id":"l","type":"lines","name":{},"maxRows":5001,"fields":[` + a + `]}]`, "/fields/0/maxRows", "too_large"},
		"unknown form":       {`"fields":[{"id":"r","type":"reference","name":{},"form":"zzz"}]`, "/fields/0/form", "unknown_form"},
		"unknown chain":      {`"chain":"zzz","fields":[` + a + `]`, "/chain", "unknown_chain"},
		"unknown rule":       {`"rules":["route","zzz"],"fields":[` + a + `]`, "/rules/1", "unknown_rule"},
		"visible":            {`"fields":[{"id":"a","type":"text","name":{},"visibleWhen":{"field":"b","operator":"null"}}]`, "/fields/0/visibleWhen/field", "rule_unknown_field"},
		"required":           {`"fields":[{"id":"l","type":"lines","name":{},"fields":[{"id":"a","type":"text","name":{},"requiredWhen":{"field":"b","operator":"null"}}]}]`, "/fields/0/fields/0/requiredWhen/field", "rule_unknown_field"},
		"formula":            {`"fields":[{"id":"c","type":"computed","name":{},"formula":"1 +","result":"number"}]`, "/fields/0/formula", "formula_syntax"},
		"result kind":        {`"fields":[{"id":"c","type":"computed","name":{},"formula":"1","result":"text"}]`, "/fields/0/formula", "formula_kind"},
		"default formula":    {`"fields":[{"id":"d","type":"date","name":{},"defaultFormula":"NOW()"}]`, "/fields/0/defaultFormula", "formula_kind"},
		"default type":       {`"fields":[{"id":"n","type":"number","name":{},"default":"1"}]`, "/fields/0/default", "wrong_type"},
		"default option":     {`"fields":[{"id":"m","type":"multiselect","name":{},"default":["y"],"options":[{"id":"x","name":{}}]}]`, "/fields/0/default/0", "not_option"},
		"default too long":   {`"fields":[{"id":"l","type":"lines","name":{},"fields":[{"id":"a","type":"text","name":{},"maxLength":1,"default":"ab"}]}]`, "/fields/0/fields/0/default", "too_long"},
		"default phone":      {`"fields":[{"id":"p","type":"phone","name":{},"default":"x"}]`, "/fields/0/default", "invalid_phone"},
		"default number":     {`"fields":[{"id":"n","type":"number","name":{},"default":1.2345678901234567}]`, "/fields/0/default", "number_range"},
		"computed itself":    {`"fields":[{"id":"c","type":"computed","name":{},"formula":"c + 1","result":"number"}]`, "/fields/0", "dependency_cycle"},
		"computed circle":    {`"fields":[` + n + `,{"id":"b","type":"computed","name":{},"formula":"c + n","result":"number"},{"id":"c","type":"computed","name":{},"formula":"b","result":"number"}]`, "/fields/1", "dependency_cycle"},
		"visible circle":     {`"fields":[{"id":"a","type":"text","name":{},"visibleWhen":{"field":"b","operator":"null"}},{"id":"b","type":"text","name":{},"visibleWhen":{"field":"a","operator":"null"}}]`, "/fields/0", "dependency_cycle"},
		"line circle":        {`"fields":[{"id":"l","type":"lines","name":{},"fields":[{"id":"x","type":"computed","name":{},"formula":"parent.t","result":"number"}]},{"id":"t","type":"computed","name":{},"formula":"SUM(l.x)","result":"number"}]`, "/fields/0/fields/0", "dependency_cycle"},
		"lines hide themselves": {`"fields":[{"id":"l","type":"lines","name":{},"visibleWhen":{"field":"t","operator":">","value":0},"fields":[` + n + `]},{"id":"t","type":"computed","name":{},"formula":"SUM(l.n)","result":"number"}]`,
			"/fields/0", "dependency_cycle"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, problems := form.Compile(definition(t, c.members), zoned{shanghai(t)})
			require.Nil(t, f)
			require.Equal(t, []wanted{{Path: c.path, Code: c.code}}, compact(problems))
			require.Contains(t, schemas.Codes(), c.code)
		})
	}
}

func TestCircleNamesItsFields(t *testing.T) {
	t.Parallel()
	_, problems := form.Compile(definition(t, `"fields":[{"id":"t","type":"computed","name":{},"formula":"SUM(l.x)","result":"number"},
		{"id":"l","type":"lines","name":{},"fields":[{"id":"x","type":"computed","name":{},"formula":"parent.t * 2","result":"number"}]}]`), nil)
	require.Len(t, problems, 1)
	require.Equal(t, []string{"t", "l.x"}, problems[0].Params["fields"])
}

func TestCompileWithoutKnownAsksNothing(t *testing.T) {
	t.Parallel()
	f, problems := form.Compile(definition(t, `"chain":"zzz","rules":["zzz"],"fields":[{"id":"m","type":"money","name":{}},{"id":"r","type":"reference","name":{},"form":"zzz"}]`), nil)
	require.Empty(t, problems)
	require.Equal(t, "UTC", f.Zone.String())
	require.Equal(t, "CNY", f.Shape.Slots[0].Unit)
}

func TestShapeAndSchema(t *testing.T) {
	t.Parallel()
	f := compile(t, []byte(benchForm))
	var paths []string
	for _, s := range f.Shape.Slots {
		paths = append(paths, s.Path)
	}
	require.Equal(t, []string{"no", "customer", "grade", "channel", "urgency", "phone",
		"address.province", "address.city", "address.district", "address.street", "address.postcode", "address.name", "address.phone",
		"wanted", "placed", "vin", "tags", "sales", "invoice", "taxNo", "discount", "freight", "remark", "lines", "total", "count", "payable",
		"$id", "$no", "$state", "$entered", "$created", "$createdBy", "$updated"}, paths)
	slot, ok := f.Shape.Slot("lines")
	require.True(t, ok)
	require.Same(t, f.Shape, f.Shape.Slots[slot].Rows.Parent)
	require.NotContains(t, string(f.Schema), "x-slot")
	checker, err := schemas.Compile(f.Schema)
	require.NoError(t, err)
	require.True(t, checker.OnePass(), checker.Reason())
	require.Empty(t, checker.Check(benchOrder(2), nil))
}
