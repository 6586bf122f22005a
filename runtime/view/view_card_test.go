package view_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/runtime/fact"
)

func sampleOrder() (*fact.Record, fact.Row) {
	at := time.Date(2026, 1, 31, 8, 0, 0, 0, time.UTC)
	rec := &fact.Record{Form: "order", ID: "o1", Rev: 3, State: "review", Entered: at, Created: at}
	s := orderShape()
	row := make(fact.Row, len(s.Slots))
	row[0] = fact.OfText("沪\"汽\"\n\x01")
	row[1] = fact.OfText("vip")
	row[2] = fact.OfNumber(decimal.MustParse("1280.50"))
	row[3] = fact.OfDate(20484)
	row[5] = fact.OfList([]string{"急", "b"})
	set := func(path string, v fact.Value) { i, _ := s.Slot(path); row[i] = v }
	set(fact.PathNo, fact.OfText("SO-1"))
	set(fact.PathState, fact.OfText("review"))
	set(fact.PathCreated, fact.OfTime(at.UnixMilli()))
	return rec, row
}

func TestACardIsWhatItsViewShows(t *testing.T) {
	d := orderBoard()
	d.Colors = []def.Paint{
		{When: condition(t, `{"field":"amount","operator":">","value":5000}`), Color: "red"},
		{When: condition(t, `{"field":"amount","operator":">","value":1000}`), Color: "orange"},
		{When: condition(t, `{"combinator":"and"}`), Color: "gray"},
	}
	v := compiled(t, d)
	rec, row := sampleOrder()
	card := v.Card([]byte("x"), rec, row, nil, &fact.Env{})
	require.Equal(t, byte('x'), card[0], "it is appended")
	_, sort, _ := v.Place(row, &fact.Env{})
	require.JSONEq(t, `{"id":"o1","no":"SO-1","rev":3,"group":"review","sort":"`+hex(sort)+`","title":"沪\"汽\"\n\u0001","state":"review",
		"entered":"2026-01-31T08:00:00.000Z",
		"values":{"amount":1280.5,"due":"2026-01-31","tags":["急","b"],"grade":"vip"},
		"color":"orange","warn":"2026-01-31T09:30:00.000Z","due":"2026-01-31T10:00:00.000Z"}`, string(card[1:]))
}

func hex(b []byte) string {
	const digits = "0123456789abcdef"
	var out []byte
	for _, c := range b {
		out = append(out, digits[c>>4], digits[c&15])
	}
	return string(out)
}

type shownCard struct {
	Title, Color, Due, Warn, Entered string
	Values                           map[string]any
}

func decoded(t testing.TB, text []byte) (c shownCard) {
	t.Helper()
	require.NoError(t, json.Unmarshal(text, &c))
	return c
}

func TestWhatIsHiddenIsLeftOutAndDoesNotColour(t *testing.T) {
	d := orderBoard()
	d.Colors = []def.Paint{
		{When: condition(t, `{"combinator":"and","rules":[{"field":"grade","operator":"=","value":"vip"},{"field":"amount","operator":">","valueSource":"formula","value":"amount / 2"}]}`), Color: "red"},
		{When: condition(t, `{"field":"lines","match":{"mode":"none"},"value":{"combinator":"and","rules":[{"field":"qty","operator":">","value":1}]}}`), Color: "blue"},
		{When: condition(t, `{"combinator":"and"}`), Color: "gray"},
	}
	v := compiled(t, d)
	rec, row := sampleOrder()
	show := func(hidden ...string) shownCard {
		return decoded(t, v.Card(nil, rec, row, func(path string) bool {
			for _, h := range hidden {
				if path == h {
					return true
				}
			}
			return false
		}, &fact.Env{}))
	}
	require.Equal(t, "red", show().Color)
	require.Equal(t, "blue", show("amount").Color)
	require.NotContains(t, show("amount").Values, "amount")
	require.Equal(t, "gray", show("grade", "lines").Color)
	require.Equal(t, "SO-1", show("customer").Title, "a hidden title falls back to the number")
	i, _ := orderShape().Slot("address.city")
	row[i] = fact.OfText("宁波")
	require.Contains(t, show().Values, "address.city")
	require.NotContains(t, show("address").Values, "address.city")
}

func TestACardAlwaysHasATitle(t *testing.T) {
	v := compiled(t, orderBoard())
	rec, row := sampleOrder()
	row[0] = fact.Value{}
	require.Equal(t, "SO-1", decoded(t, v.Card(nil, rec, row, nil, &fact.Env{})).Title)
	no, _ := orderShape().Slot(fact.PathNo)
	row[no] = fact.Value{}
	require.Equal(t, "o1", decoded(t, v.Card(nil, rec, row, nil, &fact.Env{})).Title)
}

func TestLimitsAreThoseOfTheState(t *testing.T) {
	v := compiled(t, orderBoard())
	rec, row := sampleOrder()
	rec.State = "routed"
	c := decoded(t, v.Card(nil, rec, row, nil, &fact.Env{}))
	require.Empty(t, c.Warn)
	require.Equal(t, "2026-01-31T09:00:00.000Z", c.Due)
	rec.State = "done"
	require.Empty(t, decoded(t, v.Card(nil, rec, row, nil, &fact.Env{})).Due)
	rec.State, rec.Entered = "routed", time.Time{}
	c = decoded(t, v.Card(nil, rec, row, nil, &fact.Env{}))
	require.Empty(t, c.Due)
	require.Empty(t, c.Entered)
}

func BenchmarkCard(b *testing.B) {
	v := compiled(b, orderBoard())
	rec, row := sampleOrder()
	env := &fact.Env{}
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = v.Card(buf[:0], rec, row, nil, env)
	}
}
