package def

import "sluice/runtime/fact"

// FormatVersion is the version of the definition format that this program writes.
const FormatVersion = 1

// Kind is the kind of a definition; it is also its folder: "form" lives in forms/.
type Kind string

// The kinds of definition.
const (
	KindPack     Kind = "pack"
	KindRole     Kind = "role"
	KindForm     Kind = "form"
	KindChain    Kind = "chain"
	KindRule     Kind = "rule"
	KindView     Kind = "view"
	KindHook     Kind = "hook"
	KindScenario Kind = "scenario"
)

// Kinds are all kinds in the order in which they are written to a folder.
var Kinds = [...]Kind{KindPack, KindRole, KindForm, KindChain, KindRule, KindView, KindHook, KindScenario}

// Folder returns the folder of a kind in a folder of definitions: "" for the
// pack (pack.json at the top), "roles", "forms", "flows" (chains), "rules", "views", "hooks", "scenarios".
func (k Kind) Folder() string {
	switch k {
	case KindPack:
		return ""
	case KindChain:
		return "flows"
	default:
		return string(k) + "s"
	}
}

// Head is what every definition begins with.
type Head struct {
	Schema        string     `json:"$schema,omitempty"` // for editors; ignored
	FormatVersion int        `json:"formatVersion"`
	Kind          Kind       `json:"kind"`
	ID            string     `json:"id"` // ^[a-z][a-z0-9-]{0,63}$, unique within the kind
	Name          fact.Label `json:"name"`
	Note          fact.Label `json:"note,omitzero"` // for those who maintain it
}

// Pack names a set of definitions that ship together.
type Pack struct {
	Head
	Version  string `json:"version"`
	Zone     string `json:"zone,omitempty"`     // IANA time zone of the tenant, "Asia/Shanghai" when absent
	Currency string `json:"currency,omitempty"` // ISO 4217, "CNY" when absent
	Home     string `json:"home,omitempty"`     // id of the view shown first
}

// Role is a duty that people have; permissions are given to roles.
type Role struct {
	Head
	Can []string `json:"can,omitempty"` // beyond forms: "publish", "members", "import", "audit"
}

// Form is what people fill in.
type Form struct {
	Head
	Title   string   `json:"title,omitempty"` // field whose value names a record; its serial number or id when absent
	Chain   string   `json:"chain,omitempty"` // id of the chain its records walk
	Rules   []string `json:"rules,omitempty"` // ids of rules decided at submission, in this order
	Fields  []Field  `json:"fields"`
	Layout  []Group  `json:"layout,omitempty"`
	Checks  []Check  `json:"checks,omitempty"`
	Indexes []Index  `json:"indexes,omitempty"`
	Access  []Access `json:"access,omitempty"` // nobody may do anything that no entry allows
}

// FieldType is the type of a field: the name of a member of the field family.
type FieldType string

// The field types.
const (
	TypeText      FieldType = "text"
	TypeLongText  FieldType = "longtext"
	TypeNumber    FieldType = "number"
	TypeMoney     FieldType = "money"
	TypeInteger   FieldType = "integer"
	TypeDate      FieldType = "date"
	TypeDateTime  FieldType = "datetime"
	TypeBoolean   FieldType = "boolean"
	TypeSelect    FieldType = "select"
	TypeMulti     FieldType = "multiselect"
	TypeUrgency   FieldType = "urgency"
	TypePhone     FieldType = "phone"
	TypeAddress   FieldType = "address"
	TypeFile      FieldType = "file"
	TypeReference FieldType = "reference"
	TypeLines     FieldType = "lines"
	TypeSerial    FieldType = "serial"
	TypeComputed  FieldType = "computed"
	TypeScan      FieldType = "scan"
	TypeUser      FieldType = "user"
	TypeTags      FieldType = "tags"
)

// Field is one field of a form, or one column of its line items. Which of the
// settings below Note a type accepts is said by schemas/field/<type>.schema.json.
type Field struct {
	ID           string     `json:"id"` // ^[a-z][A-Za-z0-9]{0,63}$; letters and digits only, so that paths need no quoting
	Type         FieldType  `json:"type"`
	Name         fact.Label `json:"name"`
	Note         fact.Label `json:"note,omitzero"` // shown under the input
	Required     bool       `json:"required,omitempty"`
	ReadOnly     bool       `json:"readOnly,omitempty"` // set by rules, chains and formulas only
	RequiredWhen *Condition `json:"requiredWhen,omitempty"`
	VisibleWhen  *Condition `json:"visibleWhen,omitempty"` // an invisible field has no value
	ReadOnlyWhen *Condition `json:"readOnlyWhen,omitempty"`
	Default      any        `json:"default,omitempty"`        // a constant
	DefaultBy    string     `json:"defaultFormula,omitempty"` // a formula, evaluated at submission when no value is given

	MinLength int        `json:"minLength,omitempty"` // in characters
	MaxLength int        `json:"maxLength,omitempty"` // in characters; 0 is the type's own limit
	Pattern   string     `json:"pattern,omitempty"`   // RE2 subset, matched against the whole value
	Hint      fact.Label `json:"patternHint,omitzero"`
	Unique    bool       `json:"unique,omitempty"` // no two records of the form have the same value

	Min      *Num   `json:"min,omitempty"`   // inclusive
	Max      *Num   `json:"max,omitempty"`   // inclusive
	Scale    *int   `json:"scale,omitempty"` // most digits after the point
	Unit     string `json:"unit,omitempty"`
	Currency string `json:"currency,omitempty"` // ISO 4217

	Options []Option `json:"options,omitempty"` // select, multiselect
	MaxItem int      `json:"maxItems,omitempty"`

	Form   string   `json:"form,omitempty"`   // reference: id of the form referred to
	Accept []string `json:"accept,omitempty"` // file: media types, "image/*"
	Roles  []string `json:"roles,omitempty"`  // user: whose people may be chosen

	Fields  []Field `json:"fields,omitempty"` // lines: the columns
	Checks  []Check `json:"checks,omitempty"` // lines: checks on each line
	MinRows int     `json:"minRows,omitempty"`
	MaxRows int     `json:"maxRows,omitempty"`

	Formula string    `json:"formula,omitempty"` // computed
	Result  FieldType `json:"result,omitempty"`  // computed: number, money, integer, text, boolean, date or datetime

	Prefix string `json:"prefix,omitempty"` // serial: text before the number; {yyyy} {mm} {dd} stand for the submission's day
	Digits int    `json:"digits,omitempty"` // serial: least digits, padded with zeros
	Reset  string `json:"reset,omitempty"`  // serial: "never" (when absent), "year", "month" or "day": when counting starts again
}

// Option is one choice of a select or multiselect.
type Option struct {
	ID    string     `json:"id"`
	Name  fact.Label `json:"name"`
	Color string     `json:"color,omitempty"` // gray red orange yellow green teal blue purple
	Off   bool       `json:"off,omitempty"`   // no longer offered, still valid where it is stored
}

// Group is a titled part of a form's layout.
type Group struct {
	ID     string     `json:"id"`
	Name   fact.Label `json:"name"`
	Fields []string   `json:"fields"`
	Tab    bool       `json:"tab,omitempty"` // a tab of its own instead of a group in the flow
}

// Check refuses a record (or a line) unless Holds.
type Check struct {
	ID      string     `json:"id"`
	Holds   *Condition `json:"holds,omitempty"`   // either a condition
	Formula string     `json:"formula,omitempty"` // or a formula with a boolean result; an empty result holds
	At      string     `json:"at,omitempty"`      // field that the message is shown at
	Message fact.Label `json:"message"`
}

// Index asks the store to keep records findable by the values of a field.
type Index struct {
	ID    string `json:"id"`
	Field string `json:"field"`
}

// Access says what a role may do with a form's records. Entries add up: what one of an
// actor's roles allows is allowed; a field is hidden or locked only when every entry that applies says so.
type Access struct {
	Role   string     `json:"role"` // role id; "*" is everybody who is signed in
	Create bool       `json:"create,omitempty"`
	Read   bool       `json:"read,omitempty"`
	Edit   bool       `json:"edit,omitempty"`
	Delete bool       `json:"delete,omitempty"`
	Rows   *Condition `json:"rows,omitempty"` // only records for which it holds; {"valueSource":"actor","value":"id"} is the actor's id
	Hide   []string   `json:"hide,omitempty"` // fields the role does not see
	Lock   []string   `json:"lock,omitempty"` // fields the role may not write
}

// Hook maps a signed message from outside to a transition of a record.
type Hook struct {
	Head
	Form    string       `json:"form"`
	Account string       `json:"account"`        // the connector account that evidence names
	Match   HookMatch    `json:"match"`          // finds the record
	When    []HookEquals `json:"when,omitempty"` // the message counts only when all hold; else it is acknowledged and ignored
	Move    string       `json:"transition"`
	At      string       `json:"at,omitempty"` // JSON pointer to the event time (RFC 3339)
	Set     []HookAssign `json:"set,omitempty"`
}

// HookMatch finds the record of a message: the indexed field whose value the message carries at a JSON pointer.
type HookMatch struct {
	Field   string `json:"field"`
	Pointer string `json:"pointer"`
}

// HookEquals compares a text of the message.
type HookEquals struct {
	Pointer string `json:"pointer"`
	Equals  string `json:"equals"`
}

// HookAssign copies a text of the message into a field.
type HookAssign struct {
	Field   string `json:"field"`
	Pointer string `json:"pointer"`
}
