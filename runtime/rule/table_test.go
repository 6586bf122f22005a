package rule_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/runtime/expr/exprtest"
	"sluice/runtime/fact"
	"sluice/runtime/rule"
)

var now = &fact.Env{Now: time.Date(2026, 3, 15, 10, 30, 0, 0, time.UTC), Actor: fact.Actor{ID: "u1"}}

// namedShape is a small order whose fields and options have names.
func namedShape() *fact.Shape {
	zhEn := func(zh, en string) fact.Label { return fact.Label{Zh: zh, En: en} }
	lines := fact.NewShape([]fact.Slot{
		{Path: "brand", Kind: fact.Text, Name: zhEn("品牌", "Brand")},
		{Path: "origin", Kind: fact.Text, Name: zhEn("产地", "Origin"), Enum: []string{"oem", "other"}, EnumNames: []fact.Label{zhEn("原厂", "OEM"), zhEn("其他", "Other")}},
		{Path: "qty", Kind: fact.Number, Name: zhEn("数量", "Quantity")},
	})
	return fact.NewShape([]fact.Slot{
		{Path: "grade", Kind: fact.Text, Name: zhEn("客户等级", "Grade"), Enum: []string{"svip", "normal"}, EnumNames: []fact.Label{zhEn("至尊", "SVIP"), zhEn("普通", "Normal")}},
		{Path: "amount", Kind: fact.Number, Name: zhEn("金额", "Amount"), Unit: "CNY"},
		{Path: "urgent", Kind: fact.Bool, Name: zhEn("加急", "Urgent")},
		{Path: "due", Kind: fact.Date, Name: zhEn("交期", "Due")},
		{Path: "note", Kind: fact.Text, Name: zhEn("备注", "Note")},
		{Path: "owner", Kind: fact.Text, Name: zhEn("负责人", "Owner"), Exact: true},
		{Path: "lines", Kind: fact.Rows, Rows: lines, Name: zhEn("明细", "lines")},
		{Path: "warehouse", Kind: fact.Text, Name: zhEn("发货仓", "Warehouse"), Enum: []string{"nb", "jx"}, EnumNames: []fact.Label{zhEn("宁波保税仓", "Ningbo"), zhEn("嘉兴前置仓", "Jiaxing")}},
		{Path: "fee", Kind: fact.Number, Name: zhEn("运费", "Fee"), Unit: "CNY"},
		{Path: "gifts", Kind: fact.List, Name: zhEn("赠品", "Gifts"), Enum: []string{"cup", "bag", "pen"}},
	})
}

func order(t testing.TB, src string) fact.Row {
	var values map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(src), &values))
	row, err := exprtest.Row(namedShape(), values)
	require.NoError(t, err)
	return row
}

func ruleOf(t testing.TB, src string) *def.Rule {
	var r def.Rule
	require.NoError(t, json.Unmarshal([]byte(src), &r))
	return &r
}

func compiled(t testing.TB, src string) *rule.Table {
	table, problems := rule.CompileTable(ruleOf(t, src), namedShape())
	require.Empty(t, problems)
	return table
}

const routing = `{"id":"routing","name":{"zh":"分仓"},"mode":"table","hitPolicy":"first",
	"inputs":[{"id":"g","field":"grade"},{"id":"u","field":"urgent"},{"id":"b","field":"lines.brand","match":{"mode":"some"}}],
	"outputs":[{"field":"warehouse"},{"field":"fee"}],
	"rows":[
		{"id":"r1","name":{"zh":"至尊急单","en":"Urgent SVIP"},"if":{"g":{"operator":"=","value":"svip"},"u":{"operator":"=","value":true},"b":{"operator":"in","value":["Benz","奔驰"]}},"then":{"warehouse":{"value":"nb"},"fee":{"value":0}}},
		{"id":"r2","if":{"g":{"operator":"=","value":"svip"}},"then":{"warehouse":{"value":"jx"},"fee":{"formula":"ROUND(amount * 0.01, 2)"}}},
		{"id":"r3","off":true,"then":{"warehouse":{"value":"nb"}}}],
	"noMatch":{"action":"set","then":{"warehouse":{"value":"jx"}}}}`

func TestFirstRowThatHoldsDecides(t *testing.T) {
	table := compiled(t, routing)
	require.Equal(t, []string{"amount", "grade", "lines", "lines.brand", "urgent"}, table.Reads())
	require.Equal(t, []string{"warehouse", "fee"}, table.Sets())
	var out rule.Outcome

	table.Decide(order(t, `{"grade":"svip","urgent":true,"lines":[{"brand":"BMW"},{"brand":"ＢＥＮＺ"}]}`), now, &out)
	require.Equal(t, []rule.Hit{{Row: "r1", Index: 0}}, out.Hits)
	require.Equal(t, "nb", out.Set[0].Value.Text())
	require.Equal(t, "fee", out.Set[1].Path)
	require.Equal(t, namedShape().Slots[out.Set[1].Slot].Path, "fee")
	require.False(t, out.NoMatch)

	table.Decide(order(t, `{"grade":"svip","amount":123.45}`), now, &out)
	require.Equal(t, []rule.Hit{{Row: "r2", Index: 1}}, out.Hits)
	require.Equal(t, "1.23", out.Set[1].Value.Number().String())

	table.Decide(order(t, `{"grade":"normal"}`), now, &out)
	require.Empty(t, out.Hits)
	require.True(t, out.NoMatch)
	require.Len(t, out.Set, 1)
	require.Nil(t, out.Refuse)
}

func TestExplanationTellsWhatWasAskedAndFound(t *testing.T) {
	table := compiled(t, routing)
	row := order(t, `{"grade":"svip","urgent":true,"lines":[{"brand":"BMW"},{"brand":"Benz"}]}`)
	b, err := json.Marshal(table.Explain(rule.Hit{Row: "r1", Index: 0}, row, now))
	require.NoError(t, err)
	require.JSONEq(t, `{"rule":"routing","row":"r1","because":[
		{"path":"grade","operator":"=","want":"svip","got":"svip"},
		{"path":"urgent","operator":"=","want":true,"got":true},
		{"path":"lines.1.brand","operator":"in","want":["Benz","奔驰"],"got":"Benz"}],
		"zh":"至尊急单：若客户等级为“至尊”，且加急为“是”，且任一明细满足（品牌为“Benz”、“奔驰”之一），则发货仓设为“宁波保税仓”，运费设为0 CNY",
		"en":"Urgent SVIP: If Grade is “SVIP” and Urgent is yes and some line of lines has (Brand is one of “Benz” or “奔驰”), then Warehouse becomes “Ningbo”, Fee becomes 0 CNY"}`, string(b))
	require.Equal(t, "若客户等级为“至尊”，则发货仓设为“嘉兴前置仓”，运费设为公式「ROUND(amount * 0.01, 2)」的结果", table.Sentence(1, "zh"))
	require.Empty(t, table.Sentence(2, "en"), "switched off")
}

func TestSentences(t *testing.T) {
	for _, c := range []struct{ condition, zh, en string }{
		{`{"combinator":"and","rules":[]}`, "总是", "always"},
		{`{"combinator":"or","rules":[]}`, "从不", "never"},
		{`{"field":"amount","operator":">=","value":5000}`, "金额大于等于 5000 CNY ", "Amount is at least 5000 CNY"},
		{`{"field":"amount","operator":"between","value":[1,2.50]}`, "金额在 1 CNY 到 2.5 CNY 之间", "Amount is between 1 CNY and 2.5 CNY"},
		{`{"field":"due","operator":"<","value":"2026-03-15"}`, "交期早于 2026-03-15 ", "Due is before 2026-03-15"},
		{`{"field":"due","operator":"<=","valueSource":"formula","value":"TODAY() + 3"}`, "交期不晚于公式「TODAY() + 3」", "Due is not after the result of `TODAY() + 3`"},
		{`{"field":"owner","operator":"=","valueSource":"actor","value":"id"}`, "负责人为本人", "Owner is me"},
		{`{"field":"owner","operator":"!=","valueSource":"field","value":"note"}`, "负责人不为「备注」", "Owner is not Note"},
		{`{"field":"note","operator":"containsAny","value":["急","冷链"]}`, "备注包含“急”、“冷链”之一", "Note contains one of “急” or “冷链”"},
		{`{"field":"note","operator":"null"}`, "备注为空", "Note is empty"},
		{`{"combinator":"or","not":true,"rules":[{"field":"urgent","operator":"=","value":false},{"field":"grade","operator":"notIn","value":["svip"]}]}`,
			"并非（加急为“否”或客户等级不为“至尊”中任何一个）", "not (Urgent is no or Grade is none of “SVIP”)"},
		{`{"combinator":"and","rules":[{"combinator":"or","rules":[{"field":"urgent","operator":"=","value":true},{"field":"note","operator":"notNull"}]},{"field":"grade","operator":"=","value":"svip"}]}`,
			"（加急为“是”或备注不为空），且客户等级为“至尊”", "(Urgent is yes or Note is not empty) and Grade is “SVIP”"},
		{`{"field":"lines","match":{"mode":"atLeast","threshold":2},"value":{"combinator":"and","rules":[{"field":"origin","operator":"=","value":"oem"},{"field":"parent.urgent","operator":"=","value":true}]}}`,
			"至少 2 条明细满足（产地为“原厂”，且整单加急为“是”）", "at least 2 lines of lines have (Origin is “OEM” and the record's Urgent is yes)"},
	} {
		compiled, problems := rule.Compile(condition(t, c.condition), namedShape())
		require.Empty(t, problems, c.condition)
		require.Equal(t, c.zh, compiled.Sentence("zh"))
		require.Equal(t, c.en, compiled.Sentence("en"))
	}
}

func TestUniqueRefusesTwoHits(t *testing.T) {
	table := compiled(t, `{"id":"r","mode":"list","hitPolicy":"unique","outputs":[{"field":"warehouse"}],"rows":[
		{"id":"a","name":{"zh":"甲"},"when":{"field":"amount","operator":">","value":10},"then":{"warehouse":{"value":"nb"}}},
		{"id":"b","when":{"field":"amount","operator":">","value":20},"then":{"warehouse":{"value":"jx"}}}],"noMatch":{"action":"keep"}}`)
	var out rule.Outcome
	table.Decide(order(t, `{"amount":15}`), now, &out)
	require.Nil(t, out.Refuse)
	require.Equal(t, "nb", out.Set[0].Value.Text())
	table.Decide(order(t, `{"amount":25}`), now, &out)
	require.Equal(t, "rule_not_unique", out.Refuse.Code)
	require.Equal(t, "规则“r”有多行同时命中（甲、b），请改成只命中一行。", out.Refuse.Sentence("zh"))
	require.Empty(t, out.Set)
	require.Len(t, out.Hits, 2)
	table.Decide(order(t, `{}`), now, &out)
	require.True(t, out.NoMatch)
	require.Nil(t, out.Refuse)
	require.Empty(t, out.Set)
}

func TestCollectGathersEachTextOnce(t *testing.T) {
	table := compiled(t, `{"id":"r","mode":"list","hitPolicy":"collect","outputs":[{"field":"gifts"}],"rows":[
		{"id":"a","when":{"field":"amount","operator":">","value":10},"then":{"gifts":{"value":"pen"}}},
		{"id":"b","when":{"field":"urgent","operator":"=","value":true},"then":{"gifts":{"value":["cup","pen"]}}},
		{"id":"c","when":{"field":"amount","operator":">","value":20},"then":{"gifts":{"formula":"IF(urgent, \"bag\")"}}}],"noMatch":{"action":"keep"}}`)
	var out rule.Outcome
	table.Decide(order(t, `{"amount":25,"urgent":true}`), now, &out)
	require.Len(t, out.Hits, 3)
	require.Equal(t, []string{"pen", "cup", "bag"}, out.Set[0].Value.List())
	table.Decide(order(t, `{"amount":25}`), now, &out)
	require.Equal(t, []string{"pen"}, out.Set[0].Value.List())
}

func TestRefusals(t *testing.T) {
	const rows = `"outputs":[{"field":"fee"}],"rows":[{"id":"a","when":{"field":"urgent","operator":"=","value":true},"then":{"fee":{"formula":"1 / amount"}}}]`
	var out rule.Outcome
	table := compiled(t, `{"id":"r","name":{"zh":"运费"},"mode":"list","hitPolicy":"first",`+rows+`,"noMatch":{"action":"refuse","reason":{"zh":"请补全地址"}}}`)
	table.Decide(order(t, `{}`), now, &out)
	require.True(t, out.NoMatch)
	require.Equal(t, "rule_refused", out.Refuse.Code)
	require.Equal(t, "请补全地址", out.Refuse.Sentence("en"))
	table.Decide(order(t, `{"urgent":true,"amount":0}`), now, &out)
	require.Equal(t, "formula_division_by_zero", out.Refuse.Code)
	require.Equal(t, "/fee", out.Refuse.Path)
	require.Empty(t, out.Set)
	table.Decide(order(t, `{"urgent":true,"amount":4}`), now, &out)
	require.Nil(t, out.Refuse)
	require.Equal(t, "0.25", out.Set[0].Value.Number().String())

	table = compiled(t, `{"id":"r","name":{"zh":"运费"},"mode":"list","hitPolicy":"first",`+rows+`,"noMatch":{"action":"refuse"}}`)
	table.Decide(order(t, `{}`), now, &out)
	require.Equal(t, "规则“运费”没有命中任何一行，请检查数据或联系管理员。", out.Refuse.Sentence("zh"))
}

func TestRowsHoldOnlyWhileTheyAreInEffect(t *testing.T) {
	table := compiled(t, `{"id":"r","mode":"list","hitPolicy":"first","outputs":[{"field":"warehouse"}],"rows":[
		{"id":"promo","from":"2026-03-15T10:30:00Z","to":"2026-03-15T11:00:00Z","then":{"warehouse":{"value":"nb"}}},
		{"id":"usual","then":{"warehouse":{"value":"jx"}}}],"noMatch":{"action":"keep"}}`)
	var out rule.Outcome
	for offset, want := range map[time.Duration]string{-time.Millisecond: "usual", 0: "promo", 30*time.Minute - 1: "promo", 30 * time.Minute: "usual"} {
		table.Decide(order(t, `{}`), &fact.Env{Now: now.Now.Add(offset)}, &out)
		require.Equal(t, want, out.Hits[0].Row, offset)
	}
}

func TestNullClearsAField(t *testing.T) {
	table := compiled(t, `{"id":"r","mode":"list","hitPolicy":"first","outputs":[{"field":"fee"}],"rows":[{"id":"a","then":{"fee":{"value":null}}}],"noMatch":{"action":"keep"}}`)
	var out rule.Outcome
	table.Decide(order(t, `{"fee":3}`), now, &out)
	require.Len(t, out.Set, 1)
	require.True(t, out.Set[0].Value.Empty())
}

func TestTableProblems(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{`{"mode":"tree","hitPolicy":"first","noMatch":{"action":"keep"}}`, "/mode rule_mode"},
		{`{"mode":"list","hitPolicy":"any","noMatch":{"action":"keep"}}`, "/hitPolicy rule_hit_policy"},
		{`{"mode":"list","hitPolicy":"first","noMatch":{"action":"panic"}}`, "/noMatch/action rule_no_match_action"},
		{`{"mode":"list","hitPolicy":"first","outputs":[{"field":"colour"}],"noMatch":{"action":"keep"}}`, "/outputs/0/field rule_unknown_field"},
		{`{"mode":"list","hitPolicy":"first","outputs":[{"field":"lines"}],"noMatch":{"action":"keep"}}`, "/outputs/0/field rule_output"},
		{`{"mode":"list","hitPolicy":"collect","outputs":[{"field":"fee"}],"noMatch":{"action":"keep"}}`, "/outputs/0/field rule_output"},
		{`{"mode":"table","hitPolicy":"first","inputs":[{"id":"a","field":"colour"}],"noMatch":{"action":"keep"}}`, "/inputs/0/field rule_unknown_field"},
		{`{"mode":"table","hitPolicy":"first","inputs":[{"id":"a","field":"lines.brand"}],"noMatch":{"action":"keep"}}`, "/inputs/0/match rule_match"},
		{`{"mode":"table","hitPolicy":"first","inputs":[{"id":"a","field":"fee","match":{"mode":"some"}}],"noMatch":{"action":"keep"}}`, "/inputs/0/match rule_match"},
		{`{"mode":"table","hitPolicy":"first","inputs":[{"id":"a","field":"fee"}],"rows":[{"id":"r","if":{"b":{"operator":"=","value":1}}}],"noMatch":{"action":"keep"}}`, "/rows/0/if/b rule_input"},
		{`{"mode":"table","hitPolicy":"first","inputs":[{"id":"a","field":"fee"}],"rows":[{"id":"r","if":{"a":{"operator":"=","value":"x"}}}],"noMatch":{"action":"keep"}}`, "/rows/0/if/a/value rule_value"},
		{`{"mode":"table","hitPolicy":"first","inputs":[{"id":"a","field":"lines.origin","match":{"mode":"all"}}],"rows":[{"id":"r","if":{"a":{"operator":"in","value":["oem","x"]}}}],"noMatch":{"action":"keep"}}`, "/rows/0/if/a/value/1 rule_option"},
		{`{"mode":"list","hitPolicy":"first","outputs":[{"field":"fee"}],"rows":[{"id":"r","then":{"fee":{"value":"1"}}}],"noMatch":{"action":"keep"}}`, "/rows/0/then/fee/value rule_value"},
		{`{"mode":"list","hitPolicy":"first","outputs":[{"field":"fee"}],"rows":[{"id":"r","then":{"fee":{"formula":"\"a\""}}}],"noMatch":{"action":"keep"}}`, "/rows/0/then/fee/formula rule_value"},
		{`{"mode":"list","hitPolicy":"first","outputs":[{"field":"fee"}],"rows":[{"id":"r","then":{"fee":{"formula":"1 +"}}}],"noMatch":{"action":"keep"}}`, "/rows/0/then/fee/formula formula_syntax"},
		{`{"mode":"list","hitPolicy":"first","outputs":[{"field":"fee"}],"rows":[{"id":"r","then":{"fee":{}}}],"noMatch":{"action":"keep"}}`, "/rows/0/then/fee rule_term"},
		{`{"mode":"list","hitPolicy":"first","outputs":[{"field":"fee"}],"rows":[{"id":"r","then":{"warehouse":{"value":"nb"}}}],"noMatch":{"action":"keep"}}`, "/rows/0/then/warehouse rule_output"},
		{`{"mode":"list","hitPolicy":"first","outputs":[{"field":"warehouse"}],"noMatch":{"action":"set","then":{"warehouse":{"value":"mars"}}}}`, "/noMatch/then/warehouse/value rule_option"},
		{`{"mode":"list","hitPolicy":"first","rows":[{"id":"r"},{"id":"r","off":true}],"noMatch":{"action":"keep"}}`, "/rows/1/id rule_row_twice"},
		{`{"mode":"list","hitPolicy":"first","rows":[{"id":"r","from":"2026-01-02T00:00:00Z","to":"2026-01-02T00:00:00Z"}],"noMatch":{"action":"keep"}}`, "/rows/0/to rule_dates"},
		{`{"mode":"list","hitPolicy":"first","rows":[{"id":"r","off":true,"when":{"field":"colour","operator":"null"}}],"noMatch":{"action":"keep"}}`, "/rows/0/when/field rule_unknown_field"},
	} {
		_, problems := rule.CompileTable(ruleOf(t, c.src), namedShape())
		require.NotEmpty(t, problems, c.src)
		require.Equal(t, c.want, problems[0].Path+" "+problems[0].Code, c.src)
		require.NotContains(t, problems[0].Sentence("en"), "…", c.src)
		require.NotEqual(t, problems[0].Code, problems[0].Sentence("zh"))
	}
}

func TestConditionProblemsHaveWholeSentences(t *testing.T) {
	for _, v := range vectors(t) {
		if v.Problem == "" {
			continue
		}
		_, problems := rule.Compile(condition(t, string(v.Condition)), v.Shape)
		require.NotContains(t, problems[0].Sentence("zh"), "…", v.Name)
	}
}

func TestFirstComesFirstWhateverFindsIt(t *testing.T) {
	var rows []map[string]any
	for i, words := range [][]string{{"没有"}, {"加急件"}, {"急件"}, {"急"}, {"加急", "冷链"}, {"件"}, {"甲"}, {"乙", "加急"}} {
		rows = append(rows, map[string]any{"id": string(rune('a' + i)), "when": map[string]any{"field": "note", "operator": "containsAny", "value": words}})
	}
	b, err := json.Marshal(map[string]any{"id": "r", "mode": "list", "hitPolicy": "first", "rows": rows, "noMatch": map[string]any{"action": "keep"}})
	require.NoError(t, err)
	table := compiled(t, string(b))
	var out rule.Outcome
	for note, want := range map[string]string{"加急件": "b", "急件": "c", "特急": "d", "加急": "d", "冷链": "e", "件": "f", "乙甲": "g"} {
		table.Decide(order(t, `{"note":"`+note+`"}`), now, &out)
		require.Equal(t, want, out.Hits[0].Row, note)
		require.Len(t, out.Hits, 1)
	}
}

func TestDecideDoesNotAllocate(t *testing.T) {
	table := compiled(t, routing)
	var rows []fact.Row
	for _, src := range []string{`{"grade":"svip","urgent":true,"lines":[{"brand":"BMW"},{"brand":"Benz"}]}`, `{"grade":"svip","amount":123.45}`, `{"grade":"normal"}`} {
		rows = append(rows, order(t, src))
	}
	var out rule.Outcome
	require.Zero(t, testing.AllocsPerRun(100, func() {
		for _, row := range rows {
			table.Decide(row, now, &out)
		}
	}))
}
