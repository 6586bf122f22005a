package field_test

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/field"
)

func TestParseNumberKeepsEveryDigitOrRefuses(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"0": "0", "-0": "0", "7": "7", "-7.250": "-7.25", "123456789012345": "123456789012345",
		"0.000000000000001": "0.000000000000001", "12345678.9012345": "12345678.9012345",
		"1000000000000000e-1": "100000000000000", "1e14": "100000000000000", "1.5E+3": "1500", "100.000000000000000000": "100",
		"0.10000000000000000": "0.1", "00012": "12",
	} {
		d, ok := field.ParseNumber(in)
		require.True(t, ok, in)
		require.Equal(t, want, string(field.AppendNumber(nil, d)), in)
	}
	for _, in := range []string{
		"1234567890123456", "1e15", "0.0000000000000001", "123456789.0123456", "1e400", "1e-16", "0.1000000000000000000000001",
		"", "-", ".", "1.2.3", "x", "9999999999999999999999", "0x10",
	} {
		_, ok := field.ParseNumber(in)
		require.False(t, ok, in)
	}
}

func TestParseNumberAgreesWithDouble(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		coef := rapid.Int64Range(-999_999_999_999_999, 999_999_999_999_999).Draw(t, "coef")
		scale := rapid.IntRange(0, 15).Draw(t, "scale")
		text := decimal.MustNew(coef, scale).String()
		d, ok := field.ParseNumber(text)
		require.True(t, ok, text)
		f, err := strconv.ParseFloat(string(field.AppendNumber(nil, d)), 64)
		require.NoError(t, err)
		back, ok := field.ParseNumber(strconv.FormatFloat(f, 'f', -1, 64))
		require.True(t, ok)
		require.Zero(t, d.Cmp(back), "a double holds %s", text)
	})
}

func TestSortKeyOrdersNumbers(t *testing.T) {
	t.Parallel()
	number := rapid.Custom(func(t *rapid.T) fact.Decimal {
		return decimal.MustNew(rapid.Int64().Draw(t, "coef"), rapid.IntRange(0, 19).Draw(t, "scale"))
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := number.Draw(t, "a"), number.Draw(t, "b")
		x, y := fact.OfNumber(a), fact.OfNumber(b)
		require.Equal(t, a.Cmp(b), bytes.Compare(field.SortKey(nil, &x), field.SortKey(nil, &y)))
	})
}

func TestSortKeysJoin(t *testing.T) {
	t.Parallel()
	key := func(a, b string) []byte {
		x, y := fact.OfText(a), fact.OfText(b)
		return field.SortKey(field.SortKey(nil, &x), &y)
	}
	require.Negative(t, bytes.Compare(key("a", "z"), key("ab", "a")), "the first text decides")
	require.Negative(t, bytes.Compare(key("a", "a"), key("a", "b")))
}

func TestSorterRanksUrgency(t *testing.T) {
	t.Parallel()
	f := def.Field{ID: "u", Type: def.TypeUrgency}
	slot := field.Of(def.TypeUrgency).Slots(&f)[0]
	red, green := fact.OfText("red"), fact.OfText("green")
	key := field.Sorter(&slot)
	require.Negative(t, bytes.Compare(key(nil, &red), key(nil, &green)))
	plain := field.Sorter(&fact.Slot{Kind: fact.Text})
	require.Positive(t, bytes.Compare(plain(nil, &red), plain(nil, &green)))
}

func TestTimesRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ms := rapid.Int64Range(-62_135_596_800_000, 253_402_300_799_999).Draw(t, "ms")
		text := string(field.AppendTime(nil, ms))
		require.Equal(t, fact.TimeText(ms), text)
		back, ok := field.ParseTime(text)
		require.True(t, ok)
		require.Equal(t, ms, back)
		days := time.UnixMilli(ms).UTC().Truncate(24*time.Hour).Unix() / 86400
		day := string(field.AppendDate(nil, days))
		require.Equal(t, fact.DateText(days), day)
		got, ok := field.ParseDate(day)
		require.True(t, ok)
		require.Equal(t, days, got)
	})
}

func TestAppendTextIsJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		var back string
		require.NoError(t, json.Unmarshal(field.AppendText(nil, s), &back))
		require.Equal(t, s, back)
	})
	require.Equal(t, `"a\u0001\"\\\n中"`, string(field.AppendText(nil, "a\x01\"\\\n中")))
	require.Equal(t, "\"\uFFFDx\"", string(field.AppendText(nil, "\xffx")))
}

func TestAppendOfEveryKind(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]fact.Value{
		"null": {}, "true": fact.OfBool(true), "12.5": fact.OfNumber(decimal.MustNew(1250, 2)),
		`"2026-01-31"`: fact.OfDate(20484), `["a","b"]`: fact.OfList([]string{"a", "b"}), `"x"`: fact.OfText("x"),
		`"1970-01-01T00:00:00.000Z"`: fact.OfTime(0),
	} {
		require.Equal(t, want, string(field.Append(nil, &v)))
	}
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	require.Equal(t, `^(?:a|b)$`, field.Anchored("a|b"))
	require.Equal(t, `^(?:[\x{4e00}-\x{9fff}]\\u\d)$`, field.Anchored(`[\u4e00-\u9fff]\\u\d`))
	require.Empty(t, field.CheckPattern(`[A-Z]{2}`))
	require.NotEmpty(t, field.CheckPattern(`(?=x)`))
	require.NotEmpty(t, field.CheckPattern(`(a)\1`))
}

func TestOfUnknownType(t *testing.T) {
	t.Parallel()
	require.Nil(t, field.Of("colour"))
	require.Nil(t, field.For(&def.Field{Type: def.TypeComputed, Result: "colour"}))
}

func TestNumbersFit(t *testing.T) {
	t.Parallel()
	require.True(t, field.Fits(decimal.MustNew(math.MaxInt32, 3)))
	require.False(t, field.Fits(decimal.MustNew(1, 16)))
	require.False(t, field.Fits(decimal.MustNew(1_000_000_000_000_000, 0)))
	require.True(t, field.Fits(decimal.MustNew(1_000_000_000_000_000_000, 4)))
}
