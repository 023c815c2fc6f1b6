package ledger_test

import (
	"errors"
	"strings"
	"testing"

	"inzage/internal/fact"
	"inzage/internal/ledger"
	"inzage/internal/seal"
	"inzage/internal/store"
)

// Who has the secret of one rewrap can state that one, and no other fact.
func TestARewrapHasASecretOfItsOwn(t *testing.T) {
	s, err := seal.ParseSecret(strings.Repeat("5a", 32))
	if err != nil {
		t.Fatal(err)
	}
	id, err := seal.BundleID(strings.Repeat("ab", 32))
	if err != nil {
		t.Fatal(err)
	}
	key := store.BundleKey("mijnplan", "portaalkopie", made, id)
	r := ledger.Rewrap{BundleID: id, RecordKey: store.RecordKey(key), At: made, Number: 2, Key: key, VersionID: "v", Size: 1,
		SHA256: strings.Repeat("0", 64), Audience: "pq-c", KeyIDs: []string{"pq-b", "pq-c"}}
	own := ledger.RewrapSecret(s, r.RecordKey, r.Number)
	whole, err := r.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	b, err := r.MarshalWith(own)
	if err != nil || string(b) != string(whole) {
		t.Fatalf("stated with its own secret it is another text: %v", err)
	}
	if got, err := ledger.ParseRewrap(s, b); err != nil || got.Audience != "pq-c" || got.Number != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	main, parts, err := ledger.PublicCopy(b)
	if err != nil || main.Key != key || main.SHA256 != r.SHA256 || len(parts) > 0 {
		t.Errorf("in public: %+v, %v", main, err)
	}
	next, elsewhere := r, r
	next.Number = 3
	elsewhere.RecordKey = store.RecordKey(store.BundleKey("mijnplan", "avg-inzage", made, id))
	elsewhere.Key = store.BundleKey("mijnplan", "avg-inzage", made, id)
	for name, other := range map[string]ledger.Rewrap{"number": next, "record": elsewhere} {
		b, err := other.MarshalWith(own)
		if err != nil {
			t.Fatal(name, err)
		}
		if _, err := ledger.ParseRewrap(s, b); !errors.Is(err, fact.ErrForged) {
			t.Errorf("another %s is believed: %v", name, err)
		}
	}
	gone, err := ledger.Withdrawal{BundleID: id, RecordKey: r.RecordKey, At: made, Code: "x"}.Marshal(own)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.ParseWithdrawal(s, gone); !errors.Is(err, fact.ErrForged) {
		t.Errorf("a withdrawal is believed: %v", err)
	}
}

func FuzzPublicCopy(f *testing.F) {
	f.Add([]byte(`{"key":"p/k/2026/b.age","size":1,"sha256":"` + strings.Repeat("0", 64) + `"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, _, err := ledger.PublicCopy(b); err == nil && (p.Key.Check() != nil || p.Size < 1) {
			t.Fatal("a copy that stands nowhere")
		}
	})
}
