package def

import (
	"encoding/json"
	"time"

	"sluice/runtime/fact"
)

// Rule decides values of a record from its values: a decision table or a list of rules.
type Rule struct {
	Head
	Form    string    `json:"form"`
	Mode    string    `json:"mode"`             // "table": rows with one cell per input; "list": rows with a condition each
	Hit     string    `json:"hitPolicy"`        // "first": the first row that holds; "unique": at most one may hold; "collect": all, results gathered in a list
	Inputs  []Input   `json:"inputs,omitempty"` // table only
	Outputs []Output  `json:"outputs"`
	Rows    []RuleRow `json:"rows"`
	NoMatch NoMatch   `json:"noMatch"` // said explicitly: no row holding is never a surprise
}

// Input is a column of a decision table: what its cells are compared with.
type Input struct {
	ID    string     `json:"id"`
	Field string     `json:"field"`           // path; "lines.brand" with Match compares a column of the lines
	Match *Match     `json:"match,omitempty"` // when Field is a column of line items
	Name  fact.Label `json:"name,omitzero"`
}

// Output is a field that the rule sets.
type Output struct {
	Field string `json:"field"`
}

// RuleRow is one row of a table or one rule of a list.
type RuleRow struct {
	ID   string          `json:"id"`
	Name fact.Label      `json:"name,omitzero"`
	Off  bool            `json:"off,omitempty"`
	From *time.Time      `json:"from,omitempty"` // holds at and after
	To   *time.Time      `json:"to,omitempty"`   // holds before
	If   map[string]Cell `json:"if,omitempty"`   // table: by input id; an absent cell holds always
	When *Condition      `json:"when,omitempty"` // list
	Then map[string]Term `json:"then"`           // by output field
}

// Cell is a comparison of a table: operator and value as in a Condition.
type Cell struct {
	Operator string          `json:"operator"`
	Value    json.RawMessage `json:"value,omitempty"`
}

// Term is a value to set: a constant or a formula, exactly one of the two.
type Term struct {
	Value   json.RawMessage `json:"value,omitempty"`
	Formula string          `json:"formula,omitempty"`
}

// NoMatch says what happens when no row holds.
type NoMatch struct {
	Action string          `json:"action"` // "keep": leave the fields as they are; "set": use Then; "refuse": the command is refused
	Then   map[string]Term `json:"then,omitempty"`
	Reason fact.Label      `json:"reason,omitzero"` // "refuse": said to the person
}
