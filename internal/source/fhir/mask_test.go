package fhir

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"inzage/internal/dossier"
)

// The number of the client, in every way in which JSON and XHTML can hold it. It
// does not pass the eleven-test: only who knows it can find it.
func TestTheFHIRCopyHoldsNoKnownNumber(t *testing.T) {
	const n = "999990018"
	ways := []string{n, "999 990 018", "999\u00A0990\u202F018", `\u0039\u00399990018`, "999\\n990\\t018", "９９９９９００１８", "999\u200B990\u2011018", "bsn" + n + "x",
		`<div xmlns=\"http://www.w3.org/1999/xhtml\"><b>999</b>990018</div>`, `<div>&#57;99990018</div>`, `<div>999<!-- ` + n + ` -->990<i title=\"` + n + `\">018</i></div>`,
		`<div><table><tr><td>999</td><td>990</td><td>018</td></tr></table></div>`}
	body := ""
	for i, w := range ways {
		body += `,"note` + string(rune('a'+i)) + `":"` + w + `"`
	}
	dir := write(t, map[string]string{"a.json": `[{"resourceType":"Patient","id":"p1","identifier":[{"system":"http://fhir.nl/fhir/NamingSystem/bsn","value":"` + n + `"}],"name":[{"text":"A"}]},
		{"resourceType":"Condition","id":"c` + n + `","code":{"text":"Griep, nummer 7` + n + `"},"valueInteger":` + n + `,"valueDecimal":1.50,
		 "text":{"status":"generated","div":"<div>Dag<!-- CANARY-1 --></div>"},"data":"` + strings.Repeat("QUJD", 1000) + n + `"` + body + `}]`})
	s := open(t, dir, Options{System: "ECD " + n})
	refs, list := loadAll(t, s)
	mask := dossier.NewMasker(n)
	items := list[0].Items
	for i := range items {
		items[i].ID = mask.Text(items[i].ID)
	}
	b, err := s.Bundle(t.Context(), refs[0], Export{Items: items, Mask: mask})
	if err != nil || !json.Valid(b) || !strings.Contains(string(b), "Condition") {
		t.Fatalf("%v\n%s", err, b)
	}
	text := strings.ReplaceAll(string(b), strings.Repeat("QUJD", 1000)+n, "a file")
	if strings.Contains(text, "CANARY") || !strings.Contains(text, "nummer 7"+n) || !strings.Contains(text, "a file") || !strings.Contains(text, `"valueDecimal":1.50`) {
		t.Errorf("a comment is told, or a longer number or a file was altered:\n%s", text)
	}
	text = strings.ReplaceAll(text, "7"+n, "")
	read := regexp.MustCompile(`<[^>]*>|\\[nt]|[^0-9A-Za-z*]`).ReplaceAllString(norm.NFKC.String(text), "")
	if strings.Contains(read, n) || strings.Count(text, "*") < 5*len(ways) {
		t.Errorf("the number is in the copy:\n%s", text)
	}
	_, fresh := loadAll(t, s)
	whole, err := s.Bundle(t.Context(), refs[0], Export{Items: fresh[0].Items, FullBSN: true})
	if err != nil || strings.Contains(string(whole), "*") || strings.Count(string(whole), n) < 5 {
		t.Errorf("the number that was asked for is masked: %v", err)
	}
}

func FuzzMaskedTexts(f *testing.F) {
	f.Add(`{"a":"999990018","b":999990018,"c":"<div>999<b>990018</b><!-- x --></div>","d":"\u0039\"\\"}`)
	x := exporter{e: Export{Mask: dossier.NewMasker("999990018")}}
	f.Fuzz(func(t *testing.T, s string) {
		got := x.texts(s)
		if json.Valid([]byte(s)) && !json.Valid([]byte(got)) {
			t.Errorf("%q became %q, which is no JSON", s, got)
		}
		if json.Valid([]byte(s)) && x.texts(got) != got {
			t.Errorf("%q is not stable: %q, %q", s, got, x.texts(got))
		}
	})
}
