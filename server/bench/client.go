package bench

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// ErrUnknown is returned for a name that is not measured.
var ErrUnknown = errors.New("no such measurement")

// conn is a minimal HTTP/1.1 client over one kept connection. The load generator
// shares two cores with the server, so it must cost little; it understands the
// answers that the server gives and no others.
type conn struct {
	net.Conn
	in   *bufio.Reader
	out  []byte
	body []byte
	host string
}

func dial(address string) (*conn, error) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, in: bufio.NewReaderSize(c, 8192), host: address}, nil
}

// do sends a request and reads the answer. The body is valid until the next call.
func (c *conn) do(method, path, token string, headers []string, body []byte) (status int, answer []byte, err error) {
	b := append(c.out[:0], method...)
	b = append(append(append(b, ' '), path...), " HTTP/1.1\r\nHost: "...)
	b = append(append(b, c.host...), "\r\nContent-Type: application/json\r\n"...)
	if token != "" {
		b = append(append(append(b, "Authorization: Bearer "...), token...), "\r\n"...)
	}
	for _, h := range headers {
		b = append(append(b, h...), "\r\n"...)
	}
	b = append(strconv.AppendInt(append(b, "Content-Length: "...), int64(len(body)), 10), "\r\n\r\n"...)
	c.out = append(b, body...)
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return 0, nil, err
	}
	if _, err := c.Write(c.out); err != nil {
		return 0, nil, err
	}
	return c.read()
}

var lengthHeader = []byte("content-length:")

func (c *conn) read() (status int, body []byte, err error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, nil, err
	}
	if len(line) < 12 {
		return 0, nil, fmt.Errorf("status line %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, nil, err
	}
	length := 0
	for {
		if line, err = c.in.ReadSlice('\n'); err != nil {
			return 0, nil, err
		}
		if len(line) <= 2 {
			break
		}
		if len(line) > len(lengthHeader) && bytes.EqualFold(line[:len(lengthHeader)], lengthHeader) {
			if length, err = strconv.Atoi(strings.TrimSpace(string(line[len(lengthHeader):]))); err != nil {
				return 0, nil, err
			}
		}
	}
	if cap(c.body) < length {
		c.body = make([]byte, length)
	}
	c.body = c.body[:length]
	_, err = io.ReadFull(c.in, c.body)
	return status, c.body, err
}

// member returns the text of a top-level string member of a JSON answer, without parsing the rest.
func member(body []byte, name string) string {
	mark := []byte(`"` + name + `":"`)
	i := bytes.Index(body, mark)
	if i < 0 {
		return ""
	}
	rest := body[i+len(mark):]
	if j := bytes.IndexByte(rest, '"'); j >= 0 {
		return string(rest[:j])
	}
	return ""
}
