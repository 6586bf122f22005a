package def

import "sluice/runtime/fact"

// Chain is the status chain of a form: which states there are, and who may
// move a record from where to where on which evidence.
type Chain struct {
	Head
	Form        string       `json:"form"`
	Initial     string       `json:"initial"`
	States      []State      `json:"states"`
	Transitions []Transition `json:"transitions"`
}

// State is one state of a chain.
type State struct {
	ID    string     `json:"id"`
	Name  fact.Label `json:"name"`
	Color string     `json:"color,omitempty"` // as of Option
	Final bool       `json:"final,omitempty"`
	Owner []string   `json:"owner,omitempty"` // roles that must act next: they are notified when a record enters
	Limit *Deadline  `json:"limit,omitempty"` // how long a record may stand here
	Lock  []string   `json:"lock,omitempty"`  // fields nobody may edit here; ["*"] is all
}

// Deadline is a time a record may stand in a state before it is marked.
type Deadline struct {
	Warn string `json:"warn,omitempty"` // ISO 8601 duration, "PT90M": marked yellow
	Late string `json:"late"`           // ISO 8601 duration, "PT2H": marked red, owners are notified
}

// Transition is one permitted move.
type Transition struct {
	ID       string          `json:"id"`
	Name     fact.Label      `json:"name"` // what the button says
	From     []string        `json:"from"`
	To       string          `json:"to"`
	Roles    []string        `json:"roles,omitempty"` // who may; with evidence of kind callback or timer nobody needs to
	Evidence []Proof         `json:"evidence"`        // one of these must be shown; at least one
	Guard    *Condition      `json:"guard,omitempty"`
	Reason   fact.Label      `json:"guardMessage,omitzero"` // said when the guard does not hold: what to do
	Need     []string        `json:"need,omitempty"`        // fields that must have a value
	Ask      []string        `json:"ask,omitempty"`         // fields that the person fills in with the move
	Rules    []string        `json:"rules,omitempty"`       // rules decided with the move
	Set      map[string]Term `json:"set,omitempty"`
}

// Proof is one kind of evidence a transition accepts.
type Proof struct {
	Kind    fact.EvidenceKind `json:"kind"`
	Field   string            `json:"field,omitempty"`   // scan: the field whose value the code must equal ("$no" is the serial number); document: the file field
	Roles   []string          `json:"roles,omitempty"`   // narrows Transition.Roles for this proof
	Account string            `json:"account,omitempty"` // callback: the connector account that may say so
	After   string            `json:"after,omitempty"`   // timer: ISO 8601 duration in the state before
}
