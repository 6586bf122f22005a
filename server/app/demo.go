package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/program"
	"sluice/server/auth"
	"sluice/server/catalog"
	"sluice/templates"
)

// Account is a demo account, printed so that people can sign in.
type Account struct {
	Role     string `json:"role"`
	Email    string `json:"email"`
	Password string `json:"password"`
}

// seedUser is an entry of a pack's seed/users.json.
type seedUser struct {
	Email    string     `json:"email"`
	Password string     `json:"password"`
	Name     fact.Label `json:"name"`
	Roles    []string   `json:"roles"`
}

// seedRecord is a line of a pack's seed/records.ndjson: a record and the way it
// went. It is replayed through the same door as real commands, with the clock
// of its day, so that demo data obeys every rule that real data obeys.
type seedRecord struct {
	Form  string          `json:"form"`
	Key   string          `json:"key,omitempty"` // other records refer to it as "@key"
	Ago   string          `json:"ago"`           // ISO 8601 duration before now
	As    string          `json:"as"`            // email of the user who submits it
	Data  json.RawMessage `json:"data"`
	Moves []seedMove      `json:"moves,omitempty"`
}

type seedMove struct {
	Transition string          `json:"transition"`
	As         string          `json:"as"`    // email, or "connector:<account>"
	After      string          `json:"after"` // ISO 8601 duration since the step before
	Evidence   *fact.Evidence  `json:"evidence,omitempty"`
	Data       json.RawMessage `json:"data,omitempty"`
}

// LoadDemo publishes a pack, makes its demo accounts and replays its demo
// records, unless the tenant already has a release; then it only lists the accounts.
func (p *Parts) LoadDemo(ctx context.Context, t fact.TenantID, pack string) ([]Account, error) {
	seed, err := templates.Seed(pack)
	if err != nil {
		return nil, err
	}
	var users []seedUser
	if doc := seed["users.json"]; doc != nil {
		if err := json.Unmarshal(doc, &users); err != nil {
			return nil, fmt.Errorf("demo users of %s: %w", pack, err)
		}
	}
	accounts := make([]Account, len(users))
	for i, u := range users {
		accounts[i] = Account{Role: u.Roles[0], Email: u.Email, Password: u.Password}
	}
	begun, err := p.demoBegun(ctx, t, pack)
	if err != nil {
		return nil, err
	}
	if live, err := p.Catalog.Live(ctx, t); err == nil {
		if !hasPack(live, pack) {
			return nil, nil // somebody else's definitions are live: the demo's accounts are not theirs
		}
		if !begun {
			return p.demoAccounts(ctx, t, users, accounts)
		}
	} else if !errors.Is(err, catalog.ErrNone) {
		return nil, err
	}
	d := &demo{parts: p, tenant: t, now: p.Config.Now().UTC(), actors: map[string]fact.Actor{}, keys: map[string]string{}}
	if err := d.load(ctx, pack, users, seed["records.ndjson"]); err != nil {
		return nil, fmt.Errorf("demo %s: %w", pack, err)
	}
	return accounts, nil
}

// demoAccounts returns those demo accounts that there are. A pack that was
// applied by hand to an installation without any user gets them now.
func (p *Parts) demoAccounts(ctx context.Context, t fact.TenantID, users []seedUser, accounts []Account) ([]Account, error) {
	needed, err := p.Auth.NeedsSetup(ctx)
	if err != nil {
		return nil, err
	}
	if needed {
		d := &demo{parts: p, tenant: t, actors: map[string]fact.Actor{}}
		for i := range users {
			if err := d.user(ctx, demoActor, &users[i]); err != nil {
				return nil, fmt.Errorf("user %s: %w", users[i].Email, err)
			}
		}
		return accounts, nil
	}
	there, _, err := p.Auth.Users(ctx, t, "", "", mostDemoUsers)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(accounts, func(a Account) bool {
		return !slices.ContainsFunc(there, func(u auth.User) bool { return u.Email == a.Email })
	}), nil
}

// mostDemoUsers is among how many users the demo's are looked for.
const mostDemoUsers = 200

var demoActor = fact.Actor{Kind: fact.System, ID: "system", Name: "demo", Roles: []string{auth.Admin}}

// demoKey names the document that is there while a demo is being loaded: a
// server that stopped in the middle goes on with it at the next start.
func demoKey(pack string) fact.Key { return fact.Key{Kind: "demo", ID: pack} }

func (p *Parts) demoBegun(ctx context.Context, t fact.TenantID, pack string) (begun bool, err error) {
	err = p.Store.View(ctx, t, func(r fact.Reader) error {
		doc, err := r.Get(demoKey(pack))
		begun = doc.Rev != 0
		return err
	})
	return begun, err
}

func hasPack(rel *catalog.Release, pack string) bool {
	for _, item := range rel.Items {
		if item.Kind == def.KindPack && item.ID == pack {
			return true
		}
	}
	return false
}

type demo struct {
	parts  *Parts
	tenant fact.TenantID
	now    time.Time
	actors map[string]fact.Actor
	keys   map[string]string // seed key → record id
}

func (d *demo) load(ctx context.Context, pack string, users []seedUser, records []byte) error {
	files, err := templates.Files(pack)
	if err != nil {
		return err
	}
	begin := fact.Change{Put: []fact.Put{{Key: demoKey(pack), Body: []byte("{}")}}}
	if _, err := d.parts.Store.Commit(ctx, d.tenant, begin); err != nil {
		return err
	}
	for i := range users {
		if err := d.user(ctx, demoActor, &users[i]); err != nil {
			return fmt.Errorf("user %s: %w", users[i].Email, err)
		}
	}
	_, err = d.parts.Catalog.Publish(ctx, d.tenant, catalog.Proposal{Files: files, By: demoActor, Note: pack})
	if err != nil && !errors.Is(err, catalog.ErrUnchanged) {
		return err
	}
	if err := d.records(ctx, records); err != nil {
		return err
	}
	done := fact.Change{Put: []fact.Put{{Key: demoKey(pack), Delete: true}}}
	_, err = d.parts.Store.Commit(ctx, d.tenant, done)
	return err
}

// user makes a demo user, or finds the one that was made before.
func (d *demo) user(ctx context.Context, system fact.Actor, u *seedUser) error {
	name, lang := u.Name.Zh, "zh"
	if slices.Contains(u.Roles, auth.Admin) {
		// The demo's administrator is the installation's first one, so that no
		// set-up link stays open; it does nothing when there is one already.
		first := auth.FirstAdmin{Email: u.Email, Password: u.Password, Name: name, Lang: lang}
		if err := d.parts.Auth.SetupUnattended(ctx, first); err != nil {
			return err
		}
	}
	made, err := d.parts.Auth.CreateUser(ctx, d.tenant, system, auth.UserInput{Name: &name, Email: &u.Email, Lang: &lang, Roles: &u.Roles, Password: &u.Password})
	var refusal *fact.Refusal
	if errors.As(err, &refusal) && refusal.Problems[0].Code == "not_unique" {
		made, err = d.known(ctx, u.Email, err)
	}
	if err != nil {
		return err
	}
	d.actors[u.Email] = fact.Actor{Kind: fact.Person, ID: made.ID, Name: name, Roles: u.Roles}
	return nil
}

// known returns the tenant's user with an email; taken is the error when another tenant has it.
func (d *demo) known(ctx context.Context, email string, taken error) (*auth.User, error) {
	for after := ""; ; {
		users, more, err := d.parts.Auth.Users(ctx, d.tenant, "", after, 100)
		if err != nil {
			return nil, err
		}
		for i := range users {
			if users[i].Email == email {
				return &users[i], nil
			}
		}
		if !more {
			return nil, taken
		}
		after = users[len(users)-1].ID
	}
}

// records replays the demo records, each command under a key of its own: what a
// server that stopped has done already is not done twice.
func (d *demo) records(ctx context.Context, records []byte) error {
	prog, err := d.parts.Catalog.Program(ctx, d.tenant)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(bytes.NewReader(records))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var r seedRecord
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return fmt.Errorf("records.ndjson line %d: %w", n, err)
		}
		if err := d.replay(ctx, prog, &r, fmt.Sprintf("demo/%d", n)); err != nil {
			return fmt.Errorf("records.ndjson line %d: %w", n, err)
		}
	}
	return lines.Err()
}

func (d *demo) replay(ctx context.Context, prog *program.Program, r *seedRecord, key string) error {
	ago, err := fact.ParseDuration(r.Ago)
	if err != nil {
		return err
	}
	at := d.now.Add(-ago)
	out, err := d.parts.Runner.RunOn(ctx, prog, d.tenant, fact.Command{
		Type: fact.Submit, Form: r.Form, Input: d.resolve(r.Data), Actor: d.actor(r.As), Now: at, Key: key,
	})
	if err != nil {
		return err
	}
	if r.Key != "" {
		d.keys[r.Key] = out.Record.ID
	}
	for i := range r.Moves {
		m := &r.Moves[i]
		after, err := fact.ParseDuration(m.After)
		if err != nil {
			return err
		}
		if at = at.Add(after); at.After(d.now) {
			at = d.now
		}
		_, err = d.parts.Runner.RunOn(ctx, prog, d.tenant, fact.Command{
			Type: fact.Move, Form: r.Form, ID: out.Record.ID, Transition: m.Transition, Evidence: m.Evidence,
			Input: m.Data, Actor: d.actor(m.As), Now: at, Key: fmt.Sprintf("%s/%d", key, i),
		})
		if err != nil {
			return fmt.Errorf("%s: %w", m.Transition, err)
		}
	}
	return nil
}

// actor returns the demo user of an email or a connector account.
func (d *demo) actor(as string) fact.Actor {
	if account, ok := bytes.CutPrefix([]byte(as), []byte("connector:")); ok {
		return fact.Actor{Kind: fact.Connector, ID: string(account), Name: string(account)}
	}
	return d.actors[as]
}

// resolve replaces the texts "@key" by the ids of the records submitted under those keys.
func (d *demo) resolve(data []byte) []byte {
	if !bytes.Contains(data, []byte(`"@`)) {
		return data
	}
	for key, id := range d.keys {
		data = bytes.ReplaceAll(data, []byte(`"@`+key+`"`), []byte(`"`+id+`"`))
	}
	return data
}
