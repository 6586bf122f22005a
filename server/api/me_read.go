package api

import (
	"maps"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/form"
	"sluice/runtime/program"
	"sluice/server/auth"
)

// named is anything by id and name.
type named struct {
	ID   string     `json:"id"`
	Name fact.Label `json:"name"`
}

type meForm struct {
	named
	Create bool `json:"create"`
}

type meView struct {
	named
	Type def.ViewType `json:"type"`
	Form string       `json:"form"`
}

type meRule struct {
	named
	Form string `json:"form"`
}

type meTenant struct {
	ID       fact.TenantID `json:"id"`
	Name     string        `json:"name"`
	Zone     string        `json:"zone"`
	Currency string        `json:"currency"`
}

type meActor struct {
	Kind  fact.ActorKind `json:"kind"`
	ID    string         `json:"id"`
	Name  string         `json:"name"`
	Email string         `json:"email"`
	Lang  string         `json:"lang"`
	Roles []string       `json:"roles"`
}

// meBody is everything a screen needs to begin.
type meBody struct {
	Tenant  meTenant       `json:"tenant"`
	Actor   meActor        `json:"actor"`
	Can     []string       `json:"can"`
	Home    string         `json:"home"`
	Roles   []named        `json:"roles"`
	Forms   []meForm       `json:"forms"`
	Views   []meView       `json:"views"`
	Rules   []meRule       `json:"rules"`
	Notices map[string]int `json:"notices"`
	Release string         `json:"release"`
	Now     string         `json:"now"`
}

// me says who the caller is and what there is for him.
func (k *call) me() error {
	m, err := k.meBody()
	if err != nil {
		return err
	}
	return k.json(fiber.StatusOK, m)
}

func (k *call) meBody() (*meBody, error) {
	who, p := k.who, k.program
	t, err := k.tenant()
	if err != nil {
		return nil, err
	}
	m := &meBody{
		Tenant: t, Release: p.Release, Now: fact.TimeText(k.now.UnixMilli()), Can: []string{},
		Actor: meActor{Kind: who.Actor.Kind, ID: who.Actor.ID, Name: who.Actor.Name, Email: who.Email, Lang: who.Lang, Roles: notNil(who.Actor.Roles)},
		Roles: k.roles(), Forms: []meForm{}, Views: []meView{}, Rules: []meRule{},
	}
	for _, permission := range auth.Permissions {
		if k.can(permission) {
			m.Can = append(m.Can, permission)
		}
	}
	k.listForms(m)
	k.listRules(m)
	unread, err := k.unread()
	m.Notices = map[string]int{"unread": unread}
	return m, err
}

func (k *call) tenant() (meTenant, error) {
	t, err := k.api.Auth.Tenant(bg, k.who.Tenant)
	out := meTenant{ID: t.ID, Name: t.Name, Zone: program.DefaultZone, Currency: program.DefaultCurrency}
	if p := k.program.Pack; p != nil {
		if p.Zone != "" {
			out.Zone = p.Zone
		}
		if p.Currency != "" {
			out.Currency = p.Currency
		}
		if out.Name == string(t.ID) {
			out.Name = p.Name.In(k.lang())
		}
	}
	return out, err
}

// roles lists the tenant's roles, and the administrators, for whoever may give them.
func (k *call) roles() []named {
	out := []named{{ID: auth.Admin, Name: fact.Label{Zh: "管理员", En: "Administrator"}}}
	for id, r := range k.program.Roles {
		if id != auth.Admin {
			out = append(out, named{ID: id, Name: r.Name})
		}
	}
	return byID(out, func(n named) string { return n.ID })
}

func (k *call) listForms(m *meBody) {
	for id, f := range k.program.Forms {
		acc := f.Access(k.who.Actor)
		if acc.Create || acc.Read || acc.Edit {
			m.Forms = append(m.Forms, meForm{named{id, f.Def.Name}, acc.Create})
		}
	}
	for id, v := range k.program.Views {
		acc := v.Form.Access(k.who.Actor)
		if _, reveals := v.Reveals(acc.Hides); v.Seen(k.who.Actor) && acc.Read && !reveals {
			m.Views = append(m.Views, meView{named{id, v.Def.Name}, v.Def.Type, v.Def.Form})
		}
	}
	m.Forms = byID(m.Forms, func(f meForm) string { return f.ID })
	m.Views = byID(m.Views, func(v meView) string { return v.ID })
	m.Home = homeOf(k.program, m.Views)
}

func (k *call) listRules(m *meBody) {
	if !k.can(auth.Publish) {
		return
	}
	for id, r := range k.program.Rules {
		m.Rules = append(m.Rules, meRule{named{id, r.Def.Name}, r.Def.Form})
	}
	m.Rules = byID(m.Rules, func(r meRule) string { return r.ID })
}

// homeOf returns the view shown first: the pack's, when the caller sees it, else the first that he sees.
func homeOf(p *program.Program, views []meView) string {
	if len(views) == 0 {
		return ""
	}
	if p.Pack != nil && slices.ContainsFunc(views, func(v meView) bool { return v.ID == p.Pack.Home }) {
		return p.Pack.Home
	}
	return views[0].ID
}

func byID[T any](items []T, id func(T) string) []T {
	slices.SortFunc(items, func(a, b T) int { return strings.Compare(id(a), id(b)) })
	return items
}

func notNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

type ownInput struct {
	Lang     *string `json:"lang"`
	Password *string `json:"password"`
	Current  string  `json:"current"`
}

// editMe changes the caller's language, or the password: then all sessions end and a new sign-in follows.
func (k *call) editMe() error {
	var in ownInput
	if err := k.decode(&in); err != nil {
		return err
	}
	if k.who.Session == "" {
		return refuse(fact.Denied, "role_denied", nil) // a key is not the person
	}
	if _, err := k.api.Auth.ChangeOwn(bg, k.who, auth.OwnInput(in)); err != nil {
		return err
	}
	return k.none()
}

// getForm reads a form with its chain, what the caller may do with it, and the
// names of the rules that its histories tell of.
func (k *call) getForm() error {
	f, acc, err := k.form()
	if err != nil {
		return err
	}
	if k.unchanged(`"` + k.program.Release + "." + strings.Join(k.who.Actor.Roles, ".") + `"`) {
		return nil
	}
	var chain *def.Chain
	if f.Chain != nil {
		chain = f.Chain.Def
	}
	return k.json(fiber.StatusOK, map[string]any{
		"definition": f.Def, "chain": chain, "access": accessBody(f.Def, acc), "release": k.program.Release,
		"rules": ruleNames(k.program, f.Def.ID),
	})
}

// ruleNames lists the rules of a form by id; what they say stays with those who may publish.
func ruleNames(p *program.Program, form string) []map[string]any {
	out := []map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(p.Rules)) {
		if d := p.Rules[id].Def; d.Form == form {
			out = append(out, map[string]any{"id": id, "name": d.Name})
		}
	}
	return out
}

func accessBody(d *def.Form, acc *form.Access) map[string]any {
	ids := func(marked []bool) []string {
		out := []string{}
		for i := range d.Fields {
			if i < len(marked) && marked[i] {
				out = append(out, d.Fields[i].ID)
			}
		}
		return out
	}
	return map[string]any{
		"create": acc.Create, "read": acc.Read, "edit": acc.Edit, "delete": acc.Delete,
		"hidden": ids(acc.Hidden), "locked": ids(acc.Locked),
	}
}
