package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"sluice/runtime/fact"
	"sluice/runtime/program"
	"sluice/server/app"
	"sluice/server/catalog"
	"sluice/server/command"
	"sluice/server/sheet"
)

// atOnce is how many records are submitted at the same time: enough for one
// commit to carry many.
const atOnce = 128

var importCommand = subcommand{
	name: "import", args: "FILE.csv[.gz]", summary: "read a table into records of a form",
	detail: "The map says which column goes where. Running the same import again adds nothing, so an\n" +
		"interrupted one is resumed by running it again. Every record that is not accepted is reported\n" +
		"with its row and the reason; with --json each of them is a line, and the last line is the sum.",
	setup: func(c *call) func(context.Context) error {
		p := placeFlags(c, true)
		in := &importing{call: c, place: p}
		c.flags.StringVar(&in.form, "form", "", "`FORM` the records belong to")
		c.flags.StringVar(&in.mapFile, "map", "", "`FILE` with the map (JSON)")
		c.flags.BoolVar(&in.dry, "dry-run", false, "check everything and change nothing")
		c.flags.IntVar(&in.show, "show", 20, "print the first `N` rejected records; the rest is only counted")
		c.flags.BoolVar(&in.strict, "strict", false, "exit with 3 when a record was rejected")
		c.flags.BoolVar(&in.all, "all", false, "with --json: print a line for every record, accepted ones too")
		return in.run
	},
}

type importing struct {
	call    *call
	place   *place
	form    string
	mapFile string
	dry     bool
	show    int
	all     bool
	strict  bool
	told    time.Time
}

func (in *importing) run(ctx context.Context) (err error) {
	if in.form == "" || in.mapFile == "" || in.call.arg(0) == "" {
		return wrong("--form, --map and a FILE are needed")
	}
	doc, err := os.ReadFile(in.mapFile)
	if err != nil {
		return err
	}
	m, problems := sheet.ReadMap(doc)
	if len(problems) == 0 && m.Form != "" && m.Form != in.form {
		return wrong("the map is for form %s", m.Form)
	}
	if len(problems) > 0 {
		return in.refused(in.mapFile, problems)
	}
	file, err := os.Open(in.call.arg(0))
	if err != nil {
		return err
	}
	defer file.Close()
	if in.place.remote() {
		return in.remote(ctx, m, file)
	}
	parts, err := in.place.open(in.call)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, parts.Close()) }()
	return in.local(ctx, parts, m, file)
}

func (in *importing) local(ctx context.Context, parts *app.Parts, m *sheet.Map, file io.Reader) error {
	prog, err := parts.Catalog.Program(ctx, in.place.id())
	if err != nil {
		return err
	}
	return in.load(ctx, prog, m, file, func(ctx context.Context, d *sheet.Draft) (string, bool, error) {
		c := fact.Command{
			Type: fact.Submit, Form: in.form, Input: d.Data, Key: command.LastingKey + d.Key, Now: parts.Config.Now(),
			Actor: fact.Actor{Kind: fact.System, ID: "import", Name: "import"},
		}
		run := parts.Runner.RunOn
		if in.dry {
			run = parts.Runner.Try
		}
		out, err := run(ctx, prog, in.place.id(), c)
		if err != nil {
			return "", false, err
		}
		return out.Record.ID, out.Replayed, nil
	})
}

func (in *importing) load(ctx context.Context, prog *program.Program, m *sheet.Map, file io.Reader, submit sheet.Submit) error {
	f := prog.Forms[in.form]
	if f == nil {
		return fmt.Errorf("%w: form %s", catalog.ErrUnknown, in.form)
	}
	table, problems, err := sheet.Open(file, m, f.Form, prog.Zone)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return in.refused(in.mapFile, problems)
	}
	sum, err := sheet.Load(ctx, table, atOnce, submit, in.each)
	if !in.call.json {
		fmt.Fprint(in.call.err, "\r\033[K")
	}
	answer := in.call.answer(struct {
		sheet.Sum
		Done   bool `json:"done"`
		DryRun bool `json:"dryRun,omitempty"`
	}{sum, err == nil, in.dry}, func(w io.Writer) {
		verb := "created"
		if in.dry {
			verb = "would be created"
		}
		fmt.Fprintf(w, "%d records (%d rows): %d %s (%d rows), %d existed (%d), %d rejected (%d) in %.1f s\n", sum.Records, sum.Rows,
			sum.Created, verb, sum.RowsCreated, sum.Exists, sum.RowsExist, sum.Rejected, sum.RowsRejected, float64(sum.Millis)/1000)
	})
	if in.strict && sum.Rejected > 0 {
		answer = errors.Join(answer, errInvalid)
	}
	return errors.Join(err, answer)
}

// each reports a result: rejected ones by row and reason, progress twice a second.
func (in *importing) each(r *sheet.Result, sum *sheet.Sum) error {
	if in.call.json {
		if r.Status == sheet.Rejected || in.all {
			return in.call.answer(r, nil)
		}
		return nil
	}
	if r.Status == sheet.Rejected && sum.Rejected <= in.show {
		fmt.Fprintf(in.call.out, "row %d (%s): %s %s\n", r.Row, r.Key, r.Problems[0].Path, r.Problems[0].Sentence("en"))
	}
	if now := time.Now(); now.Sub(in.told) > 500*time.Millisecond {
		in.told = now
		fmt.Fprintf(in.call.err, "\r\033[K%d records, %d rows, %d rejected", sum.Records, sum.Rows, sum.Rejected)
	}
	return nil
}

func (in *importing) refused(file string, problems []fact.Problem) error {
	err := in.call.answer(map[string]any{"file": file, "problems": problems}, func(w io.Writer) {
		for _, p := range problems {
			fmt.Fprintf(w, "%s %s: %s\n", file, p.Path, p.Sentence("en"))
		}
	})
	return errors.Join(errInvalid, err)
}

// remote sends the records to a running server, one request each over
// connections that stay open; the server's group commit gathers them.
func (in *importing) remote(ctx context.Context, m *sheet.Map, file io.Reader) error {
	if in.dry {
		return wrong("--dry-run works on a data directory, not on a running server")
	}
	prog, err := in.place.remoteProgram(ctx)
	if err != nil {
		return err
	}
	return in.load(ctx, prog, m, file, func(ctx context.Context, d *sheet.Draft) (string, bool, error) {
		return in.place.submit(ctx, in.form, command.LastingKey+d.Key, d.Data)
	})
}

// remoteProgram compiles the running server's definitions here, to know its forms.
func (p *place) remoteProgram(ctx context.Context) (*program.Program, error) {
	files, err := p.export(ctx, nil, 0)
	if err != nil {
		return nil, err
	}
	prog, complaints := catalog.Compile(files)
	if len(complaints) > 0 {
		return nil, complaints[0]
	}
	return prog, nil
}

// submit creates one record on a running server.
func (p *place) submit(ctx context.Context, form, key string, data []byte) (string, bool, error) {
	res, err := p.send(ctx, "POST", "/api/v1/forms/"+form+"/records", data, key)
	if err != nil {
		return "", false, err
	}
	defer res.Body.Close()
	var rec struct{ ID string }
	if err := json.NewDecoder(res.Body).Decode(&rec); err != nil {
		return "", false, err
	}
	return rec.ID, res.Header.Get("Idempotent-Replayed") == "true", nil
}
