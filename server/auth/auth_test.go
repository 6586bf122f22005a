package auth_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/server/auth"
	"sluice/server/store"
	"sluice/server/store/boltstore"
)

// office is an installation with a clock that stands still until it is moved.
type office struct {
	*auth.Auth
	store store.Store
	ctx   context.Context

	mu  sync.Mutex
	now time.Time
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) later(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

// open returns an office whose hashes are cheap: what they cost is not tested here.
func open(t *testing.T) *office {
	t.Helper()
	s, err := boltstore.Open(t.TempDir(), boltstore.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	o := &office{store: s, ctx: t.Context(), now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	o.Auth = auth.New(auth.Config{Store: s, Now: o.clock, Cost: auth.Cost{Passes: 1, KiB: 64}})
	return o
}

const (
	boss     = "boss@example.com"
	password = "correct horse"
)

// withAdmin returns an office with its first administrator signed in.
func withAdmin(t *testing.T) (*office, *auth.Session) {
	t.Helper()
	o := open(t)
	require.NoError(t, o.SetupUnattended(o.ctx, auth.FirstAdmin{Email: boss, Password: password}))
	return o, o.signIn(t, boss, password)
}

func (o *office) signIn(t *testing.T, email, password string) *auth.Session {
	t.Helper()
	s, err := o.SignIn(o.ctx, auth.SignIn{Email: email, Password: password, Address: "192.0.2.1"})
	require.NoError(t, err)
	return s
}

func (o *office) hire(t *testing.T, by *auth.Session, email string, roles ...string) *auth.User {
	t.Helper()
	u, err := o.CreateUser(o.ctx, by.Who.Tenant, by.Who.Actor, input(email, roles))
	require.NoError(t, err)
	return u
}

func input(email string, roles []string) auth.UserInput {
	name, secret := strings.Split(email, "@")[0], password
	return auth.UserInput{Name: &name, Email: &email, Password: &secret, Roles: &roles}
}

func (o *office) valid(token string) bool {
	_, err := o.Verify(o.ctx, []byte(token))
	return err == nil
}

// code returns the first problem's code of a refusal, "" when err is nil.
func code(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var r *fact.Refusal
	require.ErrorAs(t, err, &r)
	return r.Problems[0].Code
}

func TestSetup(t *testing.T) {
	o := open(t)
	token, err := o.SetupToken(o.ctx)
	require.NoError(t, err)
	require.NotEmpty(t, token)
	again, err := o.SetupToken(o.ctx)
	require.NoError(t, err)
	require.Equal(t, token, again)

	admin := auth.FirstAdmin{Token: "guess", Email: boss, Password: password, Name: "Boss"}
	_, err = o.Setup(o.ctx, admin, "")
	require.Equal(t, "bad_credentials", code(t, err))

	admin.Token = token
	admin.Password = "short"
	_, err = o.Setup(o.ctx, admin, "")
	require.Equal(t, "too_short", code(t, err))

	admin.Password = password
	s, err := o.Setup(o.ctx, admin, "")
	require.NoError(t, err)
	require.True(t, s.Who.Actor.Has(auth.Admin))
	require.Equal(t, fact.TenantID("main"), s.Who.Tenant)
	require.True(t, o.valid(s.Token))

	_, err = o.Setup(o.ctx, admin, "")
	require.Equal(t, "bad_credentials", code(t, err), "the token works once")
	token, err = o.SetupToken(o.ctx)
	require.NoError(t, err)
	require.Empty(t, token)
}

func TestSetupHappensOnce(t *testing.T) {
	o := open(t)
	token, err := o.SetupToken(o.ctx)
	require.NoError(t, err)
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for range 8 {
		wg.Go(func() {
			_, err := o.Setup(o.ctx, auth.FirstAdmin{Token: token, Email: boss, Password: password, Name: "Boss"}, "")
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			}
		})
	}
	wg.Wait()
	require.Equal(t, 1, won)
	users, _, err := o.Users(o.ctx, "main", "", "", 10)
	require.NoError(t, err)
	require.Len(t, users, 1)
}

func TestSetupUnattendedKeepsTheFirst(t *testing.T) {
	o, _ := withAdmin(t)
	require.NoError(t, o.SetupUnattended(o.ctx, auth.FirstAdmin{Email: "other@example.com", Password: password}))
	_, err := o.SignIn(o.ctx, auth.SignIn{Email: "other@example.com", Password: password})
	require.Equal(t, "bad_credentials", code(t, err))
}

func TestSignInRefusesAlike(t *testing.T) {
	o, _ := withAdmin(t)
	for name, in := range map[string]auth.SignIn{
		"wrong password":  {Email: boss, Password: "wrong password"},
		"unknown account": {Email: "nobody@example.com", Password: password},
		"no email":        {Email: "", Password: password},
		"not an email":    {Email: "boss", Password: password},
		"empty password":  {Email: boss, Password: ""},
		"endless":         {Email: boss, Password: strings.Repeat("x", 10_000)},
	} {
		_, err := o.SignIn(o.ctx, in)
		var r *fact.Refusal
		require.ErrorAs(t, err, &r, name)
		require.Equal(t, fact.Refuse(fact.Denied, fact.Problem{Code: "bad_credentials"}), r, name)
	}
	s := o.signIn(t, "  BOSS@Example.com ", password)
	require.True(t, o.valid(s.Token), "an email has no case")
}

func TestSignInIsLimitedPerAccountAndAddress(t *testing.T) {
	o, _ := withAdmin(t)
	try := func(email, address string) string {
		_, err := o.SignIn(o.ctx, auth.SignIn{Email: email, Password: "wrong password", Address: address})
		return code(t, err)
	}
	for i := range 10 {
		require.Equal(t, "bad_credentials", try(boss, string(rune('a'+i))))
	}
	require.Equal(t, "too_many_requests", try(boss, "z"), "from whatever address")
	o.later(12 * time.Second)
	require.Equal(t, "bad_credentials", try(boss, "z"))

	for i := range 30 {
		require.Equal(t, "bad_credentials", try(strings.Repeat("x", i+1)+"@example.com", "one"))
	}
	require.Equal(t, "too_many_requests", try("new@example.com", "one"), "to whatever account")
}

func TestSessionEnds(t *testing.T) {
	for name, tc := range map[string]struct {
		pause time.Duration // between requests
		times int
		valid bool
	}{
		"used every hour":      {time.Hour, 100, true},
		"idle for 12 hours":    {12 * time.Hour, 1, false},
		"idle for a bit less":  {12*time.Hour - time.Second, 1, true},
		"after 30 days in use": {11 * time.Hour, 30*24/11 + 1, false},
		"shortly before that":  {11 * time.Hour, 30 * 24 / 11, true},
	} {
		t.Run(name, func(t *testing.T) {
			o, s := withAdmin(t)
			valid := false
			for range tc.times {
				o.later(tc.pause)
				valid = o.valid(s.Token)
			}
			require.Equal(t, tc.valid, valid)
		})
	}
}

func TestRevocationHoldsFromTheNextRequest(t *testing.T) {
	off, none, other := true, []string{}, "another password"
	for name, tc := range map[string]struct {
		revoke func(*testing.T, *office, *auth.Session, *auth.Session, *auth.Key)
		user   bool // the session still works
		key    bool // the key still works
	}{
		"sign out": {func(t *testing.T, o *office, _, s *auth.Session, _ *auth.Key) {
			require.NoError(t, o.SignOut(o.ctx, s.Who))
		}, false, true},
		"user is switched off": {func(t *testing.T, o *office, by, s *auth.Session, _ *auth.Key) {
			_, err := o.ChangeUser(o.ctx, "main", by.Who.Actor, s.Who.User, 0, auth.UserInput{Off: &off})
			require.NoError(t, err)
		}, false, false},
		"new password": {func(t *testing.T, o *office, by, s *auth.Session, _ *auth.Key) {
			_, err := o.ChangeUser(o.ctx, "main", by.Who.Actor, s.Who.User, 0, auth.UserInput{Password: &other})
			require.NoError(t, err)
		}, false, true},
		"key is revoked": {func(t *testing.T, o *office, by, _ *auth.Session, k *auth.Key) {
			require.NoError(t, o.RevokeKey(o.ctx, by.Who, k.ID, ""))
		}, true, false},
		"roles are taken": {func(t *testing.T, o *office, by, s *auth.Session, _ *auth.Key) {
			_, err := o.ChangeUser(o.ctx, "main", by.Who.Actor, s.Who.User, 0, auth.UserInput{Roles: &none})
			require.NoError(t, err)
		}, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			o, by := withAdmin(t)
			o.hire(t, by, "ann@example.com", "sales")
			s := o.signIn(t, "ann@example.com", password)
			k, token, err := o.CreateKey(o.ctx, s.Who, "shop", []string{"sales"}, time.Time{})
			require.NoError(t, err)
			require.True(t, o.valid(s.Token) && o.valid(token), "both are in the cache now")
			told := ""
			cancel := o.Watch(func(_ fact.TenantID, user string) { told = user })
			defer cancel()

			tc.revoke(t, o, by, s, k)
			require.Equal(t, tc.user, o.valid(s.Token), "session")
			require.Equal(t, tc.key, o.valid(token), "key")
			require.Equal(t, s.Who.User, told)
			if tc.user && name == "roles are taken" {
				for _, held := range []string{s.Token, token} {
					who, err := o.Verify(o.ctx, []byte(held))
					require.NoError(t, err)
					require.Empty(t, who.Actor.Roles)
				}
			}
		})
	}
}

func TestVerifyRefusesWhatIsNotAToken(t *testing.T) {
	o, s := withAdmin(t)
	for _, token := range []string{
		"", "x", "sls_", "sls_main", "sls_main.", "sls_other" + strings.TrimPrefix(s.Token, "sls_main"),
		"sls_platform.abc", "sls_../x.abc", s.Token + "x", s.Token[:len(s.Token)-1], strings.Repeat("x", 1<<16),
		"slk_" + strings.TrimPrefix(s.Token, "sls_"),
	} {
		_, err := o.Verify(o.ctx, []byte(token))
		require.ErrorIs(t, err, auth.ErrToken, token[:min(len(token), 20)])
	}
}

func TestKeysHaveAtMostTheRolesOfTheirOwner(t *testing.T) {
	o, by := withAdmin(t)
	o.hire(t, by, "ann@example.com", "sales", "stock")
	ann := o.signIn(t, "ann@example.com", password)
	_, _, err := o.CreateKey(o.ctx, ann.Who, "k", []string{"finance"}, time.Time{})
	require.Equal(t, "role_denied", code(t, err))
	_, _, err = o.CreateKey(o.ctx, ann.Who, "k", []string{auth.Admin}, time.Time{})
	require.Equal(t, "role_denied", code(t, err))
	_, _, err = o.CreateKey(o.ctx, by.Who, "k", []string{"finance"}, time.Time{})
	require.NoError(t, err, "an administrator may give any role")

	_, token, err := o.CreateKey(o.ctx, ann.Who, "k", []string{"stock"}, o.clock().Add(time.Hour))
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(token, "slk_"))
	who, err := o.Verify(o.ctx, []byte(token))
	require.NoError(t, err)
	require.Equal(t, fact.APIKey, who.Actor.Kind)
	require.Equal(t, []string{"stock"}, who.Actor.Roles)
	o.later(time.Hour)
	require.False(t, o.valid(token), "it has expired")

	mine, err := o.Keys(o.ctx, "main", ann.Who.User)
	require.NoError(t, err)
	require.Len(t, mine, 1)
	require.Equal(t, "not_found", code(t, o.RevokeKey(o.ctx, by.Who, mine[0].ID, by.Who.User)), "somebody else's")
}

func TestChangeUser(t *testing.T) {
	o, by := withAdmin(t)
	ann := o.hire(t, by, "ann@example.com", "sales")
	annActor := fact.Actor{Kind: fact.Person, ID: ann.ID, Roles: []string{"members"}}
	admin, none, off, taken, bad := []string{auth.Admin}, []string{}, true, boss, "nonsense"
	for name, tc := range map[string]struct {
		by   fact.Actor
		id   string
		rev  uint64
		in   auth.UserInput
		want string
	}{
		"who is not admin makes no admin": {annActor, ann.ID, 0, auth.UserInput{Roles: &admin}, "role_denied"},
		"nor changes one":                 {annActor, by.Who.User, 0, auth.UserInput{Off: &off}, "role_denied"},
		"the last admin stays admin":      {by.Who.Actor, by.Who.User, 0, auth.UserInput{Roles: &none}, "last_admin"},
		"the last admin stays on":         {by.Who.Actor, by.Who.User, 0, auth.UserInput{Off: &off}, "last_admin"},
		"an email is one person's":        {by.Who.Actor, ann.ID, 0, auth.UserInput{Email: &taken}, "not_unique"},
		"an email is an email":            {by.Who.Actor, ann.ID, 0, auth.UserInput{Email: &bad}, "invalid_email"},
		"a revision that is not there":    {by.Who.Actor, ann.ID, 7, auth.UserInput{Roles: &none}, "stale_revision"},
		"a user that is not there":        {by.Who.Actor, "u00", 0, auth.UserInput{Roles: &none}, "not_found"},
		"an unchanged user":               {by.Who.Actor, ann.ID, 1, auth.UserInput{}, ""},
	} {
		_, err := o.ChangeUser(o.ctx, "main", tc.by, tc.id, tc.rev, tc.in)
		require.Equal(t, tc.want, code(t, err), name)
	}
	_, err := o.ChangeUser(o.ctx, "main", by.Who.Actor, ann.ID, 0, auth.UserInput{Roles: &admin})
	require.NoError(t, err)
	_, err = o.ChangeUser(o.ctx, "main", by.Who.Actor, by.Who.User, 0, auth.UserInput{Roles: &none})
	require.NoError(t, err, "there is another one now")
}

func TestANewEmailReplacesTheOldOne(t *testing.T) {
	o, by := withAdmin(t)
	ann := o.hire(t, by, "ann@example.com")
	mail := "anna@example.com"
	_, err := o.ChangeUser(o.ctx, "main", by.Who.Actor, ann.ID, 0, auth.UserInput{Email: &mail})
	require.NoError(t, err)
	o.signIn(t, mail, password)
	_, err = o.SignIn(o.ctx, auth.SignIn{Email: "ann@example.com", Password: password})
	require.Equal(t, "bad_credentials", code(t, err))
	o.hire(t, by, "ann@example.com")
	o.signIn(t, "ann@example.com", password)
}

func TestHistoryHasEveryWriteAndNoSecret(t *testing.T) {
	o, by := withAdmin(t)
	_, token, err := o.CreateKey(o.ctx, by.Who, "shop", nil, time.Time{})
	require.NoError(t, err)
	require.NoError(t, o.SignOut(o.ctx, by.Who))
	events, err := o.store.Events(o.ctx, "main", fact.Position{Epoch: o.epoch(t)}, 100)
	require.NoError(t, err)
	var types []string
	for _, e := range events {
		types = append(types, e.Type)
		for _, secret := range []string{token, by.Token, password, "argon2id"} {
			require.NotContains(t, string(e.Data), secret)
		}
	}
	require.Equal(t, []string{"user.created", "session.started", "key.created", "session.ended"}, types)
}

func (o *office) epoch(t *testing.T) (epoch uint64) {
	t.Helper()
	require.NoError(t, o.store.View(o.ctx, "main", func(r fact.Reader) error {
		epoch = r.Position().Epoch
		return nil
	}))
	return epoch
}

func TestCan(t *testing.T) {
	roles := map[string]*def.Role{"lead": {Can: []string{auth.Publish}}, "clerk": {}}
	for _, tc := range []struct {
		roles      []string
		permission string
		want       bool
	}{
		{[]string{"lead"}, auth.Publish, true},
		{[]string{"lead"}, auth.Members, false},
		{[]string{"clerk"}, auth.Publish, false},
		{[]string{auth.Admin}, auth.Members, true},
		{[]string{auth.Admin}, "anything", false},
		{[]string{"gone"}, auth.Publish, false},
		{nil, auth.Publish, false},
	} {
		require.Equal(t, tc.want, auth.Can(fact.Actor{Roles: tc.roles}, roles, tc.permission), "%v %s", tc.roles, tc.permission)
	}
}

func TestTenantName(t *testing.T) {
	o := open(t)
	got, err := o.Tenant(o.ctx, "main")
	require.NoError(t, err)
	require.Equal(t, auth.Tenant{ID: "main", Name: "main"}, got)
	require.NoError(t, o.NameTenant(o.ctx, fact.Actor{}, "main", "速联汽配"))
	got, err = o.Tenant(o.ctx, "main")
	require.NoError(t, err)
	require.Equal(t, "速联汽配", got.Name)
}

func TestSweepLeavesWhatIsInUse(t *testing.T) {
	o, old := withAdmin(t)
	for range 3 {
		o.signIn(t, boss, password)
	}
	o.later(11 * time.Hour)
	require.True(t, o.valid(old.Token))
	o.later(2 * time.Hour)
	swept, err := o.Sweep(o.ctx, "main")
	require.NoError(t, err)
	require.Equal(t, 3, swept)
	require.True(t, o.valid(old.Token))
	o.later(13 * time.Hour)
	swept, err = o.Sweep(o.ctx, "main")
	require.NoError(t, err)
	require.Equal(t, 1, swept)
}
