package ledger_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"inzage/internal/ledger"
)

func TestARecordIsReadStrictly(t *testing.T) {
	b, err := ledger.MarshalRecord(entry("bcdf"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for name, bad := range map[string]string{
		"cut off":        text[:len(text)-1],
		"text after":     text + "{}",
		"unknown member": strings.Replace(text, `"run_id"`, `"x":1,"run_id"`, 1),
		"twice":          strings.Replace(text, `"run_id"`, `"run_id":"r0","run_id"`, 1),
		"other case":     strings.Replace(text, `"run_id"`, `"Run_ID"`, 1),
		"other format":   strings.Replace(text, "record/v1", "record/v2", 1),
		"no content id":  strings.Replace(text, `"content_id":"content-bcdf",`, "", 1),
		"record key":     strings.Replace(text, "bcdf.json", "ghjk.json", 1),
		"key upward":     strings.ReplaceAll(text, "mijnplan/archief", "../archief"),
		"wrong type":     strings.Replace(text, `"size":100`, `"size":"100"`, 1),
		"bad sum":        strings.Replace(text, "cdcd", "cdzz", 1),
		"empty":          "",
	} {
		if bad == text {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := ledger.ParseRecord([]byte(bad)); !errors.Is(err, ledger.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	b, _ := ledger.MarshalRecord(entry("bcdf"))
	f.Add(b)
	b, _ = ledger.MarshalWithdrawal(ledger.Withdrawal{BundleID: "b", At: made, Code: "c"})
	f.Add(b)
	b, _ = ledger.MarshalOutcomes(ledger.Outcomes{RunID: "r1", Entries: []ledger.Entry{refused("r1")}})
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		if e, err := ledger.ParseRecord(b); err == nil {
			again, err := ledger.MarshalRecord(e)
			if err != nil {
				t.Fatalf("read and not written: %v", err)
			}
			if e2, err := ledger.ParseRecord(again); err != nil || e2.BundleID != e.BundleID {
				t.Fatalf("written and not read: %v", err)
			}
			if !bytes.Contains(b, []byte(ledger.FormatRecord)) {
				t.Fatal("read without its format")
			}
		}
		ledger.ParseWithdrawal(b)
		ledger.ParseOutcomes(b)
	})
}
