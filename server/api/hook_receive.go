package api

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/program"
	"sluice/schemas"
	"sluice/server/auth"
)

// Messages from outside follow the Standard Webhooks specification: the sender
// signs id, time and the exact bytes of the body with a secret we share.
const (
	hookSkew     = 5 * time.Minute // how far its clock may be off; also how old a copy may be
	secretPrefix = "whsec_"
)

// hookDoc is the secret of a hook.
type hookDoc struct {
	Secret string    `json:"secret"`
	Since  time.Time `json:"since"`
}

func hookKey(id string) fact.Key { return fact.Key{Kind: "hook", ID: id} }

// receiveHook takes a signed message and moves the record it is about. A copy
// of a message changes nothing: its id is the idempotency key.
func (k *call) receiveHook() error {
	if err := k.bound(); err != nil {
		return err
	}
	hook, err := k.verified()
	if err != nil {
		return err
	}
	k.unbound()
	if problems := schemas.Guard(k.body, schemas.Limits{}); len(problems) > 0 {
		return fact.Refuse(fact.Invalid, problems...)
	}
	var message any
	dec := json.NewDecoder(bytes.NewReader(k.body))
	dec.UseNumber()
	if err := dec.Decode(&message); err != nil {
		return fact.Refuse(fact.Invalid, decodeProblem(err))
	}
	for _, w := range hook.When {
		if textAt(message, w.Pointer) != w.Equals {
			return k.received("ignored")
		}
	}
	return k.moveByHook(hook, message)
}

// bound limits what strangers can make us do before their signature is known to be right.
func (k *call) bound() error {
	wait := k.api.bySource.Take(k.address(), k.now)
	if wait == 0 {
		wait = k.api.byHook.Take(k.param("tenant")+"/"+k.param("account"), k.now)
	}
	if wait == 0 {
		return nil
	}
	return refuse(fact.Denied, "too_many_requests", map[string]any{"seconds": int(wait/time.Second) + 1})
}

// unbound gives back what bound took: a sender with the right secret may send as
// much as the carrier of a peak day does.
func (k *call) unbound() {
	k.api.bySource.Give(k.address())
	k.api.byHook.Give(k.param("tenant") + "/" + k.param("account"))
}

// verified returns the hook of the path when the message is signed with its
// secret and fresh. A hook that does not exist is answered like a wrong signature.
func (k *call) verified() (*def.Hook, error) {
	wrong := refuse(fact.Denied, "bad_signature", nil)
	tenant := k.param("tenant")
	if !auth.ValidTenant(tenant) || tenant == string(auth.Platform) {
		return nil, wrong
	}
	p, err := k.api.program(fact.TenantID(tenant))
	if err != nil {
		return nil, err
	}
	hook := p.Hooks[k.c.Params("hook")]
	if hook == nil || hook.Account != k.c.Params("account") {
		return nil, wrong
	}
	secret, err := k.hookSecret(fact.TenantID(tenant), hook.ID)
	if err != nil {
		return nil, err
	}
	id, sent := k.header("webhook-id"), k.header("webhook-timestamp")
	if len(secret) == 0 || id == "" || len(id) > 255 || !signedRight(secret, id, sent, k.body, k.c.Get("webhook-signature")) {
		return nil, wrong
	}
	unix, err := strconv.ParseInt(sent, 10, 64)
	if err != nil || k.now.Sub(time.Unix(unix, 0)).Abs() > hookSkew {
		return nil, wrong
	}
	k.program = p
	k.who = &auth.Identity{Tenant: fact.TenantID(tenant), Actor: fact.Actor{Kind: fact.Connector, ID: hook.Account, Name: hook.Name.In("zh")}}
	return hook, nil
}

func (k *call) hookSecret(t fact.TenantID, hook string) (secret []byte, err error) {
	var doc hookDoc
	err = k.api.Store.View(bg, t, func(r fact.Reader) error {
		d, err := r.Get(hookKey(hook))
		if err != nil || d.Rev == 0 {
			return err
		}
		return json.Unmarshal(d.Body, &doc)
	})
	if err != nil || doc.Secret == "" {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(strings.TrimPrefix(doc.Secret, secretPrefix))
}

// signedRight reports whether one of the signatures ("v1,base64 v1,base64") is ours of this message.
func signedRight(secret []byte, id, sent string, body []byte, signatures string) bool {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(id + "." + sent + "."))
	mac.Write(body)
	want := []byte("v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	right := 0
	for i, s := range strings.Fields(signatures) {
		if i == 10 {
			break // a sender has two at most, while it changes its secret
		}
		right |= subtle.ConstantTimeCompare([]byte(s), want)
	}
	return right == 1
}

func (k *call) moveByHook(hook *def.Hook, message any) error {
	f := k.program.Forms[hook.Form]
	if f == nil {
		return refuse(fact.NotFound, "unknown_form", map[string]any{"form": hook.Form})
	}
	id, state, err := k.matched(f, hook, textAt(message, hook.Match.Pointer))
	if err != nil {
		return err
	}
	cmd := fact.Command{Type: fact.Move, Form: hook.Form, ID: id, Transition: hook.Move, Now: k.now, Actor: k.who.Actor, Key: k.header("webhook-id")}
	cmd.Evidence = &fact.Evidence{Kind: fact.Callback, Account: hook.Account, Ref: cmd.Key}
	if at := textAt(message, hook.At); hook.At != "" && at != "" {
		if cmd.Evidence.At, err = time.Parse(time.RFC3339, at); err != nil {
			return refuseAt(fact.Invalid, hook.At, "invalid_time", nil)
		}
	}
	if cmd.Input, err = hookInput(hook, message); err != nil {
		return err
	}
	out, err := k.api.Runner.Run(bg, k.who.Tenant, cmd)
	if err != nil {
		if alreadyThere(f, hook, state, err) {
			return k.received("ignored")
		}
		return err
	}
	if out.Replayed {
		k.c.Set("Idempotent-Replayed", "true")
	}
	return k.received("done")
}

// alreadyThere reports whether a refused move would have led where the record
// stands: the sender tells the same twice, under two ids.
func alreadyThere(f *program.Form, hook *def.Hook, state string, err error) bool {
	var refusal *fact.Refusal
	if !errors.As(err, &refusal) || refusal.Problems[0].Code != "wrong_state" || f.Chain == nil {
		return false
	}
	t := f.Chain.Transition(hook.Move)
	return t != nil && t.Def.To == state
}

// matched finds the newest record in whose indexed field the text stands.
func (k *call) matched(f *program.Form, hook *def.Hook, text string) (id, state string, err error) {
	rng, ok := f.Find(hook.Match.Field, fact.OfText(text))
	if !ok || text == "" {
		return "", "", refuseAt(fact.NotFound, hook.Match.Pointer, "unknown_record", nil)
	}
	rng.Reverse = true
	err = k.view(func(r fact.Reader) error {
		for doc, err := range r.Scan(rng) {
			if err != nil {
				return err
			}
			rec, err := fact.DecodeRecord(hook.Form, doc)
			id, state = rec.ID, rec.State
			return err
		}
		return refuseAt(fact.NotFound, hook.Match.Pointer, "unknown_record", nil)
	})
	return id, state, err
}

// hookInput copies texts of the message into fields.
func hookInput(hook *def.Hook, message any) ([]byte, error) {
	if len(hook.Set) == 0 {
		return nil, nil
	}
	data := make(map[string]string, len(hook.Set))
	for _, s := range hook.Set {
		if text := textAt(message, s.Pointer); text != "" {
			data[s.Field] = text
		}
	}
	return json.Marshal(data)
}

func (k *call) received(status string) error {
	return k.json(fiber.StatusOK, map[string]string{"status": status})
}

var unescapePointer = strings.NewReplacer("~1", "/", "~0", "~")

// textAt returns the text or number at a JSON pointer (RFC 6901) of a decoded document, "" when there is none.
func textAt(v any, pointer string) string {
	if pointer != "" {
		for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
			token = unescapePointer.Replace(token)
			switch node := v.(type) {
			case map[string]any:
				v = node[token]
			case []any:
				i, err := strconv.Atoi(token)
				if err != nil || i < 0 || i >= len(node) {
					return ""
				}
				v = node[i]
			default:
				return ""
			}
		}
	}
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	default:
		return ""
	}
}

type hookItem struct {
	ID      string     `json:"id"`
	Name    fact.Label `json:"name"`
	Form    string     `json:"form"`
	Account string     `json:"account"`
	Path    string     `json:"path"`
	Secret  bool       `json:"secret"` // there is one
}

// listHooks reads where messages from outside may come in.
func (k *call) listHooks() error {
	items := []hookItem{}
	err := k.view(func(r fact.Reader) error {
		for id, h := range k.program.Hooks {
			doc, err := r.Get(hookKey(id))
			if err != nil {
				return err
			}
			items = append(items, hookItem{
				ID: id, Name: h.Name, Form: h.Form, Account: h.Account, Secret: doc.Rev != 0,
				Path: "/in/" + string(k.who.Tenant) + "/" + h.Account + "/" + id,
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return k.json(fiber.StatusOK, map[string]any{"items": byID(items, func(h hookItem) string { return h.ID })})
}

// renewHookSecret gives a hook a new secret and shows it, once. The old one is wrong at once.
func (k *call) renewHookSecret() error {
	id := k.param("id")
	if k.program.Hooks[id] == nil {
		return refuse(fact.NotFound, "unknown_definition", map[string]any{"kind": string(def.KindHook), "id": id})
	}
	random := make([]byte, 32)
	_, _ = rand.Read(random) // it does not fail
	secret := secretPrefix + base64.StdEncoding.EncodeToString(random)
	body, err := json.Marshal(hookDoc{Secret: secret, Since: k.now.UTC()})
	if err != nil {
		return err
	}
	_, err = k.api.Store.Commit(bg, k.who.Tenant, fact.Change{
		Put:    []fact.Put{{Key: hookKey(id), Body: body}},
		Events: []fact.Event{{Subject: hookKey(id), Type: "hook.secret", At: k.now, Actor: k.who.Actor, Data: []byte("{}")}},
	})
	if err != nil {
		return err
	}
	return k.json(fiber.StatusOK, map[string]string{"secret": secret})
}
