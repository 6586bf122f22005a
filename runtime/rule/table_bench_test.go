package rule_test

import (
	"testing"

	"sluice/runtime/rule"
)

func BenchmarkExplain(b *testing.B) {
	table := compiled(b, routing)
	row := order(b, `{"grade":"svip","urgent":true,"lines":[{"brand":"BMW"},{"brand":"Benz"}]}`)
	b.ReportAllocs()
	for b.Loop() {
		table.Explain(rule.Hit{Row: "r1", Index: 0}, row, now)
	}
}
