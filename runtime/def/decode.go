package def

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/big"
	"strings"

	"github.com/govalues/decimal"

	"sluice/runtime/fact"
	"sluice/schemas"
)

// Decode reads a definition of a kind and returns a pointer to its type: *Pack,
// *Role, *Form, *Chain, *Rule, *View, *Hook or *Scenario. The document is
// checked by [schemas.Validate] first, whose problems it returns; members that
// the type does not know are refused too. Constants are kept as their canonical
// JSON (1.50 becomes 1.5).
//
// Besides the codes of [schemas.Validate] a number that needs more than 19
// digits is number_range.
func Decode(kind Kind, doc []byte) (any, []fact.Problem) {
	if blank(kind) == nil {
		return nil, []fact.Problem{{Code: "unknown_kind", Params: map[string]any{"kind": string(kind)}}}
	}
	if problems := schemas.Validate(string(kind), doc); problems != nil {
		return nil, problems
	}
	return Read(kind, doc)
}

// Read reads a definition without its schema: one that was checked before, when
// its release was published. It costs a small part of [Decode] and still refuses
// members that the type does not know. A document that does not fit its type is
// wrong_type, without a place.
func Read(kind Kind, doc []byte) (any, []fact.Problem) {
	v := blank(kind)
	if v == nil {
		return nil, []fact.Problem{{Code: "unknown_kind", Params: map[string]any{"kind": string(kind)}}}
	}
	text, err := schemas.Canonical(doc) // so that 10.0 is the whole number it stands for
	if err != nil {
		var p fact.Problem
		errors.As(err, &p)
		return nil, []fact.Problem{p}
	}
	if path, ok := tooPrecise(text); ok {
		return nil, []fact.Problem{{Path: path, Code: "number_range", Params: map[string]any{"digits": decimal.MaxPrec}}}
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return nil, []fact.Problem{{Code: "wrong_type", Params: map[string]any{"want": string(kind)}}}
	}
	return v, nil
}

// blank returns a new value of the kind's type, nil for an unknown kind.
func blank(kind Kind) any {
	switch kind {
	case KindPack:
		return new(Pack)
	case KindRole:
		return new(Role)
	case KindForm:
		return new(Form)
	case KindChain:
		return new(Chain)
	case KindRule:
		return new(Rule)
	case KindView:
		return new(View)
	case KindHook:
		return new(Hook)
	case KindScenario:
		return new(Scenario)
	default:
		return nil
	}
}

// tooPrecise finds a bound that a [Num] cannot hold exactly.
func tooPrecise(text []byte) (path string, found bool) {
	var doc any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if dec.Decode(&doc) != nil {
		return "", false
	}
	return inexactBound(doc, "")
}

func inexactBound(v any, path string) (string, bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, item := range v {
			if found, ok := inexactBound(item, path+schemas.Pointer(k)); ok {
				return found, true
			}
		}
	case []any:
		for i, item := range v {
			if found, ok := inexactBound(item, path+schemas.Pointer(i)); ok {
				return found, true
			}
		}
	case json.Number:
		if strings.HasSuffix(path, "/min") || strings.HasSuffix(path, "/max") {
			return path, !exact(v.String())
		}
	}
	return "", false
}

// exact reports whether the decimal library keeps the number as it is; it rounds in silence.
func exact(number string) bool {
	d, err := decimal.Parse(number)
	if err != nil {
		return false
	}
	kept, ok1 := new(big.Rat).SetString(d.String())
	want, ok2 := new(big.Rat).SetString(number)
	return ok1 && ok2 && kept.Cmp(want) == 0
}
