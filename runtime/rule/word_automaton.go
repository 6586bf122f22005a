package rule

import "slices"

// automaton finds all of a set of words in a text in one walk over its bytes
// (Aho and Corasick, "Efficient string matching", 1975), as a full table of
// steps over classes of bytes.
type automaton struct {
	class [256]uint16 // of each byte; 0 for bytes in no word
	width int32
	next  []int32   // by state × width + class
	rows  [][]entry // by state: rows of the words that end there
}

// maxSteps bounds the table of steps: 16 MB.
const maxSteps = 1 << 22

// newAutomaton returns nil when the words would need too large a table.
func newAutomaton(words map[string][]entry, order []string) *automaton {
	a := &automaton{width: 1}
	bytes := 1
	for _, w := range order {
		bytes += len(w)
		for i := range len(w) {
			if a.class[w[i]] == 0 {
				a.class[w[i]] = uint16(a.width)
				a.width++
			}
		}
	}
	if bytes > maxSteps/int(a.width) {
		return nil
	}
	a.state()
	for _, w := range order {
		s := int32(0)
		for i := range len(w) {
			step := &a.next[s*a.width+int32(a.class[w[i]])]
			if *step == 0 {
				fresh := a.state()
				step = &a.next[s*a.width+int32(a.class[w[i]])] // the table may have moved
				*step = fresh
			}
			s = *step
		}
		a.rows[s] = append(a.rows[s], words[w]...)
	}
	a.complete()
	return a
}

func (a *automaton) state() int32 {
	a.next = append(a.next, make([]int32, a.width)...)
	a.rows = append(a.rows, nil)
	return int32(len(a.rows) - 1)
}

// complete fills in the steps that leave a word for the longest other beginning.
func (a *automaton) complete() {
	fallback := make([]int32, len(a.rows))
	queue := []int32{0}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		for c := range a.width {
			step := &a.next[s*a.width+c]
			back := int32(0)
			if s != 0 {
				back = a.next[fallback[s]*a.width+c]
			}
			if *step == 0 {
				*step = back
				continue
			}
			fallback[*step] = back
			if len(a.rows[back]) > 0 { // shorter words end here too; entries stay in order
				all := slices.Concat(a.rows[*step], a.rows[back])
				slices.SortStableFunc(all, func(x, y entry) int { return int(x.row - y.row) })
				a.rows[*step] = slices.CompactFunc(all, func(x, y entry) bool { return x.row == y.row })
			}
			queue = append(queue, *step)
		}
	}
}
