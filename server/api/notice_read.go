package api

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"sluice/runtime/fact"
	"sluice/server/store"
)

// Bounds of what is looked at: what people have not read by then, they will not.
const (
	noticesPerRole = 300
	marksKept      = 1000
)

// noticeDoc is a document "notice/<role>", as the engine writes it.
type noticeDoc struct {
	Kind   string    `json:"kind"`
	At     time.Time `json:"at"`
	Form   string    `json:"form"`
	Record string    `json:"record"`
	No     string    `json:"no"`
	State  string    `json:"state"`
	Zh     string    `json:"zh"`
	En     string    `json:"en"`
}

// notice is a notice as its reader sees it.
type notice struct {
	ID     string     `json:"id"`
	Kind   string     `json:"kind"`
	At     string     `json:"at"`
	Text   fact.Label `json:"text"`
	Form   string     `json:"form"`
	Record string     `json:"record"`
	No     string     `json:"no"`
	State  string     `json:"state"`
	Read   bool       `json:"read"`

	at time.Time
}

// marksDoc remembers, per person, which notices are read: all up to a time, and some later ones.
type marksDoc struct {
	All time.Time            `json:"all"`
	IDs map[string]time.Time `json:"ids,omitempty"`
}

func (m *marksDoc) read(id string, at time.Time) bool {
	return !at.After(m.All) || !m.IDs[id].IsZero() && !at.After(m.IDs[id])
}

func marksKey(user string) fact.Key { return fact.Key{Kind: "notice.read", ID: user} }

// notices returns what the caller's roles should know, newest first, each once.
// A role's notices are walked from the newest record: the number looked at is bounded.
func (k *call) notices() ([]notice, error) {
	byID := map[string]notice{}
	err := k.view(func(r fact.Reader) error {
		marks, _, err := readMarks(r, k.who.User)
		if err != nil {
			return err
		}
		for _, role := range k.who.Actor.Roles {
			if err := collectNotices(r, role, &marks, byID); err != nil {
				return err
			}
		}
		return nil
	})
	out := make([]notice, 0, len(byID))
	for _, n := range byID {
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b notice) int {
		return cmp.Or(b.at.Compare(a.at), strings.Compare(b.ID, a.ID))
	})
	return out, err
}

func collectNotices(r fact.Reader, role string, marks *marksDoc, into map[string]notice) error {
	n := 0
	for doc, err := range r.Scan(fact.Range{Kind: "notice/" + role, Reverse: true}) {
		if err != nil {
			return err
		}
		if n++; n > noticesPerRole {
			return nil
		}
		var d noticeDoc
		if err := json.Unmarshal(doc.Body, &d); err != nil {
			return err
		}
		into[doc.Key.ID] = notice{
			ID: doc.Key.ID, Kind: d.Kind, At: fact.TimeText(d.At.UnixMilli()), Text: fact.Label{Zh: d.Zh, En: d.En},
			Form: d.Form, Record: d.Record, No: d.No, State: d.State, Read: marks.read(doc.Key.ID, d.At), at: d.At,
		}
	}
	return nil
}

func readMarks(r fact.Reader, user string) (m marksDoc, rev uint64, err error) {
	doc, err := r.Get(marksKey(user))
	if err != nil || doc.Rev == 0 {
		return m, 0, err
	}
	return m, doc.Rev, json.Unmarshal(doc.Body, &m)
}

func (k *call) unread() (n int, err error) {
	all, err := k.notices()
	for i := range all {
		if !all[i].Read {
			n++
		}
	}
	return n, err
}

// listNotices reads notices page by page.
func (k *call) listNotices() error {
	limit, err := k.limit()
	if err != nil {
		return err
	}
	all, err := k.notices()
	if err != nil {
		return err
	}
	if cursor := k.query("cursor"); cursor != "" {
		at, id, ok := strings.Cut(cursor, "~")
		if !ok {
			return refuseAt(fact.Invalid, "/cursor", "invalid_cursor", nil)
		}
		all = slices.DeleteFunc(all, func(n notice) bool { return n.At > at || n.At == at && n.ID >= id })
	}
	var next any
	if len(all) > limit {
		all = all[:limit]
		next = all[limit-1].At + "~" + all[limit-1].ID
	}
	return k.json(fiber.StatusOK, map[string]any{"items": notNil(all), "next": next})
}

type noticeReadInput struct {
	IDs []string `json:"ids"`
	All bool     `json:"all"`
}

// readNotices marks notices as read, for the caller only.
func (k *call) readNotices() error {
	var in noticeReadInput
	if err := k.decode(&in); err != nil {
		return err
	}
	if len(in.IDs) > marksKept {
		return refuseAt(fact.Invalid, "/ids", "too_many_items", map[string]any{"max": marksKept})
	}
	for range 3 {
		err := k.mark(&in)
		if err == nil {
			return k.none()
		}
		if !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return store.ErrConflict
}

func (k *call) mark(in *noticeReadInput) error {
	var marks marksDoc
	var rev uint64
	err := k.view(func(r fact.Reader) (err error) {
		marks, rev, err = readMarks(r, k.who.User)
		return err
	})
	if err != nil {
		return err
	}
	if in.All {
		marks = marksDoc{All: k.now}
	}
	for _, id := range in.IDs {
		if marks.IDs == nil {
			marks.IDs = map[string]time.Time{}
		}
		marks.IDs[id] = k.now
	}
	marks.prune()
	body, err := json.Marshal(marks)
	if err != nil {
		return err
	}
	key := marksKey(k.who.User)
	_, err = k.api.Store.Commit(bg, k.who.Tenant, fact.Change{
		Expect: []fact.Expect{{Key: key, Rev: rev}}, Put: []fact.Put{{Key: key, Body: body}},
	})
	return err
}

// prune keeps the newest marks: the document must not grow for ever.
func (m *marksDoc) prune() {
	if len(m.IDs) <= marksKept {
		return
	}
	ids := make([]string, 0, len(m.IDs))
	for id := range m.IDs {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return m.IDs[a].Compare(m.IDs[b]) })
	for _, id := range ids[:len(ids)-marksKept] {
		delete(m.IDs, id)
	}
}
