package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"github.com/gofiber/fiber/v2"

	"sluice/runtime/fact"
	"sluice/runtime/form"
	"sluice/runtime/program"
	"sluice/schemas"
	"sluice/server/command"
)

// createRecord fills in a form.
func (k *call) createRecord() error {
	f, acc, err := k.form()
	if err != nil {
		return err
	}
	cmd := fact.Command{Type: fact.Submit, Form: f.Def.ID, ID: command.NewID(k.now), Input: k.body}
	out, err := k.command(&cmd)
	if err != nil {
		return err
	}
	k.c.Context().Response.Header.Set(fiber.HeaderLocation, "/api/v1/forms/"+f.Def.ID+"/records/"+out.Record.ID)
	return k.outcome(fiber.StatusCreated, f, acc, out)
}

// editRecord merges a patch into a record's data.
func (k *call) editRecord() error {
	return k.onRecord(func(cmd *fact.Command) error {
		cmd.Type, cmd.Input = fact.Edit, k.body
		return nil
	})
}

// eventInput is what can be added to a record's history: a move or a comment.
type eventInput struct {
	Transition string          `json:"transition"`
	Evidence   *evidenceInput  `json:"evidence"`
	Data       json.RawMessage `json:"data"`
	Comment    *string         `json:"comment"`
}

// evidenceInput is what a person can show. Whose callback or timer it is, nobody can say of himself.
type evidenceInput struct {
	Kind fact.EvidenceKind `json:"kind"`
	Code string            `json:"code"`
}

// addEvent moves a record along its chain or adds a comment.
func (k *call) addEvent() error {
	return k.onRecord(func(cmd *fact.Command) error {
		var in eventInput
		if err := k.decode(&in); err != nil {
			return err
		}
		return in.fill(cmd)
	})
}

func (in *eventInput) fill(cmd *fact.Command) error {
	switch {
	case in.Comment != nil && (in.Transition != "" || in.Evidence != nil || in.Data != nil):
		return refuseAt(fact.Invalid, "/comment", "not_allowed", nil)
	case in.Comment != nil:
		input, err := json.Marshal(map[string]string{"text": *in.Comment})
		cmd.Type, cmd.Input = fact.Comment, input
		return err
	case in.Transition == "":
		return refuseAt(fact.Invalid, "/transition", "required", nil)
	}
	cmd.Type, cmd.Transition, cmd.Input = fact.Move, in.Transition, in.Data
	if bytes.Equal(in.Data, []byte("null")) {
		cmd.Input = nil
	}
	if in.Evidence != nil {
		switch in.Evidence.Kind {
		case fact.Manual, fact.Scan, fact.Document:
			cmd.Evidence = &fact.Evidence{Kind: in.Evidence.Kind, Code: in.Evidence.Code}
		default:
			return refuseAt(fact.Denied, "/evidence/kind", "evidence_denied", map[string]any{"kind": string(in.Evidence.Kind)})
		}
	}
	return nil
}

// deleteRecord removes a record; its history stays.
func (k *call) deleteRecord() error {
	f, _, err := k.form()
	if err != nil {
		return err
	}
	rev, err := k.ifMatch()
	if err != nil {
		return err
	}
	cmd := fact.Command{Type: fact.Delete, Form: f.Def.ID, ID: k.param("id"), Rev: rev}
	if _, err := k.command(&cmd); err != nil {
		return k.withCurrent(err, f, cmd.ID)
	}
	return k.none()
}

// onRecord runs a command on the record of the path and answers with what became of it.
func (k *call) onRecord(fill func(*fact.Command) error) error {
	f, acc, err := k.form()
	if err != nil {
		return err
	}
	cmd := fact.Command{Form: f.Def.ID, ID: k.param("id")}
	if cmd.Rev, err = k.ifMatch(); err != nil {
		return k.withCurrent(err, f, cmd.ID)
	}
	if err := fill(&cmd); err != nil {
		return err
	}
	out, err := k.command(&cmd)
	if err != nil {
		return k.withCurrent(err, f, cmd.ID)
	}
	return k.outcome(fiber.StatusOK, f, acc, out)
}

// command sends a command through the one door.
func (k *call) command(cmd *fact.Command) (*command.Outcome, error) {
	key, err := k.idempotencyKey()
	if err != nil {
		return nil, err
	}
	cmd.Key, cmd.Actor, cmd.Now = key, k.who.Actor, k.now
	out, err := k.api.Runner.Run(context.Background(), k.who.Tenant, *cmd)
	if err == nil && out.Replayed {
		k.c.Set("Idempotent-Replayed", "true")
	}
	return out, err
}

// record answers with a record as it is now, and what can be done with it next.
// Who may write but not see it learns its number and no more.
func (k *call) record(status int, f *program.Form, acc *form.Access, rec *fact.Record) error {
	row, err := f.Load(rec, k.env())
	if err != nil {
		return err
	}
	return k.recordRow(status, f, acc, rec, row)
}

// outcome answers with the record that came of a command.
func (k *call) outcome(status int, f *program.Form, acc *form.Access, out *command.Outcome) error {
	if out.Row == nil {
		return k.record(status, f, acc, &out.Record)
	}
	f.Fill(out.Row, &out.Record) // the decision did not know the serial number yet
	return k.recordRow(status, f, acc, &out.Record, out.Row)
}

func (k *call) recordRow(status int, f *program.Form, acc *form.Access, rec *fact.Record, row fact.Row) error {
	env := k.env()
	k.c.Context().Response.Header.Set(fiber.HeaderETag, revTag(rec.Rev))
	k.out = k.appendFull(k.out[:0], f, acc, rec, row, env)
	return k.raw(status, k.out)
}

func (k *call) appendFull(b []byte, f *program.Form, acc *form.Access, rec *fact.Record, row fact.Row, env *fact.Env) []byte {
	if !acc.Read || !acc.Sees(row, env) {
		return appendReceipt(b, f, rec)
	}
	b = appendRecord(b, f, rec, row, acc)
	b = append(b[:len(b)-1], `,"next":`...)
	b = appendNext(b, f, rec, row, env, k.lang())
	return append(b, '}')
}

// withCurrent adds the record as it is to a refusal because of a stale revision.
func (k *call) withCurrent(err error, f *program.Form, id string) error {
	var refusal *fact.Refusal
	if !errors.As(err, &refusal) || refusal.Problems[0].Code != "stale_revision" {
		return err
	}
	rec, row, readErr := k.read(f, id)
	if readErr != nil {
		return readErr
	}
	env := k.env()
	current := k.appendFull([]byte(`"current":`), f, f.Access(k.who.Actor), rec, row, env)
	k.c.Set(fiber.HeaderETag, revTag(rec.Rev))
	return answerProblems(k.c, refusal, current)
}

// read returns a record that the caller may see, with its values; else it is not found.
func (k *call) read(f *program.Form, id string) (*fact.Record, fact.Row, error) {
	var rec fact.Record
	err := k.view(func(r fact.Reader) error {
		doc, err := r.Get(fact.Key{Kind: fact.RecordKind(f.Def.ID), ID: id})
		if err != nil || doc.Rev == 0 {
			return err
		}
		doc.Body = bytes.Clone(doc.Body)
		rec, err = fact.DecodeRecord(f.Def.ID, doc)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	absent := refuse(fact.NotFound, "unknown_record", map[string]any{"form": f.Def.ID, "id": id})
	if rec.Rev == 0 {
		return nil, nil, absent
	}
	env := k.env()
	row, err := f.Load(&rec, env)
	if err != nil {
		return nil, nil, err
	}
	if acc := f.Access(k.who.Actor); !acc.Read || !acc.Sees(row, env) {
		return nil, nil, absent
	}
	return &rec, row, nil
}

// guardText refuses a JSON text of a query that is not strict JSON of a bounded size.
func guardText(path string, text []byte, limit int) error {
	problems := schemas.Guard(text, schemas.Limits{Bytes: limit, Depth: 16, Keys: 500})
	if len(problems) == 0 {
		return nil
	}
	for i := range problems {
		problems[i] = problems[i].At(path)
	}
	return fact.Refuse(fact.Invalid, problems...)
}
