package ledger_test

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"inzage/internal/ledger"
	"inzage/internal/store"
	"inzage/internal/store/storetest"
)

func TestAFactIsStatedOnceAndSurvivesReopening(t *testing.T) {
	l, path := open(t)
	b := bookOf(t)
	e := entry("one")
	again := e
	again.RunID, again.MadeAt = "r2", made.Add(time.Hour)
	state(t, l, b, e, again) // the same copy: what was said first stays
	if n, err := b.Store.Versions(t.Context(), e.RecordKey); n != 1 || err != nil {
		t.Errorf("%d versions of the record, %v", n, err)
	}
	l.Close()
	l = openAt(t, path)
	if got := live(t, l); len(got) != 1 || !reflect.DeepEqual(got[0], e) {
		t.Errorf("got %+v\nwant %+v", got, e)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", st.Mode(), err)
	}
	anew := again
	anew.VersionID, anew.SHA256 = "v9", digest("sealed anew") // the copy was stored anew: its record follows
	state(t, l, b, anew)
	if got := live(t, l); len(got) != 1 || !reflect.DeepEqual(got[0], anew) {
		t.Errorf("got %+v\nwant %+v", got, anew)
	}
}

func TestWhatIsTakenAwayIsNotFoundUntilItIsMadeAgain(t *testing.T) {
	l, _ := open(t)
	b := bookOf(t)
	ctx := t.Context()
	one, two := entry("one"), entry("two")
	state(t, l, b, one, two)
	if _, ok, err := l.Find(ctx, one.ContentID); !ok || err != nil {
		t.Fatalf("found %v, %v", ok, err)
	}
	at := made.Add(time.Hour)
	for e, err := range l.Live(ctx, "mijnplan", "portaalkopie") { // a loop may write
		if err != nil {
			t.Fatal(err)
		}
		if e.BundleID == one.BundleID {
			state(t, l, b, ledger.Withdrawal{BundleID: e.BundleID, RecordKey: e.RecordKey, At: at, Code: "verlopen"})
		}
	}
	state(t, l, b, ledger.Withdrawal{BundleID: one.BundleID, RecordKey: one.RecordKey, At: at.Add(time.Hour), Code: "ingetrokken"})
	body, _ := get(t, b, store.WithdrawalKey(one.RecordKey))
	if w, err := ledger.ParseWithdrawal(secret, body); err != nil || !w.At.Equal(at) || w.Code != "verlopen" {
		t.Errorf("withdrawn %+v, %v", w, err)
	}
	if err := l.Forget(ctx, two.BundleID, "kopie-weg"); err != nil {
		t.Fatal(err)
	}
	for _, e := range []ledger.Entry{one, two} {
		_, found, err := l.Find(ctx, e.ContentID)
		gone, gerr := l.Withdrawn(ctx, e.BundleID)
		if found || !gone || err != nil || gerr != nil {
			t.Errorf("found %v, gone %v; %v, %v", found, gone, err, gerr)
		}
	}
	if n := len(live(t, l)); n != 0 {
		t.Errorf("%d stand", n)
	}
	for i, e := range []ledger.Entry{one, two} { // in the year after, at the moment of the withdrawal
		if err := l.Clear(ctx, b, e.BundleID); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Get(ctx, e.RecordKey); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the record is left: %v", err)
		}
		e.MadeAt, e.VersionID = at, "v9"
		state(t, l, b, e)
		if got, ok, _ := l.Find(ctx, e.ContentID); !ok || got.VersionID != "v9" || len(live(t, l)) != i+1 {
			t.Error("a bundle that was made again is not found")
		}
	}
	if err := l.Forget(ctx, "none", ""); !errors.Is(err, ledger.ErrUnknown) {
		t.Errorf("unknown bundle: %v", err)
	}
}

// A copy that is locked keeps its record; what is stated again stands before it.
func TestALockedRecordGivesWayToTheNext(t *testing.T) {
	l, _ := open(t)
	b := bookOf(t)
	e := entryOf("archief", "one")
	state(t, l, b, e)
	if err := l.Forget(t.Context(), e.BundleID, "kopie-weg"); err != nil {
		t.Fatal(err)
	}
	if err := l.Clear(t.Context(), b, e.BundleID); err != nil {
		t.Fatal(err)
	}
	e.VersionID = "v2"
	state(t, l, b, e)
	if got := live(t, l); len(got) != 1 || got[0].VersionID != "v2" {
		t.Errorf("%+v", got)
	}
	if err := l.Clear(t.Context(), b, e.BundleID); err != nil {
		t.Fatal(err)
	}
	if _, bad, err := l.TakeIn(t.Context(), b, []store.Key{e.RecordKey}); err != nil || len(bad) > 0 {
		t.Errorf("%v, %v", bad, err)
	}
}

// What the ledger knows of is what a run compares with a listing.
func TestAListingIsHeldAgainstTheLedger(t *testing.T) {
	l, _ := open(t)
	b := bookOf(t)
	ctx := t.Context()
	if empty, err := l.Empty(ctx); !empty || err != nil {
		t.Errorf("empty %v, %v", empty, err)
	}
	if at, err := l.Latest(ctx); !at.IsZero() || err != nil {
		t.Errorf("latest %v, %v", at, err)
	}
	other, _ := open(t)
	var mine, theirs []ledger.Entry
	for i := range 30 {
		e := entry(fmt.Sprint(i))
		e.MadeAt = made.Add(time.Duration(i) * time.Millisecond)
		if i%3 == 0 {
			theirs = append(theirs, e)
			state(t, other, b, e)
			continue
		}
		mine = append(mine, e)
		state(t, l, b, e)
	}
	for _, e := range mine[:5] {
		if err := b.Remove(ctx, e.RecordKey); err != nil {
			t.Fatal(err)
		}
	}
	unknown, missing, err := l.Compare(ctx, "mijnplan/", b.Store.List(ctx, "mijnplan/"))
	if err != nil || len(unknown) != len(theirs) || len(missing) != 5 {
		t.Fatalf("%d unknown, %d missing, %v", len(unknown), len(missing), err)
	}
	for _, k := range unknown {
		if knows, err := l.Knows(ctx, k.Key); knows || err != nil {
			t.Errorf("knows %s: %v, %v", k.Key, knows, err)
		}
	}
	if n, bad, err := l.TakeIn(ctx, b, keysOf(unknown)); n != len(theirs) || len(bad) != 0 || err != nil {
		t.Errorf("%d taken, %v, %v", n, bad, err)
	}
	if at, _ := l.Latest(ctx); !at.Equal(made.Add(29 * time.Millisecond)) {
		t.Errorf("latest %v", at)
	}
	if unknown, _, err := l.Compare(ctx, "", b.Store.List(ctx, "")); len(unknown) != 0 || err != nil {
		t.Errorf("%v, %v", unknown, err)
	}
	if n, bad, err := l.TakeIn(ctx, b, []store.Key{mine[0].RecordKey}); n != 0 || len(bad) != 0 || err != nil { // removed since
		t.Errorf("%d taken, %v, %v", n, bad, err)
	}
}

func TestALedgerBelongsToOneBucket(t *testing.T) {
	l, _ := open(t)
	one, two := bookOf(t), bookOf(t)
	ctx := t.Context()
	for range 2 {
		if err := l.Join(ctx, one, made); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Join(ctx, two, made); !errors.Is(err, ledger.ErrOtherBucket) {
		t.Errorf("a bucket without a name: %v", err)
	}
	fresh, _ := open(t)
	if err := fresh.Join(ctx, two, made); err != nil {
		t.Fatal(err)
	}
	if err := l.Join(ctx, two, made); !errors.Is(err, ledger.ErrOtherBucket) {
		t.Errorf("another bucket: %v", err)
	}
	other := one
	other.Signer = signer(t)
	if err := l.Join(ctx, other, made); err == nil {
		t.Error("a name that another signed is believed")
	}
}

func TestADamagedFileNamesTheRemedy(t *testing.T) {
	b := bookOf(t)
	for name, spoil := range spoilt {
		l, path := open(t)
		for i := range 40 {
			state(t, l, b, entry(fmt.Sprint(i)))
		}
		l.Close()
		spoil(t, path)
		l, err := ledger.Open(path)
		if err == nil {
			for _, e := range l.Live(t.Context(), "") {
				err = e
			}
			l.Close()
		}
		if !errors.Is(err, ledger.ErrDamaged) && !errors.Is(err, ledger.ErrOlder) && !errors.Is(err, ledger.ErrNewer) || !strings.Contains(err.Error(), "inzage reindex") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestManyWritersAtOnce(t *testing.T) {
	l, path := open(t)
	second := openAt(t, path) // as another process would
	b := bookOf(t)
	const workers, each = 8, 20
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			to := []*ledger.Ledger{l, second}[w%2]
			for i := range each {
				if err := to.State(t.Context(), b, entry(fmt.Sprint(w, i))); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if n := len(live(t, l)); n != workers*each {
		t.Errorf("%d entries, want %d", n, workers*each)
	}
}

func BenchmarkState(b *testing.B) {
	l, _ := open(b)
	book := bookOf(b)
	book.Store = storetest.Open(b)
	for i := 0; b.Loop(); i++ {
		state(b, l, book, entry(fmt.Sprint(i)))
	}
}
