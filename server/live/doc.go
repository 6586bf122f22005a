// Package live shows views as they change, over WebSockets.
//
// # Who does what
//
// A [Hub] holds the sockets of all tenants. Each tenant with open sockets has
// one feed: one goroutine that follows the tenant's event log and owns all its
// subscriptions, so nothing about them is locked. A socket has two goroutines:
// a reader, which turns frames into requests to the feed, and a writer, which
// empties the socket's queue.
//
// # Rounds
//
// The feed works in rounds, at most one per window of time. A round opens one
// snapshot of the store, reads the events between the feed's position and the
// snapshot's, draws each changed record once, and sends one delta per topic: per
// view and scope, where a scope is all who may see the same. Then it answers the
// subscriptions that came meanwhile, from the same snapshot. So a subscriber's
// snapshot stands exactly at the position from which his deltas go on: there is
// no gap and no repeat, whatever is committed at the same time.
//
// # Slow sockets
//
// A queue is bounded in frames and bytes. When it is full, what waits in it is
// dropped and the socket is told to subscribe again; the feed never waits for a
// socket.
package live
