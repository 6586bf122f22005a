package rule

import (
	"encoding/json"
	"fmt"
	"strings"

	"sluice/runtime/expr"
	"sluice/runtime/fact"
)

// Sentence returns the condition in words, in "zh" or "en", without a full stop.
func (c *Cond) Sentence(lang string) string { return sentence(c.root, tongue(lang)) }

// tongue is a language; everything but "en" is Chinese.
type tongue string

func (t tongue) pick(zh, en string) string {
	if t == "en" {
		return en
	}
	return zh
}

func sentence(n *cond, t tongue) string {
	var s string
	switch {
	case n.match != nil:
		s = lineSentence(n, t)
	case n.src.IsGroup():
		s = groupSentence(n, t)
	default:
		s = comparisonSentence(n, t)
	}
	if n.not {
		return t.pick("并非（"+s+"）", "not ("+s+")")
	}
	return s
}

func groupSentence(n *cond, t tongue) string {
	if len(n.kids) == 0 {
		if n.or {
			return t.pick("从不", "never")
		}
		return t.pick("总是", "always")
	}
	parts := make([]string, len(n.kids))
	for i, k := range n.kids {
		parts[i] = sentence(k, t)
		if k.src.IsGroup() && !k.not && len(k.kids) > 1 && len(n.kids) > 1 {
			parts[i] = t.pick("（"+parts[i]+"）", "("+parts[i]+")")
		}
	}
	if n.or {
		return strings.Join(parts, t.pick("或", " or "))
	}
	return strings.Join(parts, t.pick("，且", " and "))
}

func lineSentence(n *cond, t tongue) string {
	name, count := slotName(n.at.slot, t), n.match.Threshold
	inner := sentence(n.lines, t)
	switch n.match.Mode {
	case "all":
		return t.pick(fmt.Sprintf("每条%s都满足（%s）", name, inner), fmt.Sprintf("every line of %s has (%s)", name, inner))
	case "some":
		return t.pick(fmt.Sprintf("任一%s满足（%s）", name, inner), fmt.Sprintf("some line of %s has (%s)", name, inner))
	case "none":
		return t.pick(fmt.Sprintf("没有%s满足（%s）", name, inner), fmt.Sprintf("no line of %s has (%s)", name, inner))
	case "atLeast":
		return t.pick(fmt.Sprintf("至少 %d 条%s满足（%s）", count, name, inner), fmt.Sprintf("at least %d lines of %s have (%s)", count, name, inner))
	case "atMost":
		return t.pick(fmt.Sprintf("至多 %d 条%s满足（%s）", count, name, inner), fmt.Sprintf("at most %d lines of %s have (%s)", count, name, inner))
	}
	return t.pick(fmt.Sprintf("恰有 %d 条%s满足（%s）", count, name, inner), fmt.Sprintf("exactly %d lines of %s have (%s)", count, name, inner))
}

func slotName(s *fact.Slot, t tongue) string {
	if name := s.Name.In(string(t)); name != "" {
		return name
	}
	return s.Path
}

// phrase is how an operator is said: the field, then the phrase around its right side.
type phrase struct{ zh, en string }

// %s stands for the right side.
var phrases = map[string]phrase{
	"=": {"为%s", " is %s"}, "!=": {"不为%s", " is not %s"},
	"<": {"小于%s", " is less than %s"}, "<=": {"小于等于%s", " is at most %s"},
	">": {"大于%s", " is more than %s"}, ">=": {"大于等于%s", " is at least %s"},
	"in": {"为%s之一", " is one of %s"}, "notIn": {"不为%s中任何一个", " is none of %s"},
	"between": {"在%s之间", " is between %s"}, "notBetween": {"不在%s之间", " is not between %s"},
	"contains": {"包含%s", " contains %s"}, "doesNotContain": {"不包含%s", " does not contain %s"},
	"beginsWith": {"以%s开头", " begins with %s"}, "doesNotBeginWith": {"不以%s开头", " does not begin with %s"},
	"endsWith": {"以%s结尾", " ends with %s"}, "doesNotEndWith": {"不以%s结尾", " does not end with %s"},
	"containsAny": {"包含%s之一", " contains one of %s"}, "containsAll": {"同时包含%s", " contains all of %s"},
	"null": {"为空", " is empty"}, "notNull": {"不为空", " is not empty"},
}

var momentPhrases = map[string]phrase{
	"<": {"早于%s", " is before %s"}, "<=": {"不晚于%s", " is not after %s"},
	">": {"晚于%s", " is after %s"}, ">=": {"不早于%s", " is not before %s"},
}

func comparisonSentence(n *cond, t tongue) string {
	p := phrases[n.src.Operator]
	if n.at.slot.Kind == fact.Date || n.at.slot.Kind == fact.Time {
		if m, ok := momentPhrases[n.src.Operator]; ok {
			p = m
		}
	}
	form := t.pick(p.zh, p.en)
	name := slotName(n.at.slot, t)
	if n.at.up {
		name = t.pick("整单", "the record's ") + name
	}
	if !strings.Contains(form, "%s") {
		return name + form
	}
	return name + fmt.Sprintf(form, rightSide(n, t))
}

// rightSide says what stands to the right, spaced for the language.
func rightSide(n *cond, t tongue) string {
	var parts []string
	for i := range n.side.constants {
		parts = append(parts, said(&n.side.constants[i], n.at.slot, t))
	}
	if len(n.side.constants) == 0 {
		parts = sources(n, t)
	}
	switch {
	case n.op.form == formTwo && len(parts) == 2:
		return parts[0] + t.pick("到", " and ") + parts[1]
	case len(parts) < 2:
		return strings.Join(parts, "")
	case t == "en":
		last := len(parts) - 1
		return strings.Join(parts[:last], ", ") + " or " + parts[last]
	}
	return strings.Join(parts, "、")
}

// sources says a right side that is read: a field's path, a formula, the actor.
func sources(n *cond, t tongue) []string {
	if n.src.ValueSource == "actor" {
		return []string{t.pick("本人", "me")}
	}
	var texts []string
	if json.Unmarshal(n.src.Value, &texts) != nil {
		var one string
		if json.Unmarshal(n.src.Value, &one) == nil {
			texts = []string{one}
		}
	}
	for i, s := range texts {
		if n.src.ValueSource == "formula" {
			texts[i] = t.pick("公式「"+s+"」", "the result of `"+s+"`")
		} else {
			texts[i] = t.pick("「"+n.names[s].In("zh")+"」", n.names[s].In("en"))
		}
	}
	return texts
}

// said is a value as people say it: an option by its name, a number with its unit.
func said(v *fact.Value, s *fact.Slot, t tongue) string {
	switch v.Kind() {
	case fact.Text:
		text := v.Text()
		for i, id := range s.Enum {
			if id == text && i < len(s.EnumNames) && s.EnumNames[i] != (fact.Label{}) {
				text = s.EnumNames[i].In(string(t))
			}
		}
		return t.pick("“"+text+"”", "“"+text+"”")
	case fact.List:
		items := make([]string, len(v.List()))
		for i, item := range v.List() {
			one := fact.OfText(item)
			items[i] = said(&one, s, t)
		}
		return strings.Join(items, t.pick("、", ", "))
	case fact.Number:
		text := expr.NumberText(v.Number())
		if s.Unit != "" {
			text += " " + s.Unit
		}
		return t.pick(" "+text+" ", text)
	case fact.Bool:
		if v.Bool() {
			return t.pick("“是”", "yes")
		}
		return t.pick("“否”", "no")
	case fact.None:
		return t.pick("空", "empty")
	}
	return t.pick(" "+momentText(v)+" ", momentText(v))
}

func momentText(v *fact.Value) string {
	if v.Kind() == fact.Date {
		return fact.DateText(v.Days())
	}
	return fact.TimeText(v.Millis())
}
