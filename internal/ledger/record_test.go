package ledger_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"inzage/internal/fact"
	"inzage/internal/ledger"
	"inzage/internal/seal"
	"inzage/internal/store"
)

// kinds gives one fact of each kind, and how its text is read.
func kinds(t testing.TB) map[string]struct {
	fact  ledger.Fact
	parse func([]byte) (ledger.Fact, error)
} {
	c, _ := issue(t, "bcdf", 1)
	e := entry("one")
	type kind = struct {
		fact  ledger.Fact
		parse func([]byte) (ledger.Fact, error)
	}
	return map[string]kind{
		ledger.FormatRecord: {e, func(b []byte) (ledger.Fact, error) { return ledger.ParseRecord(secret, b) }},
		ledger.FormatWithdrawal: {ledger.Withdrawal{BundleID: e.BundleID, RecordKey: e.RecordKey, At: made, Code: "verlopen"},
			func(b []byte) (ledger.Fact, error) { return ledger.ParseWithdrawal(secret, b) }},
		ledger.FormatRewrap:     {rewrap(e, 1), func(b []byte) (ledger.Fact, error) { return ledger.ParseRewrap(secret, b) }},
		ledger.FormatCode:       {c, func(b []byte) (ledger.Fact, error) { return ledger.ParseCode(secret, b) }},
		ledger.FormatRevocation: {ledger.Revocation{Holder: "bcdf", Portal: "mijnplan", Edition: 1, At: made}, func(b []byte) (ledger.Fact, error) { return ledger.ParseRevocation(secret, b) }},
	}
}

// rewrap gives other keys to a copy for the n-th time.
func rewrap(e ledger.Entry, n int) ledger.Rewrap {
	return ledger.Rewrap{BundleID: e.BundleID, RecordKey: e.RecordKey, At: made, Number: n, Key: e.Key, VersionID: "w", Size: 101, SHA256: digest("rewrapped"),
		Parts: []ledger.Part{{Key: store.SlotKey(e.Key), Size: 260, SHA256: digest("slot")}}, Audience: "pq-other", KeyIDs: []string{"pq-officer", "pq-other"}}
}

// Every text is read strictly, and belongs to one secret: what is changed in any
// way is not read, whoever changed it.
func TestAFactIsReadStrictly(t *testing.T) {
	for format, k := range kinds(t) {
		b, err := k.fact.Marshal(secret)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := k.parse(b); err != nil || !reflect.DeepEqual(got, k.fact) {
			t.Errorf("%s: %+v, %v", format, got, err)
		}
		if again, _ := k.fact.Marshal(secret); !bytes.Equal(again, b) {
			t.Errorf("%s: written twice, two texts", format)
		}
		other, _ := seal.ParseSecret(strings.Repeat("11", 32))
		foreign, _ := k.fact.Marshal(other)
		text := string(b)
		bads := map[string]string{
			"another secret": string(foreign), "cut off": text[:len(text)-1], "text after": text + "{}", "empty": "",
			"unknown member": strings.Replace(text, `"at"`, `"x":1,"at"`, 1),
			"twice":          strings.Replace(text, `"at"`, `"at":"2026-03-15T02:00:00Z","at"`, 1),
			"other case":     strings.Replace(text, `"at"`, `"At"`, 1),
			"other format":   strings.Replace(text, format, "inzage/other/v1", 1),
			"other moment":   strings.Replace(text, `"2026-03`, `"2026-04`, 1),
			"no private":     text[:strings.Index(text, `"private":"`)] + `"private":""}`,
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(b, &members); err != nil {
			t.Fatal(err)
		}
		for name, value := range members { // each member in turn, of the right type still
			v := string(value)
			switch {
			case v[0] == '"' && len(v) > 2:
				last := "b"
				if v[len(v)-2] == 'b' {
					last = "c"
				}
				bads["changed "+name] = strings.Replace(text, v, v[:len(v)-2]+last+`"`, 1)
			case v[0] >= '1' && v[0] <= '9':
				bads["changed "+name] = strings.Replace(text, `"`+name+`":`+v, `"`+name+`":`+v+"1", 1)
			}
		}
		if len(bads) < 13 {
			t.Errorf("%s: only %d ways to spoil it", format, len(bads))
		}
		for name, bad := range bads {
			if bad == text {
				t.Fatalf("%s, %s: nothing was changed", format, name)
			}
			if _, err := k.parse([]byte(bad)); !fact.Bad(err) {
				t.Errorf("%s, %s: %v", format, name, err)
			}
		}
	}
}

// A fact that is not whole is not written either.
func TestAFactThatIsNotWholeIsNotWritten(t *testing.T) {
	c, _ := issue(t, "bcdf", 1)
	for name, f := range map[string]ledger.Fact{
		"content id":  spoil(entry("one"), func(e *ledger.Entry) { e.ContentID = digest("other") }),
		"record key":  spoil(entry("one"), func(e *ledger.Entry) { e.RecordKey = entry("two").RecordKey }),
		"key upward":  spoil(entry("one"), func(e *ledger.Entry) { e.Key = "../" + e.Key }),
		"other kind":  spoil(entry("one"), func(e *ledger.Entry) { e.Kind = "archief" }),
		"sum":         spoil(entry("one"), func(e *ledger.Entry) { e.SHA256 = "zz" }),
		"size":        spoil(entry("one"), func(e *ledger.Entry) { e.Size = 0 }),
		"moment":      spoil(entry("one"), func(e *ledger.Entry) { e.MadeAt = time.Time{} }),
		"part":        spoil(entry("one"), func(e *ledger.Entry) { e.Parts[0].Key = entry("two").Key }),
		"reader":      spoil(entry("one"), func(e *ledger.Entry) { e.KeyIDs = e.KeyIDs[:1] }),
		"locator":     spoil(c, func(c *ledger.Code) { c.Locator = c.Locator[1:] }),
		"upper case":  spoil(c, func(c *ledger.Code) { c.Locator = "A" + c.Locator[1:] }),
		"edition":     spoil(c, func(c *ledger.Code) { c.Edition = 0 }),
		"holder":      spoil(c, func(c *ledger.Code) { c.Holder = "../x" }),
		"classic key": spoil(c, func(c *ledger.Code) { c.Recipient = "age1qqq" }),
		"slot":        spoil(c, func(c *ledger.Code) { c.Slots = map[string][]byte{"terugval": []byte("x")} }),
		"rewrap 0":    rewrap(entry("one"), 0),
		"withdrawal":  ledger.Withdrawal{BundleID: "bcdf", RecordKey: entry("one").RecordKey, At: made},
		"revocation":  ledger.Revocation{Holder: "", Portal: "mijnplan", Edition: 1, At: made},
	} {
		if _, err := f.Marshal(secret); !errors.Is(err, ledger.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func spoil[T any](v T, how func(*T)) T {
	how(&v)
	return v
}

func FuzzParse(f *testing.F) {
	for _, k := range kinds(f) {
		b, err := k.fact.Marshal(secret)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	all := kinds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		for format, k := range all {
			got, err := k.parse(b)
			if err != nil {
				if !fact.Bad(err) {
					t.Fatalf("%s: %v", format, err)
				}
				continue
			}
			again, err := got.Marshal(secret)
			if err != nil {
				t.Fatalf("read and not written: %v", err)
			}
			if same, err := k.parse(again); err != nil || !reflect.DeepEqual(same, got) || !bytes.Contains(b, []byte(format)) {
				t.Fatalf("written and not read: %v", err)
			}
		}
	})
}
