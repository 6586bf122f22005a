// Package e2e holds the tests that start the real binary and use it from
// outside: the story of an order, crashes, a full disk. They run with the build
// tag e2e and need bin/sluice (`make build`).
package e2e
