package api

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"sluice/runtime/fact"
	"sluice/runtime/field"
	"sluice/schemas"
	"sluice/server/catalog"
	"sluice/server/store"
)

func refuse(kind fact.RefusalKind, code string, params map[string]any) error {
	return refuseAt(kind, "", code, params)
}

func refuseAt(kind fact.RefusalKind, path, code string, params map[string]any) error {
	return fact.Refuse(kind, fact.Problem{Path: path, Code: code, Params: params})
}

// decodeProblem words an error of encoding/json as a problem.
func decodeProblem(err error) fact.Problem {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		path := ""
		if wrong.Field != "" {
			path = "/" + strings.ReplaceAll(wrong.Field, ".", "/")
		}
		return fact.Problem{Path: path, Code: "wrong_type", Params: map[string]any{"want": jsonType(wrong.Type.Kind().String())}}
	}
	const unknown = "json: unknown field "
	if rest, ok := strings.CutPrefix(err.Error(), unknown); ok {
		name, _ := strconv.Unquote(rest)
		return fact.Problem{Path: schemas.Pointer(name), Code: "unknown_field", Params: map[string]any{"name": name}}
	}
	return fact.Problem{Code: "invalid_json", Params: map[string]any{"offset": 0}}
}

func jsonType(goKind string) string {
	switch goKind {
	case "struct", "map", "ptr":
		return "object"
	case "slice", "array":
		return "array"
	case "bool":
		return "boolean"
	case "string":
		return "string"
	default:
		return "number"
	}
}

// known turns the errors of other packages into refusals; nil when the error says nothing to people.
func known(err error) *fact.Refusal {
	one := func(kind fact.RefusalKind, code string) *fact.Refusal {
		return fact.Refuse(kind, fact.Problem{Code: code})
	}
	var refusal *fact.Refusal
	switch {
	case errors.As(err, &refusal):
		return refusal
	case errors.Is(err, catalog.ErrNone), errors.Is(err, catalog.ErrUnknown):
		return one(fact.NotFound, "not_found")
	case errors.Is(err, catalog.ErrMoved):
		return one(fact.Conflict, "release_moved")
	case errors.Is(err, catalog.ErrStale):
		return one(fact.Conflict, "stale_draft")
	case errors.Is(err, catalog.ErrUnchanged):
		return one(fact.Invalid, "release_unchanged")
	case errors.Is(err, store.ErrConflict):
		return one(fact.Conflict, "conflict")
	case errors.Is(err, store.ErrFull):
		return one(fact.Internal, "store_full")
	case errors.Is(err, store.ErrReadOnly):
		return one(fact.Internal, "store_read_only")
	case errors.Is(err, store.ErrCorrupt):
		return one(fact.Internal, "store_corrupt")
	case errors.Is(err, store.ErrClosed):
		return one(fact.Internal, "unavailable")
	default:
		return nil
	}
}

// fail answers with the problem an error stands for.
func (k *call) fail(err error) error {
	if refusal := known(err); refusal != nil {
		return answerProblems(k.c, refusal, nil)
	}
	return k.api.failed(k.c, err)
}

// failed answers errors that no refusal stands for: fiber's own, and those of
// the inside, which are logged under the number that the caller is told.
func (a *API) failed(c *fiber.Ctx, err error) error {
	var framework *fiber.Error
	if errors.As(err, &framework) {
		kind := fact.Invalid
		if framework.Code == fiber.StatusNotFound {
			kind = fact.NotFound
		}
		return answerProblems(c, fact.Refuse(kind, frameworkProblem(framework.Code)), nil)
	}
	id := string(c.Response().Header.Peek(fiber.HeaderXRequestID))
	a.Log.Error("request failed", "id", id, "method", c.Method(), "path", c.Path(), "err", err)
	return answerProblems(c, fact.Refuse(fact.Internal, fact.Problem{Code: "internal", Params: map[string]any{"id": id}}), nil)
}

// frameworkProblem words what fasthttp refuses before any of our code runs.
func frameworkProblem(status int) fact.Problem {
	switch status {
	case fiber.StatusRequestEntityTooLarge:
		return fact.Problem{Code: "too_large_body", Params: map[string]any{"max": defaultMaxBody}}
	case fiber.StatusRequestHeaderFieldsTooLarge:
		return fact.Problem{Code: "too_large_header"}
	case fiber.StatusRequestTimeout, fiber.StatusBadGateway:
		return fact.Problem{Code: "body_cut"}
	case fiber.StatusNotFound:
		return fact.Problem{Code: "not_found"}
	default:
		return fact.Problem{Code: "bad_request"}
	}
}

// statusOf returns the HTTP status of a refusal. Its kind decides, except where
// the code of its first problem says something narrower than "wrong" or "not there".
func statusOf(r *fact.Refusal) int {
	status := map[fact.RefusalKind]int{
		fact.Invalid: fiber.StatusUnprocessableEntity, fact.NotFound: fiber.StatusNotFound, fact.Conflict: fiber.StatusConflict,
		fact.Short: fiber.StatusConflict, fact.Denied: fiber.StatusForbidden, fact.Internal: fiber.StatusInternalServerError,
	}[r.Kind]
	narrow := schemas.Status(r.Problems[0].Code)
	if narrow == fiber.StatusUnprocessableEntity || narrow == fiber.StatusNotFound && r.Kind != fact.NotFound {
		return status
	}
	return narrow
}

// answerProblems answers with the problems of a refusal (RFC 9457); extra is
// further members as JSON, `"current":{…}`, or nil.
func answerProblems(c *fiber.Ctx, r *fact.Refusal, extra []byte) error {
	problems := r.Problems
	first, status := problems[0], statusOf(r)
	if first.Code == "too_many_requests" {
		if s, ok := first.Params["seconds"].(int); ok {
			c.Set(fiber.HeaderRetryAfter, strconv.Itoa(s))
		}
	}
	if status == fiber.StatusUnauthorized {
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="sluice"`)
	}
	lang := langOf(c)
	c.Set(fiber.HeaderContentLanguage, lang)
	c.Append(fiber.HeaderVary, fiber.HeaderAcceptLanguage)
	c.Status(status)
	c.Response().Header.SetContentTypeBytes(typeProblem)
	c.Response().SetBodyRaw(appendProblemBody(nil, status, problems, lang, extra))
	return nil
}

var typeProblem = []byte("application/problem+json; charset=utf-8")

func appendProblemBody(b []byte, status int, problems []fact.Problem, lang string, extra []byte) []byte {
	first := problems[0]
	b = append(b, `{"type":"/problems/`...)
	b = append(b, first.Code...)
	b = append(b, `","title":`...)
	b = field.AppendText(b, schemas.Sentence(first, lang))
	b = append(b, `,"status":`...)
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(b, `,"code":"`...)
	b = append(b, first.Code...)
	b = append(b, `","problems":`...)
	b = appendProblems(b, problems, lang)
	if len(extra) > 0 {
		b = append(append(b, ','), extra...)
	}
	return append(b, '}')
}

// wireProblem is a problem as clients see it.
type wireProblem struct {
	Path    string         `json:"path"`
	Code    string         `json:"code"`
	Params  map[string]any `json:"params,omitempty"`
	Message string         `json:"message"`
}

func sayAll(problems []fact.Problem, lang string) []wireProblem {
	out := make([]wireProblem, len(problems))
	for i, p := range problems {
		out[i] = wireProblem{Path: p.Path, Code: p.Code, Params: p.Params, Message: schemas.Sentence(p, lang)}
	}
	return out
}

func appendProblems(b []byte, problems []fact.Problem, lang string) []byte {
	if len(problems) == 0 {
		return append(b, "[]"...)
	}
	enc, err := json.Marshal(sayAll(problems, lang))
	if err != nil {
		return append(b, "[]"...) // a parameter that no JSON can hold; the title still says it
	}
	return append(b, enc...)
}
