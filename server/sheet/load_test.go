package sheet_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
	"sluice/server/sheet"
)

// table is a header and n rows k0, k1, …
func table(n int) string {
	var b strings.Builder
	b.WriteString("No,Sum\n")
	for i := range n {
		fmt.Fprintf(&b, "k%d,%d\n", i, i)
	}
	return b.String()
}

// TestResultsComeInTheTablesOrder answers the submissions in the reverse order, as many at once as allowed.
func TestResultsComeInTheTablesOrder(t *testing.T) {
	t.Parallel()
	const atOnce = 4
	var mu sync.Mutex
	var waiting []chan struct{}
	submit := func(_ context.Context, d *sheet.Draft) (string, bool, error) {
		mine := make(chan struct{})
		mu.Lock()
		waiting = append(waiting, mine)
		if len(waiting) == atOnce { // the last to come lets the others go, newest first
			for i := len(waiting) - 1; i >= 0; i-- {
				close(waiting[i])
			}
			waiting = nil
		}
		mu.Unlock()
		<-mine
		return "id-" + d.Key, false, nil
	}
	var got []string
	sum, err := sheet.Load(t.Context(), open(t, simple, strings.NewReader(table(5*atOnce))), atOnce, submit, func(r *sheet.Result, s *sheet.Sum) error {
		got = append(got, r.ID)
		require.Equal(t, len(got), s.Records)
		return nil
	})
	require.NoError(t, err)
	require.Len(t, got, 5*atOnce)
	for i, id := range got {
		require.Equal(t, fmt.Sprintf("id-k%d", i), id)
	}
	require.Equal(t, 5*atOnce, sum.Created)
}

func TestNeverMoreThanAllowedAtOnce(t *testing.T) {
	t.Parallel()
	for _, atOnce := range []int{0, 1, 3} {
		var now, most atomic.Int64
		_, err := sheet.Load(t.Context(), open(t, simple, strings.NewReader(table(200))), atOnce, func(context.Context, *sheet.Draft) (string, bool, error) {
			n := now.Add(1)
			for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
			}
			defer now.Add(-1)
			return "x", false, nil
		}, func(*sheet.Result, *sheet.Sum) error { return nil })
		require.NoError(t, err)
		require.LessOrEqual(t, most.Load(), int64(max(atOnce, 1)))
	}
}

// TestTotalsAddUp has every status, several rows per record, and rows that cannot be read.
func TestTotalsAddUp(t *testing.T) {
	t.Parallel()
	in := "No,Code,Qty\n" + "new,a,1\nnew,b,2\n" + "old,a,1\n" + "short\n" + "bad,a,1\nbad,b,1\nbad,c,1\n" + ",a,1\n"
	byKey := map[string]error{"bad": fact.Refuse(fact.Invalid, fact.Problem{Path: "/lines/0/qty", Code: "required"})}
	r := open(t, grouped, strings.NewReader(in))
	var results []sheet.Result
	sum, err := sheet.Load(t.Context(), r, 8, func(_ context.Context, d *sheet.Draft) (string, bool, error) {
		return "id", d.Key == "old", byKey[d.Key]
	}, func(res *sheet.Result, s *sheet.Sum) error {
		require.Equal(t, s.Records, s.Created+s.Exists+s.Rejected)
		require.Equal(t, s.Rows, s.RowsCreated+s.RowsExist+s.RowsRejected)
		results = append(results, *res)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, []int{5, 1, 1, 3}, []int{sum.Records, sum.Created, sum.Exists, sum.Rejected})
	require.Equal(t, []int{8, 2, 1, 5}, []int{sum.Rows, sum.RowsCreated, sum.RowsExist, sum.RowsRejected})
	require.Equal(t, r.Total(), sum.Rows)
	require.Equal(t, "unreadable_row", results[2].Problems[0].Code)
	require.Equal(t, "required", results[3].Problems[0].Code)
	require.Empty(t, results[3].ID)
	require.Equal(t, "key_missing", results[4].Problems[0].Code)
}

// TestLoadStopsAtWhatIsNoRefusal fails in different places in the middle: what
// was reported until then is right, and no goroutine is left behind.
func TestLoadStopsAtWhatIsNoRefusal(t *testing.T) {
	t.Parallel()
	fine := func(context.Context, *sheet.Draft) (string, bool, error) { return "x", false, nil }
	none := func(*sheet.Result, *sheet.Sum) error { return nil }
	at := func(key string, fail func() error) sheet.Submit {
		return func(_ context.Context, d *sheet.Draft) (string, bool, error) {
			if d.Key == key {
				return "", false, fail()
			}
			return "x", false, nil
		}
	}
	for name, tc := range map[string]struct {
		in     string
		cut    error
		submit sheet.Submit
		each   func(*sheet.Result, *sheet.Sum) error
		want   error
		says   string
	}{
		"a submission fails":  {table(500), nil, at("k100", func() error { return errDisk }), none, errDisk, "disk"},
		"the store is full":   {table(500), nil, at("k100", func() error { return fact.Refuse(fact.Internal, fact.Problem{Code: "store_full"}) }), none, nil, "store_full"},
		"a submission panics": {table(500), nil, at("k100", func() error { panic("a mistake") }), none, nil, "panicked"},
		"the report fails": {table(500), nil, fine, func(r *sheet.Result, _ *sheet.Sum) error {
			if r.Key == "k100" {
				return errDisk
			}
			return nil
		}, errDisk, "disk"},
		"the input fails": {table(10_000), errDisk, fine, none, errDisk, "disk"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := open(t, simple, strings.NewReader(tc.in))
			if tc.cut != nil {
				r = open(t, simple, cut{bytes.NewReader([]byte(tc.in)), tc.cut})
			}
			reported := 0
			sum, err := sheet.Load(t.Context(), r, 16, tc.submit, func(res *sheet.Result, s *sheet.Sum) error {
				require.Equal(t, fmt.Sprintf("k%d", reported), res.Key)
				reported++
				return tc.each(res, s)
			})
			require.ErrorContains(t, err, tc.says)
			if tc.want != nil {
				require.ErrorIs(t, err, tc.want)
			}
			require.Equal(t, reported, sum.Records)
			require.GreaterOrEqual(t, reported, 100)
			if tc.cut != nil {
				require.Equal(t, 10_000, reported, "what was whole is there")
			} else {
				require.LessOrEqual(t, reported, 101)
			}
		})
	}
}

func TestLoadStopsWhenItsCallerGivesUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	began := 0
	sum, err := sheet.Load(ctx, open(t, simple, strings.NewReader(table(5000))), 4, func(ctx context.Context, d *sheet.Draft) (string, bool, error) {
		if d.Key == "k50" {
			cancel()
		}
		return "x", false, ctx.Err()
	}, func(*sheet.Result, *sheet.Sum) error { began++; return nil })
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, began, sum.Records)
	require.Less(t, sum.Records, 100)

	_, err = sheet.Load(ctx, open(t, simple, strings.NewReader(table(5))), 4, nil, nil)
	require.ErrorIs(t, err, context.Canceled)
	require.False(t, errors.Is(err, errDisk))
}
