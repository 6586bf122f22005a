package view

import (
	"strconv"
	"strings"
	"time"

	"sluice/runtime/fact"
	"sluice/runtime/field"
)

// Card appends what the view shows of a record as a JSON object: id, no, rev,
// group, sort (hexadecimal), title, state, entered, values by path, and where
// they apply color, warn and due (the times at which it gets near its state's
// limit and passes it). Values that are absent or hidden are left out, and so
// is a colour that would tell about a hidden value. The hidden function is
// asked for paths of the form's shape; nil hides nothing.
func (v *View) Card(dst []byte, rec *fact.Record, row fact.Row, hidden func(path string) bool, env *fact.Env) []byte {
	group := ""
	if v.group >= 0 {
		group = row[v.group].Text()
	}
	no := v.number(row)
	dst = field.AppendText(append(dst, `{"id":`...), rec.ID)
	dst = field.AppendText(append(dst, `,"no":`...), no)
	dst = strconv.AppendUint(append(dst, `,"rev":`...), rec.Rev, 10)
	dst = field.AppendText(append(dst, `,"group":`...), group)
	dst = appendHex(append(dst, `,"sort":`...), v.order.key(row))
	dst = field.AppendText(append(dst, `,"title":`...), v.titleOf(rec, row, no, hidden))
	dst = field.AppendText(append(dst, `,"state":`...), rec.State)
	if !rec.Entered.IsZero() {
		dst = appendTime(append(dst, `,"entered":`...), rec.Entered.UnixMilli())
	}
	dst = v.appendValues(append(dst, `,"values":{`...), row, hidden)
	dst = v.appendColor(append(dst, '}'), row, hidden, env)
	dst = v.appendLimits(dst, rec)
	return append(dst, '}')
}

func (v *View) number(row fact.Row) string {
	if v.slots.no < 0 {
		return ""
	}
	return row[v.slots.no].Text()
}

// titleOf falls back to the number and the id, so that a card always has a name.
func (v *View) titleOf(rec *fact.Record, row fact.Row, no string, hidden func(string) bool) string {
	if v.title >= 0 && !isHidden(hidden, v.shape.Slots[v.title].Path) {
		if t := plain(&row[v.title]); t != "" {
			return t
		}
	}
	if no != "" {
		return no
	}
	return rec.ID
}

func (v *View) appendValues(dst []byte, row fact.Row, hidden func(string) bool) []byte {
	first := true
	for i := range v.parts {
		p := &v.parts[i]
		if row[p.slot].Empty() || isHidden(hidden, p.path) {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = field.Append(append(dst, p.name...), &row[p.slot])
	}
	return dst
}

func (v *View) appendColor(dst []byte, row fact.Row, hidden func(string) bool, env *fact.Env) []byte {
	for i := range v.paints {
		p := &v.paints[i]
		if anyHidden(hidden, p.when.Reads()) {
			continue
		}
		if p.when.Holds(row, env) {
			return append(append(dst, `,"color":`...), p.color...)
		}
	}
	return dst
}

func (v *View) appendLimits(dst []byte, rec *fact.Record) []byte {
	limit, ok := v.limits[rec.State]
	if !ok || rec.Entered.IsZero() {
		return dst
	}
	dst = appendLimit(dst, `,"warn":`, rec.Entered, limit.Warn)
	return appendLimit(dst, `,"due":`, rec.Entered, limit.Late)
}

func appendLimit(dst []byte, name string, since time.Time, d time.Duration) []byte {
	if d <= 0 {
		return dst
	}
	return appendTime(append(dst, name...), since.Add(d).UnixMilli())
}

// isHidden reports whether a path is hidden, itself or with the field that it is a part of.
func isHidden(hidden func(string) bool, path string) bool {
	if hidden == nil {
		return false
	}
	field, _, part := strings.Cut(path, ".")
	return hidden(path) || part && hidden(field)
}
