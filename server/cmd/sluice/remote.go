package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"sluice/runtime/fact"
	"sluice/server/catalog"
)

// client keeps enough connections open for an import.
var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: atOnce, MaxConnsPerHost: atOnce}}

// request asks a running server and returns the answer's body. A problem answer
// becomes an error with its sentence.
func (p *place) request(ctx context.Context, method, path string, body io.Reader) (io.ReadCloser, error) {
	var doc []byte
	if body != nil {
		var err error
		if doc, err = io.ReadAll(body); err != nil {
			return nil, err
		}
	}
	res, err := p.send(ctx, method, path, doc, "")
	if err != nil {
		return nil, err
	}
	return res.Body, nil
}

// send is request with an idempotency key, and gives the whole answer. A
// refused document is a *fact.Refusal with the problems that the server names.
func (p *place) send(ctx context.Context, method, path string, doc []byte, key string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(*p.url, "/")+path, bytes.NewReader(doc))
	if err != nil {
		return nil, wrong("%v", err)
	}
	token := *p.token
	if token == "" {
		token = os.Getenv("SLUICE_TOKEN")
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept-Language", "en")
	if doc != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode < 300 {
		return res, nil
	}
	defer res.Body.Close()
	var problem struct {
		Title, Detail, Code string
		Problems            []fact.Problem
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&problem); err != nil {
		return nil, fmt.Errorf("%s %s: %s", method, path, res.Status)
	}
	if res.StatusCode == http.StatusUnprocessableEntity && len(problem.Problems) > 0 {
		return nil, fact.Refuse(fact.Invalid, problem.Problems...)
	}
	text := problem.Detail
	if text == "" {
		text = problem.Title
	}
	err = fmt.Errorf("%s (%s)", text, problem.Code)
	if res.StatusCode == http.StatusNotFound {
		err = fmt.Errorf("%w: %w", catalog.ErrUnknown, err)
	}
	return nil, err
}
