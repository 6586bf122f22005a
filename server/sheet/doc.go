// Package sheet reads tables that people have (CSV, plain or gzipped) into
// records: a map says which column goes to which field, which rows make one
// record together, and what names a record so that reading the same table twice
// adds nothing.
//
// Nothing is dropped silently: every row ends up in a record or in a Fault.
package sheet
