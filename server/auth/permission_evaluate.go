package auth

import (
	"slices"

	"sluice/runtime/def"
	"sluice/runtime/fact"
)

// The permissions beyond forms, as [def.Role] names them in Can.
const (
	Publish = "publish" // edit drafts, publish and roll back
	Members = "members" // users, roles and other people's keys
	Import  = "import"  // bulk intake
	Audit   = "audit"   // read everybody's history
)

// Permissions lists all permissions beyond forms, sorted.
var Permissions = []string{Audit, Import, Members, Publish}

// Can reports whether the actor has a permission beyond forms: by the role
// admin, or by one of the tenant's roles. What an actor may do with a form's
// records is said by the form itself.
func Can(actor fact.Actor, roles map[string]*def.Role, permission string) bool {
	if actor.Has(Admin) {
		return slices.Contains(Permissions, permission)
	}
	for _, id := range actor.Roles {
		if r := roles[id]; r != nil && slices.Contains(r.Can, permission) {
			return true
		}
	}
	return false
}

// Sees reports whether the actor may open a view that is for the given roles; "*" is everybody who is signed in.
func Sees(actor fact.Actor, forRoles []string) bool {
	if actor.Has(Admin) {
		return true
	}
	for _, r := range forRoles {
		if r == "*" || actor.Has(r) {
			return true
		}
	}
	return false
}
