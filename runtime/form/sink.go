package form

import (
	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/field"
	"sluice/schemas"
)

// The schema knows a value by the double of its slot; the whole of a value that
// fills several slots (address, file) by that of its first and one.
func slotCode(slot int) int  { return 2 * slot }
func wholeCode(slot int) int { return 2*slot + 1 }

// filler puts the values of a document into rows while a checker reads it.
// Values of another kind than the slot's are left out: they are only met in
// stored data of an earlier form. It is used again for many documents.
type filler struct {
	form    *Form
	row     fact.Row
	frame   frame    // where values go now
	outer   [3]frame // the frames around it: the record, a line, an attachment
	depth   int
	slab    []fact.Value // the rows of lines are cut from it
	slabNew int          // rows in the next slab
	touched []bool       // by slot of the record
	source  []byte       // the document being read
	text    string       // a copy of it
	faults  []fact.Problem
}

// frame is an object being read.
type frame struct {
	row   fact.Row
	nodes []node
	slots []fact.Slot
	lines *node // of a line: the field it is in
	line  int
	file  *node // of an attachment: its field
	void  bool  // something that the form does not know
}

// start prepares for a document. Its bytes are copied once, for all the texts in it.
func (s *filler) start(f *Form, row fact.Row, doc []byte) {
	s.form, s.row = f, row
	s.source, s.text = doc, string(doc)
	if cap(s.touched) < len(row) {
		s.touched = make([]bool, len(row))
	}
	s.touched = s.touched[:len(row)]
	s.Reset()
}

// Reset forgets what was received; see schemas.Resetter.
func (s *filler) Reset() {
	clear(s.row[:s.form.system])
	clear(s.touched)
	s.frame = frame{row: s.row, nodes: s.form.fields, slots: s.form.Shape.Slots}
	s.depth, s.faults, s.slab, s.slabNew = 0, s.faults[:0], nil, 4
}

// release drops what belongs to the document.
func (s *filler) release() {
	s.form, s.row, s.frame, s.outer, s.slab = nil, nil, frame{}, [3]frame{}, nil
	s.source, s.text = nil, ""
	clear(s.faults)
	s.faults = s.faults[:0]
}

// slot returns the slot of a code, or -1 when the value does not belong into a row.
func (s *filler) slot(code int) int {
	if s.frame.void || code&1 != 0 {
		return -1
	}
	if s.depth == 0 {
		s.touched[code>>1] = true
	}
	return code >> 1
}

// Text takes a string.
func (s *filler) Text(code int, raw []byte) {
	slot := s.slot(code)
	if slot < 0 {
		return
	}
	if s.frame.file != nil {
		s.filePart(slot, s.own(raw))
		return
	}
	if len(raw) == 0 {
		return
	}
	switch v := &s.frame.row[slot]; s.frame.slots[slot].Kind {
	case fact.Text:
		*v = fact.OfText(s.intern(s.frame.slots[slot].Enum, raw))
	case fact.Date:
		if days, ok := field.ParseDate(string(raw)); ok {
			*v = fact.OfDate(days)
		} else {
			s.fault(slot, "invalid_date", nil)
		}
	case fact.Time:
		if ms, ok := field.ParseTime(string(raw)); ok {
			*v = fact.OfTime(ms)
		} else {
			s.fault(slot, "invalid_time", nil)
		}
	}
}

// fewOptions is how many options are compared before a copy is cheaper.
const fewOptions = 24

// intern returns the option that the text is, so that choices need no memory of their own.
func (s *filler) intern(options []string, raw []byte) string {
	if len(options) <= fewOptions {
		for _, o := range options {
			if o == string(raw) {
				return o
			}
		}
	}
	return s.own(raw)
}

// own returns the text as a part of the document's copy. A text without escapes
// is a part of the document itself; then what lies behind it in memory tells
// where. Whatever the place, the same bytes are the same text.
func (s *filler) own(raw []byte) string {
	at := cap(s.source) - cap(raw)
	if end := at + len(raw); at >= 0 && end <= len(s.text) && s.text[at:end] == string(raw) {
		return s.text[at:end]
	}
	return string(raw)
}

// Number takes a number as it is written.
func (s *filler) Number(code int, raw []byte) {
	slot := s.slot(code)
	if slot < 0 {
		return
	}
	if s.frame.file != nil {
		if slot == field.FileSize {
			d, _ := field.ParseNumber(string(raw))
			s.filePart(slot, string(field.AppendNumber(nil, d)))
		}
		return
	}
	if s.frame.slots[slot].Kind != fact.Number {
		return
	}
	d, ok := field.ParseNumber(string(raw))
	if !ok {
		s.fault(slot, "number_range", map[string]any{"digits": field.MaxDigits})
		return
	}
	s.frame.row[slot] = fact.OfNumber(d)
}

// Bool takes true or false.
func (s *filler) Bool(code int, v bool) {
	if slot := s.slot(code); slot >= 0 && s.frame.file == nil && s.frame.slots[slot].Kind == fact.Bool {
		s.frame.row[slot] = fact.OfBool(v)
	}
}

// Null takes null: the slot stays empty, which is what it says.
func (s *filler) Null(code int) { s.slot(code) }

// Item takes a string of a list.
func (s *filler) Item(code int, raw []byte) {
	slot := s.slot(code)
	if slot < 0 || s.frame.file != nil || s.frame.slots[slot].Kind != fact.List {
		return
	}
	v := &s.frame.row[slot]
	*v = fact.OfList(append(v.List(), s.intern(s.frame.slots[slot].Enum, raw)))
}

// Enter begins a line or an attachment.
func (s *filler) Enter(code int) {
	was := s.frame
	s.outer[s.depth] = was
	s.depth++
	n := nodeAt(was.nodes, code>>1)
	switch {
	case n != nil && n.columns != nil:
		s.beginLine(n, was.row)
	case n != nil && n.def.Type == def.TypeFile:
		s.frame = frame{row: was.row, file: n}
	default:
		s.frame = frame{void: true}
	}
}

func (s *filler) beginLine(n *node, row fact.Row) {
	v := &row[n.slot]
	rows := v.Rows()
	if rows == nil {
		rows = make([]fact.Row, 0, 8)
	}
	slots := s.form.Shape.Slots[n.slot].Rows.Slots
	line := s.newRow(len(slots))
	*v = fact.OfRows(append(rows, line))
	s.frame = frame{row: line, nodes: n.columns, slots: slots, lines: n, line: len(rows)}
}

// newRow cuts a row from the slab; slabs grow so that many lines need few of them.
func (s *filler) newRow(width int) fact.Row {
	if len(s.slab) < width {
		s.slabNew = min(2*s.slabNew, 256)
		s.slab = make([]fact.Value, width*s.slabNew)
	}
	row := s.slab[:width:width]
	s.slab = s.slab[width:]
	return row
}

// Leave ends what Enter began.
func (s *filler) Leave(int) {
	if n := s.frame.file; n != nil {
		s.evenParts(n)
	}
	s.depth--
	s.frame = s.outer[s.depth]
}

// filePart adds a member of the attachment being read to its list.
func (s *filler) filePart(part int, text string) {
	v := &s.frame.row[s.frame.file.slot+part]
	*v = fact.OfList(append(v.List(), text))
}

// evenParts keeps the four lists of a file field equally long when stored data lacks a member.
func (s *filler) evenParts(n *node) {
	most := 0
	for i := range n.width {
		most = max(most, len(s.frame.row[n.slot+i].List()))
	}
	for i := range n.width {
		v := &s.frame.row[n.slot+i]
		for len(v.List()) < most {
			text := ""
			if i == field.FileSize {
				text = "0"
			}
			*v = fact.OfList(append(v.List(), text))
		}
	}
}

// nodeAt returns the node that a slot belongs to.
func nodeAt(nodes []node, slot int) *node {
	for i := range nodes {
		if n := &nodes[i]; slot >= n.slot && slot < n.slot+n.width {
			return n
		}
	}
	return nil
}

// fault notes a value that the schema accepts and a row cannot hold.
func (s *filler) fault(slot int, code string, params map[string]any) {
	path := ""
	if n := nodeAt(s.frame.nodes, slot); n != nil {
		path = schemas.Pointer(n.def.ID)
	}
	if l := s.frame.lines; l != nil {
		path = schemas.Pointer(l.def.ID, s.frame.line) + path
	}
	if len(s.faults) < maxProblems {
		s.faults = append(s.faults, fact.Problem{Path: path, Code: code, Params: params})
	}
}
