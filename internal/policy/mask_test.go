package policy

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"inzage/internal/dossier"
	"inzage/internal/prose"
)

// Numbers that pass the eleven-test and are nobody's.
const bsnOfClient, bsnOfGrant, bsnOfRequester = "999990019", "999990020", "999990032"

// reads is a text as letters and digits, folded.
func reads(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKC.String(s) {
		switch {
		case unicode.IsDigit(r):
			b.WriteRune(r)
		case unicode.IsLetter(r) || r == '*':
			b.WriteByte('x')
		}
	}
	return b.String()
}

func holdsNumber(s string) bool {
	s = reads(s)
	return strings.Contains(s, bsnOfClient) || strings.Contains(s, bsnOfGrant) || strings.Contains(s, bsnOfRequester)
}

// ways of writing a number, by the format of the text that it stands in.
func ways(n string) map[dossier.Format][]string {
	a, b, c := n[:3], n[3:6], n[6:]
	wide := strings.Map(func(r rune) rune { return r - '0' + '\uFF10' }, n)
	var refs strings.Builder
	for _, r := range n {
		fmt.Fprintf(&refs, "&#%d;", r)
	}
	plain := []string{n, a + " " + b + " " + c, a + "\u00A0" + b + "\u202F" + c, a + "\u200B" + b + "\uFEFF" + c, a + "\n" + b + "\n\n" + c, wide, a + "\u2011" + b + "\u2212" + c,
		a + "." + b + "/" + c, a + "_" + b + "\u00B7" + c, a + "\u00AD" + b + "\u202E" + c, a + "\t" + b + c[:1] + "\u0336" + c[1:], "bsn" + n}
	return map[dossier.Format][]string{
		dossier.Plain: plain,
		dossier.HTML: append([]string{"<b>" + a + "</b>" + b + c, refs.String(), a + "<!-- x -->" + b + "<i>" + c + "</i>", a + "&nbsp;" + b + "&shy;" + c,
			"<table><tr><td>" + a + "<td>" + b + "<td>" + c + "</table>", "<ul><li>" + a + "<li>" + b + "<li>" + c + "</ul>", a + "<br>" + b + "<p>" + c,
			"<p title='" + n + "'>x</p>", "<!-- " + n + " -->", "<pre>" + a + "\n" + b + c + "</pre>", a + "<x>" + b + "</x>" + c, "<span style='display:none'>" + n + "</span>",
			"<a href='https://x.nl/" + n + "'>x</a>", "<img alt='" + n + "'>", a + "<script>x</script>" + b + c, "<" + n + ">", "<textarea>" + n + "</textarea>"}, plain...),
		dossier.Markdown: append([]string{"**" + a + "**" + b + c, a + "&#57;"[:0] + b + "<!-- x -->" + c, refs.String(), "`" + a + "`" + b + "*" + c + "*", "| " + a + " | " + b + " | " + c + " |\n|---|---|---|\n",
			"- " + a + "\n- " + b + "\n- " + c, "# " + a + "\n\n" + b + c, "[" + a + "](x)" + b + c, "![" + n + "](x)", "~~" + a + "~~" + b + c, a + "<b>" + b + "</b>" + c, "<div>" + a + "</div>\n\n" + b + c,
			a + "\\-" + b + "\\." + c, a + "\\\n" + b + c, "> " + a + "\n> " + b + c, "<!-- " + n + " -->", "[x]: http://x.nl '" + n + "'", "    " + a + "\n    " + b + c, "<https://x.nl/" + n + ">"}, plain...),
	}
}

// fill puts a text into every field of v that holds words, each list with two.
func fill(v reflect.Value, text func(reflect.Type) string) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		fill(v.Elem(), text)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type() != reflect.TypeFor[dossier.Date]() {
				fill(v.Field(i), text)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), text)
		fill(v.Index(1), text)
	case reflect.String:
		v.SetString(text(v.Type()))
	}
}

// full of numbers: every text of an item, the client and the record.
func fullOfNumbers(way func(f dossier.Format, n string) string, f dossier.Format) *dossier.Dossier {
	d := record()
	d.Client = dossier.Person{BirthDate: day("1941-05-09")}
	n := 0
	words := func(t reflect.Type) string {
		if t != reflect.TypeFor[string]() {
			return ""
		}
		n++
		return way(dossier.Plain, []string{bsnOfClient, bsnOfGrant, bsnOfRequester}[n%3]) + " " + fmt.Sprint(n) + "x"
	}
	fill(reflect.ValueOf(&d.Client).Elem(), words)
	d.Client.BSN, d.Client.BirthDate = bsnOfClient, day("1941-05-09")
	d.System = words(reflect.TypeFor[string]())
	var it dossier.Item
	fill(reflect.ValueOf(&it).Elem(), words)
	it.Section, it.Unreadable, it.Supersedes, it.Corrects = dossier.SectionReports, "", "", ""
	it.Visibility = dossier.Visibility{Portal: dossier.Yes}
	for i := range it.Attachments {
		it.Attachments[i].ShowsOthers = dossier.No
	}
	it.Body = append(it.Body,
		dossier.Block{Kind: dossier.BlockTable, Columns: []string{"BSN", bsnOfClient[:3]}, Rows: [][]string{{bsnOfClient[3:6], bsnOfClient[6:]}, {"x", bsnOfGrant}}},
		dossier.Block{Kind: dossier.BlockList, Entries: []string{bsnOfGrant[:4], bsnOfGrant[4:]}, Format: f},
		dossier.Block{Kind: dossier.BlockWarning, Text: way(dossier.Plain, bsnOfGrant), Format: f},
		dossier.Block{Kind: dossier.BlockField, Label: bsnOfClient, Text: way(f, bsnOfClient), Format: f},
		dossier.Block{Kind: dossier.BlockText, Text: "Het nummer " + way(f, bsnOfRequester), Format: f},
		dossier.Block{Kind: dossier.BlockText, Text: way(f, bsnOfClient), Format: f})
	d.Items = []dossier.Item{it}
	d.Grants[0].Person = dossier.Person{Ref: "p-1", Name: "N " + bsnOfGrant, BSN: bsnOfGrant}
	d.Requests = []dossier.Request{request(dossier.RoleClient)}
	d.Requests[0].Requester = dossier.Person{Ref: "p-1", Name: "N " + bsnOfRequester, BSN: "9999 90 032"}
	return d
}

// texts are all strings of a JSON value, keys too.
func texts(v any, each func(string)) {
	switch v := v.(type) {
	case string:
		each(v)
	case []any:
		for _, x := range v {
			texts(x, each)
		}
	case map[string]any:
		for k, x := range v {
			each(k)
			texts(x, each)
		}
	}
}

func TestC18_BSNIsMaskedHoweverItIsWritten(t *testing.T) {
	n := 0
	for f, list := range ways(bsnOfClient) {
		for i := range list {
			d := fullOfNumbers(func(f dossier.Format, n string) string { return ways(n)[f][min(i, len(ways(n)[f])-1)] }, f)
			for k, id := range map[Kind]string{Portaalkopie: "g-1", AVGInzage: "q-1"} {
				v := look(t, d, theT(), k, id)
				var out any
				if err := json.Unmarshal([]byte(body(t, v)), &out); err != nil {
					t.Fatal(err)
				}
				n++
				texts(out, func(s string) {
					if holdsNumber(s) {
						t.Errorf("%s %q: dossier.json holds %q", f, list[i], s)
					}
				})
				if who := v.Work().Recipient.Person; holdsNumber(who.Name) || who.BSN != "" {
					t.Errorf("the reader is named %+v", who)
				}
				for _, b := range v.Items(dossier.SectionReports)[0].Body {
					if s := prose.Text(prose.Blocks(b.Format, b.Text)); holdsNumber(s) {
						t.Errorf("%s %q: the page reads %q", f, list[i], s)
					}
					var cells []string
					for _, r := range append([][]string{b.Columns, b.Entries}, b.Rows...) {
						cells = append(cells, r...)
					}
					if s := strings.Join(cells, " "); holdsNumber(s) {
						t.Errorf("%s: cells read %q", f, s)
					}
				}
			}
		}
	}
	if n < 90 {
		t.Errorf("only %d copies", n)
	}
}

func TestC18_TheClientsOwnNumberWhenAskedAndAllInTheArchive(t *testing.T) {
	d := fullOfNumbers(func(_ dossier.Format, n string) string { return n }, dossier.HTML)
	d.Requests[0].FullBSN = true
	b := body(t, look(t, d, theT(), AVGInzage, "q-1"))
	if !strings.Contains(b, `"bsn":"`+bsnOfClient+`"`) || strings.Count(b, bsnOfClient) < 10 || strings.Contains(b, bsnOfGrant) || strings.Contains(b, bsnOfRequester) {
		t.Error("not the client's own number alone")
	}
	d.Relation.End = day("2026-03-01")
	b = body(t, look(t, d, theT(), Archief, ""))
	for _, n := range []string{bsnOfClient, bsnOfGrant, bsnOfRequester} {
		if !strings.Contains(b, n) {
			t.Errorf("the archive's copy lost %s", n)
		}
	}
}

func TestMaskingLeavesTheDossierAndLongerNumbers(t *testing.T) {
	it := seen("r")
	it.Title, it.Body[0].Text = "8"+bsnOfClient, "IBAN NL91ABNA"+bsnOfClient+"5"
	it.Measurement = &dossier.Measurement{Text: bsnOfClient, Parts: []dossier.ScorePart{{Label: bsnOfClient}}}
	it.Attachments = []dossier.Attachment{{ID: "a", Name: bsnOfClient, MIME: "text/plain"}}
	it.Sources = []dossier.Source{{ID: bsnOfClient}}
	d := record(it)
	d.Client.BSN = bsnOfClient
	got := look(t, d, theT(), Portaalkopie, "g-1").Items(dossier.SectionReports)[0]
	if got.Title != it.Title || got.Body[0].Text != it.Body[0].Text {
		t.Errorf("%q, %q", got.Title, got.Body[0].Text)
	}
	if got.Attachments[0].Name != "*****0019" || got.Measurement.Text != "*****0019" || got.Sources[0].ID != "*****0019" || got.Measurement.Parts[0].Label != "*****0019" {
		t.Errorf("%+v", got)
	}
	old := d.Items[0]
	if old.Attachments[0].Name != bsnOfClient || old.Measurement.Text != bsnOfClient || old.Sources[0].ID != bsnOfClient || old.Measurement.Parts[0].Label != bsnOfClient {
		t.Error("the dossier was altered")
	}
}
