// Package view compiles views: live pictures of a form's records, as boards
// and lists.
//
// A compiled View places a record in its index (which group, at which place of
// the order) and draws its card. The engine places records when they change, the
// live feed and the API draw cards; both use the same View, so that what a
// snapshot shows and what a change says are the same.
//
// A view type is a file: board.go, list.go.
package view
