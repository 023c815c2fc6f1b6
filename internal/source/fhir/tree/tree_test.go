package tree_test

import (
	"encoding/json"
	"strings"
	"testing"

	"inzage/internal/source/fhir/tree"
)

func parse(t testing.TB, s string) *tree.Node {
	t.Helper()
	n, at, err := tree.Parse(s)
	if err != nil {
		t.Fatalf("offset %d: %v", at, err)
	}
	return n
}

func TestShapesAreBridged(t *testing.T) {
	n := parse(t, `{"a":{"b":"1"},"c":[[{"b":"2"}],{"b":3}],"valueString":"x","d":null}`)
	if n.At("a", "b").String() != "1" || len(n.All("a")) != 1 {
		t.Error("an object is not a list of one")
	}
	if c := n.All("c"); len(c) != 2 || c[0].Text("b") != "2" || c[1].Text("b") != "3" {
		t.Error("a list in a list is not flat")
	}
	if n.Choice("value").String() != "x" || n.Get("d") != nil || n.Get("none").Get("none").String() != "" {
		t.Error("choice, null or absent")
	}
}

func TestWhatIsNotReadIsKnown(t *testing.T) {
	n := parse(t, `{"a":"1","b":{"c":[1,2]},"a":"again","e":{}}`)
	n.Text("a")
	n.Get("b").Read()
	unread := 0
	for i := range n.Kids() {
		if n.Kids()[i].Unread() {
			unread++
		}
	}
	if unread != 1 {
		t.Errorf("%d members unread, want the second a", unread)
	}
}

func TestNumbersKeepTheirDigits(t *testing.T) {
	n := parse(t, `{"v":-0.31626580526128345,"e":1.0E-2,"z":1.50}`)
	if n.Text("v") != "-0.31626580526128345" || n.Text("e") != "1.0E-2" || n.Text("z") != "1.50" {
		t.Error("digits are lost")
	}
}

func TestDepthIsBounded(t *testing.T) {
	if _, _, err := tree.Parse(strings.Repeat("[", 100_000)); err == nil {
		t.Error("no end to nesting")
	}
}

// What the standard library takes is taken, with the same texts; what is taken
// besides is a bare control character in a string and repaired UTF-8.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5e3,true,null,"x\u00e9\\"]}`, `[]`, `"\ud800"`, "\"a\tb\"", `{"a":1,"a":2}`, `1 2`, `{"a"`, "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, _, err := tree.Parse(s)
		if json.Valid([]byte(s)) && err != nil && strings.Count(s, "[")+strings.Count(s, "{") < tree.MaxDepth {
			t.Fatalf("refuses %q", s)
		}
		if err != nil {
			return
		}
		var want string
		if json.Unmarshal([]byte(s), &want) == nil && n.Kind == tree.String && n.Peek() != want {
			t.Errorf("%q became %q", s, n.Peek())
		}
	})
}
