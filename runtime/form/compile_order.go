package form

import "strings"

// sorter finds the order of settling: a depth-first walk over what each field
// reads, in the order of the definition.
type sorter struct {
	c     *compiler
	state map[step]int // 1 being walked, 2 done
	stack []step
	stuck bool
}

// sort puts the nodes that settle into their order. A circle is a problem of the
// field at which it was found.
func (c *compiler) sort() {
	s := &sorter{c: c, state: map[step]int{}}
	each(c.form.fields, func(_ *node, at step) { s.visit(at) })
}

func (s *sorter) node(at step) *node {
	n := &s.c.form.fields[at.field]
	if at.column >= 0 {
		return &n.columns[at.column]
	}
	return n
}

func (s *sorter) visit(at step) {
	if s.stuck || s.state[at] == 2 {
		return
	}
	if s.state[at] == 1 {
		s.circle(at)
		return
	}
	s.state[at] = 1
	s.stack = append(s.stack, at)
	if at.column >= 0 {
		s.visit(step{at.field, -1}) // a column of invisible lines has no lines
	}
	for _, path := range readsOf(s.node(at)) {
		if i, j := locate(s.c.form.fields, path); i >= 0 {
			s.visit(step{i, j})
		}
	}
	s.stack = s.stack[:len(s.stack)-1]
	s.state[at] = 2
	if s.node(at).settles() && !s.stuck {
		s.c.form.order = append(s.c.form.order, at)
	}
}

// circle reports the fields that depend on each other.
func (s *sorter) circle(from step) {
	s.stuck = true
	var ids []string
	for i := len(s.stack) - 1; i >= 0; i-- {
		n := s.node(s.stack[i])
		id := n.def.ID
		if n.parent != nil {
			id = n.parent.def.ID + "." + id
		}
		ids = append([]string{id}, ids...)
		if s.stack[i] == from {
			break
		}
	}
	path := "/fields/" + itoa(from.field)
	if from.column >= 0 {
		path += "/fields/" + itoa(from.column)
	}
	s.c.complain(path, "dependency_cycle", map[string]any{"fields": ids})
}

// readsOf returns the paths, seen from the record, that settling a node reads.
func readsOf(n *node) []string {
	var paths []string
	if n.visible != nil {
		paths = append(paths, n.visible.Reads()...)
	}
	if n.formula != nil {
		paths = append(paths, n.formula.Reads()...)
	}
	if n.parent == nil {
		return paths
	}
	for i, p := range paths {
		if rest, up := strings.CutPrefix(p, "parent."); up {
			paths[i] = rest
		} else {
			paths[i] = n.parent.def.ID + "." + p
		}
	}
	return paths
}
