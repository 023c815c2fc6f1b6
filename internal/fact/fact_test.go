package fact_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"inzage/internal/fact"
	"inzage/internal/seal"
	"inzage/internal/store"
	"inzage/internal/store/s3"
	"inzage/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var at = time.Date(2026, 3, 15, 2, 0, 0, 0, time.UTC)

const key, other store.Key = "mijnplan/portaalkopie/2026/bcdf.json", "mijnplan/portaalkopie/2026/ghjk.json"

// statement is a text for a key.
func statement(k store.Key, what string, when time.Time) []byte {
	b, err := json.Marshal(struct {
		fact.Head
		What string `json:"what"`
	}{fact.Head{Format: "test/v1", StandsAt: k, At: when}, what})
	if err != nil {
		panic(err)
	}
	return b
}

func signer(t testing.TB) seal.Signer {
	t.Helper()
	_, s, err := seal.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// write puts any text under a key, as who can write the bucket does.
func write(t *testing.T, b fact.Book, k store.Key, text []byte) {
	t.Helper()
	if _, err := b.Store.ReplaceStatement(t.Context(), store.Object{Key: k}, storetest.Statement(t, "text/plain", string(text))); err != nil {
		t.Fatal(err)
	}
}

func sign(t *testing.T, s seal.Signer, body []byte) []byte {
	t.Helper()
	sig, err := s.Sign(body)
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

func TestAStatementStandsOnceWithItsSignature(t *testing.T) {
	b := fact.Book{Store: storetest.Open(t), Signer: signer(t)}
	ctx := t.Context()
	first, second := statement(key, "first", at), statement(key, "second", at.Add(time.Hour))
	for _, body := range [][]byte{first, second, first} {
		if stands, err := b.Put(ctx, store.Object{Key: key}, body); err != nil || !bytes.Equal(stands, first) {
			t.Fatalf("%s, %v", stands, err)
		}
	}
	for _, k := range []store.Key{key, store.SignatureKey(key)} {
		if n, err := b.Store.Versions(ctx, k); n != 1 || err != nil {
			t.Errorf("%s: %d versions, %v", k, n, err)
		}
	}
	if err := b.Replace(ctx, store.Object{Key: key}, second); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Get(ctx, key); err != nil || !bytes.Equal(got, second) {
		t.Errorf("%s, %v", got, err)
	}
	if err := b.Remove(ctx, key); err != nil {
		t.Fatal(err)
	}
	for _, k := range []store.Key{key, store.SignatureKey(key)} {
		if n, err := b.Store.Versions(ctx, k); n != 0 || err != nil {
			t.Errorf("%s: %d versions are left, %v", k, n, err)
		}
	}
	if _, err := b.Get(ctx, key); !errors.Is(err, store.ErrNotFound) || fact.Bad(err) {
		t.Errorf("nothing there: %v", err)
	}
}

// Each way to put another statement in place of a genuine one, and what is said.
func TestWhoCanWriteTheBucketIsNotBelieved(t *testing.T) {
	s := storetest.Open(t)
	ours, theirs, former := signer(t), signer(t), signer(t)
	b := fact.Book{Store: s, Signer: ours, Trusted: []byte(seal.AllowedSigner(former, "before", time.Time{}, at) + "\n")}
	genuine := statement(key, "genuine", at)
	forged := statement(key, "forged", at)
	late := statement(key, "late", at.Add(time.Hour))
	moved := statement(other, "moved", at)
	for _, c := range []struct {
		name      string
		body, sig []byte
		want      error
	}{
		{"genuine", genuine, sign(t, ours, genuine), nil},
		{"by a key that was trusted then", genuine, sign(t, former, genuine), nil},
		{"by a key that had ended", late, sign(t, former, late), fact.ErrForged},
		{"by another key", forged, sign(t, theirs, forged), fact.ErrForged},
		{"signature of another text", forged, sign(t, ours, genuine), fact.ErrForged},
		{"a genuine text under another key", moved, sign(t, ours, moved), fact.ErrForged},
		{"signature removed", genuine, nil, fact.ErrUnsigned},
		{"signature emptied", genuine, []byte(" "), fact.ErrUnsigned},
		{"signature rotten", genuine, sign(t, ours, genuine)[:200], fact.ErrForged},
		{"not JSON", []byte("x"), sign(t, ours, []byte("x")), fact.ErrUnreadable},
		{"no moment", []byte(`{"format":"test/v1","stands_at":"` + key + `"}`), nil, fact.ErrUnreadable},
		{"endless", bytes.Repeat([]byte(" "), 2<<20), nil, fact.ErrUnreadable},
	} {
		if err := b.Remove(t.Context(), key); err != nil {
			t.Fatal(err)
		}
		write(t, b, key, c.body)
		if c.sig != nil {
			write(t, b, store.SignatureKey(key), c.sig)
		}
		got, err := b.Get(t.Context(), key)
		if !errors.Is(err, c.want) || c.want == nil && !bytes.Equal(got, c.body) {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.want == nil {
			continue
		}
		if !fact.Bad(err) || !strings.Contains(err.Error(), string(key)) || errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: told as %v", c.name, err)
		}
		anew := statement(key, "stated again", at) // what we know ourselves takes its place
		if stands, err := b.Put(t.Context(), store.Object{Key: key}, anew); err != nil || !bytes.Equal(stands, anew) {
			t.Errorf("%s: stated again: %v", c.name, err)
		}
		if got, err := b.Get(t.Context(), key); err != nil || !bytes.Equal(got, anew) {
			t.Errorf("%s: read again: %v", c.name, err)
		}
	}
}

func TestWithoutASigningKeyNothingIsSignedAndItIsKnown(t *testing.T) {
	b := fact.Book{Store: storetest.Open(t)}
	body := statement(key, "unsigned", at)
	if _, err := b.Put(t.Context(), store.Object{Key: key}, body); err != nil || b.Signed() {
		t.Fatalf("signed %v, %v", b.Signed(), err)
	}
	if got, err := b.Get(t.Context(), key); err != nil || !bytes.Equal(got, body) {
		t.Error(err)
	}
	reader := b
	reader.Trusted = []byte(seal.AllowedSigner(signer(t), "them", time.Time{}, time.Time{}))
	if _, err := reader.Get(t.Context(), key); !reader.Signed() || !errors.Is(err, fact.ErrUnsigned) {
		t.Errorf("signed %v: %v", reader.Signed(), err)
	}
	if _, err := reader.Put(t.Context(), store.Object{Key: other}, statement(other, "x", at)); !errors.Is(err, fact.ErrNoSigner) {
		t.Errorf("stated without a key: %v", err)
	}
	if _, err := b.Put(t.Context(), store.Object{Key: other}, body); !fact.Bad(err) {
		t.Errorf("stated about another key: %v", err)
	}
}

// A text that rotted is named; a store that is silent is not called a forger.
func TestARottenTextIsNotAStoreThatIsAway(t *testing.T) {
	c := storetest.Config(t)
	b := fact.Book{Store: storetest.OpenConfig(t, c), Signer: signer(t)}
	if _, err := b.Put(t.Context(), store.Object{Key: key}, statement(key, "whole", at)); err != nil {
		t.Fatal(err)
	}
	n := 0
	for name, f := range map[string]struct {
		alter func(*http.Response) error
		want  error
	}{
		"whole": {func(*http.Response) error { return nil }, nil},
		"rotten": {func(r *http.Response) error {
			return body(r, func(b []byte) []byte { b[len(b)/2] ^= 4; return b })
		}, fact.ErrUnreadable},
		"rotten once": {func(r *http.Response) error {
			if n++; n > 1 {
				return nil
			}
			return body(r, func(b []byte) []byte { b[len(b)/2] ^= 4; return b })
		}, nil},
		"cut off":   {func(r *http.Response) error { return body(r, func(b []byte) []byte { return b[:len(b)/2] }) }, store.ErrUnavailable},
		"no answer": {func(*http.Response) error { return errors.New("gone") }, store.ErrUnavailable},
		"signature silent": {func(r *http.Response) error {
			if strings.HasSuffix(r.Request.URL.Path, ".sig") {
				return errors.New("gone")
			}
			return nil
		}, store.ErrUnavailable},
	} {
		between := storetest.Between(t, c, func(r *http.Response) error {
			if r.Request.Method != http.MethodGet || !strings.Contains(r.Request.URL.Path, string(key)) {
				return nil
			}
			return f.alter(r)
		})
		between.Attempts = 1
		reader := b
		reader.Store = open(t, between)
		_, err := reader.Get(t.Context(), key)
		if !errors.Is(err, f.want) || f.want == store.ErrUnavailable && fact.Bad(err) || f.want == fact.ErrUnreadable && errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func open(t *testing.T, c s3.Config) *s3.Store { return storetest.OpenConfig(t, c) }

// body alters the body of an answer and leaves its headers.
func body(r *http.Response, alter func([]byte) []byte) error {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(alter(b)))
	return nil
}

func FuzzVerify(f *testing.F) {
	_, s, err := seal.NewSigner()
	if err != nil {
		f.Fatal(err)
	}
	b := fact.Book{Signer: s}
	good := statement(key, "x", at)
	sig, _ := s.Sign(good)
	f.Add(good, sig)
	f.Add([]byte(fmt.Sprintf(`{"stands_at":%q}`, key)), []byte("-----BEGIN SSH SIGNATURE-----"))
	f.Fuzz(func(t *testing.T, body, sig []byte) {
		err := b.Verify(key, body, sig)
		if err == nil && !bytes.Equal(body, good) {
			t.Fatal("believed what was never signed")
		}
		if err != nil && !fact.Bad(err) {
			t.Fatalf("neither believed nor bad: %v", err)
		}
	})
}
