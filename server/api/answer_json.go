package api

import (
	"bytes"
	"encoding/json"

	"github.com/gofiber/fiber/v2"

	"sluice/runtime/fact"
	"sluice/schemas"
)

// raw answers with finished JSON; the bytes are copied.
func (k *call) raw(status int, body []byte) error {
	resp := &k.c.Context().Response
	resp.SetStatusCode(status)
	resp.Header.SetContentTypeBytes(typeJSON)
	resp.SetBody(body)
	return nil
}

var typeJSON = []byte("application/json; charset=utf-8")

// json answers with a value; hot answers are appended by hand instead.
func (k *call) json(status int, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	return k.raw(status, b.Bytes())
}

func (k *call) none() error {
	k.c.Status(fiber.StatusNoContent)
	return nil
}

// decode reads the body strictly into v: guarded JSON, one object, no unknown member.
func (k *call) decode(v any) error { return decodeStrict(k.body, v) }

func decodeStrict(body []byte, v any) error {
	if problems := schemas.Guard(body, schemas.Limits{}); len(problems) > 0 {
		return fact.Refuse(fact.Invalid, problems...)
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return fact.Refuse(fact.Invalid, decodeProblem(err))
	}
	return nil
}
