package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"sync"

	"sluice/runtime/fact"
)

// setup is the one-time token that the first administrator must show.
type setup struct {
	mu    sync.Mutex
	token string
}

// setupDoc remembers that the installation has its first administrator.
type setupDoc struct {
	Tenant fact.TenantID `json:"tenant"`
	User   string        `json:"user"`
}

var setupKey = fact.Key{Kind: KindSetting, ID: "setup"}

// FirstAdmin is what the first administrator says.
type FirstAdmin struct {
	Token    string
	Email    string
	Password string
	Name     string
	Lang     string // "zh" when empty
}

// NeedsSetup reports whether there is no first administrator yet.
func (a *Auth) NeedsSetup(ctx context.Context) (bool, error) {
	needed, _, err := a.needsSetup(ctx)
	return needed, err
}

// needsSetup also returns the revision of the note that set-up leaves. A note
// whose user never came to be (a crash in between) does not count.
func (a *Auth) needsSetup(ctx context.Context) (bool, uint64, error) {
	var done setupDoc
	rev, err := a.read(ctx, Platform, setupKey, &done)
	if err != nil || rev == 0 {
		return err == nil, 0, err
	}
	var u userDoc
	found, err := a.read(ctx, done.Tenant, userKey(done.User), &u)
	return err == nil && found == 0, rev, err
}

// SetupToken returns the one-time token to print on the console, "" when
// set-up is done. It stays the same until the process ends.
func (a *Auth) SetupToken(ctx context.Context) (string, error) {
	needed, err := a.NeedsSetup(ctx)
	if err != nil || !needed {
		return "", err
	}
	a.setup.mu.Lock()
	defer a.setup.mu.Unlock()
	if a.setup.token == "" {
		var b [18]byte
		if _, err := io.ReadFull(a.rand, b[:]); err != nil {
			return "", fmt.Errorf("set-up token: %w", err)
		}
		a.setup.token = base64.RawURLEncoding.EncodeToString(b[:])
	}
	return a.setup.token, nil
}

// Setup makes the first administrator of the installation and signs in. It
// refuses a wrong token as bad_credentials and a second set-up as setup_done.
func (a *Auth) Setup(ctx context.Context, in FirstAdmin, address string) (*Session, error) {
	if wait := a.perIP.Take(address, a.now()); wait > 0 {
		return nil, refuse(fact.Denied, "", "too_many_requests", map[string]any{"seconds": seconds(wait)})
	}
	a.setup.mu.Lock()
	token := a.setup.token
	a.setup.mu.Unlock()
	if token == "" || subtle.ConstantTimeCompare([]byte(token), []byte(in.Token)) != 1 {
		return nil, refuse(fact.Denied, "/token", "bad_credentials", nil)
	}
	u, err := a.firstAdmin(ctx, in)
	if err != nil {
		return nil, err
	}
	return a.startSession(ctx, a.tenant, *u, address)
}

// SetupUnattended makes the first administrator without a token, for
// installations that are given one at the start; it does nothing when there is one.
func (a *Auth) SetupUnattended(ctx context.Context, in FirstAdmin) error {
	needed, err := a.NeedsSetup(ctx)
	if err != nil || !needed {
		return err
	}
	if in.Name == "" {
		in.Name, _, _ = strings.Cut(in.Email, "@")
	}
	_, err = a.firstAdmin(ctx, in)
	return err
}

func (a *Auth) firstAdmin(ctx context.Context, in FirstAdmin) (*userDoc, error) {
	a.setup.mu.Lock()
	defer a.setup.mu.Unlock()
	needed, rev, err := a.needsSetup(ctx)
	if err != nil {
		return nil, err
	}
	if !needed {
		return nil, refuse(fact.Conflict, "", "setup_done", nil)
	}
	u, err := a.newAdmin(in)
	if err != nil {
		return nil, err
	}
	if err := a.claimSetup(ctx, u, rev); err != nil {
		return nil, err
	}
	if _, err := a.addUser(ctx, a.tenant, systemActor, u); err != nil {
		return nil, err
	}
	a.setup.token = ""
	return u, nil
}

// claimSetup notes the administrator in the platform: whoever comes second, in
// this process or another, finds another revision.
func (a *Auth) claimSetup(ctx context.Context, u *userDoc, rev uint64) error {
	var old loginDoc
	loginRev, err := a.read(ctx, Platform, loginKey(u.Email), &old)
	if err != nil {
		return err
	}
	c := a.change(systemActor)
	if err := c.put(setupKey, rev, setupDoc{Tenant: a.tenant, User: u.ID}); err != nil {
		return err
	}
	if err := c.put(loginKey(u.Email), loginRev, loginDoc{Tenant: a.tenant, User: u.ID}); err != nil {
		return err
	}
	if err := c.tell(setupKey, "setup.done", map[string]any{"email": u.Email}); err != nil {
		return err
	}
	return a.commit(ctx, Platform, c)
}

var systemActor = fact.Actor{Kind: fact.System, ID: "system", Name: "setup"}

func (a *Auth) newAdmin(in FirstAdmin) (*userDoc, error) {
	u := &userDoc{}
	roles := []string{Admin}
	ui := UserInput{Name: &in.Name, Email: &in.Email, Roles: &roles, Password: &in.Password}
	if in.Lang != "" {
		ui.Lang = &in.Lang
	}
	if problems := u.apply(ui, true); len(problems) > 0 {
		return nil, fact.Refuse(fact.Invalid, problems...)
	}
	var err error
	if u.ID, err = a.mintID("u"); err != nil {
		return nil, err
	}
	u.Hash, err = a.hasher.hash(in.Password)
	return u, err
}
