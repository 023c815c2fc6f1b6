package cli

import "testing"

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
