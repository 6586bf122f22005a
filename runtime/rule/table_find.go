package rule

import (
	"slices"

	"sluice/runtime/expr"
	"sluice/runtime/fact"
)

// search is one walk through a table's index.
type search struct {
	*scratch
	x     *index
	row   fact.Row
	env   *fact.Env
	first bool // one row is enough, the first
}

// scan asks a small table row by row and appends the rows that hold to hits.
func (t *Table) scan(hits []int32, row fact.Row, env *fact.Env) []int32 {
	for i := range t.rows {
		r := &t.rows[i]
		if r.when.holds(row, nil, env) && (!r.timed || r.effective(env)) {
			hits = append(hits, int32(i))
			if t.first {
				break
			}
		}
	}
	return hits
}

// find leaves the rows that hold in hits, in order; with policy first the first one only.
func (t *Table) find(row fact.Row, env *fact.Env) *scratch {
	s, _ := t.scratch.Get().(*scratch)
	s.begin(&t.index, row)
	f := search{scratch: s, x: &t.index, row: row, env: env, first: t.first}
	for i := range t.probes {
		p := &t.probes[i]
		if p.lines < 0 {
			f.visit(p, at(row, p.slot, p.kind), nil)
			continue
		}
		for _, line := range at(row, p.lines, fact.Rows).Rows() {
			f.visit(p, at(line, p.slot, p.kind), line)
		}
	}
	f.meet(t.always, nil)
	if len(s.hits) > 1 {
		if f.first {
			s.hits = append(s.hits[:0], s.best)
		} else {
			slices.Sort(s.hits)
		}
	}
	return s
}

// visit looks at the rows that look for a value.
func (f *search) visit(p *probe, v *fact.Value, line fact.Row) {
	switch v.Kind() {
	case fact.Text:
		f.visitText(p, v.Text(), line)
	case fact.List:
		for _, item := range v.List() {
			f.visitText(p, item, line)
		}
	case fact.Number:
		f.meet(p.numbers[v.Number().Trim(0)], line)
	case fact.Date:
		f.meet(p.days[v.Days()], line)
	}
}

func (f *search) visitText(p *probe, text string, line fact.Row) {
	switch asIs := p.exact || expr.IsFolded(text); {
	case asIs && p.words == nil:
		f.meet(p.texts[text], line)
	case asIs:
		walk(f, p.words, text, line)
	default:
		f.fold = expr.AppendFold(f.fold[:0], text)
		if p.words == nil {
			f.meet(p.texts[string(f.fold)], line)
		} else {
			walk(f, p.words, f.fold, line)
		}
	}
}

// walk looks at the rows of all words that occur in the text.
func walk[T string | []byte](f *search, a *automaton, text T, line fact.Row) {
	state := int32(0)
	for i := range len(text) {
		state = a.next[state*a.width+int32(a.class[text[i]])]
		if rows := a.rows[state]; rows != nil {
			f.meet(rows, line)
		}
	}
}

// meet looks at rows whose key was met, in the line when it was a line's.
func (f *search) meet(entries []entry, line fact.Row) {
	for i := range entries {
		e := &entries[i]
		if f.cur[e.a.slot] != e.a.id || f.cur[e.b.slot] != e.b.id {
			continue
		}
		if e.row >= f.best {
			return // entries are in order
		}
		if f.stamps[e.row] == f.now {
			continue
		}
		p := &f.x.plans[e.row]
		if p.line != nil && !p.line(line, f.row, f.env) {
			continue // another line may do
		}
		f.stamps[e.row] = f.now
		if p.row.timed && !p.row.effective(f.env) || p.rest != nil && !p.rest(f.row, nil, f.env) {
			continue
		}
		f.hits = append(f.hits, e.row)
		if f.first {
			f.best = e.row
		}
	}
}

// effective reports whether the row counts at the decision's moment.
func (r *tableRow) effective(env *fact.Env) bool {
	return (r.from.IsZero() || !env.Now.Before(r.from)) && (r.to.IsZero() || env.Now.Before(r.to))
}
