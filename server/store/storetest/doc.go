// Package storetest holds the one conformance suite of storage engines: a file
// per subject, each test said in the words of store.Store's contract. An engine
// passes it or is none.
package storetest
