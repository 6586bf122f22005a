package api

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"sluice/runtime/fact"
	"sluice/runtime/field"
	"sluice/runtime/form"
	"sluice/runtime/program"
)

// viewOf returns a view that the caller may open. One that would give hidden
// values away by its groups or order, or whose form he may not read, is not found.
func (k *call) viewOf() (*program.View, *form.Access, error) {
	v := k.program.Views[k.c.Params("view")]
	if v != nil && v.Seen(k.who.Actor) {
		acc := v.Form.Access(k.who.Actor)
		if _, reveals := v.Reveals(acc.Hides); acc.Read && !reveals {
			return v, acc, nil
		}
	}
	return nil, nil, refuse(fact.NotFound, "unknown_view", map[string]any{"view": k.param("view")})
}

// getView reads a view's definition.
func (k *call) getView() error {
	v, _, err := k.viewOf()
	if err != nil {
		return err
	}
	if k.unchanged(`"` + k.program.Release + `"`) {
		return nil
	}
	return k.json(fiber.StatusOK, map[string]any{"definition": v.Def, "release": k.program.Release})
}

// listCards reads the cards of a group of a view, in the view's order, with the
// counts of all groups. The counts are those of the index: when the caller sees
// only some of the records there are none, for they would tell of the others.
func (k *call) listCards() error {
	v, acc, err := k.viewOf()
	if err != nil {
		return err
	}
	limit, err := k.limit()
	if err != nil {
		return err
	}
	l := cardLister{k: k, v: v, acc: acc, env: k.env(), limit: limit}
	l.rng = fact.Range{Kind: fact.RecordKind(v.Form.Def.ID), Index: v.Index(), Group: k.query("group")}
	if !v.Shows(l.rng.Group) {
		return refuseAt(fact.Invalid, "/group", "not_option", map[string]any{"options": v.Groups()})
	}
	if cursor := k.query("cursor"); cursor != "" {
		if _, _, err := fact.ParseCursor(cursor); err != nil || len(cursor) > 1024 {
			return refuseAt(fact.Invalid, "/cursor", "invalid_cursor", nil)
		}
		l.rng.After = cursor
	}
	if err := k.view(l.walk); err != nil {
		return err
	}
	return k.raw(fiber.StatusOK, k.out)
}

type cardLister struct {
	k     *call
	v     *program.View
	acc   *form.Access
	env   *fact.Env
	limit int
	rng   fact.Range
}

func (l *cardLister) walk(r fact.Reader) error {
	out := append(l.k.out[:0], `{"items":[`...)
	n, looked, next, more := 0, 0, "", false
	for doc, err := range r.Scan(l.rng) {
		if err != nil {
			return err
		}
		if more = n == l.limit || looked == scanned; more {
			break
		}
		looked++
		next = fact.Cursor(doc.Sort, doc.Key.ID)
		rec, err := fact.DecodeRecord(l.v.Form.Def.ID, doc)
		if err != nil {
			return err
		}
		row, err := l.v.Form.Load(&rec, l.env)
		if err != nil {
			return err
		}
		if !l.acc.Sees(row, l.env) {
			continue
		}
		if n > 0 {
			out = append(out, ',')
		}
		n++
		out = l.v.Card(out, &rec, row, l.acc.Hides, l.env)
	}
	if !more {
		next = ""
	}
	out = appendPageEnd(out, next)
	out, err := l.appendCounts(out[:len(out)-1], r)
	l.k.out = append(out, '}')
	return err
}

func (l *cardLister) appendCounts(b []byte, r fact.Reader) ([]byte, error) {
	b = append(b, `,"counts":{`...)
	if l.acc.Restricted() {
		return append(b, '}'), nil
	}
	for i, group := range l.v.Groups() {
		count, err := r.Count(l.v.Index(), group)
		if err != nil {
			return b, err
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = field.AppendText(b, group)
		b = append(b, ':')
		b = strconv.AppendInt(b, count, 10)
	}
	return append(b, '}'), nil
}

// live hands the connection over to the live views.
func (k *call) live() error {
	if k.api.Live == nil {
		return refuse(fact.Internal, "unavailable", nil)
	}
	token, _ := k.token()
	return k.api.Live(k.c, k.who, string(token))
}
