package rule

import (
	"strings"

	"sluice/runtime/expr"
	"sluice/runtime/fact"
)

// fixed compiles a comparison with constants. The closures read from row; a
// place of the record around is wrapped.
func (n *cond) fixed() {
	p, values := n.at, n.side.constants
	n.cost = 2 * len(values)
	var t test
	switch n.op.name {
	case "contains", "beginsWith", "endsWith", "containsAny", "containsAll":
		t = n.fixedParts()
		n.cost *= 6
	case "in":
		t = n.fixedIn()
	case "between":
		lo, hi := values[0], values[1]
		t = n.ordered(func(v *fact.Value, env *fact.Env) bool {
			return expr.Compare(v, &lo, n.exact, env) >= 0 && expr.Compare(v, &hi, n.exact, env) <= 0
		})
	case "=":
		t = n.fixedEqual(&values[0])
	default:
		t = n.fixedOrder(values[0])
	}
	n.holds = t
	if p.up {
		n.holds = func(_, up fact.Row, env *fact.Env) bool { return t(up, nil, env) }
	}
}

// ordered asks fn unless the field is empty.
func (n *cond) ordered(fn func(v *fact.Value, env *fact.Env) bool) test {
	i, kind := n.at.i, n.at.slot.Kind
	return func(row, _ fact.Row, env *fact.Env) bool {
		v := at(row, i, kind)
		return !v.Empty() && fn(v, env)
	}
}

func (n *cond) fixedEqual(c *fact.Value) test {
	i, kind := n.at.i, n.at.slot.Kind
	switch {
	case kind == fact.Text && n.exact:
		want := c.Text()
		return func(row, _ fact.Row, _ *fact.Env) bool { return at(row, i, fact.Text).Text() == want }
	case kind == fact.Text:
		want := expr.Fold(c.Text())
		return func(row, _ fact.Row, _ *fact.Env) bool { return expr.EqualFolded(at(row, i, fact.Text).Text(), want) }
	case kind == fact.Bool:
		want := c.Bool()
		return func(row, _ fact.Row, _ *fact.Env) bool {
			v := at(row, i, fact.Bool)
			return v.Kind() == fact.Bool && v.Bool() == want
		}
	case kind == fact.Date && c.Kind() == fact.Date:
		want := c.Days()
		return func(row, _ fact.Row, _ *fact.Env) bool {
			v := at(row, i, fact.Date)
			return v.Kind() == fact.Date && v.Days() == want
		}
	}
	want := *c
	return n.ordered(func(v *fact.Value, env *fact.Env) bool { return expr.Compare(v, &want, n.exact, env) == 0 })
}

func (n *cond) fixedOrder(c fact.Value) test {
	exact := n.exact
	switch n.op.name {
	case "<":
		return n.ordered(func(v *fact.Value, env *fact.Env) bool { return expr.Compare(v, &c, exact, env) < 0 })
	case "<=":
		return n.ordered(func(v *fact.Value, env *fact.Env) bool { return expr.Compare(v, &c, exact, env) <= 0 })
	case ">":
		return n.ordered(func(v *fact.Value, env *fact.Env) bool { return expr.Compare(v, &c, exact, env) > 0 })
	default:
		return n.ordered(func(v *fact.Value, env *fact.Env) bool { return expr.Compare(v, &c, exact, env) >= 0 })
	}
}

func (n *cond) fixedIn() test {
	i := n.at.i
	if n.at.slot.Kind != fact.Text {
		values, exact := n.side.constants, n.exact
		return n.ordered(func(v *fact.Value, env *fact.Env) bool {
			for k := range values {
				if expr.Compare(v, &values[k], exact, env) == 0 {
					return true
				}
			}
			return false
		})
	}
	words, equal := n.words(), equality(n.exact)
	return func(row, _ fact.Row, _ *fact.Env) bool {
		s := at(row, i, fact.Text).Text()
		for _, w := range words {
			if equal(s, w) {
				return true
			}
		}
		return false
	}
}

func equality(exact bool) func(s, word string) bool {
	if exact {
		return func(s, word string) bool { return s == word }
	}
	return expr.EqualFolded
}

// words returns the constants as texts, folded unless they are compared exactly.
func (n *cond) words() []string {
	words := make([]string, len(n.side.constants))
	for k := range n.side.constants {
		words[k] = n.side.constants[k].Text()
		if !n.exact {
			words[k] = expr.Fold(words[k])
		}
	}
	return words
}

// fixedParts compiles "contains" and its kin, on texts (parts) and on lists (items).
func (n *cond) fixedParts() test {
	i, kind, words, all := n.at.i, n.at.slot.Kind, n.words(), n.op.name == "containsAll"
	if kind == fact.List {
		equal := equality(n.exact)
		return func(row, _ fact.Row, _ *fact.Env) bool {
			items := at(row, i, fact.List).List()
			for _, w := range words {
				if among(items, w, equal) != all {
					return !all
				}
			}
			return all
		}
	}
	in := partOf(n.op.name, n.exact)
	return func(row, _ fact.Row, _ *fact.Env) bool {
		s := at(row, i, fact.Text).Text()
		if s == "" {
			return false
		}
		for _, w := range words {
			if in(s, w) != all {
				return !all
			}
		}
		return all
	}
}

// partOf returns how a text holds a word, which is folded unless exact.
func partOf(name string, exact bool) func(s, word string) bool {
	switch {
	case name == "beginsWith" && exact:
		return strings.HasPrefix
	case name == "beginsWith":
		return expr.PrefixFolded
	case name == "endsWith" && exact:
		return strings.HasSuffix
	case name == "endsWith":
		return expr.SuffixFolded
	case exact:
		return strings.Contains
	}
	return expr.ContainsFolded
}

func among(items []string, word string, equal func(s, word string) bool) bool {
	for _, item := range items {
		if equal(item, word) {
			return true
		}
	}
	return false
}
