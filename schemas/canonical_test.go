package schemas

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCanonical(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{` { "b" : 1 , "a" : [ true , null , "x" ] } `, `{"a":[true,null,"x"],"b":1}`},
		{`[56.0, 1e30, 4.50, 2e-3, 0.000000000000000000000000001, -0, 0.0, 1E21, 1e20, 1e-6, 1e-7, 100e-2, -1.50]`,
			`[56,1e+30,4.5,0.002,1e-27,0,0,1e+21,100000000000000000000,0.000001,1e-7,1,-1.5]`},
		{`"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/\u007f\b\f\t\r"`, "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\x7f\\b\\f\\t\\r\""},
		// the order of RFC 8785 §3.2.3: by UTF-16 code units, so that U+1F600 stands before U+FB33
		{`{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}`,
			"{\"\\r\":2,\"1\":4,\"\u0080\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\ufb33\":3}"},
		{`{"a":1,"aa":2,"":3}`, `{"":3,"a":1,"aa":2}`},
		{`{}`, `{}`}, {`[]`, `[]`}, {`"汽车<>&"`, `"汽车<>&"`},
	} {
		got, err := Canonical([]byte(c.in))
		require.NoError(t, err, c.in)
		require.Equal(t, c.want, string(got))
	}
}

func TestCanonicalRefuses(t *testing.T) {
	t.Parallel()
	for in, code := range map[string]string{
		`{"a":1,"a":1}`: "duplicate_key", `{`: "invalid_json", `"\ud800"`: "invalid_utf8",
		`{"a":[12345678901234567890]}`: "number_range", `1e-308`: "", `123456789012345`: "", `0.1`: "", `1e400`: "number_range",
		`0.12345678901234567890`: "number_range", `9007199254740993`: "number_range",
	} {
		_, err := Canonical([]byte(in))
		if code == "" {
			require.NoError(t, err, in)
			continue
		}
		require.ErrorContains(t, err, code, in)
		require.Empty(t, Identity([]byte(in)))
	}
}

// The vectors are those of RFC 8785, appendix B.
func TestNumberText(t *testing.T) {
	t.Parallel()
	for bits, want := range map[uint64]string{
		0x0000000000000000: "0", 0x8000000000000000: "0", 0x0000000000000001: "5e-324", 0x8000000000000001: "-5e-324",
		0x7fefffffffffffff: "1.7976931348623157e+308", 0x4340000000000000: "9007199254740992", 0xc340000000000000: "-9007199254740992",
		0x4430000000000000: "295147905179352830000", 0x44b52d02c7e14af5: "9.999999999999997e+22", 0x44b52d02c7e14af6: "1e+23",
		0x444b1ae4d6e2ef4e: "999999999999999700000", 0x444b1ae4d6e2ef50: "1e+21", 0x3eb0c6f7a0b5ed8c: "9.999999999999997e-7",
		0x3eb0c6f7a0b5ed8d: "0.000001", 0x41b3de4355555553: "333333333.3333332", 0xbecbf647612f3696: "-0.0000033333333333333333",
	} {
		require.Equal(t, want, numberText(math.Float64frombits(bits)))
	}
}

func TestIdentityIsOfTheMeaning(t *testing.T) {
	t.Parallel()
	a := Identity([]byte(`{"a":1.50,"b":"汽"}`))
	require.Equal(t, a, Identity([]byte("{\n\"b\":\"\\u6c7d\",\"a\":15e-1}")))
	require.NotEqual(t, a, Identity([]byte(`{"a":1.5,"b":"车"}`)))
	require.Equal(t, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", Identity([]byte(` {} `)))
	require.Equal(t, strings.ToLower(a), a)
}
