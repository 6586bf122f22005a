package scenario

import (
	"iter"
	"slices"
	"strings"

	"sluice/runtime/fact"
)

// facts is the little world of one scenario: a Reader over maps, to which
// changes are applied as a store would. It keeps no indexes: decisions read by key.
type facts struct {
	docs     map[fact.Key]fact.Doc
	counters map[fact.Key]int64
	notified []string // roles, since the last step
}

func newFacts() *facts {
	return &facts{docs: map[fact.Key]fact.Doc{}, counters: map[fact.Key]int64{}}
}

func (f *facts) Get(k fact.Key) (fact.Doc, error) {
	d := f.docs[k]
	d.Key = k
	return d, nil
}

func (f *facts) Scan(r fact.Range) iter.Seq2[fact.Doc, error] {
	var keys []fact.Key
	for k := range f.docs {
		if k.Kind == r.Kind && r.Index == "" {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b fact.Key) int { return strings.Compare(a.ID, b.ID) })
	return func(yield func(fact.Doc, error) bool) {
		for _, k := range keys {
			if !yield(f.docs[k], nil) {
				return
			}
		}
	}
}

func (f *facts) Count(string, string) (int64, error)     { return 0, nil }
func (f *facts) Groups(string) (map[string]int64, error) { return map[string]int64{}, nil }
func (f *facts) Counter(k fact.Key) (int64, error)       { return f.counters[k], nil }
func (f *facts) Event(uint64) (fact.Event, error)        { return fact.Event{}, nil }
func (f *facts) Position() fact.Position                 { return fact.Position{} }

func (f *facts) apply(c fact.Change) {
	for _, a := range c.Adjust {
		f.counters[a.Counter] += a.Delta
	}
	for _, p := range c.Put {
		if p.Delete {
			delete(f.docs, p.Key)
			continue
		}
		d := f.docs[p.Key]
		d.Key, d.Rev, d.Body = p.Key, d.Rev+1, p.Body
		if p.Draw != nil && d.Rev == 1 {
			f.counters[p.Draw.Counter]++
			d.Serial = uint64(f.counters[p.Draw.Counter])
		}
		f.docs[p.Key] = d
		if role, ok := strings.CutPrefix(p.Key.Kind, "notice/"); ok {
			f.notified = append(f.notified, role)
		}
	}
}
