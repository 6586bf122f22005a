package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// pack is what the measurements run on; its demo accounts make the load.
const pack = "auto-parts"

// accounts are the demo users by role, read from what the server prints.
type accounts map[string]struct{ email, password string }

// server is the product in a process of its own.
type server struct {
	cmd     *exec.Cmd
	address string        // host:port
	ready   time.Duration // from the start of the process to the first answered request
	who     accounts
	tokens  map[string]string // by role
}

// start runs this binary's serve on a data directory and waits for its first answer.
func start(ctx context.Context, dir string) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &server{who: accounts{}, tokens: map[string]string{}}
	s.cmd = exec.CommandContext(ctx, self, "serve", "--addr", "127.0.0.1:0", "--data", dir, "--demo", pack)
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		return nil, errors.Join(errors.New("the server said nothing"), s.cmd.Wait())
	}
	url, ok := strings.CutPrefix(lines.Text(), "ready http://")
	if !ok {
		return nil, errors.Join(fmt.Errorf("the server said %q", lines.Text()), s.stop())
	}
	s.address = url
	if err := s.firstAnswer(); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	s.ready = time.Since(began)
	for range 6 { // one line per demo account
		if !lines.Scan() {
			break
		}
		if f := strings.Fields(lines.Text()); len(f) == 3 {
			s.who[f[0]] = struct{ email, password string }{f[1], f[2]}
		}
	}
	return s, nil
}

func (s *server) firstAnswer() error {
	c, err := dial(s.address)
	if err != nil {
		return err
	}
	defer c.Close()
	status, _, err := c.do("GET", "/healthz", "", nil, nil)
	if err == nil && status != 200 {
		err = fmt.Errorf("/healthz answers %d", status)
	}
	return err
}

// stop ends the server and waits for it.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	var exit *exec.ExitError
	if err := s.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		return err
	}
	return nil
}

// token signs in as a role's demo user, once.
func (s *server) token(role string) (string, error) {
	if t := s.tokens[role]; t != "" {
		return t, nil
	}
	a, ok := s.who[role]
	if !ok {
		return "", fmt.Errorf("no demo account for %s", role)
	}
	c, err := dial(s.address)
	if err != nil {
		return "", err
	}
	defer c.Close()
	body, err := json.Marshal(map[string]string{"email": a.email, "password": a.password})
	if err != nil {
		return "", err
	}
	status, answer, err := c.do("POST", "/api/v1/sessions", "", nil, body)
	if err != nil {
		return "", err
	}
	if status != 201 {
		return "", fmt.Errorf("sign-in as %s: %d %s", role, status, answer)
	}
	s.tokens[role] = member(answer, "token")
	return s.tokens[role], nil
}

// hookSecret makes a new secret for a hook and returns it.
func (s *server) hookSecret(id string) (string, error) {
	token, err := s.token("admin")
	if err != nil {
		return "", err
	}
	c, err := dial(s.address)
	if err != nil {
		return "", err
	}
	defer c.Close()
	status, answer, err := c.do("POST", "/api/v1/hooks/"+id+"/secret", token, nil, nil)
	if err != nil {
		return "", err
	}
	if status != 200 {
		return "", fmt.Errorf("hook secret: %d %s", status, answer)
	}
	return member(answer, "secret"), nil
}

// residentMB returns the process's resident memory from /proc, in MB: all of it, and what is not a file's pages.
func (s *server) residentMB() (all, own float64, err error) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "status"))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		kb, err := strconv.ParseFloat(f[1], 64)
		switch {
		case f[0] == "VmRSS:" && err == nil:
			all = kb / 1024
		case f[0] == "RssAnon:" && err == nil:
			own = kb / 1024
		}
	}
	return all, own, nil
}

// scratch returns a data directory and what removes it.
func (o Options) scratch(name string) (string, func(), error) {
	dir, err := os.MkdirTemp(o.Dir, "sluice-"+name+"-")
	return dir, func() { _ = os.RemoveAll(dir) }, err
}
