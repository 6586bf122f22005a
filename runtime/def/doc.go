// Package def reads definitions (forms, chains, rules, views, roles, packs,
// hooks, scenarios) strictly into Go types. JSON is the truth, validated by the
// schemas of package schemas; a struct here is a strict reading of it: unknown
// members are refused, ids are stable and never labels.
package def
