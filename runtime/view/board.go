package view

import (
	"slices"
	"strings"

	"sluice/runtime/fact"
)

// board shows records as cards in columns, by state or by a choice.
type board struct{}

func (board) compile(c *compiler) {
	groups, ok := c.groupBy()
	if ok {
		c.columns(groups)
	}
	c.card()
}

// groupBy finds what the columns come from and returns the possible groups in their order.
func (c *compiler) groupBy() ([]string, bool) {
	path := c.def.GroupBy
	i, ok := c.slot(path, "groupBy")
	if !ok {
		return nil, false
	}
	groups := c.shape.Slots[i].Enum
	switch {
	case path == fact.PathState && c.chain == nil:
		c.refuse("no_chain", nil, "groupBy")
		return nil, false
	case path == fact.PathState:
		groups = make([]string, len(c.chain.States))
		for n, s := range c.chain.States {
			groups[n] = s.ID
		}
	case c.shape.Slots[i].Kind != fact.Text || groups == nil:
		c.refuse("not_groupable", map[string]any{"path": path}, "groupBy")
		return nil, false
	}
	c.view.group = i
	c.view.revealed = append(c.view.revealed, path)
	return groups, true
}

// columns chooses the groups shown. Without columns these are all, and the
// records that have none: nothing gets lost because somebody left a field empty.
func (c *compiler) columns(groups []string) {
	if len(c.def.Columns) == 0 {
		c.view.groups = groups
		c.view.noGroup = c.def.GroupBy != fact.PathState
		return
	}
	for i, col := range c.def.Columns {
		switch {
		case col.Field != "":
			c.refuse("not_allowed", nil, "columns", i, "field")
		case col.Group == "":
			c.refuse("required", nil, "columns", i, "group")
		case !slices.Contains(groups, col.Group):
			c.refuse("not_option", map[string]any{"options": strings.Join(groups, ", ")}, "columns", i, "group")
		case slices.Contains(c.view.groups, col.Group):
			c.refuse("duplicate_id", map[string]any{"id": col.Group}, "columns", i, "group")
		default:
			c.view.groups = append(c.view.groups, col.Group)
		}
	}
}

func (c *compiler) card() {
	card := c.def.Card
	if card == nil {
		c.refuse("required", nil, "card")
		return
	}
	if i, ok := c.slot(card.Title, "card", "title"); ok {
		if c.shape.Slots[i].Kind == fact.Rows {
			c.refuse("not_showable", map[string]any{"path": card.Title}, "card", "title")
		}
		c.view.title = i
	}
	for i, path := range card.Fields {
		c.show(path, "card", "fields", i)
	}
	for i, path := range card.Badges {
		c.show(path, "card", "badges", i)
	}
}
