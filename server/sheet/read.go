package sheet

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"sluice/runtime/fact"
	"sluice/runtime/form"
	"sluice/schemas"
)

// Draft is one record as the table has it.
type Draft struct {
	Key   string // its name in the table
	First int    // number of its first row; the header is row 1
	Rows  int
	Data  []byte // JSON object for a Submit; nil when Fault is set
	Fault *fact.Problem
}

// Reader gives the records of a table one after the other.
type Reader struct {
	csv    *csv.Reader
	plan   *plan
	row    int      // number of the row read last
	ahead  []string // first row of the next record; nil at the end
	fault  *csv.ParseError
	failed error // of the input: what was whole before it is still given
	total  int
	maxRow int
}

// maxRows is the most rows one record may have; more are a fault, not a fallen server.
const maxRows = 10_000

// Open begins to read a table. The problems say what of the map does not fit the
// form or the table's header; the error is of the input itself.
func Open(in io.Reader, m *Map, f *form.Form, zone *time.Location) (*Reader, []fact.Problem, error) {
	text, err := decode(in)
	if err != nil {
		return nil, nil, err
	}
	r := &Reader{csv: csv.NewReader(text), maxRow: maxRows}
	r.csv.ReuseRecord = false
	if m.Comma != "" {
		r.csv.Comma = rune(m.Comma[0])
	}
	header, err := r.csv.Read()
	if err != nil {
		return nil, nil, fmt.Errorf("header: %w", err)
	}
	r.row = 1
	if m.Zone != "" {
		if zone, err = time.LoadLocation(m.Zone); err != nil {
			return nil, []fact.Problem{{Path: "/zone", Code: "unknown_zone", Params: map[string]any{"zone": m.Zone}}}, nil
		}
	}
	p, problems := m.bind(f, header, zone)
	if len(problems) > 0 {
		return nil, problems, nil
	}
	r.plan = p
	return r, nil, r.advance()
}

// Total returns how many data rows have been read.
func (r *Reader) Total() int { return r.total }

// Next returns the next record, io.EOF at the end. A row that cannot be read is
// a record with a Fault; an error of the input ends the reading.
func (r *Reader) Next() (*Draft, error) {
	if r.failed != nil {
		return nil, r.failed
	}
	if r.fault != nil {
		d := &Draft{First: r.row, Rows: 1, Fault: &fact.Problem{Code: "unreadable_row", Params: map[string]any{"reason": r.fault.Err.Error()}}}
		r.fault = nil
		r.failed = r.advance()
		return d, nil
	}
	if r.ahead == nil {
		return nil, io.EOF
	}
	first := r.ahead
	d := &Draft{Key: strings.TrimSpace(first[r.plan.key]), First: r.row, Rows: 1}
	rows := [][]string{first}
	err := r.advance()
	for err == nil && r.continues(first) {
		d.Rows++
		if len(rows) <= r.maxRow {
			rows = append(rows, r.ahead)
		}
		err = r.advance()
	}
	if r.failed = err; err != nil && r.plan.group >= 0 {
		return nil, err // who knows whether the record goes on
	}
	switch {
	case len(rows) > r.maxRow:
		d.Fault = &fact.Problem{Code: "too_many_items", Params: map[string]any{"max": r.maxRow}}
	case d.Key == "":
		d.Fault = &fact.Problem{Code: "key_missing"}
	case !utf8.ValidString(d.Key):
		d.Fault = notText(first[r.plan.key], "")
	default:
		d.Data, d.Fault = r.plan.record(rows)
	}
	return d, nil
}

// continues reports whether the next row belongs to the record that a row began.
func (r *Reader) continues(first []string) bool {
	if r.plan.group < 0 || r.fault != nil || r.ahead == nil {
		return false
	}
	name := strings.TrimSpace(first[r.plan.group])
	return name != "" && strings.TrimSpace(r.ahead[r.plan.group]) == name
}

// notText is the problem of a cell whose bytes mean no characters: the table is
// in another encoding further down than [Open] looked.
func notText(text, path string) *fact.Problem {
	at := 0
	for at < len(text) {
		c, size := utf8.DecodeRuneInString(text[at:])
		if c == utf8.RuneError && size <= 1 {
			break
		}
		at += size
	}
	return &fact.Problem{Path: path, Code: "invalid_utf8", Params: map[string]any{"offset": at}}
}

// advance reads the next row into ahead. At the end ahead is nil.
func (r *Reader) advance() error {
	row, err := r.csv.Read()
	r.ahead = nil
	if errors.Is(err, io.EOF) {
		return nil
	}
	r.row++
	r.total++
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		r.fault = parse
		return nil
	}
	if err != nil {
		return err
	}
	r.ahead = row
	return nil
}

// record writes the JSON of a record that the rows make.
func (p *plan) record(rows [][]string) ([]byte, *fact.Problem) {
	out := []byte{'{'}
	out, problem := p.members(out, p.fields, rows[0])
	if problem != nil {
		return nil, problem
	}
	if p.linesField == "" {
		return append(out, '}'), nil
	}
	if len(out) > 1 {
		out = append(out, ',')
	}
	name, err := json.Marshal(p.linesField)
	if err != nil {
		return nil, &fact.Problem{Code: "invalid_json"}
	}
	out = append(append(out, name...), ':', '[')
	for i, row := range rows {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, '{')
		if out, problem = p.members(out, p.lines, row); problem != nil {
			at := problem.At(schemas.Pointer(p.linesField, i))
			return nil, &at
		}
		out = append(out, '}')
	}
	return append(out, ']', '}'), nil
}

func (p *plan) members(out []byte, cells []cell, row []string) ([]byte, *fact.Problem) {
	more := false
	for i := range cells {
		c := &cells[i]
		mark := len(out)
		if more {
			out = append(out, ',')
		}
		name, err := json.Marshal(c.id)
		if err != nil {
			return nil, &fact.Problem{Code: "invalid_json"}
		}
		out = append(append(out, name...), ':')
		next, ok, err := c.append(out, row, p.zone)
		if err != nil {
			return nil, notText(row[c.column], schemas.Pointer(c.id))
		}
		if !ok {
			out = out[:mark]
			continue
		}
		out, more = next, true
	}
	return out, nil
}

// decode unpacks gzip and turns the text into UTF-8: a byte order mark says
// which Unicode it is and is dropped, and what is no UTF-8 in its first part is
// read as GB18030.
func decode(in io.Reader) (io.Reader, error) {
	buffered := bufio.NewReaderSize(in, 64<<10)
	if head, _ := buffered.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		unpacked, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		buffered = bufio.NewReaderSize(unpacked, 64<<10)
	}
	if head, _ := buffered.Peek(3); bytes.Equal(head, []byte{0xef, 0xbb, 0xbf}) {
		if _, err := buffered.Discard(3); err != nil {
			return nil, err
		}
	}
	if head, _ := buffered.Peek(2); bytes.Equal(head, []byte{0xff, 0xfe}) || bytes.Equal(head, []byte{0xfe, 0xff}) { // "Unicode text" of a spreadsheet
		return transform.NewReader(buffered, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()), nil
	}
	head, err := buffered.Peek(32 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	for n := 0; err == nil && n < utf8.UTFMax && !utf8.Valid(head); n++ {
		head = head[:len(head)-1] // the peek may have cut a character
	}
	if len(head) > 0 && !utf8.Valid(head) {
		return transform.NewReader(buffered, simplifiedchinese.GB18030.NewDecoder()), nil
	}
	return buffered, nil
}
