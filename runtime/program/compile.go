package program

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/flow"
	"sluice/runtime/form"
	"sluice/runtime/rule"
	"sluice/runtime/view"
	"sluice/schemas"
)

// Source is one definition as its author wrote it.
type Source struct {
	Kind def.Kind
	ID   string
	File string // path in a folder of definitions, "forms/order.json"
	Doc  []byte
}

// Complaint is a problem with the definition it is in.
type Complaint struct {
	Kind    def.Kind     `json:"kind"`
	ID      string       `json:"id"`
	File    string       `json:"file,omitempty"`
	Problem fact.Problem `json:"problem"`
}

// Error names the file, the place and the code.
func (c Complaint) Error() string {
	at := c.File
	if at == "" {
		at = string(c.Kind) + " " + c.ID
	}
	return at + ": " + c.Problem.Error()
}

// Zone and currency of a tenant whose pack does not say.
const (
	DefaultZone     = "Asia/Shanghai"
	DefaultCurrency = "CNY"
)

// Compile decodes, links and checks the definitions of a release. The Program is
// usable only when there are no complaints; it is returned all the same, as far as it came.
// The zone is given by the caller, who may read time zone files; nil is UTC.
func Compile(sources []Source, release string, zone *time.Location) (*Program, []Complaint) {
	if zone == nil {
		zone = time.UTC
	}
	c := &compiler{
		p: &Program{
			Release: release, Zone: zone,
			Roles: map[string]*def.Role{}, Forms: map[string]*Form{}, Rules: map[string]*Rule{},
			Views: map[string]*View{}, Hooks: map[string]*def.Hook{},
		},
		forms: map[string]*def.Form{}, chains: map[string]*def.Chain{}, rules: map[string]*def.Rule{}, views: map[string]*def.View{},
		files: map[string]string{},
	}
	for i := range sources {
		c.read(&sources[i])
	}
	c.link()
	return c.p, c.complaints
}

type compiler struct {
	p          *Program
	forms      map[string]*def.Form
	chains     map[string]*def.Chain
	rules      map[string]*def.Rule
	views      map[string]*def.View
	files      map[string]string // kind/id → file
	complaints []Complaint
}

func (c *compiler) complain(kind def.Kind, id string, problems ...fact.Problem) {
	for _, p := range problems {
		c.complaints = append(c.complaints, Complaint{Kind: kind, ID: id, File: c.files[string(kind)+"/"+id], Problem: p})
	}
}

func (c *compiler) read(s *Source) {
	key := string(s.Kind) + "/" + s.ID
	if _, twice := c.files[key]; twice {
		c.complain(s.Kind, s.ID, fact.Problem{Path: "/id", Code: "duplicate_id", Params: map[string]any{"id": s.ID}})
		return
	}
	c.files[key] = s.File
	doc, problems := def.Decode(s.Kind, s.Doc)
	if len(problems) > 0 {
		c.complain(s.Kind, s.ID, problems...)
		return
	}
	switch d := doc.(type) {
	case *def.Pack:
		if c.p.Pack != nil {
			c.complain(s.Kind, s.ID, fact.Problem{Path: "/id", Code: "duplicate_id", Params: map[string]any{"id": s.ID}})
		}
		c.p.Pack = d
	case *def.Role:
		c.p.Roles[d.ID] = d
	case *def.Form:
		c.forms[d.ID] = d
	case *def.Chain:
		c.chains[d.ID] = d
	case *def.Rule:
		c.rules[d.ID] = d
	case *def.View:
		c.views[d.ID] = d
	case *def.Hook:
		c.p.Hooks[d.ID] = d
	case *def.Scenario:
		c.p.Scenarios = append(c.p.Scenarios, d)
	}
}

// link goes from what nothing depends on to what depends on all: forms, rules, chains, views, hooks.
func (c *compiler) link() {
	for _, id := range sorted(c.forms) {
		c.linkForm(c.forms[id])
	}
	for _, id := range sorted(c.rules) {
		c.linkRule(c.rules[id])
	}
	for _, id := range sorted(c.chains) {
		c.linkChain(c.chains[id])
	}
	for _, id := range sorted(c.p.Forms) {
		c.attach(c.p.Forms[id])
	}
	for _, id := range sorted(c.views) {
		c.linkView(c.views[id])
	}
	for _, id := range sorted(c.p.Hooks) {
		c.linkHook(c.p.Hooks[id])
	}
	slices.SortFunc(c.p.Scenarios, func(a, b *def.Scenario) int { return strings.Compare(a.ID, b.ID) })
	for _, s := range c.p.Scenarios {
		if c.forms[s.Form] == nil {
			c.complain(def.KindScenario, s.ID, fact.Problem{Path: "/form", Code: "unknown_form", Params: map[string]any{"form": s.Form}})
		}
	}
	if p := c.p.Pack; p != nil && p.Home != "" && c.views[p.Home] == nil {
		c.complain(def.KindPack, p.ID, unknown("/home", def.KindView, p.Home))
	}
}

func unknown(path string, kind def.Kind, id string) fact.Problem {
	return fact.Problem{Path: path, Code: "unknown_definition", Params: map[string]any{"kind": string(kind), "id": id}}
}

// known answers which ids the release has; it is what forms and chains may refer to.
type known struct{ c *compiler }

func (k known) Form(id string) bool  { return k.c.forms[id] != nil }
func (k known) Chain(id string) bool { return k.c.chains[id] != nil }
func (k known) Rule(id string) bool  { return k.c.rules[id] != nil }
func (k known) Role(id string) bool  { return id == "*" || k.c.p.Roles[id] != nil }

// Zone and Currency are the tenant's, for serial numbers and amounts.
func (k known) Zone() *time.Location { return k.c.p.Zone }
func (k known) Currency() string {
	if p := k.c.p.Pack; p != nil && p.Currency != "" {
		return p.Currency
	}
	return DefaultCurrency
}

func (c *compiler) linkForm(d *def.Form) {
	compiled, problems := form.Compile(d, known{c})
	c.complain(def.KindForm, d.ID, problems...)
	for i := range d.Access {
		if !(known{c}).Role(d.Access[i].Role) {
			c.complain(def.KindForm, d.ID, unknown(fmt.Sprintf("/access/%d/role", i), def.KindRole, d.Access[i].Role))
		}
	}
	if compiled == nil || len(problems) > 0 {
		return
	}
	f := &Form{Form: compiled}
	slot := func(path string) int { n, _ := compiled.Shape.Slot(path); return n }
	f.Slots = SystemSlots{
		ID: slot(fact.PathID), No: slot(fact.PathNo), State: slot(fact.PathState), Entered: slot(fact.PathEntered),
		Created: slot(fact.PathCreated), CreatedBy: slot(fact.PathCreatedBy), Updated: slot(fact.PathUpdated),
	}
	c.p.Forms[d.ID] = f
}

func (c *compiler) linkRule(d *def.Rule) {
	f := c.formOf(def.KindRule, d.ID, d.Form)
	if f == nil {
		return
	}
	table, problems := rule.CompileTable(d, f.Shape)
	c.complain(def.KindRule, d.ID, problems...)
	if len(problems) == 0 {
		c.p.Rules[d.ID] = &Rule{Table: table, Def: d}
	}
}

func (c *compiler) linkChain(d *def.Chain) {
	f := c.formOf(def.KindChain, d.ID, d.Form)
	if f == nil {
		return
	}
	chain, problems := flow.Compile(d, f.Shape, known{c})
	c.complain(def.KindChain, d.ID, problems...)
	if f.Def.Chain != d.ID {
		return // a chain that its form does not walk is kept, and idle
	}
	f.Chain = chain
	for i, t := range d.Transitions {
		for n, id := range t.Rules {
			if r := c.rules[id]; r != nil && r.Form != d.Form {
				c.complain(def.KindChain, d.ID, otherForm(schemas.Pointer("transitions", i, "rules", n), id, r.Form))
			}
		}
	}
}

func otherForm(path, id, form string) fact.Problem {
	return fact.Problem{Path: path, Code: "other_form", Params: map[string]any{"id": id, "form": form}}
}

// attach gives a form the rules it names.
func (c *compiler) attach(f *Form) {
	for i, id := range f.Def.Rules {
		switch r := c.rules[id]; {
		case r == nil: // form.Compile has said so
		case r.Form != f.Def.ID:
			c.complain(def.KindForm, f.Def.ID, otherForm(schemas.Pointer("rules", i), id, r.Form))
		case c.p.Rules[id] != nil:
			f.Rules = append(f.Rules, c.p.Rules[id])
		}
	}
	if d := c.chains[f.Def.Chain]; d != nil && d.Form != f.Def.ID {
		c.complain(def.KindForm, f.Def.ID, otherForm("/chain", f.Def.Chain, d.Form))
	}
}

func (c *compiler) linkView(d *def.View) {
	f := c.formOf(def.KindView, d.ID, d.Form)
	if f == nil {
		return
	}
	for i, r := range d.Roles {
		if !(known{c}).Role(r) {
			c.complain(def.KindView, d.ID, unknown(schemas.Pointer("roles", i), def.KindRole, r))
		}
	}
	compiled, problems := view.Compile(d, f.Shape, limits(f.Chain))
	c.complain(def.KindView, d.ID, problems...)
	if len(problems) > 0 {
		return
	}
	v := &View{View: compiled, Def: d, Form: f}
	c.p.Views[d.ID] = v
	f.Views = append(f.Views, v)
	if !slices.ContainsFunc(f.Indexes, func(o *view.View) bool { return o.Index() == compiled.Index() }) {
		f.Indexes = append(f.Indexes, compiled)
	}
}

func (c *compiler) linkHook(d *def.Hook) {
	f := c.formOf(def.KindHook, d.ID, d.Form)
	if f == nil {
		return
	}
	refuse := func(path, code string, params map[string]any) {
		c.complain(def.KindHook, d.ID, fact.Problem{Path: path, Code: code, Params: params})
	}
	if f.Chain == nil || f.Chain.Transition(d.Move) == nil {
		refuse("/transition", "unknown_transition", map[string]any{"transition": d.Move})
	} else if !f.Chain.Transition(d.Move).Hears(d.Account) {
		refuse("/account", "evidence_denied", map[string]any{"kind": string(fact.Callback)})
	}
	if !slices.ContainsFunc(f.Def.Indexes, func(i def.Index) bool { return i.Field == d.Match.Field }) {
		refuse("/match/field", "not_indexed", map[string]any{"field": d.Match.Field})
	}
	for i, s := range d.Set {
		if _, ok := f.Shape.Slot(s.Field); !ok {
			refuse(schemas.Pointer("set", i, "field"), "unknown_field", map[string]any{"name": s.Field})
		}
	}
}

func (c *compiler) formOf(kind def.Kind, id, form string) *Form {
	if f := c.p.Forms[form]; f != nil {
		return f
	}
	if c.forms[form] == nil { // a form that is there but broken has its own complaints
		c.complain(kind, id, fact.Problem{Path: "/form", Code: "unknown_form", Params: map[string]any{"form": form}})
	}
	return nil
}

func sorted[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for id := range m {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// limits tells a view what it needs of the chain: how long a record may stand where.
func limits(c *flow.Chain) *view.ChainInfo {
	if c == nil {
		return nil
	}
	info := &view.ChainInfo{}
	for _, s := range c.States {
		info.States = append(info.States, view.StateInfo{ID: s.Def.ID, Warn: s.Warn, Late: s.Late})
	}
	return info
}
