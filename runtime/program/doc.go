// Package program compiles the definitions of one release into a Program: forms,
// chains, rules and views linked with each other, checked, and ready to decide.
//
// A Program is immutable and shared by goroutines. Publishing compiles a new one
// and swaps a pointer; decisions that run finish on the old one.
package program
