// Package storetest is the one suite that every store must pass, and the
// embedded server that tests share.
//
// It is done against real servers only; there is no store that pretends.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"inzage/internal/seal"
	"inzage/internal/store"
	"inzage/internal/store/s3"
)

// Run runs the suite. open gives a store on a bucket with object lock; each
// test uses keys of its own under a portal named after prefix, so that a bucket
// that is used again holds no earlier run's keys.
func Run(t *testing.T, prefix string, open func(t *testing.T) *s3.Store) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, *s3.Store, store.Key)
	}{
		{"put, head, get, list, remove", roundTrip},
		{"the same content twice is one version", putTwice},
		{"other content under a taken key is a conflict", putOther},
		{"sixteen writers, one version", race},
		{"a retention date is kept and extended, never shortened", retention},
		{"a legal hold is kept until it is released", legalHold},
		{"what is locked is hidden and told", removeLocked},
		{"removal goes on past what is locked", removePartly},
		{"a lock that is over", pastLock},
		{"a weaker lock is strengthened by a second put", strengthen},
		{"a bundle larger than a part keeps its condition and its lock", large},
		{"a statement can be replaced", replace},
		{"the same text is put once, and what passes is pruned", unchanged},
		{"a fallback copy is replaced and leaves no older version", replaceSealed},
		{"a listing is sorted and holds each key once", listing},
		{"what is not there", absent},
		{"one holds the lease, and its spool takes it over", lease},
		{"the probe passes and leaves nothing", probe},
	} {
		t.Run(c.name, func(t *testing.T) {
			key := store.BundleKey(prefix+"-"+bucketName(t), "archief", time.Date(2026, 3, 15, 3, 0, 0, 0, time.UTC), "bcdfghjk")
			c.run(t, open(t), key)
		})
	}
}

func object(key store.Key, l store.Lock) store.Object {
	return store.Object{Key: key, ContentID: "c0ffee", Lock: l}
}

// soon is a lock that ends soon after the test.
func soon() store.Lock {
	return store.Lock{Mode: store.Governance, Until: time.Now().Add(time.Minute)}.Normal()
}

func mustPut(t *testing.T, s *s3.Store, o store.Object, b seal.Sealed) store.Receipt {
	t.Helper()
	r, err := s.PutSealed(t.Context(), o, b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func wantErr(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want %v", err, want)
	}
}

func read(t *testing.T, s *s3.Store, key store.Key) ([]byte, store.Info) {
	t.Helper()
	r, in, err := s.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b, in
}

func ciphertext(t *testing.T, b seal.Sealed) string {
	t.Helper()
	f, err := b.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

func keys(t *testing.T, s *s3.Store, prefix string) (out []store.Key) {
	t.Helper()
	for in, err := range s.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, in.Key)
	}
	return out
}

func roundTrip(t *testing.T, s *s3.Store, key store.Key) {
	b := Sealed(t, "dossier")
	r := mustPut(t, s, object(key, store.Lock{}), b)
	if r.Existed || r.SHA256 != b.SHA256() || r.Size != b.Size() || r.VersionID == "" || r.ContentID != "c0ffee" {
		t.Errorf("receipt %+v", r)
	}
	in, err := s.Head(t.Context(), key)
	if err != nil || in.SHA256 != b.SHA256() || in.ContentID != "c0ffee" || in.VersionID != r.VersionID || !in.Lock.IsZero() {
		t.Errorf("head %+v, %v", in, err)
	}
	got, in := read(t, s, key)
	if string(got) != ciphertext(t, b) || in.Size != b.Size() {
		t.Errorf("got %d bytes, info %+v", len(got), in)
	}
	if ks := keys(t, s, string(key)); len(ks) != 1 || ks[0] != key {
		t.Errorf("listed %v", ks)
	}
	for range 2 { // the second time nothing is there
		if err := s.Remove(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	_, err = s.Head(t.Context(), key)
	wantErr(t, err, store.ErrNotFound)
}

// Encryption makes other bytes of the same content; the first stays.
func putTwice(t *testing.T, s *s3.Store, key store.Key) {
	first := mustPut(t, s, object(key, store.Lock{}), Sealed(t, "dossier"))
	second := mustPut(t, s, object(key, store.Lock{}), Sealed(t, "dossier"))
	if !second.Existed || second.VersionID != first.VersionID || second.SHA256 != first.SHA256 {
		t.Errorf("first %+v, second %+v", first, second)
	}
}

func putOther(t *testing.T, s *s3.Store, key store.Key) {
	first := mustPut(t, s, object(key, store.Lock{}), Sealed(t, "dossier"))
	o := object(key, store.Lock{})
	o.ContentID = "decaf"
	_, err := s.PutSealed(t.Context(), o, Sealed(t, "other"))
	wantErr(t, err, store.ErrConflict)
	if in, err := s.Head(t.Context(), key); err != nil || in.VersionID != first.VersionID {
		t.Errorf("the first was touched: %+v, %v", in, err)
	}
}

func race(t *testing.T, s *s3.Store, key store.Key) {
	b := Sealed(t, "dossier")
	var mu sync.Mutex
	var made int
	versions := map[string]bool{}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			r, err := s.PutSealed(t.Context(), object(key, store.Lock{}), b)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if !r.Existed {
				made++
			}
			versions[r.VersionID] = true
		})
	}
	wg.Wait()
	if made != 1 || len(versions) != 1 {
		t.Errorf("%d made, %d versions; want 1 and 1", made, len(versions))
	}
}

func retention(t *testing.T, s *s3.Store, key store.Key) {
	l := soon()
	r := mustPut(t, s, object(key, l), Sealed(t, "dossier"))
	if r.Lock != l {
		t.Fatalf("lock %+v, want %+v", r.Lock, l)
	}
	wantErr(t, s.Discard(t.Context(), key), store.ErrLocked)
	later := l
	later.Until = l.Until.Add(30 * time.Second)
	if err := s.SetLock(t.Context(), key, r.VersionID, later); err != nil {
		t.Fatal(err)
	}
	wantErr(t, s.SetLock(t.Context(), key, r.VersionID, l), store.ErrLocked)
	if in, err := s.Head(t.Context(), key); err != nil || in.Lock != later {
		t.Errorf("lock %+v, want %+v, %v", in.Lock, later, err)
	}
}

// What a lock keeps is told, hidden from whoever knows its name, and found again
// by whoever stores the same; none of it makes a second version.
func removeLocked(t *testing.T, s *s3.Store, key store.Key) {
	l := soon()
	b := Sealed(t, "dossier")
	first := mustPut(t, s, object(key, l), b)
	for range 3 {
		err := s.Remove(t.Context(), key)
		wantErr(t, err, store.ErrLocked)
		if !strings.Contains(err.Error(), "until "+l.Until.Format(time.RFC3339)) {
			t.Errorf("%v does not say until when", err)
		}
		_, err = s.Head(t.Context(), key)
		wantErr(t, err, store.ErrNotFound)
		_, _, err = s.Get(t.Context(), key)
		wantErr(t, err, store.ErrNotFound)
		if n, err := s.Versions(t.Context(), key); err != nil || n != 2 {
			t.Errorf("%d versions and markers, %v; want 2", n, err)
		}
	}
	if again := mustPut(t, s, object(key, l), b); !again.Existed || again.VersionID != first.VersionID {
		t.Errorf("the same again: %+v, first %+v", again, first)
	}
	if n, err := s.Versions(t.Context(), key); err != nil || n != 1 {
		t.Errorf("%d versions, %v; want 1", n, err)
	}
	wantErr(t, s.Remove(t.Context(), key), store.ErrLocked)
	o := object(key, l)
	o.ContentID = "decaf"
	_, err := s.PutSealed(t.Context(), o, Sealed(t, "other"))
	wantErr(t, err, store.ErrConflict)
}

// Versions of what changed, some locked by a hand or a rule: the others go, and
// none comes back into view.
func removePartly(t *testing.T, s *s3.Store, key store.Key) {
	o := object(store.RecordKey(key), store.Lock{})
	for i := range 5 {
		o.Lock = store.Lock{Hold: i == 1 || i == 2}
		if _, err := s.ReplaceStatement(t.Context(), o, Statement(t, "text/plain", fmt.Sprint("text ", i))); err != nil {
			t.Fatal(err)
		}
	}
	wantErr(t, s.Remove(t.Context(), o.Key), store.ErrLocked)
	_, err := s.Head(t.Context(), o.Key)
	wantErr(t, err, store.ErrNotFound)
	if n, err := s.Versions(t.Context(), o.Key); err != nil || n != 3 {
		t.Errorf("%d versions and markers, %v; want 2 held and a marker", n, err)
	}
	if ks := keys(t, s, string(o.Key)); len(ks) != 0 {
		t.Errorf("listed %v", ks)
	}
}

// A lock that no store takes is this object's fault.
func pastLock(t *testing.T, s *s3.Store, key store.Key) {
	l := store.Lock{Mode: store.Governance, Until: time.Date(2020, 2, 3, 0, 0, 0, 0, time.UTC)}
	_, err := s.PutSealed(t.Context(), object(key, l), Sealed(t, "dossier"))
	wantErr(t, err, store.ErrRejected)
	if !strings.Contains(err.Error(), "2020-02-03") || !strings.Contains(err.Error(), string(key)) {
		t.Errorf("%v names neither the date nor the object", err)
	}
	_, err = s.Head(t.Context(), key)
	wantErr(t, err, store.ErrNotFound)
}

func legalHold(t *testing.T, s *s3.Store, key store.Key) {
	r := mustPut(t, s, object(key, store.Lock{Hold: true}), Sealed(t, "dossier"))
	if !r.Lock.Hold || r.Lock.Mode != "" {
		t.Fatalf("lock %+v", r.Lock)
	}
	wantErr(t, s.Discard(t.Context(), key), store.ErrLocked)
	wantErr(t, s.Remove(t.Context(), key), store.ErrLocked)
	if err := s.SetLock(t.Context(), key, r.VersionID, store.Lock{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(t.Context(), key); err != nil {
		t.Error(err)
	}
}

// A rerun that knows a later end of care must not leave the earlier date.
func strengthen(t *testing.T, s *s3.Store, key store.Key) {
	b := Sealed(t, "dossier")
	mustPut(t, s, object(key, store.Lock{}), b)
	l := soon()
	if r := mustPut(t, s, object(key, l), b); !r.Existed || r.Lock != l {
		t.Errorf("receipt %+v, want the lock %+v", r, l)
	}
	if r := mustPut(t, s, object(key, store.Lock{Hold: true}), b); !r.Lock.Hold || r.Lock.Until != l.Until {
		t.Errorf("receipt %+v, want the date kept and a hold", r)
	}
	in, _ := s.Head(t.Context(), key)
	if err := s.SetLock(t.Context(), key, in.VersionID, store.Lock{}); err != nil {
		t.Error(err)
	}
}

// The client splits what is larger than 16 MiB unless told not to, and then
// drops the condition.
func large(t *testing.T, s *s3.Store, key store.Key) {
	b := Sealed(t, strings.Repeat("0123456789abcdef", 20<<16))
	first := mustPut(t, s, object(key, soon()), b)
	second := mustPut(t, s, object(key, soon()), b)
	if first.Lock.Mode != store.Governance || first.SHA256 != b.SHA256() || !second.Existed || second.VersionID != first.VersionID {
		t.Errorf("first %+v, second %+v", first, second)
	}
}

func replace(t *testing.T, s *s3.Store, key store.Key) {
	key = store.RecordKey(key)
	for i, text := range []string{`{"a":1}`, `{"a":2}`} {
		if _, err := s.ReplaceStatement(t.Context(), store.Object{Key: key}, Statement(t, "application/json", text)); err != nil {
			t.Fatal(err)
		}
		got, in := read(t, s, key)
		if string(got) != text || in.ContentType != "application/json" {
			t.Errorf("%d: got %s, %+v", i, got, in)
		}
	}
	r, err := s.PutStatement(t.Context(), store.Object{Key: key}, Statement(t, "application/json", `{"a":2}`))
	if err != nil || !r.Existed {
		t.Errorf("the same text: %+v, %v", r, err)
	}
	_, err = s.PutStatement(t.Context(), store.Object{Key: key}, Statement(t, "application/json", `{"a":3}`))
	wantErr(t, err, store.ErrConflict)
	if err := s.Remove(t.Context(), key); err != nil {
		t.Error(err)
	}
	if ks := keys(t, s, string(key)); len(ks) != 0 {
		t.Errorf("left after removal: %v", ks)
	}
}

// A site that is written each night stays one version; what is said of a copy
// keeps all of them.
func unchanged(t *testing.T, s *s3.Store, key store.Key) {
	portal, _, _ := strings.Cut(string(key), "/")
	for _, c := range []struct {
		key      store.Key
		versions int
	}{
		{store.FallbackPage(portal, "index.html"), 1}, {store.RunKey("r-"+portal, "run.json"), 1},
		{store.PageKey(key), 1}, {store.RecordKey(key), 3}, {store.SignatureKey(store.RecordKey(key)), 3},
	} {
		o := store.Object{Key: c.key, CacheControl: "no-store"}
		for i, text := range []string{"a", "a", "b", "b", "a"} {
			r, err := s.ReplaceStatement(t.Context(), o, Statement(t, "text/plain", text))
			if err != nil || r.Existed != (i == 1 || i == 3) {
				t.Errorf("%s: put %d: %+v, %v", c.key, i, r, err)
			}
		}
		if n, err := s.Versions(t.Context(), c.key); err != nil || n != c.versions {
			t.Errorf("%s: %d versions, %v; want %d", c.key, n, err, c.versions)
		}
		o.CacheControl = "" // tells something else, so it is another text
		if r, err := s.ReplaceStatement(t.Context(), o, Statement(t, "text/plain", "a")); err != nil || r.Existed {
			t.Errorf("%s: other caching: %+v, %v", c.key, r, err)
		}
	}
}

// What a holder fetches is always the newest copy, and an older one is gone: a
// removal of what stands there then leaves nothing to come back into view.
func replaceSealed(t *testing.T, s *s3.Store, key store.Key) {
	portal, _, _ := strings.Cut(string(key), "/")
	key = store.FallbackKey(portal, strings.Repeat("0a", 20))
	var last store.Receipt
	for i := range 4 {
		b := Sealed(t, fmt.Sprint("dossier ", i))
		o := object(key, store.Lock{})
		o.ContentID = fmt.Sprint("c", i/2) // the same content twice is new ciphertext too
		r, err := s.ReplaceSealed(t.Context(), o, b)
		if err != nil || r.Existed || r.VersionID == last.VersionID {
			t.Fatalf("%d: %+v, %v", i, r, err)
		}
		got, in := read(t, s, key)
		if string(got) != ciphertext(t, b) || in.VersionID != r.VersionID || in.ContentType != b.ContentType() {
			t.Errorf("%d: %d bytes, %+v", i, len(got), in)
		}
		if n, err := s.Versions(t.Context(), key); err != nil || n != 1 {
			t.Errorf("%d: %d versions, %v", i, n, err)
		}
		last = r
	}
	if _, err := s.ReplaceSealed(t.Context(), object(key, soon()), Sealed(t, "locked")); err == nil {
		t.Error("what changes took a lock")
	}
	if err := s.Remove(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if ks := keys(t, s, string(key)); len(ks) != 0 {
		t.Errorf("left after removal: %v", ks)
	}
}

func listing(t *testing.T, s *s3.Store, key store.Key) {
	const n = 1100 // more than one page
	prefix := string(key) + "-"
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := w; i < n; i += 8 {
				k := store.Key(fmt.Sprintf("%s%05d.json", prefix, (i*7919)%n))
				if _, err := s.PutStatement(t.Context(), store.Object{Key: k}, Statement(t, "text/plain", "x")); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	got := keys(t, s, prefix)
	if len(got) != n {
		t.Fatalf("%d keys, want %d", len(got), n)
	}
	for i, k := range got {
		if want := store.Key(fmt.Sprintf("%s%05d.json", prefix, i)); k != want {
			t.Fatalf("key %d is %s, want %s", i, k, want)
		}
	}
	for range s.List(t.Context(), prefix) { // a caller may stop early
		break
	}
}

func absent(t *testing.T, s *s3.Store, key store.Key) {
	_, err := s.Head(t.Context(), key)
	wantErr(t, err, store.ErrNotFound)
	_, _, err = s.Get(t.Context(), key)
	wantErr(t, err, store.ErrNotFound)
	wantErr(t, s.SetLock(t.Context(), key, "", soon()), store.ErrNotFound)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.PutSealed(ctx, object(key, store.Lock{}), Sealed(t, "dossier"))
	wantErr(t, err, context.Canceled)
	var last error
	for _, err := range s.List(ctx, "") {
		last = err
	}
	wantErr(t, last, context.Canceled)
}

// The lease of a run that is dead goes to the next on its spool at once; the
// run that was thought dead and is not finds out.
func lease(t *testing.T, s *s3.Store, key store.Key) {
	key = store.RecordKey(key)
	o := s3.LeaseOptions{What: "run", Spool: "spool", TTL: 3 * time.Second}
	first, err := s.Lease(t.Context(), key, o)
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.Lease(t.Context(), key, o)
	if err != nil {
		t.Fatal(err)
	}
	<-first.Lost()
	wantErr(t, first.Err(), s3.ErrLeaseLost)
	o.Spool = "other"
	_, err = s.Lease(t.Context(), key, o)
	wantErr(t, err, store.ErrBusy)
	for _, l := range []*s3.Lease{first, second} {
		if err := l.Release(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if n, err := s.Versions(t.Context(), key); err != nil || n != 0 {
		t.Errorf("%d versions are left, %v", n, err)
	}
}

func probe(t *testing.T, s *s3.Store, _ store.Key) {
	findings, err := s.Probe(t.Context())
	if err != nil || len(findings) != 6 {
		t.Errorf("%+v, %v", findings, err)
	}
	for _, f := range findings {
		if !f.Kept || f.Weak {
			t.Errorf("%+v", f)
		}
	}
	if ks := keys(t, s, store.Probes+"/"); len(ks) != 0 {
		t.Errorf("the probe left %v", ks)
	}
}
