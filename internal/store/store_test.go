package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"inzage/internal/seal"
	"inzage/internal/store"
)

func TestKeysHaveOneShape(t *testing.T) {
	made := time.Date(2026, 1, 1, 0, 30, 0, 0, time.FixedZone("", 3600)) // 2025 in UTC
	b := store.BundleKey("mijnplan", "archief", made, "bcdf")
	f := store.FallbackKey("mijnplan", "ghjk")
	c := store.CodeKey("mijnplan", "klmn", 12)
	for got, want := range map[store.Key]store.Key{
		b: "mijnplan/archief/2025/bcdf.age", store.RecordKey(b): "mijnplan/archief/2025/bcdf.json",
		store.WithdrawalKey(b): "mijnplan/archief/2025/bcdf.withdrawn.json",
		store.SlotKey(b):       "mijnplan/archief/2025/bcdf.sleutel.age", store.SlotKey(f): "mijnplan/terugval/o/ghjk.sleutel.age",
		store.PageKey(b): "mijnplan/archief/2025/bcdf.html", store.SignatureKey(store.RecordKey(b)): "mijnplan/archief/2025/bcdf.json.sig",
		c: "mijnplan/codes/klmn-12.json", store.RevokedKey(c): "mijnplan/codes/klmn-12.revoked.json", store.SignersKey: "signers/allowed_signers",
		store.FallbackPage("mijnplan", "index.html"): "mijnplan/terugval/index.html", store.FallbackPage("mijnplan", "viewer.js"): "mijnplan/terugval/viewer.js",
		f: "mijnplan/terugval/o/ghjk.age", store.RunKey("r1", "run.json"): "runs/r1/run.json",
	} {
		if got != want || got.Check() != nil {
			t.Errorf("%s, want %s; %v", got, want, got.Check())
		}
	}
	for k, want := range map[store.Key][2]bool{ // record, withdrawal
		b: {false, false}, store.RecordKey(b): {true, false}, store.WithdrawalKey(b): {false, true},
		store.RecordKey(f): {true, false}, "runs/r1/run.json": {false, false}, "runs/a/b/run.json": {false, false},
	} {
		if k.IsRecord() != want[0] || k.IsWithdrawal() != want[1] {
			t.Errorf("%s: record %v, withdrawal %v", k, k.IsRecord(), k.IsWithdrawal())
		}
	}
	for k, want := range map[store.Key][2]bool{ // code, revocation
		c: {true, false}, store.RevokedKey(c): {false, true}, store.SignatureKey(c): {false, false}, b: {false, false},
		"runs/codes/a-1.json": {false, false}, "signers/codes/a-1.json": {false, false}, store.FallbackPage("mijnplan", "index.html"): {false, false},
	} {
		if k.IsCode() != want[0] || k.IsRevocation() != want[1] || k.IsRecord() || k.IsWithdrawal() {
			t.Errorf("%s: code %v, revocation %v, record %v", k, k.IsCode(), k.IsRevocation(), k.IsRecord())
		}
	}
	if k := store.FallbackPage("mijnplan", "../index.html"); k.Check() == nil {
		t.Errorf("page %q", k)
	}
}

// Every key of a bundle leads to its record, and is one kind of thing.
func TestEveryKeyOfABundleKnowsItsRecord(t *testing.T) {
	b := store.BundleKey("mijnplan", "archief", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), "bcdf")
	record := store.RecordKey(b)
	kinds := map[string]func(store.Key) bool{"record": store.Key.IsRecord, "withdrawal": store.Key.IsWithdrawal,
		"rewrap": store.Key.IsRewrap, "code": store.Key.IsCode, "revocation": store.Key.IsRevocation}
	code := store.CodeKey("mijnplan", "kl-mn", 12)
	for k, want := range map[store.Key]string{
		b: "", record: "record", store.WithdrawalKey(record): "withdrawal", store.RewrapKey(record, 1): "rewrap", store.RewrapKey(record, 12): "rewrap",
		store.SlotKey(b): "", store.PageKey(b): "", code: "code", store.RevokedKey(code): "revocation", store.BucketKey: "",
	} {
		for _, k := range []store.Key{k, store.SignatureKey(k)} {
			for name, is := range kinds {
				if is(k) != (name == want) {
					t.Errorf("%s is %s: %v", k, name, is(k))
				}
			}
			if k.IsFact() != (want != "") || k.Check() != nil {
				t.Errorf("%s: fact %v, %v", k, k.IsFact(), k.Check())
			}
			if in := strings.HasPrefix(string(k), "mijnplan/archief/"); in && (k.Record() != record || k.Bundle() != b) || !in && k.Record() != "" {
				t.Errorf("%s: record %q, bundle %q", k, k.Record(), k.Bundle())
			}
			want = ""
		}
	}
	for _, k := range []store.Key{"p/k/2026/b.rewrapped-0.json", "p/k/2026/b.rewrapped-.json", "p/k/2026/b.rewrapped-01.json", "p/k/2026/b.rewrapped-1.json.json"} {
		if k.IsFact() {
			t.Errorf("%s is a fact", k)
		}
	}
	for k, want := range map[store.Key]int{code: 12, store.RevokedKey(code): 12, "mijnplan/codes/x-0.json": 0, "mijnplan/codes/-1.json": 0, "mijnplan/codes/x-01.json": 0, "mijnplan/codes/x.json": 0, b: 0} {
		portal, holder, n, ok := k.CodeOf()
		if ok != (want > 0) || ok && (n != want || portal != "mijnplan" || holder != "kl-mn") {
			t.Errorf("%s: %s %s %d %v", k, portal, holder, n, ok)
		}
	}
}

// A lock tells a year and never a day, and never ends too early.
func TestALockTellsNoDay(t *testing.T) {
	seen := map[time.Time]int{}
	for day := range 366 {
		until := time.Date(2044, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, day).Add(time.Duration(day) * time.Minute)
		l := store.Lock{Mode: store.Governance, Until: until}.Rounded()
		if l.Until.Before(until) || l.Until.Sub(until) > 367*24*time.Hour {
			t.Errorf("%v became %v", until, l.Until)
		}
		seen[l.Until]++
	}
	if len(seen) != 2 { // the first moment of the year is its own
		t.Errorf("%d different ends in one year", len(seen))
	}
	if l := (store.Lock{Hold: true}).Rounded(); !l.Hold || l.Mode != "" || !l.Until.IsZero() {
		t.Errorf("a hold became %+v", l)
	}
}

func TestAKeyHoldsNobody(t *testing.T) {
	for _, k := range []store.Key{"", "/a", "a/", "a//b", "../a", "a/.b", "a b", "a/\x00", "Zoë/a", "a\\b",
		store.Key(strings.Repeat("a", 201)), store.Key(strings.Repeat("a/", 300) + "a")} {
		if err := k.Check(); err == nil || k != "" && strings.Contains(err.Error(), string(k)) {
			t.Errorf("%q: %v", k, err)
		}
	}
	if err := store.Key("p/k/2026/999900602.age").Check(); !errors.Is(err, seal.ErrPersonal) {
		t.Errorf("BSN: %v", err)
	}
}

func TestWhichLockCoversWhich(t *testing.T) {
	at := time.Date(2046, 1, 1, 0, 0, 0, 0, time.UTC)
	gov, com := store.Lock{Mode: store.Governance, Until: at}, store.Lock{Mode: store.Compliance, Until: at}
	later := store.Lock{Mode: store.Governance, Until: at.Add(time.Nanosecond)}
	hold := store.Lock{Hold: true}
	for _, c := range []struct {
		have, want store.Lock
		covers     bool
	}{
		{store.Lock{}, store.Lock{}, true}, {gov, store.Lock{}, true}, {store.Lock{}, gov, false}, {gov, gov, true},
		{com, gov, true}, {gov, com, false}, {gov, later, false}, {later, gov, true}, {gov, hold, false}, {hold, gov, false}, {hold, hold, true},
	} {
		if c.have.Covers(c.want) != c.covers {
			t.Errorf("%+v covers %+v: %v", c.have, c.want, !c.covers)
		}
	}
}
