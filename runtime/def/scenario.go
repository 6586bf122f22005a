package def

import "encoding/json"

// Scenario proves a sentence about the definitions: given records, when
// commands come, then the record looks like this. It runs against the pure engine.
type Scenario struct {
	Head
	Form  string  `json:"form"`
	Now   string  `json:"now"` // RFC 3339: the moment of the first step
	Given []Given `json:"given,omitempty"`
	Steps []Step  `json:"steps"`
}

// Given is a record that exists before the first step.
type Given struct {
	ID    string          `json:"id"`
	Form  string          `json:"form"`
	State string          `json:"state,omitempty"`
	Data  json.RawMessage `json:"data"`
}

// Step is one command and what must come of it.
type Step struct {
	Do         string          `json:"do"`              // "submit", "edit", "move", "due"
	As         string          `json:"as"`              // role id, or "connector:<account>", or "timer"
	After      string          `json:"after,omitempty"` // ISO 8601 duration since the step before
	ID         string          `json:"id,omitempty"`    // record; the one submitted first when absent
	Transition string          `json:"transition,omitempty"`
	Evidence   json.RawMessage `json:"evidence,omitempty"` // as in the API; code "$no" stands for the record's serial number
	Input      json.RawMessage `json:"input,omitempty"`
	Then       Expectation     `json:"then"`
}

// Expectation is what must hold after a step. Absent members are not compared;
// an empty list is: nothing fired, nobody was notified.
type Expectation struct {
	State    *string                    `json:"state,omitempty"`
	Data     map[string]json.RawMessage `json:"data,omitempty"`     // by field id, compared as JSON
	Fired    []string                   `json:"fired,omitzero"`     // "rule/row" of each row that fired, in order
	Refused  string                     `json:"refused,omitempty"`  // code of the first problem
	Problems []string                   `json:"problems,omitempty"` // "path code" of each problem, in order
	Notified []string                   `json:"notified,omitzero"`  // roles notified, sorted
}
