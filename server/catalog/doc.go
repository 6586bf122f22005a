// Package catalog keeps the definitions of a tenant: drafts that people edit,
// and releases that decide. A release is an immutable manifest of hashes; which
// one is live is a single document, so publishing and rolling back are one
// atomic change, audited like any other.
//
// Concurrency: the live Program of a tenant is an atomic pointer. Publishing
// compiles first, commits, then swaps; a release that does not compile never
// becomes live. Indexes that a release newly needs are filled after the switch,
// while writes already keep them.
package catalog
