// Package arch holds the tests that keep the house in order: who may import
// whom, which library has which door, what the runtime may not touch, how long
// a file may be, and which lists must agree. It has no code of its own.
package arch
