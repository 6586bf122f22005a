package fact

// Slot is one readable place of a record: a field, a part of a field
// ("address.city") or a system value ("$state").
type Slot struct {
	Path string // dotted path of field ids; system values start with "$"
	Kind Kind
	Rows *Shape   // the shape of each line; set when Kind is Rows
	Enum []string // the allowed texts of a choice, in the author's order; nil when open
	Unit string   // currency or unit of a Number, "" when it has none
	Name Label    // what people call it

	EnumNames []Label // what people call the options, beside Enum; nil when there are no names
	Exact     bool    // its texts are identifiers (references, people): compared exactly, never folded
	Drawn     bool    // drawn by the commit: not yet known when a new record is decided about
}

// Label is a text in the two languages of the product. A missing language falls back to the other.
type Label struct {
	Zh string `json:"zh,omitempty"`
	En string `json:"en,omitempty"`
}

// In returns the label in a language ("zh" or "en"), else the other one.
func (l Label) In(lang string) string {
	if lang == "en" {
		if l.En != "" {
			return l.En
		}
		return l.Zh
	}
	if l.Zh != "" {
		return l.Zh
	}
	return l.En
}

// Shape numbers the readable paths of a record, so that a Row is a plain slice
// and a compiled condition reads by index. Rules and formulas are compiled
// against it. It is immutable after NewShape.
type Shape struct {
	Slots  []Slot
	Parent *Shape // of a line's shape: the shape of the record the line is in
	index  map[string]int
}

// NewShape returns the shape of the given slots. The paths must differ.
func NewShape(slots []Slot) *Shape {
	s := &Shape{Slots: slots, index: make(map[string]int, len(slots))}
	for i := range slots {
		s.index[slots[i].Path] = i
		if slots[i].Rows != nil {
			slots[i].Rows.Parent = s
		}
	}
	return s
}

// Slot returns the number of a path and whether the shape has it.
func (s *Shape) Slot(path string) (int, bool) {
	i, ok := s.index[path]
	return i, ok
}

// The system paths that every record's shape has, in this order, after the fields.
const (
	PathID        = "$id"        // Text
	PathNo        = "$no"        // Text: the formatted serial number, "" when the form draws none
	PathState     = "$state"     // Text: state id of the chain, "" without chain
	PathEntered   = "$entered"   // Time: since when it stands in its state
	PathCreated   = "$created"   // Time
	PathCreatedBy = "$createdBy" // Text: actor id
	PathUpdated   = "$updated"   // Time
)
