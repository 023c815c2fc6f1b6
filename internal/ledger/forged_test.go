package ledger_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"inzage/internal/fact"
	"inzage/internal/ledger"
	"inzage/internal/seal"
	"inzage/internal/store"
)

// A scene is a bucket with two of everything, and its ledger.
type scene struct {
	b      fact.Book
	l      *ledger.Ledger
	path   string
	copies [4]ledger.Entry // one live, one withdrawn, one rewrapped, one to move from
	codes  [3]ledger.Code  // one current, one revoked, one to move from
}

func newScene(t *testing.T, signed bool) *scene {
	t.Helper()
	s := &scene{b: bookOf(t)}
	if !signed {
		s.b.Signer = seal.Signer{}
	}
	s.l, s.path = open(t)
	for i := range s.copies {
		s.copies[i] = entry(fmt.Sprint("scene ", i))
		state(t, s.l, s.b, s.copies[i])
	}
	for i := range s.codes {
		s.codes[i], _ = issue(t, fmt.Sprint("holder", i), 1)
		state(t, s.l, s.b, s.codes[i])
	}
	for _, i := range []int{1, 3} {
		state(t, s.l, s.b, ledger.Withdrawal{BundleID: s.copies[i].BundleID, RecordKey: s.copies[i].RecordKey, At: made, Code: "verlopen"})
	}
	for _, i := range []int{2, 3} {
		state(t, s.l, s.b, rewrap(s.copies[i], 1))
	}
	for _, i := range []int{1, 2} {
		state(t, s.l, s.b, revocationOf(s.codes[i]))
	}
	return s
}

func revocationOf(c ledger.Code) ledger.Revocation {
	return ledger.Revocation{Holder: c.Holder, Portal: c.Portal, Edition: c.Edition, At: made}
}

// An attack on one fact: what its genuine text is, what the attacker would like
// it to say, a genuine text of its kind from elsewhere, and what may not be true
// after.
type attack struct {
	name      string
	key       store.Key
	wish      ledger.Fact
	elsewhere store.Key
	closed    func(t *testing.T, l *ledger.Ledger) bool
}

func (s *scene) attacks(t *testing.T) []attack {
	mine, _ := issue(t, s.codes[0].Holder, 1) // the attacker's own code and key
	late := func(at time.Time) time.Time { return at.Add(50 * 365 * 24 * time.Hour) }
	record := s.copies[0]
	record.KeyIDs, record.Audience = []string{"pq-officer", "pq-attacker"}, "pq-attacker"
	w := rewrap(s.copies[2], 1)
	w.KeyIDs, w.Audience = []string{"pq-officer", "pq-attacker"}, "pq-attacker"
	return []attack{
		{"code", s.codes[0].StandsAt(), mine, s.codes[2].StandsAt(), func(t *testing.T, l *ledger.Ledger) bool {
			c, ok, err := l.CodeFor(t.Context(), mine.Holder)
			last, has, _ := l.LastCode(t.Context(), mine.Holder) // and an older edition does not come back
			return err == nil && !ok && c.Recipient == "" && has && last.Edition == 1 && !last.Readable()
		}},
		{"record", record.RecordKey, record, s.copies[3].RecordKey, func(t *testing.T, l *ledger.Ledger) bool {
			_, ok, err := l.Find(t.Context(), record.ContentID)
			return err == nil && !ok
		}},
		{"withdrawal", store.WithdrawalKey(s.copies[1].RecordKey), ledger.Withdrawal{BundleID: s.copies[1].BundleID, RecordKey: s.copies[1].RecordKey,
			At: made.AddDate(-9, 0, 0), Code: "x"}, store.WithdrawalKey(s.copies[3].RecordKey), func(t *testing.T, l *ledger.Ledger) bool {
			_, ok, err := l.Find(t.Context(), s.copies[1].ContentID)
			return err == nil && !ok
		}},
		{"rewrap", store.RewrapKey(s.copies[2].RecordKey, 1), w, store.RewrapKey(s.copies[3].RecordKey, 1), func(t *testing.T, l *ledger.Ledger) bool {
			e, ok, err := l.Find(t.Context(), s.copies[2].ContentID)
			return err == nil && ok && e.Audience == "pq-reader"
		}},
		{"revocation", s.codesKey(1), ledger.Revocation{Holder: s.codes[1].Holder, Portal: s.codes[1].Portal, Edition: 1, At: late(made)}, s.codesKey(2),
			func(t *testing.T, l *ledger.Ledger) bool {
				_, ok, err := l.CodeFor(t.Context(), s.codes[1].Holder)
				return err == nil && !ok
			}},
	}
}

func (s *scene) codesKey(i int) store.Key { return store.RevokedKey(s.codes[i].StandsAt()) }

// TestWhoCanWriteTheBucketChangesNothing puts, in the place of each kind of
// fact, what somebody would who can write the bucket: with another secret, with
// ours and another key to sign, a genuine text from elsewhere, a genuine text with
// a byte changed, and without its signature. It is named, its door is closed, and
// everything else is read. What the ledger had read before stays as it was.
func TestWhoCanWriteTheBucketChangesNothing(t *testing.T) {
	foreign, _ := seal.ParseSecret(strings.Repeat("11", 32))
	theirs := signer(t)
	for _, signed := range []bool{true, false} {
		s := newScene(t, signed)
		want := all(t, s.l)
		for _, a := range s.attacks(t) {
			genuine, err := s.b.Get(t.Context(), a.key)
			if err != nil {
				t.Fatal(err)
			}
			sign := func(who seal.Signer, body []byte) []byte {
				if !who.Valid() {
					return nil
				}
				sig, err := who.Sign(body)
				if err != nil {
					t.Fatal(err)
				}
				return sig
			}
			outsider, _ := a.wish.Marshal(foreign)
			insider, _ := a.wish.Marshal(secret)
			moved, err := s.b.Get(t.Context(), a.elsewhere)
			if err != nil {
				t.Fatal(err)
			}
			last := len(genuine) - 3
			changed := []byte(string(genuine[:last]) + string("01"[(genuine[last]-'0')&1^1]) + string(genuine[last+1:]))
			ways := []struct {
				name      string
				body, sig []byte
			}{
				{"another secret", outsider, sign(theirs, outsider)},
				{"moved", moved, sign(s.b.Signer, moved)},
				{"a byte changed", changed, sign(s.b.Signer, genuine)},
				{"rotten", []byte("\x00\x01"), sign(s.b.Signer, genuine)},
			}
			if signed {
				ways = append(ways, []struct {
					name      string
					body, sig []byte
				}{{"our secret, another key", insider, sign(theirs, insider)}, {"our secret, genuine signature", insider, sign(s.b.Signer, genuine)},
					{"unsigned", insider, []byte(" ")}, {"signature removed", genuine, []byte(" ")}}...)
			}
			for _, way := range ways {
				name := fmt.Sprintf("signed %v: %s: %s", signed, a.name, way.name)
				put(t, s.b, a.key, way.body, way.sig)
				// the ledger that knew better
				if n, bad, err := s.l.TakeIn(t.Context(), s.b, []store.Key{a.key}); n != 0 || len(bad) != 1 || err != nil || !strings.Contains(bad[0].Error(), string(a.key)) {
					t.Errorf("%s: %d taken in, %v, %v", name, n, bad, err)
				}
				if got := all(t, s.l); got != want {
					t.Errorf("%s: the ledger changed\n%s\nwant\n%s", name, got, want)
				}
				// a ledger that is made from the bucket alone
				path := s.path + ".alone"
				r, err := ledger.Rebuild(t.Context(), path, s.b)
				if err != nil || len(r.Bad) != 1 || !strings.Contains(r.Bad[0].Error(), string(a.key)) || errors.Is(r.Bad[0], store.ErrUnavailable) {
					t.Fatalf("%s: %+v, %v", name, r, err)
				}
				alone := openAt(t, path)
				if !a.closed(t, alone) {
					t.Errorf("%s: the door is open", name)
				}
				if n := strings.Count(all(t, alone), "\n"); n < strings.Count(want, "\n")-2 {
					t.Errorf("%s: the rest is not read: %d lines", name, n)
				}
				if at, _ := alone.Latest(t.Context()); at.After(made) {
					t.Errorf("%s: the clock was set by a forgery: %v", name, at)
				}
				alone.Close()
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			}
			put(t, s.b, a.key, genuine, sign(s.b.Signer, genuine))
		}
		if _, bad, err := s.l.TakeIn(t.Context(), s.b, keys(t, s.b)); len(bad) > 0 || err != nil {
			t.Errorf("signed %v: put right again: %v, %v", signed, bad, err)
		}
	}
}

// Statements that nobody made, about what stands: they close, and are told until
// they are gone.
func TestAForgedWithdrawalOrRevocationClosesAndIsTold(t *testing.T) {
	s := newScene(t, true)
	ctx := t.Context()
	forged := map[store.Key]func() bool{
		store.WithdrawalKey(s.copies[0].RecordKey): func() bool { _, ok, _ := s.l.Find(ctx, s.copies[0].ContentID); return !ok },
		s.codesKey(0): func() bool { _, ok, _ := s.l.CodeFor(ctx, s.codes[0].Holder); return !ok },
		store.CodeKey("mijnplan", s.codes[0].Holder, 2): func() bool { // does not bring an older one back, nor a new one in
			c, has, _ := s.l.LastCode(ctx, s.codes[0].Holder)
			return has && c.Edition == 2 && !c.RevokedAt.IsZero()
		},
		store.RevokedKey(store.CodeKey("mijnplan", "holder9", 3)): func() bool { // a code that was removed
			c, has, _ := s.l.LastCode(ctx, "holder9")
			return has && c.Edition == 3 && !c.RevokedAt.IsZero()
		},
	}
	for key, closed := range forged {
		put(t, s.b, key, []byte(`{"format":"x"}`), nil)
		for range 2 { // in every run
			unknown, _, err := s.l.Compare(ctx, "", s.b.Store.List(ctx, ""))
			if err != nil || len(unknown) != 1 || unknown[0].Key != key {
				t.Fatalf("%s: %v, %v", key, unknown, err)
			}
			if _, bad, err := s.l.TakeIn(ctx, s.b, keysOf(unknown)); len(bad) != 1 || err != nil || !closed() {
				t.Errorf("%s: %v, %v, closed %v", key, bad, err, closed())
			}
		}
		if err := s.b.Store.Remove(ctx, key); err != nil {
			t.Fatal(err)
		}
	}
	e := s.copies[0] // made again in spite of it
	if gone, _ := s.l.Withdrawn(ctx, e.BundleID); !gone {
		t.Error("not known as taken away")
	}
	if err := s.l.Clear(ctx, s.b, e.BundleID); err != nil {
		t.Fatal(err)
	}
	state(t, s.l, s.b, e)
	if _, ok, _ := s.l.Find(ctx, e.ContentID); !ok {
		t.Error("a forged withdrawal holds for ever")
	}
}

// An older text, genuine and signed, put back in the place of a newer.
func TestAnOlderVersionIsNotTakenBack(t *testing.T) {
	s := newScene(t, true)
	ctx := t.Context()
	e := s.copies[0]
	old, sig := get(t, s.b, e.RecordKey)
	anew := e
	anew.VersionID, anew.MadeAt, anew.SHA256 = "v9", made.Add(time.Hour), digest("anew")
	state(t, s.l, s.b, anew)
	want := all(t, s.l)
	put(t, s.b, e.RecordKey, old, sig)
	if _, bad, err := s.l.TakeIn(ctx, s.b, []store.Key{e.RecordKey}); len(bad) != 1 || !errors.Is(bad[0], ledger.ErrReplayed) || !fact.Bad(bad[0]) || err != nil {
		t.Errorf("%v, %v", bad, err)
	}
	if got := all(t, s.l); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	// With no ledger it is the version id of the ciphertext that tells: the record
	// says another than the store.
	if r, err := ledger.Rebuild(ctx, s.path+".alone", s.b); err != nil || len(r.Bad) != 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	if got, ok, _ := openAt(t, s.path+".alone").Find(ctx, e.ContentID); !ok || got.VersionID == anew.VersionID {
		t.Errorf("version %q", got.VersionID)
	}
}

// Who removes a revocation or a withdrawal from the bucket brings nothing back
// while the ledger is there, also when it is made again.
func TestWhatIsRemovedFromTheBucketIsToldAndHolds(t *testing.T) {
	s := newScene(t, true)
	ctx := t.Context()
	removed := []store.Key{s.codesKey(1), store.WithdrawalKey(s.copies[1].RecordKey), s.copies[2].RecordKey}
	for _, k := range removed {
		if err := s.b.Remove(ctx, k); err != nil {
			t.Fatal(err)
		}
	}
	s.l.Close()
	for _, want := range []int{len(removed), 2} { // the record is not known any more; the doors are
		r, err := ledger.Rebuild(ctx, s.path, s.b)
		if err != nil || len(r.Lost) != want {
			t.Fatalf("%+v, %v", r, err)
		}
	}
	l := openAt(t, s.path)
	if _, ok, _ := l.CodeFor(ctx, s.codes[1].Holder); ok {
		t.Error("the code is back")
	}
	if _, ok, _ := l.Find(ctx, s.copies[1].ContentID); ok {
		t.Error("the copy is back")
	}
	again := s.copies[3] // withdrawn; made again since the ledger was put aside
	again.MadeAt, again.VersionID = made.Add(time.Hour), "v9"
	if err := l.Clear(ctx, s.b, again.BundleID); err != nil {
		t.Fatal(err)
	}
	state(t, l, s.b, again)
	l.Close()
	if err := os.Rename(s.path+".old", s.path); err != nil {
		t.Fatal(err)
	}
	if r, err := ledger.Rebuild(ctx, s.path, s.b); err != nil || len(r.Lost) != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	l = openAt(t, s.path)
	if _, ok, _ := l.Find(ctx, again.ContentID); !ok {
		t.Error("a copy that was made again is not there")
	}
	if _, missing, err := l.Compare(ctx, "", s.b.Store.List(ctx, "")); len(missing) != 0 || err != nil {
		t.Errorf("%v, %v", missing, err)
	}
}

// A bucket that gets its first signing key: what fits the secret is signed, and
// nothing else.
func TestAFirstSigningKeySignsWhatFitsTheSecret(t *testing.T) {
	s := newScene(t, false)
	ctx := t.Context()
	if err := s.l.Join(ctx, s.b, made); err != nil {
		t.Fatal(err)
	}
	want := all(t, s.l)
	s.l.Close()
	foreign, _ := seal.ParseSecret(strings.Repeat("11", 32))
	mine, _ := issue(t, "holder8", 1)
	forged, err := mine.Marshal(foreign)
	if err != nil {
		t.Fatal(err)
	}
	put(t, s.b, mine.StandsAt(), forged, nil)
	listed := len(keys(t, s.b))
	s.b.Signer = signer(t)
	if _, err := ledger.Rebuild(ctx, s.path, s.b); !errors.Is(err, fact.ErrUnsigned) {
		t.Errorf("unsigned: %v", err)
	}
	if n, err := ledger.SignUnsigned(ctx, s.b); n != listed || err != nil { // without the forged one, with the bucket's name
		t.Errorf("%d of %d signed, %v", n, listed, err)
	}
	if r, err := ledger.Rebuild(ctx, s.path, s.b); err != nil || len(r.Bad) != 1 || len(r.Lost) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	l := openAt(t, s.path)
	if err := l.Join(ctx, s.b, made); err != nil {
		t.Error(err)
	}
	if _, ok, _ := l.CodeFor(ctx, mine.Holder); ok {
		t.Error("a forged code is signed")
	}
	if n := strings.Count(all(t, l), "\n"); n != strings.Count(want, "\n")+1 { // the forged one, closed
		t.Errorf("%d lines\n%s", n, want)
	}
}
