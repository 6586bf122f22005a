package rule

import (
	"sluice/runtime/expr"
	"sluice/runtime/fact"
)

// dynamic compiles a comparison with another field or a formula.
func (n *cond) dynamic() test {
	p, read := n.at, n.side.reads
	if n.op.form == formTwo {
		return func(row, up fact.Row, env *fact.Env) bool {
			v, lo, hi := p.value(row, up), read[0](row, up, env), read[1](row, up, env)
			return orderHolds(">=", v, &lo, n.exact, env) && orderHolds("<=", v, &hi, n.exact, env)
		}
	}
	name, exact := n.op.name, n.exact
	return func(row, up fact.Row, env *fact.Env) bool {
		r := read[0](row, up, env)
		return pairHolds(name, p.value(row, up), &r, exact, env)
	}
}

func pairHolds(name string, v, r *fact.Value, exact bool, env *fact.Env) bool {
	switch name {
	case "=":
		return expr.Equal(v, r, exact, env)
	case "in":
		return !v.Empty() && holdsItem(r.List(), v.Text(), exact)
	case "contains", "beginsWith", "endsWith":
		return holdsPart(name, v, r.Text(), exact)
	case "containsAny", "containsAll":
		all := name == "containsAll"
		for _, item := range r.List() {
			if holdsPart("contains", v, item, exact) != all {
				return !all
			}
		}
		return all && len(r.List()) > 0
	}
	return orderHolds(name, v, r, exact, env)
}

func orderHolds(name string, v, r *fact.Value, exact bool, env *fact.Env) bool {
	if v.Empty() || r.Empty() {
		return false
	}
	c := expr.Compare(v, r, exact, env)
	switch name {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

// holdsPart reports whether the text or list v holds the word; the empty word is in nothing.
func holdsPart(name string, v *fact.Value, word string, exact bool) bool {
	if word == "" || v.Empty() {
		return false
	}
	if v.Kind() == fact.List {
		return holdsItem(v.List(), word, exact)
	}
	if !exact {
		word = expr.Fold(word)
	}
	return partOf(name, exact)(v.Text(), word)
}

func holdsItem(items []string, word string, exact bool) bool {
	for _, item := range items {
		if item != "" && (item == word || !exact && expr.CompareFolded(item, word) == 0) {
			return true
		}
	}
	return false
}
