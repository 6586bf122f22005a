package schemas

import (
	"bytes"
	"embed"
	"io/fs"
	"sort"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

//go:embed definition/*.json field/*.json view/*.json
var files embed.FS

const (
	scheme = "sluice:"
	suffix = ".schema.json"
)

// DefinitionLimits bound a definition; a decision table of a thousand rows has
// many more members than a request body.
var DefinitionLimits = Limits{Keys: 1 << 20}

// Names returns the names of all schemas, sorted: "definition/form", "field/text", "view/board".
func Names() []string {
	var names []string
	_ = fs.WalkDir(files, ".", func(path string, _ fs.DirEntry, _ error) error { // an embedded tree has no errors
		if name, ok := strings.CutSuffix(path, suffix); ok {
			names = append(names, name)
		}
		return nil
	})
	sort.Strings(names)
	return names
}

// Raw returns the text of a schema by its name, nil when there is none. Its
// references are to names ("sluice:field/text"); see [Bundle].
func Raw(name string) []byte {
	b, err := files.ReadFile(name + suffix)
	if err != nil {
		return nil
	}
	return b
}

// registry is the embedded schemas, each compiled when it is first asked for.
type registry struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	compiled map[string]*oracle
	docs     map[string]any // by "sluice:" name
}

var registered = sync.OnceValue(func() *registry {
	r := &registry{compiler: newCompiler(), compiled: map[string]*oracle{}, docs: map[string]any{}}
	for _, name := range Names() {
		doc, err := decode(Raw(name))
		if err == nil {
			err = r.compiler.AddResource(scheme+name, bytes.NewReader(Raw(name)))
		}
		if err != nil {
			panic(name + ": " + err.Error())
		}
		r.docs[scheme+name] = doc
	}
	return r
})

// oracle returns the compiled schema of a name, nil when there is none.
func (r *registry) oracle(name string) (*oracle, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if o, ok := r.compiled[name]; ok {
		return o, nil
	}
	if _, ok := r.docs[scheme+name]; !ok {
		return nil, nil
	}
	s, err := compile(r.compiler, scheme+name)
	if err != nil {
		return nil, err
	}
	o := &oracle{schema: s, docs: r.docs}
	r.compiled[name] = o
	return o, nil
}

// compile turns a panic of the compiler into an error.
func compile(c *jsonschema.Compiler, url string) (s *jsonschema.Schema, err error) {
	defer recovered(&err)
	return c.Compile(url)
}

// Validate returns what is wrong with a definition of a kind ("form", "chain",
// …) or with a document of another schema by its name ("field/text"), in the
// order of the paths; nil when nothing is. The document is guarded first (1 MiB,
// 32 levels; see [Guard]); a number that a double cannot hold is refused, since
// it would not survive [Canonical]. A document of another format version has
// only the problem format_version. An unknown kind is unknown_kind.
func Validate(kind string, doc []byte) []Problem {
	name := kind
	if !strings.Contains(name, "/") {
		name = "definition/" + kind
	}
	o, err := registered().oracle(name)
	if err != nil {
		return []Problem{{Code: "internal", Params: map[string]any{"id": err.Error()}}}
	}
	if o == nil {
		return []Problem{{Code: "unknown_kind", Params: map[string]any{"kind": kind}}}
	}
	if problems := Guard(doc, DefinitionLimits); problems != nil {
		return problems
	}
	v, problems := o.check(doc)
	for _, p := range problems {
		if p.Code == "format_version" {
			return []Problem{p}
		}
	}
	if problems == nil {
		problems = inexact(v, nil, nil)
		sortProblems(problems)
	}
	return problems
}
