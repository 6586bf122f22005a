package rule

import (
	"math"
	"slices"

	"github.com/govalues/decimal"

	"sluice/runtime/expr"
	"sluice/runtime/fact"
)

// A table of this many rows or fewer is asked row by row.
const scanned = 4

// index is how the rows of a table are found: by a value that the record must
// have (probes), then by cheap equalities of the record (guards), and only what
// passes both is asked its remaining comparisons (plans).
type index struct {
	probes []probe
	always []entry // rows that no probe can find
	guards []guardSlot
	plans  []plan // by row
}

// probe looks one slot of the record, or of each of its lines, up in a table of
// the values that rows ask for.
type probe struct {
	lines   int // slot of the rows field, -1 for the record's own slots
	slot    int
	kind    fact.Kind
	exact   bool
	words   *automaton // parts of a text instead of whole values
	texts   map[string][]entry
	numbers map[decimal.Decimal][]entry
	days    map[int64][]entry
}

// entry is a row to look at when its key is met. Entries of a key lie next to
// each other, so that most rows are passed over without leaving the cache.
type entry struct {
	row  int32
	a, b guard
}

// guard is an equality of the record: the value of a guard slot must have the id.
// The zero guard always holds.
type guard struct {
	slot int16
	id   int32
}

// guardSlot gives the values that rows compare a slot with their ids, from 1.
type guardSlot struct {
	slot  int
	kind  fact.Kind // Text or Bool
	exact bool
	ids   map[string]int32
}

// plan is what is left to ask of a row that was found and not guarded off.
type plan struct {
	line test // of the line whose key was met; nil when nothing is left or it was no line
	rest test // of the record; nil when nothing is left
	row  *tableRow
}

// indexer builds an index.
type indexer struct {
	index
	entries map[probeID]*keyed
	order   []*keyed
	guarded map[int]int16 // by slot: its number in guards
}

// keyed gathers the entries of one probe.
type keyed struct {
	id    probeID
	field *fact.Slot
	rows  map[key][]entry
	order []key
}

func newIndex(rows []tableRow) index {
	b := indexer{entries: map[probeID]*keyed{}, guarded: map[int]int16{}}
	b.guards = make([]guardSlot, 1) // number 0 is no guard
	b.plans = make([]plan, len(rows))
	ways, c := make([][]access, len(rows)), chooser{}
	if len(rows) > scanned {
		for i := range rows {
			ways[i] = accesses(rows[i].when, nil)
			c.note(ways[i])
		}
	}
	for i := range rows {
		var best *access
		price := 0.7 // dearer ways are no better than asking the row each time
		for k := range ways[i] {
			if p := c.price(ways[i][k]); p < price {
				best, price = &ways[i][k], p
			}
		}
		b.add(int32(i), &rows[i], best, len(rows) > scanned)
	}
	for _, e := range b.order {
		b.build(e)
	}
	slices.SortFunc(b.always, func(x, y entry) int { return int(x.row - y.row) })
	return b.index
}

// add plans a row and enters it under the keys of its access.
func (b *indexer) add(i int32, r *tableRow, way *access, guarded bool) {
	p, rest := plan{row: r}, conjuncts(r.when, nil)
	if way != nil {
		p.line, rest = proven(way, rest)
	}
	e := entry{row: i}
	if guarded {
		rest = b.guard(&e, rest)
	}
	if len(rest) > 0 {
		p.rest, _ = joined(rest, false)
	}
	b.plans[i] = p
	if way == nil {
		b.always = append(b.always, e)
		return
	}
	for _, k := range way.keys {
		g := b.entries[k.id]
		if g == nil {
			g = &keyed{id: k.id, field: k.field, rows: map[key][]entry{}}
			b.entries[k.id] = g
			b.order = append(b.order, g)
		}
		g.add(k, e)
	}
}

func (g *keyed) add(k key, e entry) {
	have, ok := g.rows[k]
	if !ok {
		g.order = append(g.order, k)
	}
	if len(have) == 0 || have[len(have)-1].row != e.row {
		g.rows[k] = append(have, e)
	}
}

// conjuncts returns the conditions that must all hold for n to hold.
func conjuncts(n *cond, all []*cond) []*cond {
	if !n.src.IsGroup() || n.or || n.not {
		return append(all, n)
	}
	for _, k := range n.kids {
		all = conjuncts(k, all)
	}
	return all
}

// proven takes away from what a found row is asked what finding it has
// answered; of a match that needs one line, the line's other comparisons are
// asked of the line with the key alone.
func proven(way *access, all []*cond) (line test, rest []*cond) {
	switch {
	case way.leaf == nil:
		return nil, all
	case way.match == nil:
		return nil, without(all, way.leaf)
	case way.match.match.Mode != "some" || !slices.Contains(all, way.match):
		return nil, all
	}
	inner := conjuncts(way.match.lines, nil)
	left := without(inner, way.leaf)
	if len(left) == len(inner) {
		return nil, all
	}
	if len(left) > 0 {
		line, _ = joined(left, false)
	}
	return line, without(all, way.match)
}

func without(all []*cond, one *cond) []*cond {
	return slices.DeleteFunc(slices.Clone(all), func(n *cond) bool { return n == one })
}

// guard moves up to two equalities of the record from rest into the entry.
func (b *indexer) guard(e *entry, rest []*cond) []*cond {
	var left []*cond
	for _, n := range rest {
		g := &e.a
		if *g != (guard{}) {
			g = &e.b
		}
		if *g != (guard{}) || !b.guardable(n) {
			left = append(left, n)
			continue
		}
		*g = b.guardOf(n)
	}
	return left
}

func (b *indexer) guardable(n *cond) bool {
	kind := n.at.slotKind()
	_, known := b.guarded[n.at.i]
	return !n.not && n.op.name == "=" && !n.op.negative && !n.at.up && len(n.side.constants) == 1 &&
		(kind == fact.Text || kind == fact.Bool) && (known || len(b.guards) < 32)
}

func (p *place) slotKind() fact.Kind {
	if p.slot == nil {
		return fact.None
	}
	return p.slot.Kind
}

func (b *indexer) guardOf(n *cond) guard {
	number, ok := b.guarded[n.at.i]
	if !ok {
		number = int16(len(b.guards))
		b.guarded[n.at.i] = number
		b.guards = append(b.guards, guardSlot{slot: n.at.i, kind: n.at.slot.Kind, exact: n.exact, ids: map[string]int32{}})
	}
	g := &b.guards[number]
	if g.kind == fact.Bool {
		return guard{slot: number, id: boolID(n.side.constants[0].Bool())}
	}
	word := n.words()[0]
	if g.ids[word] == 0 {
		g.ids[word] = int32(len(g.ids) + 1)
	}
	return guard{slot: number, id: g.ids[word]}
}

func boolID(yes bool) int32 {
	if yes {
		return 2
	}
	return 1
}

func (b *indexer) build(e *keyed) {
	p := probe{lines: e.id.lines, slot: e.id.slot, kind: e.field.Kind, exact: expr.Exact(e.field)}
	p.texts, p.numbers, p.days = map[string][]entry{}, map[decimal.Decimal][]entry{}, map[int64][]entry{}
	var words []string
	for _, k := range e.order {
		switch e.field.Kind {
		case fact.Number:
			p.numbers[k.num] = e.rows[k]
		case fact.Date:
			p.days[k.day] = e.rows[k]
		default:
			p.texts[k.text] = e.rows[k]
			words = append(words, k.text)
		}
	}
	if e.id.words {
		if p.words = newAutomaton(p.texts, words); p.words == nil {
			b.ungroup(e)
			return
		}
	}
	b.probes = append(b.probes, p)
}

// ungroup gives up a probe whose words are too many: its rows are always asked, in full.
func (b *indexer) ungroup(e *keyed) {
	seen := map[int32]bool{}
	for _, x := range b.always {
		seen[x.row] = true
	}
	for _, k := range e.order {
		for _, x := range e.rows[k] {
			if p := &b.plans[x.row]; !seen[x.row] {
				seen[x.row] = true
				p.line, p.rest = nil, p.row.when.holds
				b.always = append(b.always, entry{row: x.row})
			}
		}
	}
}

// scratch is the memory of one decision.
type scratch struct {
	stamps []uint32 // by row: the last decision that needs not look at it again
	now    uint32
	cur    []int32 // by guard slot: the id of the record's value
	hits   []int32
	best   int32 // with policy first: the first row that holds so far
	fold   []byte
}

func (x *index) newScratch() *scratch {
	return &scratch{stamps: make([]uint32, len(x.plans)), cur: make([]int32, len(x.guards))}
}

// begin forgets the decision before and reads the guards.
func (s *scratch) begin(x *index, row fact.Row) {
	s.hits, s.best = s.hits[:0], math.MaxInt32
	if s.now++; s.now == 0 {
		clear(s.stamps)
		s.now = 1
	}
	for i := 1; i < len(x.guards); i++ {
		g := &x.guards[i]
		v := at(row, g.slot, g.kind)
		switch {
		case v.Empty():
			s.cur[i] = 0
		case g.kind == fact.Bool:
			s.cur[i] = boolID(v.Bool())
		default:
			s.cur[i] = s.idOf(g, v.Text())
		}
	}
}

func (s *scratch) idOf(g *guardSlot, text string) int32 {
	if g.exact || expr.IsFolded(text) {
		return g.ids[text]
	}
	s.fold = expr.AppendFold(s.fold[:0], text)
	return g.ids[string(s.fold)]
}
