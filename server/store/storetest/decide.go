package storetest

import (
	"errors"
	"strconv"
	"testing"

	"sluice/runtime/fact"
	"sluice/server/store"
)

// testDecide is for engines that implement store.Exclusive.
func testDecide(t *testing.T, open Opener) {
	s := open(t)
	x, ok := s.(store.Exclusive)
	if !ok {
		return // optional
	}
	stock := fact.Key{Kind: "stock", ID: "x"}
	raise := func(r fact.Reader) (fact.Change, error) {
		d, err := r.Get(order("sum"))
		if err != nil {
			return fact.Change{}, err
		}
		n, _ := strconv.Atoi(string(d.Body))
		have, err := r.Counter(stock)
		if err == nil && have != int64(n) {
			err = errors.New("the reader does not see the newest counter")
		}
		groups, groupErr := r.Groups("state")
		if n > 0 && groups["g"] != 1 || r.Position().Offset != uint64(n) {
			err = errors.New("the reader does not see the newest index or log")
		}
		return fact.Change{
			Expect: []fact.Expect{{Key: order("sum"), Rev: d.Rev}}, Put: []fact.Put{put("sum", strconv.Itoa(n+1))},
			Adjust: []fact.Adjust{{Counter: stock, Delta: 1}}, Index: []fact.Entry{entry("sum", "g", false)},
			Events: []fact.Event{event("sum", "raised")},
		}, errors.Join(err, groupErr)
	}
	const writers, each = 16, 20
	together(t, writers, func(w int) error {
		for i := range each {
			r, err := x.Decide(ctx, tenant, raise)
			if err != nil {
				return err
			}
			if len(r.Revs) != 1 || r.Revs[0] != r.Position.Offset {
				return errors.New("the receipt does not fit the decision")
			}
			if _, err := s.Commit(ctx, tenant, fact.Change{Put: []fact.Put{put(strconv.Itoa(w), strconv.Itoa(i))}}); err != nil {
				return err
			}
		}
		return nil
	})
	mine := errors.New("mine")
	_, err := x.Decide(ctx, tenant, func(fact.Reader) (fact.Change, error) { return fact.Change{}, mine })
	isError(t, err, mine)
	_, err = x.Decide(ctx, tenant, func(fact.Reader) (fact.Change, error) { panic("decision") })
	if err == nil || errors.Is(err, store.ErrCorrupt) {
		t.Fatalf("a panicking decision gives %v", err)
	}
	_, err = x.Decide(ctx, tenant, func(fact.Reader) (fact.Change, error) {
		return fact.Change{Expect: []fact.Expect{{Key: order("sum"), Rev: 1}}}, nil
	})
	isError(t, err, store.ErrConflict)
	view(t, s, func(r fact.Reader) {
		equal(t, "sum", string(get(t, r, order("sum")).Body), strconv.Itoa(writers*each))
	})
}
