package ledger_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"inzage/internal/ledger"
	"inzage/internal/store"
	"inzage/internal/store/s3"
	"inzage/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var made = time.Date(2026, 3, 15, 2, 0, 0, 0, time.UTC)

func entry(id string) ledger.Entry {
	key := store.BundleKey("mijnplan", "archief", made, id)
	return ledger.Entry{BundleID: id, RunID: "r1", Portal: "mijnplan", Kind: "archief", Pseudonym: "bcdf", Audience: "pq-bcdf", Subject: "ghjk",
		ContentID: "content-" + id, TermsVersion: "3", TermsSHA256: strings.Repeat("ab", 32), Key: key, RecordKey: store.RecordKey(key),
		VersionID: "v1", Size: 100, SHA256: strings.Repeat("cd", 32), Lock: store.Lock{Mode: store.Governance, Until: made.AddDate(20, 0, 0)},
		MadeAt: made, AsOf: made, Outcome: ledger.Made, Program: "inzage test", KeyIDs: []string{"pq-bcdf", "pq-ghjk"}}
}

func open(t testing.TB) (*ledger.Ledger, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a b?c", "ledger.db")
	l, err := ledger.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l, path
}

func all(t *testing.T, l *ledger.Ledger) (out []ledger.Entry) {
	t.Helper()
	for e, err := range l.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

func mustRecord(t *testing.T, l *ledger.Ledger, es ...ledger.Entry) {
	t.Helper()
	for _, e := range es {
		if err := l.Record(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRecordIsIdempotentAndSurvivesReopening(t *testing.T) {
	l, path := open(t)
	e := entry("bcdf")
	again := e
	again.RunID = "r2"
	mustRecord(t, l, e, again)
	other := e
	other.ContentID = "other"
	if err := l.Record(t.Context(), other); !errors.Is(err, ledger.ErrOther) {
		t.Errorf("other content: %v", err)
	}
	l.Close()
	l, err := ledger.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if got := all(t, l); len(got) != 1 || !reflect.DeepEqual(got[0], e) {
		t.Errorf("got %+v\nwant %+v", got, e)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", st.Mode(), err)
	}
}

func TestWithdrawnBundlesAreNotFound(t *testing.T) {
	l, _ := open(t)
	ctx := t.Context()
	mustRecord(t, l, entry("bcdf"), entry("ghjk"))
	if _, ok, err := l.Find(ctx, "content-bcdf"); !ok || err != nil {
		t.Fatalf("found %v, %v", ok, err)
	}
	at := made.Add(time.Hour)
	for e, err := range l.Live(ctx, "mijnplan", "archief") { // a loop may write
		if err != nil {
			t.Fatal(err)
		}
		if e.BundleID == "bcdf" {
			if err := l.MarkWithdrawn(ctx, e.BundleID, at, "verlopen"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := l.MarkWithdrawn(ctx, "bcdf", at.Add(time.Hour), "ingetrokken"); err != nil {
		t.Error(err)
	}
	if got := all(t, l)[0]; !got.WithdrawnAt.Equal(at) || got.WithdrawnCode != "verlopen" {
		t.Errorf("withdrawn %v %q", got.WithdrawnAt, got.WithdrawnCode)
	}
	if _, ok, _ := l.Find(ctx, "content-bcdf"); ok {
		t.Error("a withdrawn bundle is found")
	}
	var live int
	for range l.Live(ctx, "") { // of all portals
		live++
	}
	if live != 1 {
		t.Errorf("%d live, want 1", live)
	}
	mustRecord(t, l, entry("bcdf")) // made again
	if _, ok, _ := l.Find(ctx, "content-bcdf"); !ok {
		t.Error("a bundle that was made again is not found")
	}
	if err := l.MarkWithdrawn(ctx, "none", at, ""); !errors.Is(err, ledger.ErrUnknown) {
		t.Errorf("unknown bundle: %v", err)
	}
}

func refused(run string) ledger.Entry {
	return ledger.Entry{RunID: run, Portal: "mijnplan", Kind: "portaalkopie", Pseudonym: "bcdf", Audience: "", Outcome: "refused", Code: "verlopen", Program: "inzage test"}
}

func publish(t *testing.T, s *s3.Store, key store.Key, b []byte, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.PutStatement(t.Context(), store.Object{Key: key}, storetest.Statement(t, "application/json", string(b))); err != nil {
		t.Fatal(err)
	}
}

func TestTheBucketRebuildsTheLedger(t *testing.T) {
	l, _ := open(t)
	s := storetest.Open(t)
	ctx := t.Context()
	for i := range 40 {
		e := entry(fmt.Sprintf("bcdf%03d", i))
		mustRecord(t, l, e)
		b, err := ledger.MarshalRecord(e)
		publish(t, s, e.RecordKey, b, err)
		if i%3 == 0 {
			w := ledger.Withdrawal{BundleID: e.BundleID, At: made.Add(time.Minute), Code: "verlopen"}
			b, err := ledger.MarshalWithdrawal(w)
			publish(t, s, store.WithdrawalKey(e.Key), b, err)
			if err := l.MarkWithdrawn(ctx, w.BundleID, w.At, w.Code); err != nil {
				t.Fatal(err)
			}
		}
	}
	mustRecord(t, l, refused("r1"))
	b, err := ledger.MarshalOutcomes(ledger.Outcomes{RunID: "r1", Entries: []ledger.Entry{refused("r1")}})
	publish(t, s, store.RunKey("r1", ledger.OutcomesName), b, err)
	publish(t, s, store.RunKey("r1", "run.json"), []byte(`{}`), nil) // not ours

	fresh, _ := open(t)
	mustRecord(t, fresh, entry("stale"))
	n, err := fresh.Rebuild(ctx, s)
	if err != nil || n != 40 {
		t.Fatalf("rebuilt %d, %v", n, err)
	}
	if want, got := all(t, l), all(t, fresh); !reflect.DeepEqual(want, got) {
		t.Errorf("rebuilt ledger differs\n%+v\n%+v", want[0], got[0])
	}
	for e, err := range fresh.Outcomes(ctx, "r1") {
		if err != nil || !reflect.DeepEqual(e, refused("r1")) {
			t.Errorf("outcome %+v, %v", e, err)
		}
	}
}

func TestABadRecordIsNamedAndTheRestIsRebuilt(t *testing.T) {
	l, _ := open(t)
	s := storetest.Open(t)
	good, bad := entry("bcdf"), entry("ghjk")
	b, err := ledger.MarshalRecord(good)
	publish(t, s, good.RecordKey, b, err)
	publish(t, s, bad.RecordKey, []byte(`{"format":"inzage/record/v1"}`), nil)
	n, err := l.Rebuild(t.Context(), s)
	if n != 1 || !errors.Is(err, ledger.ErrFormat) || !strings.Contains(err.Error(), string(bad.RecordKey)) {
		t.Errorf("%d, %v", n, err)
	}
}

func TestADamagedFileNamesTheRemedy(t *testing.T) {
	l, path := open(t)
	for i := range 200 {
		mustRecord(t, l, entry(fmt.Sprintf("bcdf%03d", i)))
	}
	l.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	middle := bytes.Clone(whole)
	for i := 8192; i < len(middle); i++ {
		middle[i] = 0x5a
	}
	for name, b := range map[string][]byte{"not a database": []byte(strings.Repeat("plain text ", 1000)), "cut off": whole[:len(whole)/2/4096*4096], "overwritten": middle} {
		path := filepath.Join(t.TempDir(), "ledger.db")
		os.WriteFile(path, b, 0o600)
		l, err := ledger.Open(path)
		if err == nil {
			for _, e := range l.All(t.Context()) {
				err = e
			}
			l.Close()
		}
		anew, aerr := ledger.OpenAnew(path)
		if aerr != nil {
			t.Fatalf("%s: anew: %v", name, aerr)
		}
		mustRecord(t, anew, entry("bcdf"))
		anew.Close()
		if !errors.Is(err, ledger.ErrDamaged) || !strings.Contains(err.Error(), "inzage reindex") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestManyWritersAtOnce(t *testing.T) {
	l, path := open(t)
	second, err := ledger.Open(path) // as another process would
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	const workers, each = 8, 100
	start := time.Now()
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			to := []*ledger.Ledger{l, second}[w%2]
			for i := range each {
				if err := to.Record(t.Context(), entry(fmt.Sprintf("b%dx%03d", w, i))); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%.3f ms for each record", time.Since(start).Seconds()*1000/(workers*each))
	if n := len(all(t, l)); n != workers*each {
		t.Errorf("%d entries, want %d", n, workers*each)
	}
}

func BenchmarkRecord(b *testing.B) {
	l, _ := open(b)
	for i := 0; b.Loop(); i++ {
		if err := l.Record(b.Context(), entry(fmt.Sprintf("b%08d", i))); err != nil {
			b.Fatal(err)
		}
	}
}
