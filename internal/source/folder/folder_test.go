package folder_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"inzage/internal/source/folder"
)

func TestFixturesLoad(t *testing.T) {
	s, err := folder.Open("../../../fixtures/dossiers", folder.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n := 0
	for ref, err := range s.Clients(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Load(t.Context(), ref); err != nil {
			t.Error(err)
		}
		n++
	}
	if n < 14 {
		t.Errorf("%d dossiers, want at least 14", n)
	}
}

func TestFaultsNameFileLineAndPath(t *testing.T) {
	head := "{\"schema\":\"dossier/v1\",\"portal\":\"p\",\"clientRef\":\"c\",\"asOf\":\"2026\",\"client\":{\"name\":\"n\"},\"relation\":{},\n\"items\":[\n"
	for body, want := range map[string]string{
		`{"id":"a","section":"rapportages","date":"gisteren"}]}`:                           "dossier x.json: line 3: items[0].date: must be a date such as 2019, 2019-05 or 2019-05-03",
		`{"id":"a","section":"zolder"}]}`:                                                  "dossier x.json: line 3: items[0].section: must be one of the words of the format",
		`{"id":"a","section":"rapportages"},` + "\n" + `{"id":"a","section":"metingen"}]}`: "dossier x.json: line 4: items[1].id: is the same as items[0].id",
		`{"id":"a","sec`: "dossier x.json: line 3: items[0]: the file is cut off in a string",
		`{"id":"a","section":"rapportages","vreemd":1}]}`: "dossier x.json: line 3: items[0]: has a field that the format does not know",
		`{"id":"a","section":"rapportages"}]} {}`:         "dossier x.json: line 3: there is text after the end of the dossier",
		`{"id":7,"section":"rapportages"}]}`:              "dossier x.json: line 3: items[0].id: must be a string",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "x.json"), []byte(head+body), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := folder.Open(dir, folder.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Load(t.Context(), folder.Ref{Path: "x.json"})
		if err == nil || err.Error() != want || !errors.Is(err, folder.ErrDossier) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		s.Close()
	}
}
