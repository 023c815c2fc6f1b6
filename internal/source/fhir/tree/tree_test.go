package tree_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"inzage/internal/source/fhir/tree"
)

// plain is what encoding/json would make of a node.
func plain(n *tree.Node) any {
	switch n.Kind {
	case tree.Null:
		return nil
	case tree.Bool:
		return n.Raw() == "true"
	case tree.Number:
		return json.Number(n.Raw())
	case tree.String:
		return n.Text()
	case tree.Array:
		out := []any{}
		for c := range n.Members() {
			out = append(out, plain(c))
		}
		return out
	}
	out := map[string]any{}
	for c := range n.Members() {
		out[c.Key] = plain(c)
	}
	return out
}

func FuzzParseAgreesWithTheStandardLibrary(f *testing.F) {
	for _, s := range []string{`{"a":[1,-2.50e3,"x\u00e9\n\ud83d\ude00\ud800"],"b":{},"c":null,"d":true}`, `[[{"x":"\"\\\/"}]]`, "\"\xff\"", `{"a":1,"a":2}`, `[1,]`, `01`, `{"a"`, strings.Repeat("[", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := tree.Parse(s)
		if err != nil {
			if !errors.Is(err, tree.ErrSyntax) {
				t.Fatal(err)
			}
			if json.Valid([]byte(s)) && !strings.Contains(err.Error(), "too deep") {
				t.Fatalf("refused good JSON: %v", err)
			}
			return
		}
		n.Spent()
		n.UseAll()
		d := json.NewDecoder(strings.NewReader(s))
		d.UseNumber()
		var want any
		if d.Decode(&want) != nil {
			return // a byte order mark, which we tolerate
		}
		if got := plain(n); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: %#v, want %#v", s, got, want)
		}
	})
}

func TestWhatNobodyReadIsKnown(t *testing.T) {
	n, err := tree.Parse(`{"a":[["x"]],"b":{"c":1,"d":[]},"e":"","f":" \u200bTrue "}`)
	if err != nil {
		t.Fatal(err)
	}
	if n.Peek("a").Str() != "x" || !n.Peek("a").Spent() {
		t.Error("the nested list is not read through")
	}
	if n.Peek("b").Spent() || !n.Peek("e").Spent() || n.Peek("g").Str() != "" {
		t.Error("spent is wrong")
	}
	if !n.Peek("f").True() {
		t.Error("a truth value written as text is not read")
	}
	if n.Path("b", "c").Str() != "1" || !n.Spent() {
		t.Error("all was read, and not spent")
	}
}

func TestErrorsNeverQuoteTheText(t *testing.T) {
	for _, s := range []string{``, `{"naam":Jansen}`, `{"a":1} Jansen`, `"Jansen`, `{"a" 1}`, `{Jansen:1}`, `[1 2]`, `-`, `1.`, `1e`, "\"\x01\"", `"\x"`, strings.Repeat("[", 129)} {
		_, err := tree.Parse(s)
		if !errors.Is(err, tree.ErrSyntax) || strings.Contains(err.Error(), "Jansen") {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	s := `{"entry":[` + strings.Repeat(`{"resource":{"resourceType":"Observation","code":{"coding":[{"system":"http://loinc.org","code":"8302-2","display":"Body height"}]},"valueQuantity":{"value":170.25}}},`, 5000) + `{}]}`
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		if _, err := tree.Parse(s); err != nil {
			b.Fatal(err)
		}
	}
}
