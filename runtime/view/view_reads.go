package view

import (
	"encoding/json"
	"regexp"
	"strings"

	"sluice/runtime/def"
	"sluice/runtime/fact"
)

// clocks finds calls of the two functions that read the clock. A text literal
// that looks like one is taken for one: rather refused than wrong.
var clocks = regexp.MustCompile(`(?i)(^|[^A-Za-z0-9_.$])(now|today)[\s\x{A0}\x{3000}]*\(`)

// changing tells why the same record may satisfy a condition later, or for
// another reader, and not now: "actor", "clock", or "" when it cannot.
func changing(c *def.Condition) string {
	if c == nil {
		return ""
	}
	for _, sub := range c.Rules {
		if why := changing(sub); why != "" {
			return why
		}
	}
	if c.Match != nil {
		var group def.Condition
		if json.Unmarshal(c.Value, &group) == nil {
			return changing(&group)
		}
		return ""
	}
	if c.ValueSource == "actor" {
		return "actor"
	}
	if c.ValueSource == "formula" && clocks.MatchString(narrow(strings.Join(texts(c.Value), "\n"))) {
		return "clock"
	}
	return ""
}

// texts reads one text or an array of texts.
func texts(raw json.RawMessage) []string {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}
	}
	var many []string
	if json.Unmarshal(raw, &many) == nil {
		return many
	}
	return nil
}

// narrow turns full-width letters, digits and signs into ASCII, as formulas are read.
func narrow(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 0xFF01 && c <= 0xFF5E {
			return c - 0xFEE0
		}
		return c
	}, s)
}

// slotAt finds the slot of a path, also of a column of line items ("lines.sku").
func slotAt(s *fact.Shape, path string) *fact.Slot {
	if i, ok := s.Slot(path); ok {
		return &s.Slots[i]
	}
	head, column, _ := strings.Cut(path, ".")
	if i, ok := s.Slot(head); ok && s.Slots[i].Rows != nil {
		if j, ok := s.Slots[i].Rows.Slot(column); ok {
			return &s.Slots[i].Rows.Slots[j]
		}
	}
	return nil
}

// isDrawn reports whether a path is the running number, which a new record gets
// only when it is committed.
func isDrawn(s *fact.Shape, path string) bool {
	slot := slotAt(s, path)
	return path == fact.PathNo || slot != nil && slot.Drawn
}

// anyHidden reports whether one of the paths is hidden.
func anyHidden(hidden func(string) bool, paths []string) bool {
	for _, path := range paths {
		if isHidden(hidden, path) {
			return true
		}
	}
	return false
}
