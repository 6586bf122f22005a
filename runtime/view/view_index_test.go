package view_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/view"
)

func TestViewsThatAgreeShareTheirIndex(t *testing.T) {
	d := orderBoard()
	d.Filter = condition(t, `{"combinator":"and","rules":[{"field":"grade","operator":"=","value":"vip"}]}`)
	base := compiled(t, d).Index()
	require.Regexp(t, `^v/order/[0-9a-f]{16}$`, base)

	same := orderBoard()
	same.ID, same.Name, same.Window, same.Roles = "other", fact.Label{Zh: "别的"}, 9, []string{"*"}
	same.Columns = []def.Column{{Group: "done"}}
	same.Card = &def.Card{Title: "amount"}
	same.Colors = []def.Paint{{When: condition(t, `{"combinator":"or"}`), Color: "red"}}
	same.Filter = condition(t, `{"id":"g1", "rules":[{"value":"vip","operator":"=","field":"grade","id":"r1"}], "combinator":"and"}`)
	same.Sort = def.Sort{Field: fact.PathCreated, Desc: true}
	require.Equal(t, base, compiled(t, same).Index(), "only filter, grouping and order count")

	for name, change := range map[string]func(d *def.View){
		"filter":    func(d *def.View) { d.Filter = nil },
		"value":     func(d *def.View) { d.Filter = condition(t, `{"field":"grade","operator":"=","value":"new"}`) },
		"group":     func(d *def.View) { d.GroupBy = "grade" },
		"sort":      func(d *def.View) { d.Sort.Field = "amount" },
		"direction": func(d *def.View) { d.Sort = def.Sort{Field: fact.PathCreated} },
		"form":      func(d *def.View) { d.Form = "return" },
	} {
		other := *d
		change(&other)
		require.NotEqual(t, base, compiled(t, &other).Index(), name)
	}
}

func TestAnIndexIsOfTheKindsItWasMadeFrom(t *testing.T) {
	d := orderBoard()
	d.Sort.Field = "grade"
	d.Filter = condition(t, `{"field":"lines","match":{"mode":"some"},"value":{"combinator":"and","rules":[{"field":"qty","operator":"notNull"}]}}`)
	index := func(change func(s []fact.Slot)) string {
		slots := orderShape().Slots
		change(slots)
		v, problems := view.Compile(d, fact.NewShape(slots), orderChain)
		require.Empty(t, problems)
		return v.Index()
	}
	base := index(func([]fact.Slot) {})
	require.Equal(t, base, index(func(s []fact.Slot) { s[0].Kind = fact.Number }), "the view does not look at it")
	require.NotEqual(t, base, index(func(s []fact.Slot) { s[1].Enum = []string{"normal", "vip", "new"} }), "options were put in another order")
	require.NotEqual(t, base, index(func(s []fact.Slot) {
		s[7].Rows = fact.NewShape([]fact.Slot{{Path: "sku", Kind: fact.Text}, {Path: "qty", Kind: fact.Text}})
	}), "the filter reads another kind")
}
