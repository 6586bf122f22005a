package api

import (
	"github.com/gofiber/fiber/v2"

	"sluice/server/auth"
)

// need is what a caller must have for a route. There is no default: a route
// without one does not start.
type need string

const (
	public   need = "public"    // no credentials
	signedIn need = "signed-in" // any valid session or key; forms, views and ownership decide the rest
	socket   need = "socket"    // as signedIn, also by WebSocket subprotocol; cookies need the own Origin

	publish need = need(auth.Publish)
	members need = need(auth.Members)
	imports need = need(auth.Import)
)

// bodyKind is what a route accepts as a body.
type bodyKind int

const (
	noBody bodyKind = iota
	jsonBody
	patchBody    // JSON Merge Patch, RFC 7396
	ndjsonStream // a line is a JSON object; read as it comes
	fileStream   // any bytes; read as they come
	signedBody   // JSON whose exact bytes are signed
)

func (b bodyKind) streamed() bool { return b == ndjsonStream || b == fileStream }

func (b bodyKind) mediaTypes() []string {
	switch b {
	case jsonBody, signedBody:
		return []string{"application/json"}
	case patchBody:
		return []string{"application/merge-patch+json", "application/json"}
	case ndjsonStream:
		return []string{"application/x-ndjson"}
	default:
		return nil
	}
}

type body struct {
	kind  bodyKind
	limit int64 // bytes
}

// maxDefinitions is how large a folder of definitions may be, in bytes.
const maxDefinitions = 16 << 20

// route is one line of the table of contents.
type route struct {
	method string
	path   string
	name   string // operation id
	need   need
	body   body
	do     func(*call) error
	doc    doc
}

// changes reports whether the route can change anything.
func (r *route) changes() bool { return r.method != fiber.MethodGet }

// table is the table of contents of the API: every address it answers, who may
// ask, what may be sent. What is asked most often comes first, because fiber
// looks from top to bottom.
func (a *API) table() []route {
	const (
		get, post, put, patch, del = fiber.MethodGet, fiber.MethodPost, fiber.MethodPut, fiber.MethodPatch, fiber.MethodDelete
		records                    = "/api/v1/forms/:form/records"
		record                     = records + "/:id"
		drafts                     = "/api/v1/drafts"
	)
	none := body{}
	js, merge := body{jsonBody, a.MaxBody}, body{patchBody, a.MaxBody}
	lines, file := body{ndjsonStream, a.MaxBulk}, body{fileStream, a.maxFile()}
	signed := body{signedBody, a.MaxBody}

	return []route{
		// records
		{post, records, "createRecord", signedIn, js, (*call).createRecord, answers(201, "record")},
		{post, record + "/events", "moveRecord", signedIn, js, (*call).addEvent, answers(200, "record").takes("event-input")},
		{post, records + "/bulk", "createRecords", imports, lines, (*call).bulkRecords, answers(200, "bulk-line").lines()},
		{get, records, "listRecords", signedIn, none, (*call).listRecords, answers(200, "record-list").query("filter", "sort", "limit", "cursor")},
		{get, record, "getRecord", signedIn, none, (*call).getRecord, answers(200, "record").cached()},
		{patch, record, "editRecord", signedIn, merge, (*call).editRecord, answers(200, "record")},
		{del, record, "deleteRecord", signedIn, none, (*call).deleteRecord, empty()},
		{get, record + "/events", "listEvents", signedIn, none, (*call).listEvents, answers(200, "event-list").query("limit", "cursor")},

		// views
		{get, "/api/v1/views/:view/records", "listViewRecords", signedIn, none, (*call).listCards, answers(200, "card-list").query("group", "limit", "cursor")},
		{get, "/api/v1/views/:view", "getView", signedIn, none, (*call).getView, answers(200, "view").cached()},
		{get, "/api/v1/live", "live", socket, none, (*call).live, doc{status: 101}},

		// who I am, what there is
		{get, "/api/v1/me", "me", signedIn, none, (*call).me, answers(200, "me")},
		{patch, "/api/v1/me", "editMe", signedIn, merge, (*call).editMe, empty().takes("me-input")},
		{get, "/api/v1/forms/:form", "getForm", signedIn, none, (*call).getForm, answers(200, "form").cached()},
		{get, "/api/v1/notices", "listNotices", signedIn, none, (*call).listNotices, answers(200, "notice-list").query("limit", "cursor")},
		{post, "/api/v1/notices/read", "readNotices", signedIn, js, (*call).readNotices, empty().takes("notice-read-input")},
		{post, "/api/v1/files", "addFile", signedIn, file, (*call).addFile, answers(201, "file").query("name")},
		{get, "/api/v1/files/:id", "getFile", signedIn, none, (*call).getFile, binary()},

		// sign in and out
		{post, "/api/v1/sessions", "signIn", public, js, (*call).signIn, answers(201, "session").takes("sign-in-input")},
		{del, "/api/v1/sessions/current", "signOut", signedIn, none, (*call).signOut, empty()},
		{post, "/api/v1/setup", "setup", public, js, (*call).setup, answers(201, "session").takes("setup-input")},

		// people and keys
		{get, "/api/v1/users", "listUsers", signedIn, none, (*call).listUsers, answers(200, "user-list").query("role", "limit", "cursor")},
		{post, "/api/v1/users", "createUser", members, js, (*call).createUser, answers(201, "user").takes("user-input")},
		{patch, "/api/v1/users/:id", "editUser", members, merge, (*call).editUser, answers(200, "user").takes("user-input")},
		{get, "/api/v1/keys", "listKeys", signedIn, none, (*call).listKeys, answers(200, "key-list")},
		{post, "/api/v1/keys", "createKey", signedIn, js, (*call).createKey, answers(201, "key").takes("key-input")},
		{del, "/api/v1/keys/:id", "revokeKey", signedIn, none, (*call).revokeKey, empty()},

		// definitions
		{get, "/api/v1/definitions", "listDefinitions", publish, none, (*call).listDefinitions, answers(200, "definition-list").cached()},
		{post, "/api/v1/definitions", "applyDefinitions", publish, body{jsonBody, maxDefinitions}, (*call).applyDefinitions, answers(200, "applied").takes("apply-input")},
		{get, "/api/v1/definitions/export", "exportDefinitions", publish, none, (*call).exportDefinitions, answers(200, "definition-files").query("release")},
		{get, "/api/v1/packs", "listPacks", publish, none, (*call).listPacks, answers(200, "pack-list")},
		{post, "/api/v1/packs/:id/apply", "applyPack", publish, none, (*call).applyPack, answers(200, "applied")},
		{get, "/api/v1/backup", "backup", members, none, (*call).backup, binary()},
		{get, "/api/v1/definitions/:kind/:id", "getDefinition", publish, none, (*call).getDefinition, answers(200, "any").cached()},
		{get, drafts, "listDrafts", publish, none, (*call).listDrafts, answers(200, "draft-list")},
		{post, drafts + "/check", "checkDrafts", publish, none, (*call).checkDrafts, answers(200, "check")},
		{get, drafts + "/:kind/:id", "getDraft", publish, none, (*call).getDraft, answers(200, "any").cached()},
		{put, drafts + "/:kind/:id", "saveDraft", publish, js, (*call).saveDraft, answers(200, "draft-saved").takes("any")},
		{del, drafts + "/:kind/:id", "dropDraft", publish, none, (*call).dropDraft, empty()},
		{get, "/api/v1/releases", "listReleases", publish, none, (*call).listReleases, answers(200, "release-list").query("limit", "cursor")},
		{post, "/api/v1/releases", "publishRelease", publish, js, (*call).publishRelease, answers(201, "release").takes("release-input")},
		{post, "/api/v1/releases/:number/activate", "activateRelease", publish, none, (*call).activateRelease, answers(200, "release")},
		{get, "/api/v1/hooks", "listHooks", publish, none, (*call).listHooks, answers(200, "hook-list")},
		{post, "/api/v1/hooks/:id/secret", "renewHookSecret", publish, none, (*call).renewHookSecret, answers(200, "hook-secret")},

		// signed messages from outside
		{post, "/in/:tenant/:account/:hook", "receive", public, signed, (*call).receiveHook, answers(200, "received").takes("any")},

		// about the server
		{get, "/api/v1/openapi.json", "openapi", public, none, (*call).openapi, answers(200, "any")},
		{get, "/healthz", "health", public, none, (*call).health, answers(200, "health")},
		{get, "/readyz", "ready", public, none, (*call).ready, answers(200, "health")},
	}
}

// elsewhere answers what is not in the table: 405 where another method is, the
// browser side for its own addresses, else 404.
func (a *API) elsewhere(c *fiber.Ctx) error {
	if allowed := a.methods(c.Path()); len(allowed) > 0 {
		return wrongMethod(c, allowed)
	}
	if apart(c.Path()) {
		return fiber.ErrNotFound
	}
	if c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead {
		return wrongMethod(c, []string{fiber.MethodGet, fiber.MethodHead})
	}
	return a.ui.serve(c)
}
