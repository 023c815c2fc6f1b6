package cli

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"inzage/internal/pipeline"
	"inzage/internal/seal"
)

// The batch host never has a private key of an officer: no command of it takes
// one, and neither its configuration nor its settings have a place for one.
func TestTheBatchHostHasNoPlaceForAPrivateKey(t *testing.T) {
	identity, seen := reflect.TypeFor[seal.Identity](), 0
	var walk func(reflect.Type, string, map[reflect.Type]bool)
	walk = func(v reflect.Type, path string, done map[reflect.Type]bool) {
		if v == identity || strings.Contains(strings.ToLower(path), "identity") {
			t.Errorf("%s holds a private key", path)
		}
		if done[v] {
			return
		}
		done[v] = true
		seen++
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i).Type, path+"."+v.Field(i).Name, done)
			}
		case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Array:
			walk(v.Elem(), path, done)
		}
	}
	for _, v := range []any{Config{}, pipeline.Settings{}, pipeline.Issue{}, pipeline.Issued{}} {
		walk(reflect.TypeOf(v), reflect.TypeOf(v).String(), map[reflect.Type]bool{})
	}
	if seen < 30 {
		t.Fatalf("only %d types looked at", seen)
	}
	// Who takes a private key is named here; none of them makes copies.
	takes := map[string]bool{"open": true, "code rewrap": true, "inspect": true}
	for _, args := range [][]string{{"run"}, {"plan"}, {"check"}, {"reindex"}, {"open"}, {"inspect"}, {"serve-fallback"},
		{"code", "issue"}, {"code", "rewrap"}, {"code", "revoke"}, {"code", "list"}} {
		var out bytes.Buffer
		Run(t.Context(), World{Args: append(args, "--help"), Stdout: &out, Stderr: &out})
		if has := strings.Contains(out.String(), "--key"); has != takes[strings.Join(args, " ")] {
			t.Errorf("%s takes a private key: %v", strings.Join(args, " "), has)
		}
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add([]byte("portals: [a]\nsource: {folder: b}\nkinds: [archief]\nkeys: {officers: c}\nstore: {dir: d}\n"))
	f.Add([]byte("x: &a [*a]\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := parseConfig(b)
		if err == nil {
			err = c.check()
		}
		if err == nil && (len(c.Portals) == 0 || c.Source.Folder == "" && c.Source.FHIR.Folder == "" || c.Keys.Officers == "") {
			t.Error("an incomplete configuration is accepted")
		}
	})
}
