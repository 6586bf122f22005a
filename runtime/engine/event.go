package engine

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"sluice/runtime/fact"
	"sluice/runtime/flow"
	"sluice/runtime/rule"
)

// eventData is the Data of a record's event. Absent members do not apply.
type eventData struct {
	From       string                        `json:"from,omitempty"`
	To         string                        `json:"to,omitempty"`
	Transition string                        `json:"transition,omitempty"`
	Evidence   *fact.Evidence                `json:"evidence,omitempty"`
	Changed    map[string][2]json.RawMessage `json:"changed,omitempty"` // field id → [old, new]; null is absent
	Why        []rule.Explanation            `json:"explanation,omitempty"`
	Text       string                        `json:"text,omitempty"`
}

func (e eventData) encode() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return []byte("{}") // strings, numbers and raw JSON that was read as JSON: cannot fail
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// maxComment is the longest comment, in characters.
const maxComment = 5000

func commentText(input []byte) (string, *fact.Problem) {
	var in struct {
		Text string `json:"text"`
	}
	if err := json.Unmarshal(input, &in); err != nil {
		return "", &fact.Problem{Code: "invalid_json"}
	}
	text := strings.TrimSpace(in.Text)
	if text == "" {
		return "", &fact.Problem{Path: "/comment", Code: "required"}
	}
	if utf8.RuneCountInString(text) > maxComment {
		return "", &fact.Problem{Path: "/comment", Code: "too_long", Params: map[string]any{"max": maxComment}}
	}
	return text, nil
}

// notice is the body of a document "notice/<role>": something that the people of a role should know.
type notice struct {
	Kind       string `json:"kind"` // "late": stands too long; "blocked": somebody wanted a later step
	At         string `json:"at"`
	Form       string `json:"form"`
	Record     string `json:"record"`
	No         string `json:"no,omitempty"`
	State      string `json:"state"`
	Transition string `json:"transition,omitempty"` // what was tried
	By         string `json:"by,omitempty"`
	Zh         string `json:"zh"`
	En         string `json:"en"`
}

// notify writes a notice for each role that owns the state. The same cause
// again renews its notice instead of piling up.
func (d *decider) notify(c *fact.Change, rec *fact.Record, state *flow.State, n notice) {
	n.At = fact.TimeText(d.now.UnixMilli())
	n.Form, n.Record, n.State, n.No = rec.Form, rec.ID, rec.State, d.form.No(rec)
	name := n.No
	if name == "" {
		name = rec.ID
	}
	switch n.Kind {
	case "late":
		n.Zh = name + " 在“" + state.Def.Name.In("zh") + "”停留超时,请处理"
		n.En = name + " has been “" + state.Def.Name.In("en") + "” for too long"
	default:
		n.By = d.command.Actor.Name
		t := d.form.Chain.Transition(n.Transition)
		n.Zh = name + " 还停在“" + state.Def.Name.In("zh") + "”,有人想做“" + t.Def.Name.In("zh") + "”,请先完成这一步"
		n.En = name + " is still “" + state.Def.Name.In("en") + "”; somebody wanted “" + t.Def.Name.In("en") + "”: this step comes first"
	}
	body, err := json.Marshal(n)
	if err != nil {
		return
	}
	for _, role := range state.Def.Owner {
		c.Put = append(c.Put, fact.Put{Key: fact.Key{Kind: "notice/" + role, ID: rec.ID + "." + n.Kind}, Body: body})
	}
	if len(c.Events) == 0 {
		c.Events = append(c.Events, fact.Event{
			Subject: fact.Key{Kind: "notice", ID: rec.ID}, Type: "notice." + n.Kind, At: d.now, Actor: d.command.Actor,
			Release: d.program.Release, Data: body,
		})
	}
}
