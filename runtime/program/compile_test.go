package program_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/program"
)

// source makes a definition of its members after the head.
func source(kind def.Kind, id, members string) program.Source {
	if members != "" {
		members = "," + members
	}
	return program.Source{
		Kind: kind, ID: id, File: string(kind) + "/" + id + ".json",
		Doc: fmt.Appendf(nil, `{"formatVersion":1,"kind":%q,"id":%q,"name":{"zh":"名","en":"Name"}%s}`, kind, id, members),
	}
}

const (
	fields = `"fields":[{"id":"code","type":"text","name":{"zh":"码"}},{"id":"size","type":"select","name":{"zh":"号"},"options":[{"id":"s","name":{"zh":"小"}},{"id":"l","name":{"zh":"大"}}]}]`
	rule   = `"mode":"list","hitPolicy":"first","outputs":[{"field":"code"}],"rows":[{"id":"r","when":{"combinator":"and","rules":[]},"then":{"code":{"value":"x"}}}],"noMatch":{"action":"keep"}`
	states = `"initial":"a","states":[{"id":"a","name":{"zh":"甲"}},{"id":"b","name":{"zh":"乙"}}]`
	moves  = `"transitions":[{"id":"go","name":{"zh":"走"},"from":["a"],"to":"b","evidence":[{"kind":"callback","account":"zto"},{"kind":"manual"}]}]`
	list   = `"type":"list","columns":[{"field":"code"}]`
	match  = `"match":{"field":"code","pointer":"/code"}`
)

// base is a release without problems.
func base() []program.Source {
	return []program.Source{
		source("pack", "shop", `"version":"1.0.0","home":"all"`),
		source("role", "clerk", `"can":["publish"]`),
		source("role", "lead", `"can":["members","publish"]`),
		source("form", "order", `"chain":"flow","rules":["route"],`+fields+`,"indexes":[{"id":"by-code","field":"code"}],"access":[{"role":"clerk","create":true,"read":true},{"role":"*","read":true}]`),
		source("form", "plain", fields),
		source("rule", "route", `"form":"order",`+rule),
		source("chain", "flow", `"form":"order",`+states+`,`+moves),
		source("view", "all", `"form":"order","roles":["*"],`+list),
		source("hook", "carrier", `"form":"order","account":"zto","transition":"go",`+match),
		source("scenario", "s1", `"form":"order","now":"2026-03-01T08:00:00Z","steps":[{"do":"submit","as":"clerk","input":{},"then":{}}]`),
	}
}

// with returns the base release with definitions put in the place of those of the same id, or added.
func with(changed ...program.Source) []program.Source {
	out := base()
	for _, c := range changed {
		i := slices.IndexFunc(out, func(s program.Source) bool { return s.Kind == c.Kind && s.ID == c.ID })
		if i < 0 {
			out = append(out, c)
		} else {
			out[i] = c
		}
	}
	return out
}

func without(kind def.Kind, id string) []program.Source {
	return slices.DeleteFunc(base(), func(s program.Source) bool { return s.Kind == kind && s.ID == id })
}

func TestCompileLinks(t *testing.T) {
	t.Parallel()
	p, complaints := program.Compile(base(), "rel", nil)
	require.Empty(t, complaints)
	f := p.Forms["order"]
	require.Equal(t, "flow", f.Chain.Def.ID)
	require.Len(t, f.Rules, 1)
	require.Equal(t, []string{"all"}, viewIDs(f))
	require.Same(t, f, p.Views["all"].Form)
	require.Nil(t, p.Forms["plain"].Chain)
	require.Equal(t, time.UTC, p.Zone)
	require.Equal(t, "rel", p.Release)
}

func viewIDs(f *program.Form) []string {
	var out []string
	for _, v := range f.Views {
		out = append(out, v.Def.ID)
	}
	return out
}

// TestProblemsAcrossDefinitions breaks one link after the other.
func TestProblemsAcrossDefinitions(t *testing.T) {
	t.Parallel()
	order := func(members string) program.Source {
		return source("form", "order", members+fields+`,"indexes":[{"id":"by-code","field":"code"}]`)
	}
	for name, tc := range map[string]struct {
		sources []program.Source
		want    []string
	}{
		"unknown home":                    {with(source("pack", "shop", `"version":"1.0.0","home":"ghost"`)), []string{"pack/shop.json /home unknown_definition"}},
		"two packs":                       {with(source("pack", "other", `"version":"1.0.0"`)), []string{"pack/other.json /id duplicate_id"}},
		"an id twice":                     {append(base(), source("role", "clerk", "")), []string{"role/clerk.json /id duplicate_id"}},
		"unreadable":                      {with(program.Source{Kind: "role", ID: "bad", File: "role/bad.json", Doc: []byte("{")}), []string{"role/bad.json invalid_json"}},
		"access of an unknown role":       {with(source("form", "plain", fields+`,"access":[{"role":"*","read":true},{"role":"ghost","read":true}]`)), []string{"form/plain.json /access/1/role unknown_definition"}},
		"unknown chain of a form":         {with(source("form", "plain", `"chain":"ghost",`+fields)), []string{"form/plain.json /chain unknown_chain"}},
		"chain of another form":           {with(source("form", "plain", `"chain":"flow",`+fields)), []string{"form/plain.json /chain other_form"}},
		"unknown rule of a form":          {with(source("form", "plain", `"rules":["ghost"],`+fields)), []string{"form/plain.json /rules/0 unknown_rule"}},
		"rule of another form":            {with(source("form", "plain", `"rules":["route"],`+fields)), []string{"form/plain.json /rules/0 other_form"}},
		"rule of an unknown form":         {with(source("rule", "lost", `"form":"ghost",`+rule)), []string{"rule/lost.json /form unknown_form"}},
		"rule that sets an unknown field": {with(source("rule", "route", `"form":"order",`+strings.ReplaceAll(rule, `"code"`, `"ghost"`))), []string{"rule/route.json /outputs/0/field rule_unknown_field"}},
		"chain of an unknown form":        {with(source("chain", "lost", `"form":"ghost",`+states+`,"transitions":[]`)), []string{"chain/lost.json /form unknown_form"}},
		"chain with an unknown role":      {with(source("chain", "flow", `"form":"order",`+states+`,`+strings.Replace(moves, `"from"`, `"roles":["ghost"],"from"`, 1))), []string{"chain/flow.json /transitions/0/roles/0 unknown_definition"}},
		"chain with another form's rule": {with(source("rule", "theirs", `"form":"plain",`+rule), source("chain", "flow", `"form":"order",`+states+`,`+strings.Replace(moves, `"from"`, `"rules":["theirs"],"from"`, 1))),
			[]string{"chain/flow.json /transitions/0/rules/0 other_form"}},
		"view of an unknown form":    {with(source("view", "lost", `"form":"ghost",`+list)), []string{"view/lost.json /form unknown_form"}},
		"view for an unknown role":   {with(source("view", "all", `"form":"order","roles":["*","ghost"],`+list)), []string{"view/all.json /roles/1 unknown_definition"}},
		"hook of an unknown form":    {with(source("hook", "carrier", `"form":"ghost","account":"zto","transition":"go",`+match)), []string{"hook/carrier.json /form unknown_form"}},
		"hook without an index":      {with(source("hook", "carrier", `"form":"order","account":"zto","transition":"go","match":{"field":"size","pointer":"/x"}`)), []string{"hook/carrier.json /match/field not_indexed"}},
		"hook with an unknown move":  {with(source("hook", "carrier", `"form":"order","account":"zto","transition":"fly",`+match)), []string{"hook/carrier.json /transition unknown_transition"}},
		"hook nobody listens to":     {with(source("hook", "carrier", `"form":"order","account":"sf","transition":"go",`+match)), []string{"hook/carrier.json /account evidence_denied"}},
		"hook that sets nothing":     {with(source("hook", "carrier", `"form":"order","account":"zto","transition":"go",`+match+`,"set":[{"field":"ghost","pointer":"/y"}]`)), []string{"hook/carrier.json /set/0/field unknown_field"}},
		"hook of a form that stands": {with(order(`"rules":["route"],`)), []string{"hook/carrier.json /transition unknown_transition"}},
		"scenario of no form":        {with(source("scenario", "s1", `"form":"ghost","now":"2026-03-01T08:00:00Z","steps":[{"do":"submit","as":"clerk","input":{},"then":{}}]`)), []string{"scenario/s1.json /form unknown_form"}},
		"form is gone": {without("form", "order"), []string{
			"rule/route.json /form unknown_form", "chain/flow.json /form unknown_form", "view/all.json /form unknown_form",
			"hook/carrier.json /form unknown_form", "scenario/s1.json /form unknown_form",
		}},
		// What depends on a broken form is not blamed for it.
		"form is broken": {with(source("form", "order", `"title":"ghost","chain":"flow",`+fields)), []string{"form/order.json /title unknown_path"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, complaints := program.Compile(tc.sources, "rel", time.UTC)
			got := []string{}
			for _, c := range complaints {
				require.NotContains(t, c.Problem.Sentence("zh")+c.Problem.Sentence("en"), "…", "%v lacks a parameter", c)
				require.Contains(t, c.Error(), c.File)
				got = append(got, strings.Join(strings.Fields(c.File+" "+c.Problem.Path+" "+c.Problem.Code), " "))
			}
			require.Equal(t, tc.want, got)
		})
	}
}

func TestComplaintWithoutAFileNamesTheDefinition(t *testing.T) {
	t.Parallel()
	c := program.Complaint{Kind: def.KindForm, ID: "order", Problem: fact.Problem{Path: "/x", Code: "required"}}
	require.Equal(t, "form order: required at /x", c.Error())
}

func TestCanAsksTheRoles(t *testing.T) {
	t.Parallel()
	p, complaints := program.Compile(base(), "rel", time.UTC)
	require.Empty(t, complaints)
	for _, tc := range []struct {
		roles []string
		duty  string
		want  bool
	}{
		{[]string{"clerk"}, "publish", true},
		{[]string{"clerk"}, "members", false},
		{[]string{"clerk", "lead"}, "members", true},
		{[]string{"ghost"}, "publish", false},
		{nil, "publish", false},
		{[]string{"lead"}, "", false},
	} {
		require.Equal(t, tc.want, p.Can(fact.Actor{Roles: tc.roles}, tc.duty), tc)
	}
}

// TestEntriesKeepEqualIndexesOnce has three views of which two agree on what decides their index.
func TestEntriesKeepEqualIndexesOnce(t *testing.T) {
	t.Parallel()
	filtered := `"form":"order","filter":{"combinator":"and","rules":[{"field":"size","operator":"=","value":"l"}]},`
	p, complaints := program.Compile(with(
		source("view", "again", `"form":"order","roles":["lead"],"type":"list","columns":[{"field":"size"}]`),
		source("view", "large", filtered+list),
	), "rel", time.UTC)
	require.Empty(t, complaints)
	f := p.Forms["order"]
	require.Equal(t, []string{"again", "all", "large"}, viewIDs(f))
	require.Len(t, f.Indexes, 2)
	require.Equal(t, p.Views["all"].Index(), p.Views["again"].Index())

	for size, want := range map[string]int{"s": 3, "l": 4} {
		env := &fact.Env{Now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), Actor: fact.Actor{Roles: []string{"clerk"}}}
		data, err := json.Marshal(map[string]string{"code": "C", "size": size})
		require.NoError(t, err)
		entry, problems := f.Submit(data, f.Full(), env)
		require.Empty(t, problems)
		f.Fill(entry.Row, &fact.Record{Form: "order", ID: "o1", State: "a", Created: env.Now, Entered: env.Now, Updated: env.Now})
		entries := f.Entries(entry.Row, env)
		require.Len(t, entries, want)
		require.Equal(t, fact.Entry{Index: program.StateIndex("order"), Kind: "record/order", ID: "o1", Group: "a"}, entries[0])
		seen := map[string]bool{}
		for _, e := range entries {
			require.False(t, seen[e.Index], "%s twice", e.Index)
			seen[e.Index] = true
			require.Equal(t, "o1", e.ID)
		}
	}
}
