// Package fact holds what happened and what may happen: values, records,
// events, commands and the one atomic Change that comes of a command.
//
// It is the vocabulary that the pure runtime and the remembering server share.
// Nothing here does I/O, reads a clock or starts a goroutine: times and ids are
// always arguments.
package fact
