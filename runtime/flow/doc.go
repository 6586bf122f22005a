// Package flow interprets status chains: which moves are open from a state, who
// may make them, and which evidence proves that they happened.
//
// Nothing here is a door of its own. The engine asks it for every move, whatever
// the move came from: a button, a scan, a board drag, a callback, a timer, an
// import. So a state that needs evidence cannot be reached without it.
package flow
