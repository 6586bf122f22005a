package expr

import (
	"math/big"
	"testing"

	"github.com/govalues/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"sluice/runtime/fact"
)

func drawDecimal(t *rapid.T, name string) fact.Decimal {
	coef := rapid.Int64().Draw(t, name)
	return decimal.MustNew(coef, rapid.IntRange(0, 19).Draw(t, name+"Scale"))
}

func rational(d fact.Decimal) *big.Rat {
	r, _ := new(big.Rat).SetString(d.String())
	return r
}

// rounded is the written rule: the largest scale up to 19 at which the
// coefficient has at most 19 digits, half to even; nil when none does.
func rounded(exact *big.Rat) *big.Rat {
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(19), nil)
	for scale := int64(19); scale >= 0; scale-- {
		pow := new(big.Int).Exp(big.NewInt(10), big.NewInt(scale), nil)
		x := new(big.Rat).Mul(exact, new(big.Rat).SetInt(pow))
		q, r := new(big.Int).QuoRem(new(big.Int).Abs(x.Num()), x.Denom(), new(big.Int))
		switch new(big.Int).Lsh(r, 1).Cmp(x.Denom()) {
		case 1:
			q.Add(q, big.NewInt(1))
		case 0:
			q.Add(q, new(big.Int).And(q, big.NewInt(1)))
		}
		if q.Cmp(limit) < 0 {
			if exact.Sign() < 0 {
				q.Neg(q)
			}
			return new(big.Rat).SetFrac(q, pow)
		}
	}
	return nil
}

func TestArithmeticIsTheWrittenRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawDecimal(t, "a"), drawDecimal(t, "b")
		x, y := rational(a), rational(b)
		op := rapid.SampledFrom([]string{"+", "-", "*", "/", "%"}).Draw(t, "op")
		var exact *big.Rat
		switch op {
		case "+":
			exact = new(big.Rat).Add(x, y)
		case "-":
			exact = new(big.Rat).Sub(x, y)
		case "*":
			exact = new(big.Rat).Mul(x, y)
		default:
			if b.IsZero() {
				t.Skip("no quotient")
			}
			exact = new(big.Rat).Quo(x, y)
			if op == "%" {
				floor := new(big.Int).Div(exact.Num(), exact.Denom()) // Euclidean: floor for a positive denominator
				exact = new(big.Rat).Sub(x, new(big.Rat).Mul(y, new(big.Rat).SetInt(floor)))
			}
		}
		f := &frame{formula: &Formula{}}
		got := calculate(f, 0, op, a, b)
		want := rounded(exact)
		if want == nil {
			require.NotNil(t, f.err)
			require.Equal(t, "formula_overflow", f.err.Code)
			return
		}
		require.Nil(t, f.err)
		require.Zero(t, rational(got.Number()).Cmp(want), "%v %s %v = %v, want %s", a, op, b, got.Number(), want.FloatString(20))
	})
}

func TestRoundToIsTheNearest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, n := drawDecimal(t, "d"), rapid.IntRange(-18, 19).Draw(t, "n")
		step := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(n, -n))), nil))
		if n > 0 {
			step.Inv(step)
		}
		for mode := halfAway; mode <= towardZero; mode++ {
			got, ok := roundTo(d, n, mode)
			x := rational(d.Abs())
			steps := new(big.Rat).Quo(x, step)
			q := new(big.Int).Div(steps.Num(), steps.Denom())
			rest := new(big.Rat).Sub(steps, new(big.Rat).SetInt(q))
			if mode == awayFromZero && rest.Sign() > 0 || mode == halfAway && rest.Cmp(big.NewRat(1, 2)) >= 0 {
				q.Add(q, big.NewInt(1))
			}
			want := new(big.Rat).Mul(new(big.Rat).SetInt(q), step)
			if !ok {
				require.Positive(t, want.Cmp(rational(decimal.MustParse("9999999999999999999"))))
				continue
			}
			require.Zero(t, rational(got.Abs()).Cmp(want), "%v to %d mode %d = %v", d, n, mode, got)
			require.GreaterOrEqual(t, got.Sign()*d.Sign(), 0)
		}
	})
}

func TestParseNumberKeepsTiesAtTheEdge(t *testing.T) {
	for text, want := range map[string]string{
		"0.00000000000000000005": "0",
		"0.000000000000000000050000000000000000000000000000000000000001": "0.0000000000000000001",
		"000,123.50": "",
		"+7":         "7",
		"１２，３４５":     "12345",
	} {
		d, found, ok := parseNumber(text)
		require.True(t, ok)
		if want == "" {
			require.True(t, found)
			want = "123.5"
		}
		require.True(t, found, text)
		require.Equal(t, want, NumberText(d), text)
	}
}
