package fact

import "time"

// ActorKind says what sort of actor issues a command.
type ActorKind string

// The kinds of actor.
const (
	Person    ActorKind = "person"
	APIKey    ActorKind = "key"
	Connector ActorKind = "connector" // a carrier's callback and its kin; ID is the account
	Timer     ActorKind = "timer"
	System    ActorKind = "system" // imports by the operator, demo data
)

// Actor is who issues a command.
type Actor struct {
	Kind  ActorKind `json:"kind"`
	ID    string    `json:"id"`
	Name  string    `json:"name,omitempty"`
	Roles []string  `json:"-"`
}

// Has reports whether the actor has the role.
func (a Actor) Has(role string) bool {
	for _, r := range a.Roles {
		if r == role {
			return true
		}
	}
	return false
}

// CommandType says what a command wishes.
type CommandType string

// The commands on records.
const (
	Submit  CommandType = "submit"  // create a record from Input
	Edit    CommandType = "edit"    // merge Input (JSON Merge Patch, RFC 7396) into the record's data
	Move    CommandType = "move"    // take the transition Transition with Evidence; Input may patch data
	Comment CommandType = "comment" // add Input {"text": …} to the record's history
	Due     CommandType = "due"     // a timer of the record's chain has come; Transition names it
	Delete  CommandType = "delete"  // remove the record; its history stays
)

// Command is one wish to change something: the only door in.
type Command struct {
	Type       CommandType
	Form       string // form id
	ID         string // record id; for Submit the id the record shall get (time-ordered, chosen by the caller)
	Rev        uint64 // when not 0: the revision the actor saw (If-Match); another one is a conflict
	Input      []byte // JSON object
	Transition string // for Move and Due
	Evidence   *Evidence
	Key        string // idempotency key, "" without
	Actor      Actor
	Now        time.Time
	JobID      string // for Due: the job that this command completes
}

// EvidenceKind says what proves that a transition happened.
type EvidenceKind string

// The kinds of evidence a transition may ask for.
const (
	Manual   EvidenceKind = "manual"   // a person of a permitted role says so
	Scan     EvidenceKind = "scan"     // a scanned code that equals the record's
	Callback EvidenceKind = "callback" // a signed message of a connector account
	Document EvidenceKind = "document" // a file in a named field
	Timed    EvidenceKind = "timer"    // a time that has passed
)

// Evidence is what an actor shows for a transition.
type Evidence struct {
	Kind    EvidenceKind `json:"kind"`
	Code    string       `json:"code,omitempty"`    // Scan: what was read
	Account string       `json:"account,omitempty"` // Callback: the connector account, set by the server from the verified caller
	Ref     string       `json:"ref,omitempty"`     // Callback: the sender's message id
	At      time.Time    `json:"at,omitzero"`       // when it happened outside, as the sender says
}

// RefusalKind is one of the six ways in which a command is refused.
type RefusalKind string

// The kinds of refusal; the API maps them to 422, 404, 409 (412 when the revision is stale), 409, 403 and 500.
const (
	Invalid  RefusalKind = "invalid"
	NotFound RefusalKind = "not_found"
	Conflict RefusalKind = "conflict"
	Short    RefusalKind = "short"
	Denied   RefusalKind = "denied"
	Internal RefusalKind = "internal"
)

// Refusal is the error of a command that was understood and not done.
type Refusal struct {
	Kind     RefusalKind
	Problems []Problem // at least one
}

// Refuse returns a Refusal of the kind with its problems.
func Refuse(kind RefusalKind, problems ...Problem) *Refusal {
	return &Refusal{Kind: kind, Problems: problems}
}

// Error returns the first problem's text, for logs.
func (r *Refusal) Error() string {
	if len(r.Problems) == 0 {
		return string(r.Kind)
	}
	return string(r.Kind) + ": " + r.Problems[0].Error()
}
