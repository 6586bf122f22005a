package expr

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var foldText = rapid.StringOfN(rapid.SampledFrom([]rune("aAbBＡｂ　 ,，丁七宁波éÉΣςЯ😀İ")), 0, 8, -1)

// plainFold is folding as it is written, code point by code point.
func plainFold(s string) string { return strings.Map(foldRune, s) }

func TestFoldingComparisonsAreThoseOfFoldedTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, w := foldText.Draw(t, "s"), foldText.Draw(t, "w")
		fs, fw := plainFold(s), plainFold(w)
		require.Equal(t, fs, Fold(s))
		require.Equal(t, fs == s, IsFolded(s))
		require.Equal(t, fs == fw, EqualFolded(s, fw))
		require.Equal(t, strings.Compare(fs, fw), CompareFolded(s, w))
		require.Equal(t, strings.Contains(fs, fw), ContainsFolded(s, fw))
		require.Equal(t, strings.HasPrefix(fs, fw), PrefixFolded(s, fw))
		require.Equal(t, strings.HasSuffix(fs, fw), SuffixFolded(s, fw))
	})
}

func TestFoldedSkipsOnlyWhatNeverFolds(t *testing.T) {
	for r := rune(0x4000); r < 0xF000; r++ {
		if r < 0xD800 || r > 0xDFFF {
			require.Equal(t, r, foldRune(r))
		}
	}
	require.Equal(t, "宁\xe4", Fold("宁\xe4")) // cut off in the middle: not read past the end
}
