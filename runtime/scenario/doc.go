// Package scenario runs given / when / then documents against a program: the
// proof that definitions travel with. The same runner serves tests, publishing
// and the try-out in the designer.
package scenario
