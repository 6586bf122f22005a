package view

import (
	"strings"

	"sluice/runtime/fact"
	"sluice/runtime/field"
)

// colors are the colours that a paint may use.
var colors = []string{"gray", "red", "orange", "yellow", "green", "teal", "blue", "purple"}

var colorNames = strings.Join(colors, ", ")

const hexDigits = "0123456789abcdef"

func appendHex(b, raw []byte) []byte {
	b = append(b, '"')
	for _, c := range raw {
		b = append(b, hexDigits[c>>4], hexDigits[c&15])
	}
	return append(b, '"')
}

func appendTime(b []byte, ms int64) []byte {
	return append(field.AppendTime(append(b, '"'), ms), '"')
}

// plain returns a value as the text of a title.
func plain(v *fact.Value) string {
	if v.Kind() == fact.List {
		return strings.Join(v.List(), ", ")
	}
	return field.GroupKey(v)
}
