package auth

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"sluice/runtime/fact"
)

// User is a person of a tenant.
type User struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Email   string    `json:"email"` // lower case; names the login
	Lang    string    `json:"lang"`  // "zh" or "en"
	Roles   []string  `json:"roles"`
	Off     bool      `json:"off,omitempty"` // may not sign in; sessions and keys do not work
	Created time.Time `json:"created"`
	Rev     uint64    `json:"rev"`
}

// userDoc is a User as it is stored.
type userDoc struct {
	User
	Hash string `json:"hash"`
	Gen  uint64 `json:"gen"` // raised with the password: sessions of a lower one have ended
}

// loginDoc says whose an email is.
type loginDoc struct {
	Tenant fact.TenantID `json:"tenant"`
	User   string        `json:"user"`
}

// UserInput is what can be said of a user; nil members are left as they are.
type UserInput struct {
	Name     *string   `json:"name,omitempty"`
	Email    *string   `json:"email,omitempty"`
	Lang     *string   `json:"lang,omitempty"`
	Roles    *[]string `json:"roles,omitempty"`
	Off      *bool     `json:"off,omitempty"`
	Password *string   `json:"password,omitempty"`
}

func userKey(id string) fact.Key     { return fact.Key{Kind: KindUser, ID: id} }
func loginKey(email string) fact.Key { return fact.Key{Kind: KindLogin, ID: email} }

// CreateUser adds a person to a tenant. It refuses an email that is in use,
// and the role admin from whoever does not have it.
func (a *Auth) CreateUser(ctx context.Context, t fact.TenantID, by fact.Actor, in UserInput) (*User, error) {
	u := userDoc{}
	if problems := u.apply(in, true); len(problems) > 0 {
		return nil, fact.Refuse(fact.Invalid, problems...)
	}
	if !mayGrant(by, u.Roles) {
		return nil, refuse(fact.Denied, "/roles", "role_denied", nil)
	}
	var err error
	if u.ID, err = a.mintID("u"); err != nil {
		return nil, err
	}
	if u.Hash, err = a.hasher.hash(*in.Password); err != nil {
		return nil, err
	}
	if err = a.claimEmail(ctx, t, u.ID, u.Email, by); err != nil {
		return nil, err
	}
	return a.addUser(ctx, t, by, &u)
}

// addUser commits a complete new user; its email is claimed already.
func (a *Auth) addUser(ctx context.Context, t fact.TenantID, by fact.Actor, u *userDoc) (*User, error) {
	c := a.change(by)
	u.Created, u.Rev = c.now, 0
	if err := c.put(userKey(u.ID), 0, u); err != nil {
		return nil, err
	}
	if err := c.tell(userKey(u.ID), "user.created", u.told()); err != nil {
		return nil, err
	}
	if err := a.commit(ctx, t, c); err != nil {
		return nil, err
	}
	u.Rev = 1
	return &u.User, nil
}

// told is what history says of a user: never the hash.
func (u *userDoc) told() map[string]any {
	return map[string]any{"name": u.Name, "email": u.Email, "roles": u.Roles, "off": u.Off}
}

// claimEmail makes an email name a user. Logins live in the platform's file and
// users in the tenant's, so no change spans both: the login comes first, and
// one whose user never came to be (a crash in between) may be claimed again.
func (a *Auth) claimEmail(ctx context.Context, t fact.TenantID, user, email string, by fact.Actor) error {
	var old loginDoc
	rev, err := a.read(ctx, Platform, loginKey(email), &old)
	if err != nil {
		return err
	}
	if rev != 0 {
		var u userDoc
		if found, err := a.read(ctx, old.Tenant, userKey(old.User), &u); err != nil {
			return err
		} else if found != 0 && u.Email == email {
			return refuse(fact.Invalid, "/email", "not_unique", nil)
		}
	}
	c := a.change(by)
	if err := c.put(loginKey(email), rev, loginDoc{Tenant: t, User: user}); err != nil {
		return err
	}
	return a.commit(ctx, Platform, c)
}

// ChangeUser changes a person. rev, when not 0, is the revision that the caller saw.
// A new password ends all sessions of the person; all changes hold from the next request.
// The last active administrator stays one.
func (a *Auth) ChangeUser(ctx context.Context, t fact.TenantID, by fact.Actor, id string, rev uint64, in UserInput) (*User, error) {
	var u userDoc
	found, err := a.read(ctx, t, userKey(id), &u)
	if err != nil {
		return nil, err
	}
	if found == 0 {
		return nil, refuse(fact.NotFound, "", "not_found", nil)
	}
	if rev != 0 && rev != found {
		return nil, refuse(fact.Conflict, "", "stale_revision", nil)
	}
	before := u
	if problems := u.apply(in, false); len(problems) > 0 {
		return nil, fact.Refuse(fact.Invalid, problems...)
	}
	if !mayGrant(by, before.Roles) || !mayGrant(by, u.Roles) {
		return nil, refuse(fact.Denied, "/roles", "role_denied", nil)
	}
	if in.Password != nil {
		if u.Hash, err = a.hasher.hash(*in.Password); err != nil {
			return nil, err
		}
		u.Gen++
	}
	if u.Email != before.Email {
		if err := a.claimEmail(ctx, t, id, u.Email, by); err != nil {
			return nil, err
		}
	}
	return a.saveUser(ctx, t, by, found, &before, &u)
}

func (a *Auth) saveUser(ctx context.Context, t fact.TenantID, by fact.Actor, rev uint64, before, u *userDoc) (*User, error) {
	c := a.change(by)
	if before.leads() && !u.leads() {
		if err := a.keepLead(ctx, t, c, u.ID); err != nil {
			return nil, err
		}
	}
	if err := c.put(userKey(u.ID), rev, u); err != nil {
		return nil, err
	}
	if err := c.tell(userKey(u.ID), "user.changed", u.told()); err != nil {
		return nil, err
	}
	if err := a.commit(ctx, t, c); err != nil {
		return nil, err
	}
	a.forgetUser(t, u.ID)
	u.Rev = rev + 1
	return &u.User, nil
}

// leads reports whether the user is an administrator who can sign in.
func (u *userDoc) leads() bool { return !u.Off && slices.Contains(u.Roles, Admin) }

// keepLead refuses when no other administrator is left, and makes the change
// depend on the one it found, so that two cannot dismiss each other at once.
func (a *Auth) keepLead(ctx context.Context, t fact.TenantID, c *change, leaving string) error {
	return a.store.View(ctx, t, func(r fact.Reader) error {
		for d, err := range r.Scan(fact.Range{Kind: KindUser}) {
			if err != nil {
				return err
			}
			var u userDoc
			if err := json.Unmarshal(d.Body, &u); err != nil {
				return err
			}
			if u.ID != leaving && u.leads() {
				c.Expect = append(c.Expect, fact.Expect{Key: d.Key, Rev: d.Rev})
				return nil
			}
		}
		return refuse(fact.Conflict, "/roles", "last_admin", nil)
	})
}

// OwnInput is what a person may change of himself.
type OwnInput struct {
	Lang     *string // "zh" or "en"
	Password *string // needs Current; ends all sessions of the person, this one too
	Current  string
}

// ChangeOwn changes what a signed-in person may change of himself. A wrong
// current password is bad_credentials; guessing is limited as signing in is.
func (a *Auth) ChangeOwn(ctx context.Context, who *Identity, in OwnInput) (*User, error) {
	var u userDoc
	if _, err := a.read(ctx, who.Tenant, userKey(who.User), &u); err != nil {
		return nil, err
	}
	if in.Password != nil {
		if wait := a.perName.Take(u.Email, a.now()); wait > 0 {
			return nil, refuse(fact.Denied, "", "too_many_requests", map[string]any{"seconds": seconds(wait)})
		}
		if len(in.Current) > passwordLongest {
			return nil, refuse(fact.Denied, "/current", "bad_credentials", nil)
		}
		ok, err := a.hasher.matches(u.Hash, in.Current)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, refuse(fact.Denied, "/current", "bad_credentials", nil)
		}
		a.perName.Give(u.Email)
	}
	by := who.Actor
	by.Roles = append([]string{Admin}, by.Roles...) // neither roles nor who may sign in can change here
	return a.ChangeUser(ctx, who.Tenant, by, who.User, 0, UserInput{Lang: in.Lang, Password: in.Password})
}

// mayGrant reports whether the actor may give these roles or change who has them.
func mayGrant(by fact.Actor, roles []string) bool {
	return by.Kind == fact.System || by.Has(Admin) || !slices.Contains(roles, Admin)
}

// apply checks the input and takes it over.
func (u *userDoc) apply(in UserInput, isNew bool) (problems []fact.Problem) {
	bad := func(path, code string, params map[string]any) {
		problems = append(problems, fact.Problem{Path: path, Code: code, Params: params})
	}
	take(&u.Name, in.Name, strings.TrimSpace)
	take(&u.Email, in.Email, foldEmail)
	take(&u.Lang, in.Lang, nil)
	take(&u.Off, in.Off, nil)
	if in.Roles != nil {
		u.Roles = slices.Compact(slices.Sorted(slices.Values(*in.Roles)))
	}
	if u.Lang == "" {
		u.Lang = "zh"
	}
	if n := utf8.RuneCountInString(u.Name); n == 0 {
		bad("/name", "required", nil)
	} else if n > 80 {
		bad("/name", "too_long", map[string]any{"max": 80})
	}
	if !validEmail(u.Email) {
		bad("/email", "invalid_email", nil)
	}
	if u.Lang != "zh" && u.Lang != "en" {
		bad("/lang", "not_option", map[string]any{"options": "zh, en"})
	}
	if len(u.Roles) > 50 {
		bad("/roles", "too_many_items", map[string]any{"max": 50})
	}
	if in.Password != nil || isNew {
		problems = append(problems, checkPassword(in.Password)...)
	}
	return problems
}

func take[T any](to *T, from *T, clean func(T) T) {
	if from == nil {
		return
	}
	*to = *from
	if clean != nil {
		*to = clean(*from)
	}
}

func checkPassword(p *string) []fact.Problem {
	switch {
	case p == nil:
		return []fact.Problem{{Path: "/password", Code: "required"}}
	case utf8.RuneCountInString(*p) < passwordShortest:
		return []fact.Problem{{Path: "/password", Code: "too_short", Params: map[string]any{"min": passwordShortest}}}
	case len(*p) > passwordLongest:
		return []fact.Problem{{Path: "/password", Code: "too_long", Params: map[string]any{"max": passwordLongest}}}
	}
	return nil
}

func foldEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// validEmail accepts what can be an address; only a letter to it could prove more.
func validEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	return at > 0 && at < len(s)-1 && len(s) <= 254 && utf8.ValidString(s) && !strings.ContainsAny(s, " \t\r\n\x00<>\"")
}

// Users returns up to limit people of a tenant by id, after a user id ("" at
// first). With role set, only who has it.
func (a *Auth) Users(ctx context.Context, t fact.TenantID, role, after string, limit int) (users []User, more bool, err error) {
	err = a.store.View(ctx, t, func(r fact.Reader) error {
		for d, err := range r.Scan(fact.Range{Kind: KindUser, After: after}) {
			if err != nil {
				return err
			}
			var u userDoc
			if err := json.Unmarshal(d.Body, &u); err != nil {
				return err
			}
			if role != "" && !slices.Contains(u.Roles, role) {
				continue
			}
			if more = len(users) == limit; more {
				return nil
			}
			u.Rev = d.Rev
			users = append(users, u.User)
		}
		return nil
	})
	return users, more, err
}

// User returns one person, or a refusal of kind NotFound.
func (a *Auth) User(ctx context.Context, t fact.TenantID, id string) (*User, error) {
	var u userDoc
	rev, err := a.read(ctx, t, userKey(id), &u)
	if err != nil {
		return nil, err
	}
	if rev == 0 {
		return nil, refuse(fact.NotFound, "", "not_found", nil)
	}
	u.Rev = rev
	return &u.User, nil
}
