package def

import (
	"encoding/json"
	"errors"

	"github.com/govalues/decimal"
)

// Condition is a typed tree in react-querybuilder's RuleGroup shape. A node
// with a Combinator is a group; one without is a comparison.
//
// A comparison on line items has Match and, as Value, a group over the columns
// of a line: "some line is (brand = Benz and origin = OEM)".
type Condition struct {
	ID         string       `json:"id,omitempty"`
	Combinator string       `json:"combinator,omitempty"` // "and", "or"; set makes the node a group
	Not        bool         `json:"not,omitempty"`        // negates the group
	Rules      []*Condition `json:"rules,omitempty"`      // an empty "and" holds, an empty "or" does not

	Field       string          `json:"field,omitempty"`       // path: "grade", "address.city", "$state"
	Operator    string          `json:"operator,omitempty"`    // = != < <= > >= in notIn between notBetween contains doesNotContain beginsWith doesNotBeginWith endsWith doesNotEndWith containsAny containsAll null notNull
	ValueSource string          `json:"valueSource,omitempty"` // "value" when absent; "field": Value is a path; "formula": Value is a formula; "actor": Value is "id"
	Value       json.RawMessage `json:"value,omitempty"`
	Match       *Match          `json:"match,omitempty"`
}

// Match is how many lines must satisfy the group in Value.
type Match struct {
	Mode      string `json:"mode"`                // all some none atLeast atMost exactly
	Threshold int    `json:"threshold,omitempty"` // for atLeast, atMost, exactly
}

// IsGroup reports whether the node is a group.
func (c *Condition) IsGroup() bool { return c.Combinator != "" }

// Num is an exact number of a definition, written as a JSON number.
type Num struct{ decimal.Decimal }

var errNumber = errors.New("not a number of at most 19 digits")

// UnmarshalJSON reads a JSON number exactly; one that would need rounding is refused.
func (n *Num) UnmarshalJSON(b []byte) error {
	d, err := decimal.Parse(string(b))
	if err != nil || !exact(string(b)) {
		return errNumber
	}
	n.Decimal = d
	return nil
}

// MarshalJSON writes the number as a JSON number.
func (n Num) MarshalJSON() ([]byte, error) { return []byte(n.Decimal.Trim(0).String()), nil }
