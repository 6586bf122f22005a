package api

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"sluice/runtime/fact"
	"sluice/server/auth"
)

func itoa(i int) string { return strconv.Itoa(i) }

type keyInput struct {
	Name    string    `json:"name"`
	Roles   []string  `json:"roles"`
	Expires time.Time `json:"expires"`
}

// keyOwner returns whose keys the caller handles: everybody's ("") for who keeps members, else his own.
func (k *call) keyOwner() string {
	if k.can(auth.Members) {
		return ""
	}
	return k.who.User
}

// listKeys reads API keys, never their secrets.
func (k *call) listKeys() error {
	keys, err := k.api.Auth.Keys(bg, k.who.Tenant, k.keyOwner())
	if err != nil {
		return err
	}
	for i := range keys {
		keys[i].Roles = notNil(keys[i].Roles)
	}
	return k.json(fiber.StatusOK, map[string]any{"items": notNil(keys)})
}

// createKey makes an API key and shows its secret, once.
func (k *call) createKey() error {
	if k.who.Session == "" {
		return refuse(fact.Denied, "role_denied", nil) // a key that leaked must not outlive itself in others
	}
	var in keyInput
	if err := k.decode(&in); err != nil {
		return err
	}
	if err := k.checkRoles(in.Roles); err != nil {
		return err
	}
	key, secret, err := k.api.Auth.CreateKey(bg, k.who, in.Name, in.Roles, in.Expires)
	if err != nil {
		return err
	}
	key.Roles = notNil(key.Roles)
	return k.json(fiber.StatusCreated, struct {
		auth.Key
		Token string `json:"token"`
	}{*key, secret})
}

// revokeKey ends an API key; it fails on its next request.
func (k *call) revokeKey() error {
	if err := k.api.Auth.RevokeKey(bg, k.who, k.param("id"), k.keyOwner()); err != nil {
		return err
	}
	return k.none()
}
