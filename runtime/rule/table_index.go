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

// probe looks one slot of the record, or of each of its lines, up in a table of
// the values that rows ask for. Every row that may hold is found by a probe or
// is in Table.always.
type probe struct {
	lines   int // slot of the rows field, -1 for the record's own slots
	slot    int
	kind    fact.Kind
	exact   bool
	words   *automaton // parts of a text instead of whole values
	texts   map[string][]int32
	numbers map[decimal.Decimal][]int32
	days    map[int64][]int32
}

// place is which probe a key belongs to.
type probeID struct {
	lines, slot int
	words       bool
}

// key is a value that a record must have somewhere, lest the row not hold.
type key struct {
	id    probeID
	field *fact.Slot
	text  string
	num   decimal.Decimal
	day   int64
}

// access is a way to find a row: it cannot hold unless one of the keys is met.
type access struct {
	keys []key
	leaf *cond // the comparison that is true once a key is met, nil when none is
}

// accesses returns the ways to find a row by a condition. lines is the rows field around, nil at the record.
func accesses(n *cond, lines *place) []access {
	switch {
	case n.not:
		return nil
	case n.match != nil:
		least, _ := bounds(n.match)
		if least < 1 || lines != nil || n.at.up {
			return nil
		}
		found := accesses(n.lines, &n.at)
		for i := range found {
			found[i].leaf = nil // other comparisons must hold on the same line
		}
		return found
	case n.src.IsGroup() && n.or:
		return anyAccess(n.kids, lines)
	case n.src.IsGroup():
		var all []access
		for _, k := range n.kids {
			all = append(all, accesses(k, lines)...)
		}
		return all
	}
	return keysOf(n, lines)
}

// anyAccess is the way to find a row by alternatives: the keys of all of them.
func anyAccess(kids []*cond, lines *place) []access {
	var union access
	for _, k := range kids {
		ways := accesses(k, lines)
		if len(ways) == 0 {
			return nil
		}
		union.keys = append(union.keys, slices.MinFunc(ways, func(a, b access) int { return len(a.keys) - len(b.keys) }).keys...)
	}
	if len(union.keys) == 0 {
		return nil
	}
	return []access{union}
}

func keysOf(n *cond, lines *place) []access {
	constants := n.side.constants
	if n.op.negative || n.at.up || len(constants) == 0 {
		return nil
	}
	part := false
	switch n.op.name {
	case "=", "in":
	case "contains", "containsAny", "containsAll":
		part = n.at.slot.Kind == fact.Text
	default:
		return nil
	}
	way := access{leaf: n}
	id := probeID{lines: -1, slot: n.at.i, words: part}
	if lines != nil {
		id.lines = lines.i
	}
	for k := range constants {
		one, ok := keyOf(n, &constants[k], id)
		if !ok {
			return nil
		}
		way.keys = append(way.keys, one)
	}
	if n.op.name == "containsAll" { // any one of them is enough to look for
		way.keys, way.leaf = way.keys[:1], nil
	}
	return []access{way}
}

func keyOf(n *cond, v *fact.Value, id probeID) (key, bool) {
	k := key{id: id, field: n.at.slot}
	switch {
	case v.Kind() == fact.Text:
		k.text = v.Text()
		if !n.exact {
			k.text = expr.Fold(k.text)
		}
	case v.Kind() == fact.Number:
		k.num = v.Number().Trim(0)
	case v.Kind() == fact.Date && n.at.slot.Kind == fact.Date:
		k.day = v.Days()
	default: // bools tell too little apart; instants need the zone
		return k, false
	}
	return k, true
}

// chooser weighs the ways to find a row.
type chooser map[probeID]map[key]struct{}

func (c chooser) note(ways []access) {
	for _, w := range ways {
		for _, k := range w.keys {
			if c[k.id] == nil {
				c[k.id] = map[key]struct{}{}
			}
			c[k.id][k] = struct{}{}
		}
	}
}

// price estimates how often a record meets one of the keys: the more different
// values the rules tell apart in a slot, the more seldom each is met.
func (c chooser) price(w access) float64 {
	sum := 0.0
	for _, k := range w.keys {
		values := max(len(c[k.id])+1, len(k.field.Enum))
		one := 1 / float64(values)
		if k.id.lines >= 0 {
			one *= 3 // a record has several lines
		}
		sum += one
	}
	return sum
}

// index chooses for each row how it is found.
func (t *Table) index() {
	t.scratch.New = func() any { return &scratch{stamps: make([]uint32, len(t.rows))} }
	ways, c := make([][]access, len(t.rows)), chooser{}
	if len(t.rows) > scanned {
		for i := range t.rows {
			ways[i] = accesses(t.rows[i].when, nil)
			c.note(ways[i])
		}
	}
	entries := map[probeID]*entry{}
	var order []*entry
	for i := range t.rows {
		best, price := -1, 0.7 // dearer ways are no better than asking the row each time
		for k, w := range ways[i] {
			if p := c.price(w); p < price {
				best, price = k, p
			}
		}
		if best < 0 {
			t.always = append(t.always, int32(i))
			continue
		}
		t.rows[i].proven(ways[i][best].leaf)
		for _, k := range ways[i][best].keys {
			e := entries[k.id]
			if e == nil {
				e = &entry{id: k.id, field: k.field, rows: map[key][]int32{}}
				entries[k.id] = e
				order = append(order, e)
			}
			e.add(k, int32(i))
		}
	}
	for _, e := range order {
		t.build(e)
	}
	slices.Sort(t.always)
}

// proven leaves out of what a found row is asked the comparison that finding it has answered.
func (r *tableRow) proven(leaf *cond) {
	if leaf == nil {
		return
	}
	if r.when == leaf {
		r.holds = always(true)
		return
	}
	if r.when.or || r.when.not {
		return
	}
	rest := slices.DeleteFunc(slices.Clone(r.when.kids), func(k *cond) bool { return k == leaf })
	if len(rest) < len(r.when.kids) {
		r.holds, _ = joined(rest, false)
	}
}

// entry gathers the keys of one probe.
type entry struct {
	id    probeID
	field *fact.Slot
	rows  map[key][]int32
	order []key
}

func (e *entry) add(k key, row int32) {
	rows, ok := e.rows[k]
	if !ok {
		e.order = append(e.order, k)
	}
	if len(rows) == 0 || rows[len(rows)-1] != row {
		e.rows[k] = append(rows, row)
	}
}

func (t *Table) build(e *entry) {
	p := probe{lines: e.id.lines, slot: e.id.slot, kind: e.field.Kind, exact: expr.Exact(e.field)}
	p.texts, p.numbers, p.days = map[string][]int32{}, map[decimal.Decimal][]int32{}, map[int64][]int32{}
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
			for _, k := range e.order {
				for _, i := range e.rows[k] {
					t.rows[i].holds = t.rows[i].whole
					t.always = append(t.always, i)
				}
			}
			slices.Sort(t.always)
			t.always = slices.Compact(t.always)
			return
		}
	}
	t.probes = append(t.probes, p)
}

// scratch is the memory of one decision.
type scratch struct {
	stamps []uint32 // by row: the decision that looked at it last
	now    uint32
	hits   []int32
	best   int32 // with policy first: the first row that holds so far
	fold   []byte
}

// find returns the rows that hold, in order; with policy first the first one only.
func (t *Table) find(row fact.Row, env *fact.Env) *scratch {
	s, _ := t.scratch.Get().(*scratch)
	s.hits, s.best = s.hits[:0], math.MaxInt32
	if s.now++; s.now == 0 {
		clear(s.stamps)
		s.now = 1
	}
	for i := range t.probes {
		p := &t.probes[i]
		if p.lines < 0 {
			t.visit(s, p, at(row, p.slot, p.kind), row, env)
			continue
		}
		for _, line := range at(row, p.lines, fact.Rows).Rows() {
			t.visit(s, p, at(line, p.slot, p.kind), row, env)
		}
	}
	for _, k := range t.always {
		if k >= s.best {
			break
		}
		if s.stamps[k] != s.now { // a row with alternatives may be found by a probe too
			t.ask(s, k, row, env)
		}
	}
	if len(s.hits) > 1 {
		if t.collect || t.unique {
			slices.Sort(s.hits)
		} else {
			s.hits = append(s.hits[:0], s.best)
		}
	}
	return s
}

// visit asks the rows that look for a value.
func (t *Table) visit(s *scratch, p *probe, v *fact.Value, row fact.Row, env *fact.Env) {
	switch v.Kind() {
	case fact.Text:
		t.visitText(s, p, v.Text(), row, env)
	case fact.List:
		for _, item := range v.List() {
			t.visitText(s, p, item, row, env)
		}
	case fact.Number:
		t.askAll(s, p.numbers[v.Number().Trim(0)], row, env)
	case fact.Date:
		t.askAll(s, p.days[v.Days()], row, env)
	}
}

func (t *Table) visitText(s *scratch, p *probe, text string, row fact.Row, env *fact.Env) {
	switch asIs := p.exact || expr.IsFolded(text); {
	case asIs && p.words == nil:
		t.askAll(s, p.texts[text], row, env)
	case asIs:
		walk(t, s, p.words, text, row, env)
	default:
		s.fold = expr.AppendFold(s.fold[:0], text)
		if p.words == nil {
			t.askAll(s, p.texts[string(s.fold)], row, env)
		} else {
			walk(t, s, p.words, s.fold, row, env)
		}
	}
}

// walk asks the rows of all words that occur in the text.
func walk[T string | []byte](t *Table, s *scratch, a *automaton, text T, row fact.Row, env *fact.Env) {
	state := int32(0)
	for i := range len(text) {
		state = a.next[state*a.width+int32(a.class[text[i]])]
		if rows := a.rows[state]; rows != nil {
			t.askAll(s, rows, row, env)
		}
	}
}

func (t *Table) askAll(s *scratch, rows []int32, row fact.Row, env *fact.Env) {
	for _, k := range rows {
		if s.stamps[k] != s.now && k < s.best {
			s.stamps[k] = s.now
			t.ask(s, k, row, env)
		}
	}
}

// ask notes a row when it holds.
func (t *Table) ask(s *scratch, k int32, row fact.Row, env *fact.Env) {
	r := &t.rows[k]
	if r.timed && !r.effective(env) || !r.holds(row, nil, env) {
		return
	}
	s.hits = append(s.hits, k)
	if !t.collect && !t.unique {
		s.best = k
	}
}

// effective reports whether the row counts at the decision's moment.
func (r *tableRow) effective(env *fact.Env) bool {
	return (r.from.IsZero() || !env.Now.Before(r.from)) && (r.to.IsZero() || env.Now.Before(r.to))
}
