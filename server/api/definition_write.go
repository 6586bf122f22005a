package api

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"sluice/runtime/def"
	"sluice/runtime/fact"
	"sluice/runtime/program"
	"sluice/runtime/scenario"
	"sluice/schemas"
	"sluice/server/catalog"
)

type definitionItem struct {
	Kind def.Kind   `json:"kind"`
	ID   string     `json:"id"`
	Name fact.Label `json:"name"`
	Hash string     `json:"hash"`
}

// listDefinitions reads what the live release is made of.
func (k *call) listDefinitions() error {
	rel, err := k.api.Catalog.Live(bg, k.who.Tenant)
	if errors.Is(err, catalog.ErrNone) {
		rel, err = &catalog.Release{}, nil
	}
	if err != nil {
		return err
	}
	if rel.Release != "" && k.unchanged(`"`+rel.Release+`"`) {
		return nil
	}
	items := make([]definitionItem, len(rel.Items))
	for i, it := range rel.Items {
		items[i] = definitionItem{it.Kind, it.ID, it.Name, it.Hash}
	}
	return k.json(fiber.StatusOK, map[string]any{"release": rel.Release, "number": rel.Number, "items": items})
}

// definition returns the kind and id of the path.
func (k *call) definition() (def.Kind, string, error) {
	kind, id := def.Kind(k.param("kind")), k.param("id")
	if !slices.Contains(def.Kinds[:], kind) || !validDefinitionID(id) {
		return "", "", refuse(fact.NotFound, "unknown_definition", map[string]any{"kind": string(kind), "id": id})
	}
	return kind, id, nil
}

func validDefinitionID(id string) bool {
	if id == "" || len(id) > 64 || id[0] < 'a' || id[0] > 'z' {
		return false
	}
	return !strings.ContainsFunc(id, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	})
}

// getDefinition reads a live definition, byte for byte as its author wrote it.
func (k *call) getDefinition() error {
	kind, id, err := k.definition()
	if err != nil {
		return err
	}
	doc, hash, err := k.api.Catalog.Source(bg, k.who.Tenant, kind, id)
	if err != nil {
		return err
	}
	if k.unchanged(`"` + hash + `"`) {
		return nil
	}
	return k.raw(fiber.StatusOK, doc)
}

// listDrafts reads which definitions are being edited.
func (k *call) listDrafts() error {
	drafts, err := k.api.Catalog.Drafts(bg, k.who.Tenant)
	if err != nil {
		return err
	}
	return k.json(fiber.StatusOK, map[string]any{"items": notNil(drafts)})
}

// getDraft reads a draft, byte for byte.
func (k *call) getDraft() error {
	kind, id, err := k.definition()
	if err != nil {
		return err
	}
	d, err := k.api.Catalog.Draft(bg, k.who.Tenant, kind, id)
	if err != nil {
		return err
	}
	if k.unchanged(revTag(d.Rev)) {
		return nil
	}
	return k.raw(fiber.StatusOK, d.Doc)
}

// saveDraft keeps a draft, finished or not, and says what is still wrong with it.
func (k *call) saveDraft() error {
	kind, id, err := k.definition()
	if err != nil {
		return err
	}
	if problems := schemas.Guard(k.body, schemas.DefinitionLimits); len(problems) > 0 {
		return fact.Refuse(fact.Invalid, problems...)
	}
	rev, err := k.draftRev(kind, id)
	if err != nil {
		return err
	}
	rev, err = k.api.Catalog.SaveDraft(bg, k.who.Tenant, kind, id, bytes.Clone(k.body), rev, k.who.Actor)
	if err != nil {
		return err
	}
	checked, err := k.checked()
	if err != nil {
		return err
	}
	problems := []complaint{}
	for _, c := range k.complaints(checked.Complaints) {
		if c.Kind == kind && c.ID == id {
			problems = append(problems, c)
		}
	}
	k.c.Set(fiber.HeaderETag, revTag(rev))
	return k.json(fiber.StatusOK, map[string]any{"rev": rev, "problems": problems})
}

// draftRev returns the revision that a save or drop is meant for: that of
// If-Match, 0 with If-None-Match: *, else the one there is.
func (k *call) draftRev(kind def.Kind, id string) (uint64, error) {
	if strings.TrimSpace(k.c.Get(fiber.HeaderIfNoneMatch)) == "*" {
		return 0, nil
	}
	rev, err := k.ifMatch()
	if err != nil || rev != 0 {
		return rev, err
	}
	d, err := k.api.Catalog.Draft(bg, k.who.Tenant, kind, id)
	if errors.Is(err, catalog.ErrUnknown) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return d.Rev, nil
}

// dropDraft gives a draft up.
func (k *call) dropDraft() error {
	kind, id, err := k.definition()
	if err != nil {
		return err
	}
	rev, err := k.draftRev(kind, id)
	if err != nil {
		return err
	}
	if rev == 0 {
		return catalog.ErrUnknown
	}
	if err := k.api.Catalog.DropDraft(bg, k.who.Tenant, kind, id, rev, k.who.Actor); err != nil {
		return err
	}
	return k.none()
}

// complaint is a problem with the definition it is in, as people read it.
type complaint struct {
	Kind def.Kind `json:"kind"`
	ID   string   `json:"id"`
	File string   `json:"file,omitempty"`
	wireProblem
}

func (k *call) complaints(list []program.Complaint) []complaint {
	out := make([]complaint, len(list))
	lang := k.lang()
	for i, c := range list {
		out[i] = complaint{c.Kind, c.ID, c.File, sayAll([]fact.Problem{c.Problem}, lang)[0]}
	}
	return out
}

// checked lays all drafts over the live release and compiles the result.
func (k *call) checked() (*catalog.Checked, error) {
	files, err := k.api.Catalog.DraftFiles(bg, k.who.Tenant)
	if err != nil {
		return nil, err
	}
	return k.api.Catalog.Check(bg, k.who.Tenant, catalog.Proposal{Files: files, By: k.who.Actor})
}

// definitionChange says what publishing would do to a definition.
type definitionChange struct {
	Kind def.Kind `json:"kind"`
	ID   string   `json:"id"`
	Zh   string   `json:"zh"`
	En   string   `json:"en"`
}

// checkDrafts says what publishing the drafts would change, and what is in the way.
func (k *call) checkDrafts() error {
	checked, err := k.checked()
	if err != nil {
		return err
	}
	live, err := k.api.Catalog.Live(bg, k.who.Tenant)
	if err != nil && !errors.Is(err, catalog.ErrNone) {
		return err
	}
	changes := make([]definitionChange, len(checked.Changed))
	for i, item := range checked.Changed {
		changes[i] = changeOf(item, live, &checked.Release)
	}
	return k.json(fiber.StatusOK, map[string]any{
		"problems": k.complaints(checked.Complaints), "changes": changes, "scenarios": scenariosBody(checked.Scenarios),
	})
}

func changeOf(item catalog.Item, live, next *catalog.Release) definitionChange {
	has := func(rel *catalog.Release) bool {
		return rel != nil && slices.ContainsFunc(rel.Items, func(o catalog.Item) bool { return o.Kind == item.Kind && o.ID == item.ID })
	}
	out := definitionChange{Kind: item.Kind, ID: item.ID}
	zh, en := item.Name.In("zh"), item.Name.In("en")
	switch {
	case !has(live):
		out.Zh, out.En = "新增“"+zh+"”", "“"+en+"” is new"
	case !has(next):
		out.Zh, out.En = "删除“"+zh+"”", "“"+en+"” is removed"
	default:
		out.Zh, out.En = "修改“"+zh+"”", "“"+en+"” changes"
	}
	return out
}

func scenariosBody(r scenario.Report) map[string]any {
	return map[string]any{"passed": r.Passed, "failed": notNil(r.Failures)}
}

type releaseBody struct {
	Release string `json:"release"`
	Number  int    `json:"number"`
	At      string `json:"at"`
	By      actor  `json:"by"`
	Note    string `json:"note"`
	Live    bool   `json:"live"`
}

type actor struct {
	Kind fact.ActorKind `json:"kind"`
	ID   string         `json:"id"`
	Name string         `json:"name"`
}

func releaseOf(r *catalog.Release, live bool) releaseBody {
	return releaseBody{r.Release, r.Number, fact.TimeText(r.At.UnixMilli()), actor{r.By.Kind, r.By.ID, r.By.Name}, r.Note, live}
}

type releaseInput struct {
	Note string `json:"note"`
	Base string `json:"base"` // identity of the live release that the caller saw

	Accept []string `json:"accept"` // scenarios whose outcome has changed on purpose: they are recorded anew
}

// publishRelease makes all drafts live, when every check passes.
func (k *call) publishRelease() error {
	var in releaseInput
	if err := k.decode(&in); err != nil {
		return err
	}
	files, err := k.api.Catalog.DraftFiles(bg, k.who.Tenant)
	if err != nil {
		return err
	}
	rel, err := k.api.Catalog.Publish(bg, k.who.Tenant, catalog.Proposal{Files: files, Note: in.Note, By: k.who.Actor, Base: in.Base, Accept: in.Accept})
	if err != nil {
		return k.broken(err)
	}
	k.c.Set(fiber.HeaderLocation, "/api/v1/releases")
	return k.json(fiber.StatusCreated, releaseOf(rel, true))
}

// broken answers with why definitions cannot go live.
func (k *call) broken(err error) error {
	var b *catalog.Broken
	if !errors.As(err, &b) {
		return err
	}
	problems := make([]fact.Problem, 0, len(b.Complaints)+len(b.Failures))
	for _, c := range b.Complaints {
		problems = append(problems, c.Problem.At("/"+string(c.Kind)+"/"+c.ID))
	}
	for _, f := range b.Failures {
		problems = append(problems, fact.Problem{
			Path: "/scenario/" + f.Scenario, Code: "scenario_failed",
			Params: map[string]any{"scenario": f.Scenario, "step": f.Step + 1, "what": f.What, "want": f.Want, "got": f.Got},
		})
	}
	if len(problems) == 0 {
		return err
	}
	return fact.Refuse(fact.Invalid, problems...)
}

// listReleases reads releases, newest first.
func (k *call) listReleases() error {
	limit, err := k.limit()
	if err != nil {
		return err
	}
	before := 0
	if cursor := k.query("cursor"); cursor != "" {
		if before, err = strconv.Atoi(cursor); err != nil || before < 1 {
			return refuseAt(fact.Invalid, "/cursor", "invalid_cursor", nil)
		}
	}
	releases, err := k.api.Catalog.Releases(bg, k.who.Tenant, before, limit+1)
	if err != nil {
		return err
	}
	var next any
	if len(releases) > limit {
		releases = releases[:limit]
		next = strconv.Itoa(releases[limit-1].Number)
	}
	items := make([]releaseBody, len(releases))
	for i := range releases {
		items[i] = releaseOf(&releases[i], releases[i].Number == k.program.Number)
	}
	return k.json(fiber.StatusOK, map[string]any{"items": items, "next": next})
}

// activateRelease makes a release live that was live before.
func (k *call) activateRelease() error {
	number, err := strconv.Atoi(k.c.Params("number"))
	if err != nil || number < 1 {
		return refuse(fact.NotFound, "unknown_release", map[string]any{"id": k.param("number")})
	}
	rel, err := k.api.Catalog.Activate(bg, k.who.Tenant, number, "", k.who.Actor)
	if errors.Is(err, catalog.ErrUnknown) {
		return refuse(fact.NotFound, "unknown_release", map[string]any{"id": strconv.Itoa(number)})
	}
	if err != nil {
		return k.broken(err)
	}
	return k.json(fiber.StatusOK, releaseOf(rel, true))
}
