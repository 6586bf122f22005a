package live

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"sluice/runtime/fact"
)

// topicKey names what is encoded once: a view for all who see the same of it.
type topicKey struct{ view, scope string }

// tagMark stands in a client's position between the place in the log and the tag of its topic.
const tagMark = "~"

// topic is one view for one scope, with who watches it.
type topic struct {
	key    topicKey
	screen *Screen
	kind   string // of the documents shown
	index  string
	tag    string // tells release, view and scope; a position with another tag is of other contents
	env    fact.Env
	subs   map[*socket]struct{}

	// Of a scope with row conditions: what it sees, because neither the index's
	// counts nor its entries tell.
	surveyed bool
	seen     map[string]string // id → group of the records that it sees
	counts   map[string]int64  // of seen, by group
	partly   map[string]bool   // groups too large to have been looked through
}

func newTopic(key topicKey, sc *Screen, now time.Time) *topic {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q", sc.Release, key.view, key.scope))
	return &topic{
		key: key, screen: sc, kind: fact.RecordKind(sc.View.Def.Form), index: sc.View.Index(),
		tag:  hex.EncodeToString(sum[:4]),
		env:  fact.Env{Now: now, Zone: sc.Zone, Actor: sc.Actor},
		subs: map[*socket]struct{}{},
	}
}

// position is a place in the log as a client of this topic knows it.
func (t *topic) position(p fact.Position) string { return p.String() + tagMark + t.tag }

func (t *topic) load(doc fact.Doc) (fact.Record, fact.Row, error) {
	rec, err := fact.DecodeRecord(t.screen.View.Def.Form, doc)
	if err != nil {
		return rec, nil, fmt.Errorf("%s %s: %w", doc.Key.Kind, doc.Key.ID, err)
	}
	row, err := t.screen.Load(&rec, &t.env)
	if err != nil {
		err = fmt.Errorf("%s %s: %w", doc.Key.Kind, doc.Key.ID, err)
	}
	return rec, row, err
}

func (t *topic) card(b []byte, rec *fact.Record, row fact.Row) []byte {
	return t.screen.View.Card(b, rec, row, t.screen.Hidden, &t.env)
}

// limited reports whether the scope sees only some of the records.
func (t *topic) limited() bool { return t.screen.Sees != nil }

// see notes where a record that the scope sees stands now; in is whether it does.
func (t *topic) see(id, group string, in bool) {
	if old, was := t.seen[id]; was {
		t.counts[old]--
		delete(t.seen, id)
	}
	if in {
		t.seen[id] = group
		t.counts[group]++
	}
}
