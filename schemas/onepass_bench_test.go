package schemas

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// nothing is a sink that costs only the calls.
type nothing struct{ calls int }

func (n *nothing) Text(int, []byte)   { n.calls++ }
func (n *nothing) Number(int, []byte) { n.calls++ }
func (n *nothing) Bool(int, bool)     { n.calls++ }
func (n *nothing) Null(int)           { n.calls++ }
func (n *nothing) Item(int, []byte)   { n.calls++ }
func (n *nothing) Enter(int)          { n.calls++ }
func (n *nothing) Leave(int)          { n.calls++ }

func BenchmarkCheckOrder(b *testing.B) {
	schema, doc := SampleOrder()
	c, err := Compile(schema)
	require.NoError(b, err)
	require.True(b, c.OnePass(), c.Reason())
	b.Run("one pass", func(b *testing.B) {
		sink := &nothing{}
		b.SetBytes(int64(len(doc)))
		b.ReportAllocs()
		for b.Loop() {
			if p := c.Check(doc, sink); p != nil {
				b.Fatal(p)
			}
		}
	})
	b.Run("guard", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if p := Guard(doc, Limits{}); p != nil {
				b.Fatal(p)
			}
		}
	})
	b.Run("jsonschema and encoding json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := c.CheckReference(doc); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("compile", func(b *testing.B) {
		for b.Loop() {
			if _, err := Compile(schema); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestCheckOrderAllocatesNothing(t *testing.T) {
	schema, doc := SampleOrder()
	c, err := Compile(schema)
	require.NoError(t, err)
	sink := &nothing{}
	require.Zero(t, testing.AllocsPerRun(200, func() {
		if p := c.Check(doc, sink); p != nil {
			t.Fatal(p)
		}
	}))
	require.Positive(t, sink.calls)
}
