package cli

import (
	"bytes"
	"encoding/pem"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
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

// What the configuration says of a store elsewhere reaches it, and what is wrong
// is named by its key.
func TestHowAStoreIsReached(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	good := file("ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	key, secret := file("key", "key\n"), file("secret", "hush\n")
	for _, c := range []struct {
		name  string
		store StoreConfig
		env   map[string]string
		want  [3]string // access key, secret key, session token
		fault string
	}{
		{"files", StoreConfig{AccessKeyFile: key, SecretKeyFile: secret, CAFile: good}, nil, [3]string{"key", "hush", ""}, ""},
		{"environment", StoreConfig{}, map[string]string{"ACCESS_KEY": "a", "SECRET_KEY": "b", "SESSION_TOKEN": "c"}, [3]string{"a", "b", "c"}, ""},
		{"the usual chain", StoreConfig{}, map[string]string{"SESSION_TOKEN": "c"}, [3]string{}, ""},
		{"half", StoreConfig{AccessKeyFile: key}, nil, [3]string{}, "set INZAGE_S3_SECRET_KEY"},
		{"no such file", StoreConfig{CAFile: filepath.Join(dir, "none")}, nil, [3]string{}, "store.ca_file: open "},
		{"no certificate", StoreConfig{CAFile: secret}, nil, [3]string{}, "store.ca_file: " + secret + " holds no certificate in PEM"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, name := range []string{"ACCESS_KEY", "SECRET_KEY", "SESSION_TOKEN"} {
				t.Setenv("INZAGE_S3_"+name, c.env[name])
			}
			c.store.Endpoint = "s3.example"
			got, err := new(backend).storeConfig(t.Context(), Config{Store: c.store})
			if c.fault != "" {
				if !errors.Is(err, errConfig) || !strings.Contains(err.Error(), c.fault) {
					t.Errorf("%v, want %q", err, c.fault)
				}
				return
			}
			if err != nil || [3]string{got.AccessKey, got.SecretKey, got.SessionToken} != c.want || (len(got.CA) > 0) != (c.store.CAFile != "") {
				t.Errorf("%v, CA of %d bytes, %v", got, len(got.CA), err)
			}
		})
	}
}
