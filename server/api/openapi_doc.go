package api

import (
	"encoding/json"
	"strings"

	"github.com/gofiber/fiber/v2"

	"sluice/runtime/program"
	"sluice/schemas"
)

// doc is what the OpenAPI document says of a route beyond the table.
type doc struct {
	status int    // of success
	out    string // wire schema of the answer, "" without body
	in     string // wire schema of the body; "" is the form's own data
	media  string // of the answer; JSON when empty
	params []string
	etag   bool // honours If-None-Match
}

func answers(status int, out string) doc { return doc{status: status, out: out} }
func empty() doc                         { return doc{status: fiber.StatusNoContent} }
func binary() doc                        { return doc{status: fiber.StatusOK, media: "application/octet-stream"} }

func (d doc) takes(in string) doc        { d.in = in; return d }
func (d doc) query(params ...string) doc { d.params = params; return d }
func (d doc) cached() doc                { d.etag = true; return d }
func (d doc) lines() doc                 { d.media = "application/x-ndjson"; d.in = "bulk-input"; return d }

type object = map[string]any

// openapi answers with the OpenAPI 3.1 document: of the fixed routes for
// everybody, with the forms of his tenant for who is signed in.
func (k *call) openapi() error {
	token, _ := k.token()
	if len(token) > 0 {
		if who, err := k.api.Auth.Verify(bg, token); err == nil {
			k.who = who
			if k.program, err = k.api.program(who.Tenant); err != nil {
				return err
			}
		}
	}
	if k.who == nil {
		text, err := k.api.fixed()
		if err != nil {
			return err
		}
		return k.raw(fiber.StatusOK, text)
	}
	return k.json(fiber.StatusOK, k.api.document(k))
}

// document makes the OpenAPI document out of the route table, so that it cannot differ from it.
func (a *API) document(k *call) object {
	components := object{}
	for name, raw := range schemas.Wire() {
		components[name] = raw
	}
	paths := map[string]object{}
	for i := range a.routes {
		r := &a.routes[i]
		path := openPath(r.path)
		if paths[path] == nil {
			paths[path] = object{}
		}
		paths[path][strings.ToLower(r.method)] = a.operation(r, path)
	}
	if k != nil && k.who != nil {
		a.formPaths(k, paths, components)
	}
	return object{
		"openapi": "3.1.0", "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
		"info":  object{"title": "Sluice", "version": a.version(), "license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"}},
		"paths": paths,
		"components": object{
			"schemas": components,
			"securitySchemes": object{
				"token":  object{"type": "http", "scheme": "bearer", "description": "A session's token or an API key."},
				"cookie": object{"type": "apiKey", "in": "cookie", "name": cookieName},
			},
		},
	}
}

func (a *API) version() string {
	if a.Version == "" {
		return "dev"
	}
	return a.Version
}

// openPath writes a fiber path as an OpenAPI path: ":id" is "{id}".
func openPath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

func schemaRef(name string) object { return object{"$ref": "#/components/schemas/" + name} }

func (a *API) operation(r *route, path string) object {
	op := object{
		"operationId": r.name, "parameters": parameters(r, path),
		"responses": responses(r),
	}
	switch r.need {
	case public:
		op["security"] = []object{}
	default:
		op["security"] = []object{{"token": []string{}}, {"cookie": []string{}}}
		if r.need != signedIn && r.need != socket {
			op["x-permission"] = string(r.need)
		}
	}
	if r.body.kind != noBody {
		op["requestBody"] = requestBody(r)
	}
	return op
}

func parameters(r *route, path string) []object {
	out := []object{}
	for part := range strings.SplitSeq(path, "/") {
		if strings.HasPrefix(part, "{") {
			out = append(out, object{"name": strings.Trim(part, "{}"), "in": "path", "required": true, "schema": object{"type": "string"}})
		}
	}
	for _, name := range r.doc.params {
		p := object{"name": name, "in": "query", "schema": object{"type": "string"}}
		if name == "limit" {
			p["schema"] = object{"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
		}
		if name == "name" {
			p["required"] = true
		}
		out = append(out, p)
	}
	header := func(name, note string) {
		out = append(out, object{"name": name, "in": "header", "description": note, "schema": object{"type": "string"}})
	}
	if r.doc.etag {
		header("If-None-Match", "Answer 304 when the ETag is still this one.")
	}
	switch r.name {
	case "createRecord":
		header("Idempotency-Key", "Sending the same again under the same key changes nothing.")
	case "editRecord", "moveRecord", "deleteRecord":
		header("Idempotency-Key", "Sending the same again under the same key changes nothing.")
		header("If-Match", "The revision that was seen, as an ETag; another one is 412.")
	case "editUser", "saveDraft", "dropDraft":
		header("If-Match", "The revision that was seen, as an ETag; another one is 412.")
	}
	return out
}

func requestBody(r *route) object {
	schema := schemaRef("data")
	switch {
	case r.body.kind == fileStream:
		return object{"required": true, "content": object{"application/octet-stream": object{}}}
	case r.doc.in != "":
		schema = schemaRef(r.doc.in)
	}
	content := object{}
	for _, media := range r.body.kind.mediaTypes() {
		content[media] = object{"schema": schema}
	}
	return object{"required": true, "content": content}
}

func responses(r *route) object {
	good := object{"description": "Done."}
	media := r.doc.media
	if media == "" {
		media = "application/json"
	}
	switch {
	case r.doc.out != "":
		good["content"] = object{media: object{"schema": schemaRef(r.doc.out)}}
	case r.doc.media != "":
		good["content"] = object{media: object{}}
	}
	out := object{itoa(r.doc.status): good, "default": object{
		"description": "A problem (RFC 9457).",
		"content":     object{"application/problem+json": object{"schema": schemaRef("problem")}},
	}}
	if r.doc.etag {
		out["304"] = object{"description": "Not changed."}
	}
	return out
}

// formPaths adds what a tenant's forms take and give: one path per form that the caller may fill in or read.
func (a *API) formPaths(k *call, paths map[string]object, components object) {
	for id, f := range k.program.Forms {
		acc := f.Access(k.who.Actor)
		if !acc.Create && !acc.Read {
			continue
		}
		name := "data." + id
		components[name] = json.RawMessage(formSchema(f))
		path := "/api/v1/forms/" + id + "/records"
		paths[path] = object{}
		if acc.Create {
			paths[path]["post"] = a.formOperation("createRecord", "create."+id, f, schemaRef(name))
		}
		if acc.Read {
			paths[path]["get"] = a.formOperation("listRecords", "list."+id, f, nil)
		}
	}
}

func (a *API) formOperation(like, name string, f *program.Form, in object) object {
	for i := range a.routes {
		r := &a.routes[i]
		if r.name != like {
			continue
		}
		op := a.operation(r, "")
		op["operationId"] = name
		op["summary"] = f.Def.Name.In("en")
		if in != nil {
			op["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": in}}}
		}
		return op
	}
	return nil
}

func formSchema(f *program.Form) []byte {
	if len(f.Schema) == 0 {
		return []byte(`{"type":"object"}`)
	}
	return f.Schema
}
