package schemas

// verdict is what one pass says of a document.
type verdict uint8

const (
	holds  verdict = iota
	fails          // not in order, as far as one pass sees
	unsure         // the reference must decide
)

// stop is the place that the functions of state return when the verdict is no longer holds.
const stop = -1

// maxExtra is how many members that the schema does not name are compared with
// each other before the reference is asked.
const maxExtra = 64

// maxUnique is the same for the items of a list without repeats.
const maxUnique = 64

// state is one reading of a document. Its buffers are used again.
type state struct {
	doc     []byte
	sink    Sink
	limits  Limits
	keys    int
	verdict verdict
	scratch []byte // the text being read, when it has escapes
	kept    []byte // unescaped keys and items that later ones are compared with
	keyEnds []int  // where each of them ends in kept
	number  decimalText
}

func (s *state) fail() int {
	s.verdict = fails
	return stop
}

// value reads the value at i against its schema and returns the place after it.
func (s *state) value(n *node, i, depth int) int {
	if i >= len(s.doc) {
		return s.fail()
	}
	switch c := s.doc[i]; c {
	case '"':
		return s.text(n, i)
	case '{':
		if n.kinds&kindObject == 0 || depth >= s.limits.Depth {
			return s.fail()
		}
		return s.object(n, i+1, depth+1)
	case '[':
		if n.kinds&kindList == 0 || depth >= s.limits.Depth {
			return s.fail()
		}
		return s.list(n, i+1, depth+1)
	case 't', 'f':
		return s.boolean(n, i, c == 't')
	case 'n':
		if n.kinds&kindNull == 0 || !lexWord(s.doc, i, "null") {
			return s.fail()
		}
		if n.slot >= 0 && s.sink != nil {
			s.sink.Null(n.slot)
		}
		return i + 4
	default:
		return s.numeral(n, i)
	}
}

func (s *state) boolean(n *node, i int, v bool) int {
	word, kind := "false", kindFalse
	if v {
		word, kind = "true", kindTrue
	}
	if n.kinds&kind == 0 || !lexWord(s.doc, i, word) {
		return s.fail()
	}
	if n.slot >= 0 && s.sink != nil {
		s.sink.Bool(n.slot, v)
	}
	return i + len(word)
}

func (s *state) text(n *node, i int) int {
	if n.kinds&kindText == 0 {
		return s.fail()
	}
	raw, end := s.accept(n, i)
	if end >= 0 && n.slot >= 0 && s.sink != nil {
		s.sink.Text(n.slot, raw)
	}
	return end
}

// accept reads a string and checks it; raw is unescaped and valid until the next one is read.
func (s *state) accept(n *node, i int) (raw []byte, end int) {
	t := lexString(s.doc, i)
	if t.bad != fine {
		return nil, s.fail()
	}
	raw = s.doc[i+1 : t.end-1]
	if len(raw) > s.limits.String || t.runes < n.minLength || n.maxLength >= 0 && t.runes > n.maxLength {
		return nil, s.fail()
	}
	if t.escaped {
		s.scratch = unescape(s.scratch[:0], raw)
		raw = s.scratch
	}
	if n.texts != nil && !n.texts.has(raw) || n.pattern != nil && !n.pattern.match(raw) {
		return nil, s.fail()
	}
	switch n.format {
	case formatDate:
		if !isDate(raw) {
			return nil, s.fail()
		}
	case formatTime:
		if !isTime(raw) {
			return nil, s.fail()
		}
	}
	return raw, t.end
}

func (s *state) numeral(n *node, i int) int {
	end, bad := lexNumber(s.doc, i)
	if bad != fine || n.kinds&(kindInteger|kindNumber) == 0 {
		return s.fail()
	}
	raw := s.doc[i:end]
	if n.kinds&kindNumber == 0 || n.bounds != nil {
		if !s.inBounds(n, raw) {
			return s.fail()
		}
	}
	if n.slot >= 0 && s.sink != nil {
		s.sink.Number(n.slot, raw)
	}
	return end
}

// inBounds checks a number exactly, by its digits.
func (s *state) inBounds(n *node, raw []byte) bool {
	d := &s.number
	d.parse(raw)
	if n.kinds&kindNumber == 0 && d.lowest() < 0 {
		return false
	}
	b := n.bounds
	if b == nil {
		return true
	}
	if b.stepped && d.n > 0 && d.lowest() < b.step {
		return false
	}
	if b.least != nil {
		if c := d.cmp(b.least); c < 0 || c == 0 && b.leastOpen {
			return false
		}
	}
	if b.most != nil {
		if c := d.cmp(b.most); c > 0 || c == 0 && b.mostOpen {
			return false
		}
	}
	return true
}

func (s *state) list(n *node, i, depth int) int {
	doc := s.doc
	count := 0
	keptFrom, endsFrom := len(s.kept), len(s.keyEnds)
	if i = lexSpace(doc, i); i < len(doc) && doc[i] == ']' {
		i++
	} else {
		for more := true; more; count++ {
			if i = s.item(n, i, depth, keptFrom, endsFrom); i < 0 {
				return i
			}
			if i, more = s.next(i, ']'); i < 0 {
				return i
			}
		}
	}
	if n.unique {
		s.kept, s.keyEnds = s.kept[:keptFrom], s.keyEnds[:endsFrom]
	}
	if count < n.minItems || n.maxItems >= 0 && count > n.maxItems {
		return s.fail()
	}
	return i
}

// item reads one item of a list.
func (s *state) item(n *node, i, depth, keptFrom, endsFrom int) int {
	item := n.items
	if i >= len(s.doc) {
		return s.fail()
	}
	delivered := n.slot >= 0 && s.sink != nil
	switch s.doc[i] {
	case '"':
		if item.kinds&kindText == 0 {
			return s.fail()
		}
		raw, end := s.accept(item, i)
		if end < 0 {
			return end
		}
		if n.unique {
			if got := s.keep(raw, keptFrom, endsFrom, maxUnique); got != holds {
				s.verdict = got
				return stop
			}
		}
		if delivered {
			s.sink.Item(n.slot, raw)
		}
		return end
	case '{':
		if !delivered {
			return s.value(item, i, depth)
		}
		s.sink.Enter(n.slot)
		end := s.value(item, i, depth)
		if end >= 0 {
			s.sink.Leave(n.slot)
		}
		return end
	default:
		return s.value(item, i, depth)
	}
}

// keep remembers a text and says whether it differs from those kept since the given places.
func (s *state) keep(raw []byte, keptFrom, endsFrom, limit int) verdict {
	if len(s.keyEnds)-endsFrom >= limit {
		return unsure
	}
	start := keptFrom
	for _, end := range s.keyEnds[endsFrom:] {
		if string(s.kept[start:end]) == string(raw) {
			return fails
		}
		start = end
	}
	s.kept = append(s.kept, raw...)
	s.keyEnds = append(s.keyEnds, len(s.kept))
	return holds
}

// next reads the comma or the closing bracket after a member or an item.
func (s *state) next(i int, closing byte) (end int, more bool) {
	doc := s.doc
	if i < len(doc) && doc[i] <= ' ' {
		i = lexSpace(doc, i)
	}
	if i >= len(doc) {
		return s.fail(), false
	}
	switch doc[i] {
	case ',':
		return lexSpace(doc, i+1), true
	case closing:
		return i + 1, false
	default:
		return s.fail(), false
	}
}

func (s *state) object(n *node, i, depth int) int {
	doc := s.doc
	var seen [maxProps / 64]uint64
	if i = lexSpace(doc, i); i < len(doc) && doc[i] == '}' {
		return s.complete(n, &seen, i+1)
	}
	guess := 0
	keptFrom, endsFrom := len(s.kept), len(s.keyEnds)
	for more := true; more; {
		var key []byte
		if key, i = s.key(i); i < 0 {
			return i
		}
		member := n.extra
		p := guess
		if p >= len(n.props) || n.props[p].name != string(key) {
			p = n.index.find(n.props, key)
		}
		if p >= 0 {
			if !n.loose {
				if seen[p>>6]&(1<<(p&63)) != 0 {
					return s.fail()
				}
				seen[p>>6] |= 1 << (p & 63)
			}
			member = n.props[p].node
			guess = p + 1
		} else if got := s.other(n, key, keptFrom, endsFrom); got != holds {
			s.verdict = got
			return stop
		}
		if i = s.value(member, i, depth); i < 0 {
			return i
		}
		if i, more = s.next(i, '}'); i < 0 {
			return i
		}
	}
	s.kept, s.keyEnds = s.kept[:keptFrom], s.keyEnds[:endsFrom]
	return s.complete(n, &seen, i)
}

// other says whether a member that the schema does not name may stand there.
func (s *state) other(n *node, key []byte, keptFrom, endsFrom int) verdict {
	if n.closed {
		return fails
	}
	if n.loose {
		return holds
	}
	return s.keep(key, keptFrom, endsFrom, maxExtra)
}

// complete checks that every required member was there.
func (s *state) complete(n *node, seen *[maxProps / 64]uint64, end int) int {
	for w, must := range n.must {
		if seen[w]&must != must {
			return s.fail()
		}
	}
	return end
}

// key reads a member's name and the colon; i is the place of its value.
func (s *state) key(i int) (key []byte, end int) {
	doc := s.doc
	if i >= len(doc) || doc[i] != '"' {
		return nil, s.fail()
	}
	if s.keys++; s.keys > s.limits.Keys {
		return nil, s.fail()
	}
	t := lexString(doc, i)
	if t.bad != fine {
		return nil, s.fail()
	}
	if key = doc[i+1 : t.end-1]; len(key) > s.limits.String {
		return nil, s.fail()
	}
	if t.escaped {
		s.scratch = unescape(s.scratch[:0], key)
		key = s.scratch
	}
	if i = lexSpace(doc, t.end); i >= len(doc) || doc[i] != ':' {
		return nil, s.fail()
	}
	return key, lexSpace(doc, i+1)
}
