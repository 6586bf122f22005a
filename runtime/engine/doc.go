// Package engine decides: given a compiled program, facts and a command, it
// returns the one Change that would carry the command out, and why.
//
// Decide is a pure function. The same call serves the live system, its retries,
// replay, try-out in the designer and tests.
package engine
