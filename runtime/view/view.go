package view

import (
	"slices"
	"time"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/field"
	"sluice/runtime/rule"
	"sluice/schemas"
)

// Window sizes in cards per group.
const (
	DefaultWindow = 50
	MaxWindow     = 500
)

// ChainInfo is what a view needs to know of the chain that its form's records
// walk. A nil *ChainInfo stands for a form without chain.
type ChainInfo struct {
	States []StateInfo // in the chain's order
}

// StateInfo is one state of a chain with its time limits, 0 where it has none.
type StateInfo struct {
	ID   string
	Warn time.Duration // after which a card is marked as nearly late
	Late time.Duration // after which it is late
}

// View is a compiled view. It is immutable and shared by goroutines.
type View struct {
	Def *def.View

	shape    *fact.Shape
	index    string
	filter   *rule.Cond // nil: every record of the form
	group    int        // slot that groups, -1 without
	groups   []string   // the groups shown, in order
	noGroup  bool       // records without group are shown too
	order    order
	slots    systemSlots
	title    int // slot of the card's title, -1: the number, else the id
	parts    []part
	paints   []paint
	limits   map[string]StateInfo
	revealed []string // paths that a card's place gives away: what it is grouped and sorted by
}

// part is one value that a card carries.
type part struct {
	path string
	slot int
	name []byte // the path as a JSON string with a colon
}

// paint is one colour with the condition that calls for it.
type paint struct {
	when  *rule.Cond
	color string // as a JSON string
}

// systemSlots are the slots of system values that every card shows.
type systemSlots struct{ no, state int }

// kind is what a view type adds: its own checks, and what its cards carry.
type kind interface {
	compile(c *compiler)
}

// kindOf returns the member of the view family, nil for an unknown type.
func kindOf(t def.ViewType) kind {
	switch t {
	case def.ViewBoard:
		return board{}
	case def.ViewList:
		return list{}
	default:
		return nil
	}
}

// Compile checks a view against the shape of its form's records and its chain
// (nil: none). The problems carry JSON pointers into the view's document; the
// View is usable only without problems. Their codes: unknown_path, required,
// not_allowed, not_option, duplicate_id, not_groupable, not_sortable,
// not_showable, view_not_static, no_chain, and those of conditions.
func Compile(d *def.View, s *fact.Shape, ch *ChainInfo) (*View, []fact.Problem) {
	v := &View{Def: d, shape: s, group: -1, title: -1, limits: map[string]StateInfo{}}
	c := &compiler{view: v, def: d, shape: s, chain: ch}
	if ch != nil {
		for _, st := range ch.States {
			v.limits[st.ID] = st
		}
	}
	v.slots.no, v.slots.state = c.system(fact.PathNo), c.system(fact.PathState)
	if k := kindOf(d.Type); k == nil {
		c.refuse("not_option", map[string]any{"options": string(def.ViewBoard) + ", " + string(def.ViewList)}, "type")
	} else {
		k.compile(c)
	}
	c.filter()
	c.order()
	c.paints()
	if d.Window < 0 || d.Window > MaxWindow {
		c.refuse("too_large", map[string]any{"max": MaxWindow}, "window")
	}
	v.index = identity(c)
	return v, c.problems
}

// Index returns the name of the index that keeps the view's records. Views of
// a form that agree on filter, grouping and order have the same index.
func (v *View) Index() string { return v.index }

// Seen reports whether one of the actor's roles sees the view. A view that
// names no role is seen by nobody.
func (v *View) Seen(actor fact.Actor) bool {
	return slices.ContainsFunc(v.Def.Roles, func(r string) bool { return r == "*" || actor.Has(r) })
}

// Reveals returns a path that the view would give away to an actor for whom it
// is hidden: groups and order say what the values are, whatever the card leaves
// out. The view must not be shown to such an actor.
func (v *View) Reveals(hidden func(path string) bool) (string, bool) {
	for _, path := range v.revealed {
		if isHidden(hidden, path) {
			return path, true
		}
	}
	return "", false
}

// Window returns how many cards of a group are loaded at first.
func (v *View) Window() int {
	if v.Def.Window <= 0 {
		return DefaultWindow
	}
	return min(v.Def.Window, MaxWindow)
}

// Groups returns the groups that the view shows, in order. A list has the one
// group "". On a board that names no columns, "" is last: the records without group.
func (v *View) Groups() []string {
	if v.noGroup {
		return append(slices.Clip(v.groups), "")
	}
	return v.groups
}

// Shows reports whether the view shows a group of its index.
func (v *View) Shows(group string) bool {
	return group == "" && v.noGroup || slices.Contains(v.groups, group)
}

// Place says where a record stands in the view's index: its group, the sort
// key (bytes whose ascending order is the order of display; records of equal
// key are ordered by id), and whether it is in at all. It reads neither clock
// nor actor, so the same row always has the same place.
func (v *View) Place(row fact.Row, env *fact.Env) (group string, sort []byte, in bool) {
	if v.filter != nil && !v.filter.Holds(row, env) {
		return "", nil, false
	}
	if v.group >= 0 {
		group = row[v.group].Text()
	}
	return group, v.order.key(row), true
}

// compiler collects the problems of one view.
type compiler struct {
	view     *View
	def      *def.View
	shape    *fact.Shape
	chain    *ChainInfo
	problems []fact.Problem
}

func (c *compiler) refuse(code string, params map[string]any, tokens ...any) {
	c.problems = append(c.problems, fact.Problem{Path: schemas.Pointer(tokens...), Code: code, Params: params})
}

// system returns the slot of a system value, -1 when the shape lacks it.
func (c *compiler) system(path string) int {
	if i, ok := c.shape.Slot(path); ok {
		return i
	}
	return -1
}

// slot finds a path, and complains where there is none.
func (c *compiler) slot(path string, tokens ...any) (int, bool) {
	if path == "" {
		c.refuse("required", nil, tokens...)
		return -1, false
	}
	i, ok := c.shape.Slot(path)
	if !ok {
		c.refuse("unknown_path", map[string]any{"path": path}, tokens...)
		return -1, false
	}
	return i, true
}

// show adds a value to the cards, once.
func (c *compiler) show(path string, tokens ...any) {
	i, ok := c.slot(path, tokens...)
	if !ok {
		return
	}
	if c.shape.Slots[i].Kind == fact.Rows {
		c.refuse("not_showable", map[string]any{"path": path}, tokens...)
		return
	}
	if slices.ContainsFunc(c.view.parts, func(p part) bool { return p.slot == i }) {
		return
	}
	c.view.parts = append(c.view.parts, part{path: path, slot: i, name: append(field.AppendText(nil, path), ':')})
}

func (c *compiler) filter() {
	if c.def.Filter == nil {
		return
	}
	cond, problems := rule.Compile(c.def.Filter, c.shape)
	for _, p := range problems {
		c.problems = append(c.problems, p.At("/filter"))
	}
	c.static(c.def.Filter, "filter")
	if cond == nil {
		return
	}
	for _, path := range cond.Reads() {
		if isDrawn(c.shape, path) { // it would not hold at first, and no change would tell that it does now
			c.refuse("view_not_static", map[string]any{"reason": path}, "filter")
		}
	}
	c.view.filter = cond
}

// static refuses a condition whose answer changes without a change of the record.
func (c *compiler) static(cond *def.Condition, tokens ...any) {
	if why := changing(cond); why != "" {
		c.refuse("view_not_static", map[string]any{"reason": why}, tokens...)
	}
}

func (c *compiler) order() {
	d := c.def.Sort
	if d.Field == "" {
		d = def.Sort{Field: fact.PathCreated, Desc: true}
	}
	i, ok := c.slot(d.Field, "sort", "field")
	if !ok {
		return
	}
	c.view.revealed = append(c.view.revealed, d.Field)
	if isDrawn(c.shape, d.Field) {
		// A key made of the number could not be found again, as the number is not
		// known when a new record is placed. Numbers are drawn in the order of creation.
		i, _ = c.shape.Slot(fact.PathCreated)
	}
	slot := &c.shape.Slots[i]
	switch slot.Kind {
	case fact.List, fact.Rows, fact.None:
		c.refuse("not_sortable", map[string]any{"path": d.Field}, "sort", "field")
		return
	}
	c.view.order = order{slot: i, desc: d.Desc, enum: slot.Enum}
}

func (c *compiler) paints() {
	for i, p := range c.def.Colors {
		if p.When == nil {
			c.refuse("required", nil, "colors", i, "when")
			continue
		}
		cond, problems := rule.Compile(p.When, c.shape)
		for _, problem := range problems {
			c.problems = append(c.problems, problem.At(schemas.Pointer("colors", i, "when")))
		}
		if !slices.Contains(colors, p.Color) {
			c.refuse("not_option", map[string]any{"options": colorNames}, "colors", i, "color")
		}
		c.static(p.When, "colors", i, "when")
		c.view.paints = append(c.view.paints, paint{when: cond, color: string(field.AppendText(nil, p.Color))})
	}
}
