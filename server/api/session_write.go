package api

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"sluice/runtime/fact"
	"sluice/server/auth"
)

// bg stands where a context is asked for: a request of ours is short, and is
// carried out to its end also when its sender has gone.
var bg = context.Background()

const cookieName = "sluice_session"

type signInInput struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

// signIn starts a session.
func (k *call) signIn() error {
	var in signInInput
	if err := k.decode(&in); err != nil {
		return err
	}
	s, err := k.api.Auth.SignIn(bg, auth.SignIn{Email: in.Email, Password: in.Password, Address: k.address()})
	if err != nil {
		return err
	}
	return k.session(s)
}

type setupInput struct {
	Token    string `json:"token"`
	Email    string `json:"email"`
	Password string `json:"password"`
	Name     string `json:"name"`
	Lang     string `json:"lang"`
}

// setup makes the first administrator, once, for who has the token from the console.
func (k *call) setup() error {
	var in setupInput
	if err := k.decode(&in); err != nil {
		return err
	}
	s, err := k.api.Auth.Setup(bg, auth.FirstAdmin(in), k.address())
	if err != nil {
		return err
	}
	return k.session(s)
}

// session answers with a new session: a cookie for the browser, the token for programs, and what the first screen needs.
func (k *call) session(s *auth.Session) (err error) {
	k.who = s.Who
	if k.program, err = k.api.program(s.Who.Tenant); err != nil {
		return err
	}
	m, err := k.meBody()
	if err != nil {
		return err
	}
	k.c.Cookie(&fiber.Cookie{
		Name: cookieName, Value: s.Token, Path: "/", Expires: s.Expires,
		HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode, Secure: k.api.secure || k.c.Context().IsTLS(),
	})
	return k.json(fiber.StatusCreated, map[string]any{
		"token": s.Token, "expires": fact.TimeText(s.Expires.UnixMilli()), "me": m,
	})
}

// signOut ends the session that the request was made with.
func (k *call) signOut() error {
	if k.who.Session == "" {
		return refuse(fact.Invalid, "not_allowed", nil) // an API key is revoked, not signed out
	}
	if err := k.api.Auth.SignOut(bg, k.who); err != nil {
		return err
	}
	k.c.Cookie(&fiber.Cookie{
		Name: cookieName, Path: "/", Expires: k.now.Add(-365 * 24 * 3600e9),
		HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode, Secure: k.api.secure || k.c.Context().IsTLS(),
	})
	return k.none()
}
