package ledger_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"inzage/internal/ledger"
	"inzage/internal/seal"
	"inzage/internal/store"
	"inzage/internal/store/storetest"
)

// issue makes a real code and gives what may be known of it, and the code.
func issue(t testing.TB, name string, edition int) (ledger.Code, seal.Code) {
	t.Helper()
	c, err := seal.NewCode()
	if err != nil {
		t.Fatal(err)
	}
	h, err := c.Holder(seal.Edition{Deployment: "voorbeeld", Number: edition})
	if err != nil {
		t.Fatal(err)
	}
	slot, err := h.Slot("ghjk")
	if err != nil {
		t.Fatal(err)
	}
	return ledger.Code{Holder: name, Portal: "mijnplan", Pseudonym: "ghjk", Edition: edition, Recipient: h.Recipient().String(),
		Locator: h.Locator(), Slot: slot, Lang: "nl", IssuedAt: made}, c
}

func mustCode(t *testing.T, l *ledger.Ledger, cs ...ledger.Code) {
	t.Helper()
	for _, c := range cs {
		if err := l.RecordCode(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
}

func codes(t *testing.T, l *ledger.Ledger, portal string) (out []ledger.Code) {
	t.Helper()
	for c, err := range l.Codes(t.Context(), portal) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

func TestTheLastCodeCounts(t *testing.T) {
	l, _ := open(t)
	ctx := t.Context()
	first, _ := issue(t, "bcdf", 1)
	second, _ := issue(t, "bcdf", 2)
	elsewhere, _ := issue(t, "klmn", 1)
	elsewhere.Portal = "thuisgenoten"
	mustCode(t, l, first, first, elsewhere)
	if c, ok, err := l.CodeFor(ctx, "bcdf"); !ok || err != nil || !reflect.DeepEqual(c, first) {
		t.Fatalf("%+v, %v, %v", c, ok, err)
	}
	other := first
	other.Locator = second.Locator
	if err := l.RecordCode(ctx, other); !errors.Is(err, ledger.ErrOther) {
		t.Errorf("another code of the same edition: %v", err)
	}
	mustCode(t, l, second)
	if c, ok, _ := l.CodeFor(ctx, "bcdf"); !ok || c.Edition != 2 {
		t.Errorf("edition %d, %v", c.Edition, ok)
	}
	at := made.Add(time.Hour)
	for range 2 { // the first moment stays
		if err := l.RevokeCode(ctx, "bcdf", at); err != nil {
			t.Fatal(err)
		}
		at = at.Add(time.Hour)
	}
	if _, ok, err := l.CodeFor(ctx, "bcdf"); ok || err != nil {
		t.Errorf("a revoked code is current; %v", err)
	}
	if c, ok, _ := l.LastCode(ctx, "bcdf"); !ok || c.Edition != 2 || !c.RevokedAt.Equal(made.Add(time.Hour)) {
		t.Errorf("last code %d of %v", c.Edition, c.RevokedAt)
	}
	if cs := codes(t, l, "mijnplan"); len(cs) != 2 || cs[0].Edition != 1 || cs[0].RevokedAt.IsZero() {
		t.Errorf("%d codes of the portal", len(cs))
	}
	if cs := codes(t, l, ""); len(cs) != 3 {
		t.Errorf("%d codes", len(cs))
	}
	if _, ok, err := l.CodeFor(ctx, "none"); ok || err != nil {
		t.Errorf("nobody's code: %v, %v", ok, err)
	}
	if err := l.RevokeCode(ctx, "none", at); !errors.Is(err, ledger.ErrUnknown) {
		t.Errorf("nobody's code revoked: %v", err)
	}
}

func TestTheBucketRebuildsTheCodes(t *testing.T) {
	l, _ := open(t)
	s := storetest.Open(t)
	var secrets []seal.Code
	for i := range 5 {
		c, secret := issue(t, fmt.Sprint("bcdf", i), 1+i%2)
		secrets = append(secrets, secret)
		mustCode(t, l, c)
		b, err := ledger.MarshalCode(c)
		publish(t, s, c.Key(), b, err)
		if i < 2 {
			r := ledger.Revocation{Holder: c.Holder, Portal: c.Portal, Edition: c.Edition, At: made.Add(time.Minute)}
			b, err := ledger.MarshalRevocation(r)
			publish(t, s, r.Key(), b, err)
			if err := l.RevokeCode(t.Context(), c.Holder, r.At); err != nil {
				t.Fatal(err)
			}
		}
		text := strings.ReplaceAll(secret.Text(), "-", "")
		if strings.Contains(string(b), text) || strings.Contains(string(b), secret.Text()) {
			t.Error("the code stands in a public text")
		}
	}
	misplaced, _ := issue(t, "pqrs", 1)
	b, err := ledger.MarshalCode(misplaced)
	publish(t, s, store.CodeKey("mijnplan", "pqrs", 2), b, err)

	fresh, path := open(t)
	stale, _ := issue(t, "stale", 1)
	mustCode(t, fresh, stale)
	_, err = fresh.Rebuild(t.Context(), s)
	if !errors.Is(err, ledger.ErrFormat) || !strings.Contains(err.Error(), "pqrs-2.json") {
		t.Errorf("a text under another key: %v", err)
	}
	if want, got := codes(t, l, ""), codes(t, fresh, ""); len(got) != 5 || !reflect.DeepEqual(want, got) {
		t.Errorf("rebuilt %d codes\n%+v\n%+v", len(got), want, got)
	}
	for _, c := range codes(t, fresh, "") { // what the register holds opens to the code
		for _, secret := range secrets {
			if _, _, err := seal.OpenSlot(c.Slot, secret); err == nil {
				return
			}
		}
	}
	t.Errorf("no slot in %s opens", path)
}

// A file that an earlier version wrote is opened and gets what it lacks.
func TestAnOlderFileStillOpens(t *testing.T) {
	l, path := open(t)
	mustRecord(t, l, entry("bcdf"))
	l.Close()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`DROP TABLE code; PRAGMA user_version = 1`); err != nil { // version 1 had no codes
		t.Fatal(err)
	}
	db.Close()
	l, err = ledger.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, _ := issue(t, "bcdf", 1)
	mustCode(t, l, c)
	if len(all(t, l)) != 1 || len(codes(t, l, "")) != 1 {
		t.Error("something was lost")
	}
}

func TestACodeIsReadStrictly(t *testing.T) {
	c, _ := issue(t, "bcdf", 1)
	b, err := ledger.MarshalCode(c)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	if got, err := ledger.ParseCode(b); err != nil || !reflect.DeepEqual(got, c) {
		t.Fatalf("%+v, %v", got, err)
	}
	for name, bad := range map[string]string{
		"cut off":      text[:len(text)-1],
		"unknown":      strings.Replace(text, `"lang"`, `"code":"x","lang"`, 1),
		"edition 0":    strings.Replace(text, `"edition":1`, `"edition":0`, 1),
		"classic key":  strings.Replace(text, "age1pq1", "age1qqq", 1),
		"locator":      strings.Replace(text, c.Locator, c.Locator[1:], 1),
		"upper case":   strings.Replace(text, c.Locator, "A"+c.Locator[1:], 1),
		"other slot":   strings.Replace(text, `"slot":"YWdl`, `"slot":"YWdm`, 1),
		"holder up":    strings.Replace(text, `"bcdf"`, `"../x"`, 1),
		"no moment":    strings.Replace(text, `2026-03-15`, `0001-13-15`, 1),
		"other format": strings.Replace(text, "code/v1", "code/v2", 1),
	} {
		if bad == text {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := ledger.ParseCode([]byte(bad)); !errors.Is(err, ledger.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParseCode(f *testing.F) {
	c, _ := issue(f, "bcdf", 1)
	b, _ := ledger.MarshalCode(c)
	f.Add(b)
	b, _ = ledger.MarshalRevocation(ledger.Revocation{Holder: "b", Portal: "p", Edition: 1, At: made})
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := ledger.ParseCode(b); err == nil {
			again, err := ledger.MarshalCode(c)
			if err != nil || !bytes.Contains(again, []byte(ledger.FormatCode)) {
				t.Fatalf("read and not written: %v", err)
			}
		}
		ledger.ParseRevocation(b)
	})
}
