package view

// list shows records as the rows of a table: one group, the columns' values.
type list struct{}

func (list) compile(c *compiler) {
	c.view.groups = []string{""}
	if c.def.GroupBy != "" {
		c.refuse("not_allowed", nil, "groupBy")
	}
	if c.def.Card != nil {
		c.refuse("not_allowed", nil, "card")
	}
	if len(c.def.Columns) == 0 {
		c.refuse("required", nil, "columns")
	}
	for i, col := range c.def.Columns {
		if col.Group != "" {
			c.refuse("not_allowed", nil, "columns", i, "group")
		}
		c.show(col.Field, "columns", i, "field")
	}
}
