package schemas

import (
	_ "embed" // the list of codes
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"
)

//go:embed wire/errors.json
var errorsJSON []byte

//go:embed wire/words.json
var wordsJSON []byte

// sentence is one entry of wire/errors.json.
type sentence struct {
	Status int    `json:"status"`
	Zh     string `json:"zh"`
	En     string `json:"en"`
}

// word is a technical token as people read it.
type word struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

func (w word) in(lang string) string {
	if lang == "en" {
		return w.En
	}
	return w.Zh
}

// phrasebook is both files, read once.
type phrasebook struct {
	codes map[string]sentence
	words map[string]map[string]word // by parameter name, then by value
	list  []string
}

var phrases = sync.OnceValue(func() *phrasebook {
	b := &phrasebook{}
	if err := json.Unmarshal(errorsJSON, &b.codes); err != nil {
		panic("wire/errors.json: " + err.Error())
	}
	if err := json.Unmarshal(wordsJSON, &b.words); err != nil {
		panic("wire/words.json: " + err.Error())
	}
	for code := range b.codes {
		b.list = append(b.list, code)
	}
	sort.Strings(b.list)
	return b
})

// Codes returns every code of wire/errors.json, sorted.
func Codes() []string { return append([]string(nil), phrases().list...) }

// Status returns the HTTP status that a code is answered with, 500 for a code
// that wire/errors.json does not list.
func Status(code string) int {
	if s, ok := phrases().codes[code]; ok {
		return s.Status
	}
	return 500
}

// Sentence returns what people read about the problem, in a language ("zh" or
// "en"; any other is "zh"). A parameter may be a text, a number, true or false,
// a list of texts, or a label: something with a method In(lang) string, or an
// object with the members zh and en. A parameter that is absent is shown as
// "…"; an unknown code is the sentence itself.
func Sentence(p Problem, lang string) string {
	b := phrases()
	s, ok := b.codes[p.Code]
	if !ok {
		return p.Code
	}
	text := s.Zh
	if lang == "en" {
		text = s.En
	} else {
		lang = "zh"
	}
	var out strings.Builder
	for {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			break
		}
		end := strings.IndexByte(text[open:], '}')
		if end < 0 {
			break
		}
		name := text[open+1 : open+end]
		out.WriteString(text[:open])
		out.WriteString(b.say(name, p.Params[name], lang))
		text = text[open+end+1:]
	}
	out.WriteString(text)
	return out.String()
}

// Sentence returns what people read about the problem; see the function of the same name.
func (p Problem) Sentence(lang string) string { return Sentence(p, lang) }

// say turns the value of a parameter into words.
func (b *phrasebook) say(name string, v any, lang string) string {
	switch v := v.(type) {
	case nil:
		return "…"
	case string:
		if w, ok := b.words[name][v]; ok {
			return w.in(lang)
		}
		return v
	case bool:
		return yesNo(v, lang)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []string:
		return b.sayList(name, v, lang)
	case []any:
		items := make([]string, len(v))
		for i := range v {
			items[i] = b.say(name, v[i], lang)
		}
		return b.sayList("", items, lang)
	case interface{ In(string) string }:
		return v.In(lang)
	case map[string]any:
		return sayLabel(v, lang)
	default:
		return fmt.Sprint(v)
	}
}

func (b *phrasebook) sayList(name string, items []string, lang string) string {
	said := make([]string, len(items))
	for i, s := range items {
		said[i] = s
		if w, ok := b.words[name][s]; ok {
			said[i] = w.in(lang)
		}
	}
	if lang == "en" {
		return strings.Join(said, ", ")
	}
	return strings.Join(said, "、")
}

func sayLabel(label map[string]any, lang string) string {
	other := map[string]string{"zh": "en", "en": "zh"}[lang]
	for _, l := range [...]string{lang, other} {
		if s, ok := label[l].(string); ok && s != "" {
			return s
		}
	}
	return "…"
}

func yesNo(v bool, lang string) string {
	switch {
	case lang == "en" && v:
		return "yes"
	case lang == "en":
		return "no"
	case v:
		return "是"
	default:
		return "否"
	}
}
