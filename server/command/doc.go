// Package command runs commands: it reads a snapshot, lets the engine decide on
// it, commits the change and, when somebody else was faster, decides again.
//
// Deciding happens outside the store's writer, on as many cores as there are. A
// decision is pure, so deciding twice is safe; the third time it runs inside the
// writer, where nobody can be faster.
package command
