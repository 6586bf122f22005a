package blob_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/server/blob"
)

func open(t *testing.T, max int64) (*blob.Blobs, string) {
	t.Helper()
	dir := t.TempDir()
	b, err := blob.Open(filepath.Join(dir, "blobs"), max)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b, dir
}

func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, strings.TrimPrefix(p, dir+"/"))
		}
		return err
	}))
	return names
}

func TestPutKeepsContentOnce(t *testing.T) {
	b, dir := open(t, 0)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			got, err := b.Put(t.Context(), "main", strings.NewReader("hello"))
			require.NoError(t, err)
			require.Equal(t, blob.Blob{
				Sum:  "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
				Size: 5, Type: "text/plain; charset=utf-8",
			}, got)
		})
	}
	wg.Wait()
	require.Equal(t, []string{"blobs/main/2c/f24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"}, files(t, dir))
}

func TestOpenReadsWhatWasPut(t *testing.T) {
	b, _ := open(t, 0)
	content := bytes.Repeat([]byte("0123456789"), 100_000)
	put, err := b.Put(t.Context(), "main", bytes.NewReader(content))
	require.NoError(t, err)
	f, err := b.Open("main", put.Sum)
	require.NoError(t, err)
	defer f.Close()
	got, err := io.ReadAll(f)
	require.NoError(t, err)
	require.Equal(t, content, got)
}

func TestOpenFindsNothingElse(t *testing.T) {
	b, dir := open(t, 0)
	put, err := b.Put(t.Context(), "main", strings.NewReader("hello"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "secret"), []byte("x"), 0o600))
	for name, sum := range map[string]string{
		"another content": strings.Repeat("0", 64),
		"empty":           "",
		"a path":          "../../secret",
		"a long path":     ".." + strings.Repeat("/", 55) + "secret",
		"upper case":      strings.ToUpper(put.Sum),
	} {
		_, err := b.Open("main", sum)
		require.ErrorIs(t, err, blob.ErrNotFound, name)
	}
	_, err = b.Open("other", put.Sum)
	require.ErrorIs(t, err, blob.ErrNotFound, "another tenant's content")
}

func TestPutLeavesNothingOfARefusedContent(t *testing.T) {
	b, dir := open(t, 4)
	_, err := b.Put(t.Context(), "main", strings.NewReader("12345"))
	require.ErrorIs(t, err, blob.ErrTooLarge)
	broken := errors.New("line went dead")
	_, err = b.Put(t.Context(), "main", io.MultiReader(strings.NewReader("12"), failing{broken}))
	require.ErrorIs(t, err, broken)
	require.Empty(t, files(t, dir))
	_, err = b.Put(t.Context(), "main", strings.NewReader("1234"))
	require.NoError(t, err, "the limit itself is allowed")
}

func TestPutStaysInItsDirectory(t *testing.T) {
	b, dir := open(t, 0)
	_, err := b.Put(t.Context(), "../../escape", strings.NewReader("x"))
	require.Error(t, err)
	require.Empty(t, files(t, dir))
}

func TestTypeIsSniffed(t *testing.T) {
	b, _ := open(t, 0)
	for content, want := range map[string]string{
		"\x89PNG\r\n\x1a\n":    "image/png",
		"<html><script>":       "text/html; charset=utf-8",
		"%PDF-1.7":             "application/pdf",
		"\x00\x01\x02\x03\xff": "application/octet-stream",
	} {
		put, err := b.Put(t.Context(), "main", strings.NewReader(content))
		require.NoError(t, err)
		require.Equal(t, want, put.Type)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
