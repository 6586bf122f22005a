package rule

import (
	"slices"

	"github.com/govalues/decimal"

	"sluice/runtime/expr"
	"sluice/runtime/fact"
)

// probeID is which probe a key belongs to.
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
	keys  []key
	leaf  *cond // the comparison that is true once a key is met, nil when none is
	match *cond // the match over lines that leaf belongs to, nil at the record: leaf is true of the line with the key
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
			found[i].match = n
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
