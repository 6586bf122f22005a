//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// binary returns the path of the built product.
func binary(t testing.TB) string {
	t.Helper()
	path, err := filepath.Abs("../../bin/sluice")
	require.NoError(t, err)
	_, err = os.Stat(path)
	require.NoError(t, err, "build it first: make build")
	return path
}

// sluice runs a subcommand to its end and returns what it printed and its exit code.
func sluice(t testing.TB, args ...string) (string, int) {
	t.Helper()
	cmd := exec.Command(binary(t), args...)
	var out bytes.Buffer
	cmd.Stdout = &out
	cmd.Stderr = &out
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return out.String(), exit.ExitCode()
	}
	require.NoError(t, err)
	return out.String(), 0
}

// server is a running `sluice serve`.
type server struct {
	t    testing.TB
	cmd  *exec.Cmd
	url  string
	log  *lockedBuffer
	once sync.Once
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// serve starts the server on a data directory and waits until it is ready.
// wrap, when given, is a shell prefix such as "ulimit -f 100; exec".
func serve(t testing.TB, dir string, wrap ...string) *server {
	t.Helper()
	args := []string{"serve", "--addr", "127.0.0.1:0", "--data", dir, "--demo", "auto-parts"}
	cmd := exec.Command(binary(t), args...)
	if len(wrap) > 0 {
		cmd = exec.Command("bash", "-c", wrap[0]+` "$0" "$@"`, binary(t))
		cmd.Args = append(cmd.Args, args...)
	}
	s := &server{t: t, cmd: cmd, log: &lockedBuffer{}}
	cmd.Stderr = s.log
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(s.kill)
	lines := bufio.NewScanner(out)
	require.True(t, lines.Scan(), "the server said nothing: %s", s.log)
	url, ok := strings.CutPrefix(lines.Text(), "ready ")
	require.True(t, ok, "first line: %q", lines.Text())
	s.url = url
	return s
}

// kill ends the process without a chance to clean up.
func (s *server) kill() {
	s.once.Do(func() {
		_ = s.cmd.Process.Signal(syscall.SIGKILL)
		_ = s.cmd.Wait()
	})
}

// stop ends the process in good order and returns its exit code.
func (s *server) stop() int {
	code := -1
	s.once.Do(func() {
		require.NoError(s.t, s.cmd.Process.Signal(syscall.SIGTERM))
		_ = s.cmd.Wait()
		code = s.cmd.ProcessState.ExitCode()
	})
	return code
}

// answer is an HTTP answer, read.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a *answer) into(t testing.TB, v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(a.body, v), "%s", a.body)
}

var client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

// ask sends a request; the error is of the transport.
func (s *server) ask(method, path, token string, body any, headers ...string) (*answer, error) {
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case []byte:
		in = bytes.NewReader(b)
	default:
		doc, err := json.Marshal(b)
		if err != nil {
			return nil, err
		}
		in = bytes.NewReader(doc)
	}
	req, err := http.NewRequest(method, s.url+path, in)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept-Language", "en")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return &answer{res.StatusCode, res.Header, text}, err
}

// must sends a request and requires a status.
func (s *server) must(status int, method, path, token string, body any, headers ...string) *answer {
	s.t.Helper()
	a, err := s.ask(method, path, token, body, headers...)
	require.NoError(s.t, err, "%s", s.log)
	require.Equal(s.t, status, a.status, "%s %s: %s", method, path, a.body)
	return a
}

// signIn signs in as a demo user.
func (s *server) signIn(who string) string {
	s.t.Helper()
	var in struct{ Token string }
	s.must(201, "POST", "/api/v1/sessions", "", map[string]string{"email": who + "@demo.sluice", "password": "sluice-demo"}).into(s.t, &in)
	require.NotEmpty(s.t, in.Token)
	return in.Token
}

// record is the part of a record that the tests look at.
type record struct {
	ID    string
	No    string
	Rev   uint64
	State string
	Data  map[string]any
}

// customer returns a customer's id.
func (s *server) customer(token string) string {
	s.t.Helper()
	var list struct{ Items []record }
	s.must(200, "GET", "/api/v1/forms/customer/records?limit=1", token, nil).into(s.t, &list)
	require.NotEmpty(s.t, list.Items)
	return list.Items[0].ID
}

// order returns the input of an order of a grade A customer with one genuine Mercedes part.
func order(customer string) map[string]any {
	return map[string]any{
		"channel": "phone", "customer": customer, "grade": "A", "urgency": "green", "taxed": false, "phone": "0576-88001234",
		"lines": []map[string]any{{"part": "BZ-0421-0117", "brand": "benz", "origin": "oem", "qty": 1, "price": 680}},
	}
}

const orders = "/api/v1/forms/order/records"

func events(id string) string { return fmt.Sprintf("%s/%s/events", orders, id) }
