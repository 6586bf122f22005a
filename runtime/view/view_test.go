package view_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/view"
)

// orderShape is the shape of an order form.
func orderShape() *fact.Shape {
	return fact.NewShape([]fact.Slot{
		{Path: "customer", Kind: fact.Text},
		{Path: "grade", Kind: fact.Text, Enum: []string{"vip", "normal", "new"}},
		{Path: "amount", Kind: fact.Number},
		{Path: "due", Kind: fact.Date},
		{Path: "paid", Kind: fact.Bool},
		{Path: "tags", Kind: fact.List},
		{Path: "address.city", Kind: fact.Text},
		{Path: "lines", Kind: fact.Rows, Rows: fact.NewShape([]fact.Slot{{Path: "sku", Kind: fact.Text}, {Path: "qty", Kind: fact.Number}})},
		{Path: fact.PathID, Kind: fact.Text}, {Path: fact.PathNo, Kind: fact.Text}, {Path: fact.PathState, Kind: fact.Text},
		{Path: fact.PathEntered, Kind: fact.Time}, {Path: fact.PathCreated, Kind: fact.Time},
		{Path: fact.PathCreatedBy, Kind: fact.Text}, {Path: fact.PathUpdated, Kind: fact.Time},
	})
}

var orderChain = &view.ChainInfo{States: []view.StateInfo{
	{ID: "review", Warn: 90 * time.Minute, Late: 2 * time.Hour}, {ID: "routed", Late: time.Hour}, {ID: "done"},
}}

func orderBoard() *def.View {
	return &def.View{
		Head: def.Head{ID: "orders"}, Type: def.ViewBoard, Form: "order", Roles: []string{"warehouse"}, GroupBy: fact.PathState,
		Card: &def.Card{Title: "customer", Fields: []string{"amount", "due", "tags", "paid", "address.city"}, Badges: []string{"grade", "amount"}},
	}
}

func orderList() *def.View {
	return &def.View{
		Head: def.Head{ID: "all"}, Type: def.ViewList, Form: "order", Roles: []string{"*"},
		Columns: []def.Column{{Field: fact.PathNo}, {Field: "customer"}},
	}
}

func compiled(t testing.TB, d *def.View) *view.View {
	t.Helper()
	v, problems := view.Compile(d, orderShape(), orderChain)
	require.Empty(t, problems)
	return v
}

func condition(t testing.TB, text string) *def.Condition {
	t.Helper()
	c := &def.Condition{}
	require.NoError(t, json.Unmarshal([]byte(text), c))
	return c
}

func TestCompileSaysWhereAndWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		base  func() *def.View
		spoil func(d *def.View)
		want  string
	}{
		"unknown type":           {orderBoard, func(d *def.View) { d.Type = "gantt" }, "not_option at /type"},
		"no group":               {orderBoard, func(d *def.View) { d.GroupBy = "" }, "required at /groupBy"},
		"unknown group field":    {orderBoard, func(d *def.View) { d.GroupBy = "shop" }, "unknown_path at /groupBy"},
		"group by open text":     {orderBoard, func(d *def.View) { d.GroupBy = "customer" }, "not_groupable at /groupBy"},
		"group by many":          {orderBoard, func(d *def.View) { d.GroupBy = "tags" }, "not_groupable at /groupBy"},
		"unknown column":         {orderBoard, func(d *def.View) { d.Columns = []def.Column{{Group: "review"}, {Group: "lost"}} }, "not_option at /columns/1/group"},
		"column twice":           {orderBoard, func(d *def.View) { d.Columns = []def.Column{{Group: "done"}, {Group: "done"}} }, "duplicate_id at /columns/1/group"},
		"column without group":   {orderBoard, func(d *def.View) { d.Columns = []def.Column{{}} }, "required at /columns/0/group"},
		"column of a list":       {orderBoard, func(d *def.View) { d.Columns = []def.Column{{Group: "done", Field: "amount"}} }, "not_allowed at /columns/0/field"},
		"no card":                {orderBoard, func(d *def.View) { d.Card = nil }, "required at /card"},
		"no title":               {orderBoard, func(d *def.View) { d.Card.Title = "" }, "required at /card/title"},
		"unknown title":          {orderBoard, func(d *def.View) { d.Card.Title = "x" }, "unknown_path at /card/title"},
		"title of lines":         {orderBoard, func(d *def.View) { d.Card.Title = "lines" }, "not_showable at /card/title"},
		"unknown card field":     {orderBoard, func(d *def.View) { d.Card.Fields[1] = "x" }, "unknown_path at /card/fields/1"},
		"lines on the card":      {orderBoard, func(d *def.View) { d.Card.Badges[0] = "lines" }, "not_showable at /card/badges/0"},
		"window":                 {orderBoard, func(d *def.View) { d.Window = 501 }, "too_large at /window"},
		"sort by lines":          {orderBoard, func(d *def.View) { d.Sort.Field = "lines" }, "not_sortable at /sort/field"},
		"sort by many":           {orderBoard, func(d *def.View) { d.Sort.Field = "tags" }, "not_sortable at /sort/field"},
		"sort by number drawn":   {orderBoard, func(d *def.View) { d.Sort.Field = fact.PathNo }, ""},
		"unknown sort":           {orderBoard, func(d *def.View) { d.Sort.Field = "x" }, "unknown_path at /sort/field"},
		"unknown colour":         {orderBoard, func(d *def.View) { d.Colors = []def.Paint{{When: &def.Condition{Combinator: "and"}, Color: "pink"}} }, "not_option at /colors/0/color"},
		"colour without when":    {orderBoard, func(d *def.View) { d.Colors = []def.Paint{{Color: "red"}} }, "required at /colors/0/when"},
		"list grouped":           {orderList, func(d *def.View) { d.GroupBy = "grade" }, "not_allowed at /groupBy"},
		"list with card":         {orderList, func(d *def.View) { d.Card = &def.Card{Title: "customer"} }, "not_allowed at /card"},
		"list without columns":   {orderList, func(d *def.View) { d.Columns = nil }, "required at /columns"},
		"list column of a board": {orderList, func(d *def.View) { d.Columns[0].Group = "done" }, "not_allowed at /columns/0/group"},
		"list unknown column":    {orderList, func(d *def.View) { d.Columns[1].Field = "x" }, "unknown_path at /columns/1/field"},
	} {
		d := c.base()
		c.spoil(d)
		_, problems := view.Compile(d, orderShape(), orderChain)
		if c.want == "" {
			require.Empty(t, problems, name)
			continue
		}
		require.Len(t, problems, 1, name)
		require.Equal(t, c.want, problems[0].Error(), name)
	}
	_, problems := view.Compile(orderBoard(), orderShape(), nil)
	require.Len(t, problems, 1)
	require.Equal(t, "no_chain at /groupBy", problems[0].Error())
}

func TestFiltersAndColoursMustNotChangeByThemselves(t *testing.T) {
	for text, reason := range map[string]string{
		`{"field":"customer","operator":"=","valueSource":"actor","value":"id"}`:                                                                             "actor",
		`{"field":"due","operator":"<","valueSource":"formula","value":"TODAY()"}`:                                                                           "clock",
		`{"combinator":"or","rules":[{"field":"due","operator":"between","valueSource":"formula","value":["DATE(2026,1,1)","today ( ) + 3"]}]}`:              "clock",
		`{"field":"$entered","operator":"<","valueSource":"formula","value":"ｎｏｗ（）"}`:                                                                        "clock",
		`{"field":"lines","match":{"mode":"some"},"value":{"combinator":"and","rules":[{"field":"sku","operator":"=","valueSource":"actor","value":"id"}]}}`: "actor",
	} {
		d := orderBoard()
		d.Filter = condition(t, text)
		d.Colors = []def.Paint{{When: condition(t, text), Color: "red"}}
		_, problems := view.Compile(d, orderShape(), orderChain)
		require.Len(t, problems, 2, text)
		require.Equal(t, "view_not_static at /filter", problems[0].Error(), text)
		require.Equal(t, reason, problems[0].Params["reason"], text)
		require.Equal(t, "view_not_static at /colors/0/when", problems[1].Error(), text)
	}
	for _, text := range []string{
		`{"field":"amount","operator":">","valueSource":"formula","value":"amount * 2"}`,
		`{"field":"customer","operator":"=","value":"NOW() or TODAY()"}`,
		`{"field":"customer","operator":"=","value":"actor"}`,
	} {
		d := orderBoard()
		d.Filter = condition(t, text)
		_, problems := view.Compile(d, orderShape(), orderChain)
		require.Empty(t, problems, text)
	}
}

func TestProblemsOfConditionsPointIntoTheView(t *testing.T) {
	d := orderBoard()
	d.Filter = condition(t, `{"combinator":"and","rules":[{"field":"x","operator":"=","value":"1"}]}`)
	d.Colors = []def.Paint{{When: condition(t, `{"field":"y","operator":"=","value":"1"}`), Color: "red"}}
	_, problems := view.Compile(d, orderShape(), orderChain)
	require.Len(t, problems, 2)
	require.Equal(t, "/filter/rules/0/field", problems[0].Path)
	require.Equal(t, "/colors/0/when/field", problems[1].Path)
}

func TestGroupsOfABoard(t *testing.T) {
	require.Equal(t, []string{"review", "routed", "done"}, compiled(t, orderBoard()).Groups())

	d := orderBoard()
	d.Columns = []def.Column{{Group: "done"}, {Group: "review"}}
	v := compiled(t, d)
	require.Equal(t, []string{"done", "review"}, v.Groups())
	require.True(t, v.Shows("done"))
	require.False(t, v.Shows("routed"))
	require.False(t, v.Shows(""))

	d = orderBoard()
	d.GroupBy = "grade"
	v = compiled(t, d)
	require.Equal(t, []string{"vip", "normal", "new", ""}, v.Groups(), "nothing gets lost because a field is empty")
	require.True(t, v.Shows(""))
	require.False(t, v.Shows("gone"))

	require.Equal(t, []string{""}, compiled(t, orderList()).Groups())
}

func TestWhoSeesAView(t *testing.T) {
	board, all := compiled(t, orderBoard()), compiled(t, orderList())
	picker, driver := fact.Actor{Roles: []string{"x", "warehouse"}}, fact.Actor{Roles: []string{"driver"}}
	require.True(t, board.Seen(picker))
	require.False(t, board.Seen(driver))
	require.True(t, all.Seen(driver))
	d := orderBoard()
	d.Roles = nil
	require.False(t, compiled(t, d).Seen(picker), "a view that names no role is seen by nobody")
}

func TestAViewRevealsWhatItIsGroupedAndSortedBy(t *testing.T) {
	d := orderBoard()
	d.GroupBy, d.Sort.Field = "grade", "address.city"
	v := compiled(t, d)
	for hidden, want := range map[string]bool{"grade": true, "address": true, "address.city": true, "amount": false, "customer": false} {
		_, reveals := v.Reveals(func(path string) bool { return path == hidden })
		require.Equal(t, want, reveals, hidden)
	}
	_, reveals := compiled(t, orderBoard()).Reveals(nil)
	require.False(t, reveals)
}

func TestWindowHasADefaultAndAnEnd(t *testing.T) {
	d := orderBoard()
	require.Equal(t, view.DefaultWindow, compiled(t, d).Window())
	d.Window = 7
	require.Equal(t, 7, compiled(t, d).Window())
}
