package def

import "sluice/runtime/fact"

// ViewType is a member of the view family.
type ViewType string

// The view types.
const (
	ViewBoard ViewType = "board"
	ViewList  ViewType = "list"
)

// View is a live picture of a form's records.
type View struct {
	Head
	Type   ViewType   `json:"type"`
	Form   string     `json:"form"`
	Roles  []string   `json:"roles,omitempty"` // who sees it; "*" is everybody who is signed in
	Filter *Condition `json:"filter,omitempty"`
	Sort   Sort       `json:"sort,omitzero"` // newest first when absent

	GroupBy string   `json:"groupBy,omitempty"` // board: "$state" or a choice field
	Columns []Column `json:"columns,omitempty"` // board: the groups shown, in order; list: the fields shown
	Card    *Card    `json:"card,omitempty"`    // board
	Window  int      `json:"window,omitempty"`  // board: cards loaded per column at first, 50 when absent; list: page size
	Colors  []Paint  `json:"colors,omitempty"`  // first that holds colours the card or row
}

// Sort orders the records of a view.
type Sort struct {
	Field string `json:"field"` // path of a single-valued field or system value
	Desc  bool   `json:"desc,omitempty"`
}

// Column is a column of a board (Group) or a list (Field).
type Column struct {
	Group string     `json:"group,omitempty"`
	Field string     `json:"field,omitempty"`
	Name  fact.Label `json:"name,omitzero"`
	Limit int        `json:"limit,omitempty"` // board: work-in-progress limit
	Width int        `json:"width,omitempty"` // list: pixels
}

// Card is what a board shows of a record.
type Card struct {
	Title  string   `json:"title"`            // path
	Fields []string `json:"fields,omitempty"` // paths
	Badges []string `json:"badges,omitempty"` // paths of choice fields shown as coloured badges
}

// Paint colours what a condition holds for.
type Paint struct {
	When  *Condition `json:"when"`
	Color string     `json:"color"`
}
