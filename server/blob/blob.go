// Package blob keeps attachments: each content once per tenant, in a file that
// is named by its SHA-256, below one directory it never leaves.
package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"

	"sluice/runtime/fact"
)

// DefaultMax is the size limit of one attachment in bytes when none is configured: 32 MiB.
const DefaultMax = 32 << 20

// Errors of this package.
var (
	// ErrTooLarge is returned by Put when the content is longer than the limit; nothing is kept.
	ErrTooLarge = errors.New("attachment is too large")
	// ErrNotFound is returned by Open for a content that is not there.
	ErrNotFound = errors.New("attachment not found")
)

// Blobs is a directory of attachments. It is safe for concurrent use.
type Blobs struct {
	root *os.Root
	max  int64
}

// Blob is one stored content.
type Blob struct {
	Sum  string // SHA-256, 64 hexadecimal digits
	Size int64  // bytes
	Type string // media type as sniffed from the content, never as a sender says
}

// Open opens a directory of attachments and makes it when needed. max limits
// one attachment in bytes; 0 is [DefaultMax].
func Open(dir string, max int64) (*Blobs, error) {
	if max <= 0 {
		max = DefaultMax
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open attachments: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open attachments: %w", err)
	}
	return &Blobs{root: root, max: max}, nil
}

// Max returns the size limit of one attachment in bytes.
func (b *Blobs) Max() int64 { return b.max }

// Close releases the directory.
func (b *Blobs) Close() error { return b.root.Close() }

// Put reads a content to its end and keeps it, durably, before it returns.
// The same content is kept once. It returns ErrTooLarge, or the reader's error.
func (b *Blobs) Put(ctx context.Context, t fact.TenantID, r io.Reader) (Blob, error) {
	in, err := b.receive(ctx, t, r)
	if err != nil {
		return Blob{}, err
	}
	if err := b.settle(t, in); err != nil {
		return Blob{}, fmt.Errorf("keep attachment: %w", errors.Join(err, b.root.Remove(in.name)))
	}
	return in.Blob, nil
}

// incoming is a content that was written to a temporary file.
type incoming struct {
	Blob
	name string
}

func (b *Blobs) receive(ctx context.Context, t fact.TenantID, r io.Reader) (in incoming, err error) {
	tmp := path.Join(string(t), "incoming")
	if err := b.root.MkdirAll(tmp, 0o700); err != nil {
		return in, fmt.Errorf("receive attachment: %w", err)
	}
	in.name = path.Join(tmp, rand.Text())
	f, err := b.root.OpenFile(in.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return in, fmt.Errorf("receive attachment: %w", err)
	}
	defer func() {
		err = errors.Join(err, f.Close())
		if err != nil {
			err = errors.Join(err, b.root.Remove(in.name))
		}
	}()
	sum, head := sha256.New(), &prefix{}
	in.Size, err = io.Copy(io.MultiWriter(f, sum, head), io.LimitReader(reader{ctx, r}, b.max+1))
	if err != nil {
		return in, fmt.Errorf("receive attachment: %w", err)
	}
	if in.Size > b.max {
		return in, ErrTooLarge
	}
	in.Sum = hex.EncodeToString(sum.Sum(nil))
	in.Type = http.DetectContentType(head.bytes)
	return in, f.Sync()
}

// settle moves a received file to its name and makes the move durable.
func (b *Blobs) settle(t fact.TenantID, in incoming) error {
	name := place(t, in.Sum)
	if _, err := b.root.Stat(name); err == nil {
		return b.root.Remove(in.name)
	}
	dir := path.Dir(name)
	if err := b.root.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := b.root.Rename(in.name, name); err != nil {
		return err
	}
	for ; dir != "."; dir = path.Dir(dir) {
		if err := b.syncDir(dir); err != nil {
			return err
		}
	}
	return b.syncDir(".")
}

func (b *Blobs) syncDir(name string) error {
	d, err := b.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open opens a content for reading, or returns ErrNotFound. The caller closes it.
func (b *Blobs) Open(t fact.TenantID, sum string) (fs.File, error) {
	if !validSum(sum) {
		return nil, ErrNotFound
	}
	f, err := b.root.Open(place(t, sum))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	return f, err
}

// place returns the file of a content: its name is cut so that no folder holds more than a 256th.
func place(t fact.TenantID, sum string) string {
	return path.Join(string(t), sum[:2], sum[2:])
}

func validSum(s string) bool {
	if len(s) != 2*sha256.Size {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// prefix keeps the first bytes written to it: what content sniffing looks at.
type prefix struct{ bytes []byte }

func (p *prefix) Write(b []byte) (int, error) {
	if room := 512 - len(p.bytes); room > 0 {
		p.bytes = append(p.bytes, b[:min(room, len(b))]...)
	}
	return len(b), nil
}

// reader stops reading when the context ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(b)
}
