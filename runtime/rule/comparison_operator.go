package rule

import (
	"sluice/runtime/def"
	"sluice/runtime/expr"
	"sluice/runtime/fact"
)

// operator is what the name of an operator means.
type operator struct {
	name     string // of the positive twin: "=", "<", "<=", ">", ">=", "in", "between", "contains", "beginsWith", "endsWith", "containsAny", "containsAll", "null"
	negative bool   // the exact opposite of it
	form     form
}

var operators = map[string]operator{
	"=": {"=", false, formOne}, "!=": {"=", true, formOne},
	"<": {"<", false, formOne}, "<=": {"<=", false, formOne}, ">": {">", false, formOne}, ">=": {">=", false, formOne},
	"in": {"in", false, formMany}, "notIn": {"in", true, formMany},
	"between": {"between", false, formTwo}, "notBetween": {"between", true, formTwo},
	"contains": {"contains", false, formOne}, "doesNotContain": {"contains", true, formOne},
	"beginsWith": {"beginsWith", false, formOne}, "doesNotBeginWith": {"beginsWith", true, formOne},
	"endsWith": {"endsWith", false, formOne}, "doesNotEndWith": {"endsWith", true, formOne},
	"containsAny": {"containsAny", false, formMany}, "containsAll": {"containsAll", false, formMany},
	"null": {"null", false, formNone}, "notNull": {"null", true, formNone},
}

// suits reports whether the operator can be used on a slot. Choices have no order and no parts.
func (o operator) suits(s *fact.Slot) bool {
	ordered := s.Kind == fact.Number || s.Kind == fact.Date || s.Kind == fact.Time || s.Kind == fact.Text && s.Enum == nil
	switch o.name {
	case "null":
		return true
	case "=":
		return ordered || s.Kind == fact.Text || s.Kind == fact.Bool
	case "in":
		return ordered || s.Kind == fact.Text
	case "contains", "containsAny", "containsAll":
		return s.Kind == fact.List || s.Kind == fact.Text && s.Enum == nil
	case "beginsWith", "endsWith":
		return s.Kind == fact.Text && s.Enum == nil
	}
	return ordered
}

// accepts reports whether a value of the right kind can stand to the right of a field of the left kind.
func (o operator) accepts(left, right fact.Kind) bool {
	switch want := o.wanted(left); want {
	case fact.List:
		return right == fact.List && (o.name != "in" || left == fact.Text)
	case fact.Date, fact.Time:
		return expr.Comparable(left, right)
	default:
		return right == want
	}
}

// wanted is the kind of value that another field or a formula must give.
func (o operator) wanted(left fact.Kind) fact.Kind {
	switch o.name {
	case "in", "containsAny", "containsAll":
		return fact.List
	case "contains", "beginsWith", "endsWith":
		return fact.Text
	}
	return left
}

// compare compiles a comparison on a field that is no match over lines.
func (b *builder) compare(n *cond, sc scope, at string) {
	op, known := operators[n.src.Operator]
	if !known || !op.suits(n.at.slot) {
		b.problem(at+"/operator", "rule_operator", "operator", n.src.Operator, "field", n.src.Field)
		return
	}
	n.op, n.exact = op, n.at.exact()
	switch {
	case op.form == formNone:
		n.holds, n.cost = isEmpty(n.at), 1
	case n.src.ValueSource == "" || n.src.ValueSource == "value":
		if !b.constants(n, at) {
			return
		}
		n.fixed()
	case n.src.ValueSource == "field" || n.src.ValueSource == "formula":
		if !b.dynamic(n, sc, at) {
			return
		}
		n.holds, n.cost = n.dynamic(), 40
	case n.src.ValueSource == "actor" && (op.name == "=" && n.at.slot.Kind == fact.Text || op.name == "contains" && n.at.slot.Kind == fact.List):
		if string(n.src.Value) != `"id"` {
			b.problem(at+"/value", "rule_value", "field", n.src.Field, "want", "id", "value", shown(n.src.Value))
			return
		}
		n.exact = true
		n.holds, n.cost = isActor(n.at), 3
	default:
		b.problem(at+"/valueSource", "rule_source", "source", n.src.ValueSource, "field", n.src.Field)
		return
	}
	if op.negative {
		inner := n.holds
		n.holds = func(row, up fact.Row, env *fact.Env) bool { return !inner(row, up, env) }
	}
}

func isEmpty(p place) test {
	return func(row, up fact.Row, _ *fact.Env) bool { return p.value(row, up).Empty() }
}

// isActor holds for the id of who asks. An actor without id equals nobody.
func isActor(p place) test {
	return func(row, up fact.Row, env *fact.Env) bool {
		v, id := p.value(row, up), env.Actor.ID
		if id == "" {
			return false
		}
		for _, item := range v.List() {
			if item == id {
				return true
			}
		}
		return v.Text() == id
	}
}

// cell makes the condition of a table's cell.
func cell(field string, c def.Cell) *def.Condition {
	return &def.Condition{Field: field, Operator: c.Operator, Value: c.Value}
}
