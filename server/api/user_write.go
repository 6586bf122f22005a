package api

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"sluice/runtime/fact"
	"sluice/server/auth"
)

// userBrief is what everybody may know of a colleague.
type userBrief struct {
	ID    string   `json:"id"`
	Name  string   `json:"name"`
	Roles []string `json:"roles"`
}

// listUsers reads people: all of each for who keeps members, else name and roles of those who can act.
func (k *call) listUsers() error {
	limit, err := k.limit()
	if err != nil {
		return err
	}
	users, more, err := k.api.Auth.Users(bg, k.who.Tenant, k.query("role"), k.query("cursor"), limit)
	if err != nil {
		return err
	}
	items, full := []any{}, k.can(auth.Members)
	for i := range users {
		u := &users[i]
		u.Roles = notNil(u.Roles)
		switch {
		case full:
			items = append(items, u)
		case !u.Off:
			items = append(items, userBrief{u.ID, u.Name, u.Roles})
		}
	}
	var next any
	if more {
		next = users[len(users)-1].ID
	}
	return k.json(fiber.StatusOK, map[string]any{"items": items, "next": next})
}

// createUser adds a person.
func (k *call) createUser() error {
	var in auth.UserInput
	if err := k.decodeUser(&in); err != nil {
		return err
	}
	u, err := k.api.Auth.CreateUser(bg, k.who.Tenant, k.who.Actor, in)
	if err != nil {
		return err
	}
	return k.user(fiber.StatusCreated, u)
}

// editUser changes a person, off included; it holds from the person's next request.
func (k *call) editUser() error {
	var in auth.UserInput
	if err := k.decodeUser(&in); err != nil {
		return err
	}
	rev, err := k.ifMatch()
	if err != nil {
		return err
	}
	u, err := k.api.Auth.ChangeUser(bg, k.who.Tenant, k.who.Actor, k.param("id"), rev, in)
	if err != nil {
		return err
	}
	return k.user(fiber.StatusOK, u)
}

// decodeUser reads what is said of a person; the roles must be ones the tenant has.
func (k *call) decodeUser(in *auth.UserInput) error {
	if err := k.decode(in); err != nil {
		return err
	}
	if in.Roles == nil {
		return nil
	}
	return k.checkRoles(*in.Roles)
}

func (k *call) checkRoles(roles []string) error {
	for i, role := range roles {
		if role != auth.Admin && k.program.Roles[role] == nil {
			return refuseAt(fact.Invalid, "/roles/"+itoa(i), "unknown_role", map[string]any{"role": strings.Clone(role)})
		}
	}
	return nil
}

func (k *call) user(status int, u *auth.User) error {
	u.Roles = notNil(u.Roles)
	k.c.Set(fiber.HeaderETag, revTag(u.Rev))
	return k.json(status, u)
}
