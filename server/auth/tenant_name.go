package auth

import (
	"context"

	"sluice/runtime/fact"
)

// Tenant is what the platform knows of a tenant.
type Tenant struct {
	ID   fact.TenantID `json:"id"`
	Name string        `json:"name"`
}

func tenantKey(t fact.TenantID) fact.Key { return fact.Key{Kind: KindTenant, ID: string(t)} }

// Tenant returns a tenant's name; its id stands for a name nobody gave.
func (a *Auth) Tenant(ctx context.Context, t fact.TenantID) (Tenant, error) {
	known := Tenant{ID: t, Name: string(t)}
	_, err := a.read(ctx, Platform, tenantKey(t), &known)
	return known, err
}

// NameTenant gives a tenant its name.
func (a *Auth) NameTenant(ctx context.Context, by fact.Actor, t fact.TenantID, name string) error {
	var old Tenant
	rev, err := a.read(ctx, Platform, tenantKey(t), &old)
	if err != nil {
		return err
	}
	c := a.change(by)
	if err := c.put(tenantKey(t), rev, Tenant{ID: t, Name: name}); err != nil {
		return err
	}
	if err := c.tell(tenantKey(t), "tenant.named", map[string]any{"name": name}); err != nil {
		return err
	}
	return a.commit(ctx, Platform, c)
}
