package ledger_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"inzage/internal/fact"
	"inzage/internal/ledger"
	"inzage/internal/policy"
	"inzage/internal/seal"
	"inzage/internal/store"
	"inzage/internal/store/storetest"
)

var made = time.Date(2026, 3, 15, 2, 0, 0, 0, time.UTC)

// secret is the deployment's in these tests.
var secret, _ = seal.ParseSecret(strings.Repeat("5a", 32))

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// entryOf is a bundle of a kind with some content.
func entryOf(kind, content string) ledger.Entry {
	id, err := seal.BundleID(digest(content))
	if err != nil {
		panic(err)
	}
	key := store.BundleKey("mijnplan", kind, made, id)
	e := ledger.Entry{BundleID: id, RunID: "r1", Portal: "mijnplan", Kind: kind, Pseudonym: "bcdf", Subject: "ghjk",
		ContentID: digest(content), TermsVersion: "3", TermsSHA256: digest("terms"), Key: key, RecordKey: store.RecordKey(key),
		VersionID: "v1", Size: 100, SHA256: digest("sealed " + content), MadeAt: made, AsOf: made, Program: "inzage test"}
	if kind == string(policy.Archief) {
		e.Lock = store.Lock{Mode: store.Governance, Until: made.AddDate(20, 0, 0)}.Rounded()
		e.KeyIDs = []string{"pq-officer", "pq-archive"}
		return e
	}
	e.Audience, e.KeyIDs, e.AccessUntil = "pq-reader", []string{"pq-officer", "pq-reader"}, made.AddDate(1, 0, 0)
	e.Parts = []ledger.Part{{Key: store.SlotKey(key), Size: 260, SHA256: digest("slot " + content), VersionID: "v2"}}
	return e
}

func entry(content string) ledger.Entry { return entryOf("portaalkopie", content) }

// bookOf is a book over a bucket of the test's own, signed.
func bookOf(t testing.TB) fact.Book {
	t.Helper()
	return fact.Book{Store: storetest.Open(t), Secret: secret, Signer: signer(t)}
}

func signer(t testing.TB) seal.Signer {
	t.Helper()
	_, s, err := seal.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func open(t testing.TB) (*ledger.Ledger, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a b?c", "ledger.db")
	return openAt(t, path), path
}

func openAt(t testing.TB, path string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func state(t testing.TB, l *ledger.Ledger, b fact.Book, fs ...ledger.Fact) {
	t.Helper()
	for _, f := range fs {
		if err := l.State(t.Context(), b, f); err != nil {
			t.Fatal(err)
		}
	}
}

func live(t testing.TB, l *ledger.Ledger) (out []ledger.Entry) {
	t.Helper()
	for e, err := range l.Live(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

// all is all that a ledger tells, in one text.
func all(t testing.TB, l *ledger.Ledger, entries ...ledger.Entry) string {
	t.Helper()
	var s strings.Builder
	for _, e := range live(t, l) {
		fmt.Fprintf(&s, "%+v\n", e)
	}
	for _, e := range entries {
		gone, err := l.Withdrawn(t.Context(), e.BundleID)
		fmt.Fprintf(&s, "%s withdrawn %v %v\n", e.BundleID, gone, err)
	}
	for c, err := range l.Codes(t.Context(), "") {
		fmt.Fprintf(&s, "%+v %v\n", c, err)
	}
	for f, err := range l.Facts(t.Context(), "") {
		fmt.Fprintf(&s, "%+v %v\n", f, err)
	}
	at, err := l.Latest(t.Context())
	fmt.Fprintf(&s, "latest %v %v\n", at, err)
	return s.String()
}

// put writes any text and any signature under a key, as who can write the bucket
// does; a nil one is left as it is.
func put(t testing.TB, b fact.Book, key store.Key, body, sig []byte) {
	t.Helper()
	for k, text := range map[store.Key][]byte{key: body, store.SignatureKey(key): sig} {
		if text == nil {
			continue
		}
		if _, err := b.Store.ReplaceStatement(t.Context(), store.Object{Key: k}, storetest.Statement(t, "text/plain", string(text))); err != nil {
			t.Fatal(err)
		}
	}
}

// get reads a text and its signature.
func get(t testing.TB, b fact.Book, key store.Key) (body, sig []byte) {
	t.Helper()
	body, err := b.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if sig, err = b.Signer.Sign(body); err != nil {
		t.Fatal(err)
	}
	return body, sig
}

// keysOf are the keys of what a listing gave.
func keysOf(list []store.Info) (out []store.Key) {
	for _, in := range list {
		out = append(out, in.Key)
	}
	return out
}
