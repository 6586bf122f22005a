package view_test

import (
	"bytes"
	"testing"

	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/view"
)

// placeOf puts a value at a path of an otherwise empty order.
func placeOf(t testing.TB, v *view.View, path string, val fact.Value) []byte {
	t.Helper()
	s := orderShape()
	row := make(fact.Row, len(s.Slots))
	i, ok := s.Slot(path)
	require.True(t, ok)
	row[i] = val
	_, sort, in := v.Place(row, &fact.Env{})
	require.True(t, in)
	return sort
}

func numbers(texts ...string) []fact.Value {
	var out []fact.Value
	for _, s := range texts {
		out = append(out, fact.OfNumber(decimal.MustParse(s)))
	}
	return out
}

func TestSortKeysAreOrderedAsTheValuesAreShown(t *testing.T) {
	for path, ascending := range map[string][]fact.Value{
		"amount":   numbers("-1000", "-999.99", "-10", "-9.5", "-0.001", "0", "0.0001", "0.5", "1", "1.05", "1.5", "9", "10", "99999999.99", "1000000000000000000"),
		"due":      {fact.OfDate(-20000), fact.OfDate(-1), fact.OfDate(0), fact.OfDate(1), fact.OfDate(20000)},
		"$created": {fact.OfTime(-5), fact.OfTime(0), fact.OfTime(1), fact.OfTime(1_700_000_000_000)},
		"paid":     {fact.OfBool(false), fact.OfBool(true)},
		"customer": {fact.OfText(" "), fact.OfText("a"), fact.OfText("a\x02"), fact.OfText("ab"), fact.OfText("b"), fact.OfText("京东"), fact.OfText("京东方")},
		"grade":    {fact.OfText("vip"), fact.OfText("normal"), fact.OfText("new"), fact.OfText("a-gone"), fact.OfText("z-gone")},
	} {
		up, down := orderBoard(), orderBoard()
		up.Sort, down.Sort = def.Sort{Field: path}, def.Sort{Field: path, Desc: true}
		upwards, downwards := compiled(t, up), compiled(t, down)
		for i := range ascending {
			a := placeOf(t, upwards, path, ascending[i])
			require.Negative(t, bytes.Compare(a, placeOf(t, upwards, path, fact.Value{})), "%s: without value comes last", path)
			require.Negative(t, bytes.Compare(placeOf(t, downwards, path, ascending[i]), placeOf(t, downwards, path, fact.Value{})), "%s: also downwards", path)
			for j := i + 1; j < len(ascending); j++ {
				require.Negative(t, bytes.Compare(a, placeOf(t, upwards, path, ascending[j])), "%s: %d before %d", path, i, j)
				require.Positive(t, bytes.Compare(placeOf(t, downwards, path, ascending[i]), placeOf(t, downwards, path, ascending[j])), "%s: %d after %d", path, i, j)
			}
		}
	}
}

func TestPlaceTellsTheGroupAndAppliesTheFilter(t *testing.T) {
	d := orderBoard()
	d.GroupBy = "grade"
	d.Filter = condition(t, `{"field":"amount","operator":">","value":100}`)
	v := compiled(t, d)
	s := orderShape()
	row := make(fact.Row, len(s.Slots))
	row[1], row[2] = fact.OfText("vip"), fact.OfInt(101)
	group, sort, in := v.Place(row, &fact.Env{})
	require.True(t, in)
	require.Equal(t, "vip", group)
	require.NotEmpty(t, sort)
	row[2] = fact.OfInt(100)
	_, _, in = v.Place(row, &fact.Env{})
	require.False(t, in)

	group, _, in = compiled(t, orderList()).Place(row, &fact.Env{})
	require.True(t, in)
	require.Empty(t, group)
}

func TestTheNumberDrawnAtTheCommitSortsByTheTimeOfCreation(t *testing.T) {
	// The number is not known when a new record is placed, so a key made of it
	// could not be found again at the next change.
	slots := append(orderShape().Slots, fact.Slot{Path: "orderNo", Kind: fact.Text, Drawn: true})
	s := fact.NewShape(slots)
	for _, path := range []string{fact.PathNo, "orderNo"} {
		d := orderList()
		d.Sort = def.Sort{Field: path, Desc: true}
		v, problems := view.Compile(d, s, nil)
		require.Empty(t, problems)
		before, after := make(fact.Row, len(s.Slots)), make(fact.Row, len(s.Slots))
		created, _ := s.Slot(fact.PathCreated)
		no, _ := s.Slot(path)
		before[created], after[created] = fact.OfTime(7), fact.OfTime(7)
		after[no] = fact.OfText("SO-0001")
		_, a, _ := v.Place(before, &fact.Env{})
		_, b, _ := v.Place(after, &fact.Env{})
		require.Equal(t, a, b)
		_, reveals := v.Reveals(func(hidden string) bool { return hidden == path })
		require.True(t, reveals)

		d.Sort, d.Filter = def.Sort{}, condition(t, `{"field":"`+path+`","operator":"notNull"}`)
		_, problems = view.Compile(d, s, nil)
		require.Len(t, problems, 1)
		require.Equal(t, "view_not_static at /filter", problems[0].Error())
	}
}
