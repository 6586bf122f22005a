//go:build !linux

package boltstore

// trim does nothing where the map's pages cannot be given back.
func (f *file) trim() error { return nil }
