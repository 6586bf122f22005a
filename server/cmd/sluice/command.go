package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os/signal"
	"strings"
	"syscall"

	"sluice/server/catalog"
	"sluice/server/store"
	"sluice/server/store/boltstore"
)

// version is stamped by the build (-ldflags "-X main.version=…").
var version = "dev"

// Exit codes, the same for all subcommands.
const (
	exitOK       = 0
	exitFailed   = 1 // something went wrong that is not the caller's doing
	exitUsage    = 2 // the call's words are off
	exitInvalid  = 3 // the input was read and refused: definitions with problems, records rejected by a strict import, findings of a check
	exitNotFound = 4 // what was named does not exist
	exitBusy     = 5 // the data directory is in use by a running server
)

// errUsage marks an error of the call itself.
var errUsage = errors.New("usage")

// errInvalid marks input that was read and refused; the report has been printed.
var errInvalid = errors.New("refused")

// subcommand is one word of the command line.
type subcommand struct {
	name    string
	args    string // what follows the flags, for the usage line
	summary string
	detail  string // shown by --help below the summary
	setup   func(c *call) func(ctx context.Context) error
}

// subcommands is the table of contents, in the order in which help lists them.
func subcommands() []subcommand {
	return []subcommand{
		serveCommand, applyCommand, exportCommand, importCommand, checkCommand,
		backupCommand, restoreCommand, schemasCommand, benchCommand, versionCommand,
	}
}

// call is one invocation: its flags and where it writes.
type call struct {
	flags  *flag.FlagSet
	out    io.Writer
	err    io.Writer
	json   bool
	parsed []string
}

// arg returns the n-th argument after the flags, "" when there are fewer.
func (c *call) arg(n int) string {
	if n < len(c.parsed) {
		return c.parsed[n]
	}
	return ""
}

// answer writes the outcome: as one line of JSON with --json, else as text.
func (c *call) answer(v any, text func(io.Writer)) error {
	if !c.json {
		text(c.out)
		return nil
	}
	enc := json.NewEncoder(c.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func run(args []string, out, errOut io.Writer) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		help(out)
		return exitOK
	}
	if args[0] == "--version" {
		args = []string{"version"}
	}
	for _, s := range subcommands() {
		if s.name == args[0] {
			return runOne(s, args[1:], out, errOut)
		}
	}
	fmt.Fprintf(errOut, "sluice: there is no %q; sluice help lists what there is\n", args[0])
	return exitUsage
}

func runOne(s subcommand, args []string, out, errOut io.Writer) int {
	c := &call{flags: flag.NewFlagSet(s.name, flag.ContinueOnError), out: out, err: errOut}
	c.flags.SetOutput(io.Discard)
	c.flags.BoolVar(&c.json, "json", false, "answer in JSON, for scripts")
	action := s.setup(c)
	parsed, err := parse(c.flags, args)
	if errors.Is(err, flag.ErrHelp) {
		usage(out, s, c.flags)
		return exitOK
	}
	if err != nil {
		fmt.Fprintf(errOut, "sluice %s: %v\n", s.name, err)
		return exitUsage
	}
	if most := len(strings.Fields(s.args)); len(parsed) > most {
		fmt.Fprintf(errOut, "sluice %s: %q is one too many; sluice %s --help tells more\n", s.name, parsed[most], s.name)
		return exitUsage
	}
	c.parsed = parsed
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	return exitOf(action(ctx), s.name, errOut)
}

// parse accepts flags before, between and after the arguments.
func parse(flags *flag.FlagSet, args []string) ([]string, error) {
	var rest []string
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if flags.NArg() == 0 {
			return rest, nil
		}
		if used := len(args) - flags.NArg(); used > 0 && args[used-1] == "--" { // what follows is no flag, whatever it looks like
			return append(rest, flags.Args()...), nil
		}
		rest = append(rest, flags.Arg(0))
		args = flags.Args()[1:]
	}
}

func exitOf(err error, name string, errOut io.Writer) int {
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errInvalid) && err.Error() == errInvalid.Error():
		return exitInvalid // the report has been printed
	}
	fmt.Fprintf(errOut, "sluice %s: %v\n", name, err)
	switch {
	case errors.Is(err, errUsage), errors.Is(err, store.ErrInvalid):
		return exitUsage
	case errors.Is(err, errInvalid), errors.Is(err, boltstore.ErrDamagedBackup), errors.Is(err, fs.ErrExist):
		return exitInvalid
	case errors.Is(err, catalog.ErrNone), errors.Is(err, catalog.ErrUnknown), errors.Is(err, fs.ErrNotExist):
		return exitNotFound
	case errors.Is(err, store.ErrBusy):
		return exitBusy
	default:
		return exitFailed
	}
}

func help(w io.Writer) {
	fmt.Fprint(w, "Sluice 活水: forms, flows and live views, in one binary.\n\nusage: sluice COMMAND [flags]\n\n")
	for _, s := range subcommands() {
		fmt.Fprintf(w, "  %-9s %s\n", s.name, s.summary)
	}
	fmt.Fprint(w, "\nsluice COMMAND --help tells more.\n")
}

func usage(w io.Writer, s subcommand, flags *flag.FlagSet) {
	fmt.Fprintf(w, "%s\n\nusage: sluice %s [flags] %s\n", s.summary, s.name, s.args)
	if s.detail != "" {
		fmt.Fprintf(w, "\n%s\n", s.detail)
	}
	fmt.Fprint(w, "\nflags:\n")
	flags.VisitAll(func(f *flag.Flag) {
		kind, about := flag.UnquoteUsage(f)
		if kind != "" {
			kind = " " + kind
		}
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
			about += " (" + f.DefValue + ")"
		}
		fmt.Fprintf(w, "  --%-22s %s\n", f.Name+kind, about)
	})
	fmt.Fprint(w, "\nexit: 0 done, 1 failed, 2 wrong call, 3 input refused, 4 not found, 5 data directory in use\n")
}
