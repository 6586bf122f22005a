package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"sluice/runtime/fact"
	"sluice/runtime/field"
	"sluice/server/blob"
)

// fileDoc is what is known of an attachment. Its id is random: knowing it is
// knowing a record that shows it, so a file needs no permission of its own.
type fileDoc struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	Type string `json:"type"`
	Sum  string `json:"sum"`
}

type fileBody struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Size int64  `json:"size"`
	Type string `json:"type"`
}

func (a *API) maxFile() int64 {
	if a.Blobs == nil {
		return blob.DefaultMax
	}
	return a.Blobs.Max()
}

func fileKey(id string) fact.Key { return fact.Key{Kind: "file", ID: id} }

// addFile keeps an attachment. What type it is, its content says.
func (k *call) addFile() error {
	name, err := fileName(k.query("name"))
	if err != nil {
		return err
	}
	stream := k.c.Context().RequestBodyStream()
	if stream == nil {
		stream = strings.NewReader("")
	}
	kept, err := k.api.Blobs.Put(bg, k.who.Tenant, &capped{stream, k.route.body.limit + 1})
	if errors.Is(err, blob.ErrTooLarge) || errors.Is(err, errTooMuch) {
		return tooLarge(k.route.body.limit)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return refuse(fact.Invalid, "body_cut", nil)
	}
	if err != nil {
		return err
	}
	file := fileBody{ID: k.api.secret(16), Name: name, Size: kept.Size, Type: servedType(kept.Type)}
	doc := fileDoc{Name: name, Size: kept.Size, Type: kept.Type, Sum: kept.Sum}
	if err := k.keep(fileKey(file.ID), doc, "file.added"); err != nil {
		return err
	}
	return k.json(fiber.StatusCreated, file)
}

// keep commits a new or changed document with a line of history that says the same.
func (k *call) keep(key fact.Key, v any, eventType string) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = k.api.Store.Commit(bg, k.who.Tenant, fact.Change{
		Put:    []fact.Put{{Key: key, Body: body}},
		Events: []fact.Event{{Subject: key, Type: eventType, At: k.now, Actor: k.who.Actor, Data: body}},
	})
	return err
}

// fileName checks the name that a file is to have: a plain name, no path.
func fileName(name string) (string, error) {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	switch {
	case name == "" || name == "." || name == "..":
		return "", refuseAt(fact.Invalid, "/name", "required", nil)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "", refuseAt(fact.Invalid, "/name", "invalid_utf8", map[string]any{"offset": 0})
	case utf8.RuneCountInString(name) > field.MaxFileName:
		return "", refuseAt(fact.Invalid, "/name", "too_long", map[string]any{"max": field.MaxFileName})
	}
	return name, nil
}

// getFile sends an attachment, always to be saved: a page or a picture with
// script in it must never run in the name of this server.
func (k *call) getFile() error {
	var doc fileDoc
	err := k.view(func(r fact.Reader) error {
		d, err := r.Get(fileKey(k.param("id")))
		if err != nil {
			return err
		}
		if d.Rev == 0 {
			return refuse(fact.NotFound, "not_found", nil)
		}
		return json.Unmarshal(d.Body, &doc)
	})
	if err != nil {
		return err
	}
	if k.unchanged(`"` + doc.Sum[:32] + `"`) {
		return nil
	}
	f, err := k.api.Blobs.Open(k.who.Tenant, doc.Sum)
	if errors.Is(err, blob.ErrNotFound) {
		return refuse(fact.NotFound, "not_found", nil)
	}
	if err != nil {
		return err
	}
	k.c.Set(fiber.HeaderContentType, servedType(doc.Type))
	k.c.Set(fiber.HeaderContentDisposition, "attachment; filename*=UTF-8''"+strings.ReplaceAll(url.QueryEscape(doc.Name), "+", "%20"))
	k.c.Set(fiber.HeaderCacheControl, "private, max-age=31536000, immutable")
	k.c.Set("Cross-Origin-Resource-Policy", "same-origin")
	k.c.Context().Response.SetBodyStream(f, int(doc.Size))
	return nil
}

// servedType is the type a file is sent as: pictures and papers that carry no script, else mere bytes.
func servedType(sniffed string) string {
	switch sniffed {
	case "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "application/pdf", "text/plain; charset=utf-8":
		return sniffed
	default:
		return "application/octet-stream"
	}
}
