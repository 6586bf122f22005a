package api

import (
	"bytes"
	"io/fs"
	"mime"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// ui is the built browser side, read into memory once: it is small, immutable,
// and serving from memory leaves no path to the file system.
type ui struct {
	files map[string]*uiFile // by path without leading slash
	index *uiFile
}

type uiFile struct {
	plain, br, gz []byte
	mediaType     string
	hashed        bool // its name changes with its content
}

// policy is what the browser side may do: its own scripts, images and sockets.
// Styles may be inline because the component library sets them so.
const policy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
	"font-src 'self' data:; connect-src 'self' ws: wss:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'none'"

func newUI(files fs.FS) *ui {
	u := &ui{files: make(map[string]*uiFile)}
	if files == nil {
		return u
	}
	_ = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error { // a build that is not there is an empty one
		if err != nil || d.IsDir() {
			return nil
		}
		content, err := fs.ReadFile(files, name)
		if err == nil {
			u.add(name, content)
		}
		return nil
	})
	u.index = u.files["index.html"]
	return u
}

func (u *ui) add(name string, content []byte) {
	plain, isBr := strings.CutSuffix(name, ".br")
	plain, isGz := strings.CutSuffix(plain, ".gz")
	f := u.files[plain]
	if f == nil {
		f = &uiFile{mediaType: mediaTypeOf(plain), hashed: strings.HasPrefix(plain, "assets/")}
		u.files[plain] = f
	}
	switch {
	case isBr:
		f.br = content
	case isGz:
		f.gz = content
	default:
		f.plain = content
	}
}

func mediaTypeOf(name string) string {
	switch ext := path.Ext(name); ext {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".webmanifest":
		return "application/manifest+json"
	case ".woff2":
		return "font/woff2"
	default:
		if t := mime.TypeByExtension(ext); t != "" {
			return t
		}
		return "application/octet-stream"
	}
}

// serve answers with a file of the browser side, or with its start page for an
// address that the browser side itself understands. A name with an extension is
// a file: one that is missing is an error, not a page.
func (u *ui) serve(c *fiber.Ctx) error {
	name := strings.TrimPrefix(path.Clean(c.Path()), "/")
	f := u.files[name]
	if f == nil || f.plain == nil {
		if u.index == nil || path.Ext(name) != "" {
			return fiber.ErrNotFound
		}
		f = u.index
	}
	c.Set(fiber.HeaderContentSecurityPolicy, policy)
	cache := "no-cache"
	if f.hashed {
		cache = "public, max-age=31536000, immutable"
	}
	c.Set(fiber.HeaderCacheControl, cache)
	c.Set(fiber.HeaderContentType, f.mediaType)
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	c.Response().SetBodyRaw(f.encoded(c))
	return nil
}

// encoded returns the smallest form that the browser accepts, and says which.
func (f *uiFile) encoded(c *fiber.Ctx) []byte {
	accepted := c.Context().Request.Header.Peek(fiber.HeaderAcceptEncoding)
	switch {
	case f.br != nil && bytes.Contains(accepted, []byte("br")):
		c.Set(fiber.HeaderContentEncoding, "br")
		return f.br
	case f.gz != nil && bytes.Contains(accepted, []byte("gzip")):
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return f.gz
	}
	return f.plain
}
