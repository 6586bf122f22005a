package form

import (
	"strings"

	"sluice/runtime/def"
	"sluice/runtime/expr"
	"sluice/runtime/fact"
	"sluice/runtime/field"
	"sluice/runtime/rule"
	"sluice/schemas"
)

// node is one field of the form, or one column of its line items, made ready.
type node struct {
	def    *def.Field
	typ    field.Type // of the values: a computed field's is that of its result
	slot   int        // first slot, in the record's or the line's shape
	width  int        // number of slots
	key    []byte     // `"id":`
	parent *node      // of a column: the field it is in

	visible  *rule.Cond // nil: always
	required *rule.Cond // besides def.Required
	readOnly *rule.Cond // besides def.ReadOnly

	fallback []fact.Value  // the constant default, nil without
	formula  *expr.Formula // of a computed field or of a default
	scale    int           // digits after the point that its numbers keep when computed, -1 for all

	columns []node // of line items
	checks  []check
	off     []string // options no longer offered
}

// check is a compiled def.Check.
type check struct {
	def     *def.Check
	holds   *rule.Cond
	formula *expr.Formula
}

// step is one place in the order of settling: a field, or with column ≥ 0 that column in all its lines.
type step struct{ field, column int }

func (n *node) computed() bool { return n.def.Type == def.TypeComputed }

// settles reports whether settling the node can change a value.
func (n *node) settles() bool {
	return n.visible != nil || n.fallback != nil || n.formula != nil
}

// demands reports whether the node may be missing a value.
func (n *node) demands() bool {
	return (n.def.Required || n.required != nil) && !n.def.ReadOnly && !n.computed()
}

func (n *node) values(row fact.Row) []fact.Value {
	return row[n.slot : n.slot+n.width : n.slot+n.width]
}

// at returns the place of the node's value in the data: line is ignored for a field of the record.
func (n *node) at(line int) string {
	if n.parent == nil {
		return "/" + n.def.ID
	}
	return schemas.Pointer(n.parent.def.ID, line, n.def.ID)
}

// find returns the node with the id, nil when there is none.
func find(nodes []node, id string) *node {
	for i := range nodes {
		if nodes[i].def.ID == id {
			return &nodes[i]
		}
	}
	return nil
}

// locate returns the field and, for "lines.cost", the column that a path is in;
// "address.city" is in the field address. Both are -1 when there is none.
func locate(nodes []node, path string) (fieldAt, columnAt int) {
	head, rest, dotted := strings.Cut(path, ".")
	for i := range nodes {
		n := &nodes[i]
		if n.def.ID != head {
			continue
		}
		if !dotted {
			return i, -1
		}
		if n.columns != nil {
			j, _ := locate(n.columns, rest)
			if j < 0 {
				return -1, -1
			}
			return i, j
		}
		for _, s := range n.typ.Slots(n.def) {
			if s.Path == path {
				return i, -1
			}
		}
		return -1, -1
	}
	return -1, -1
}
