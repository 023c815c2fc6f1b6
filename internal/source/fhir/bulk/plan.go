package bulk

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"sort"
	"strings"
)

// A file of the export.
type file struct {
	name    string
	size    int64
	mtime   int64
	deleted bool // a file of the manifest's "deleted"
}

// A plan is what an export says of itself: which files in which order.
type plan struct {
	files []file
	time  string
	gaps  []string
}

// A manifest is the answer to a bulk export. Bulk Data Access IG 2.0, section 4.4
// (response of the completed export).
type manifest struct {
	Time    string `json:"transactionTime"`
	Output  []part `json:"output"`
	Deleted []part `json:"deleted"`
	Error   []part `json:"error"`
	Outcome []part `json:"outcome"` // the name that version 4 gives to error
	name    string
}

type part struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

// Is reports whether a folder holds a bulk export.
func Is(root *os.Root) (bool, error) {
	list, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return false, fmt.Errorf("fhir source: %w", err)
	}
	for _, e := range list {
		if e.Type().IsRegular() && strings.HasSuffix(e.Name(), ".ndjson") {
			return true, nil
		}
	}
	m, err := manifests(root, list)
	return len(m) > 0, err
}

// planOf reads the manifest, if there is one, and puts the files in order:
// deletions first, then the resources by name.
func planOf(root *os.Root) (plan, error) {
	var p plan
	list, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return p, fmt.Errorf("fhir source: %w", err)
	}
	ms, err := manifests(root, list)
	if err != nil {
		return p, err
	}
	role := map[string]string{}
	for _, m := range ms {
		p.time = max(p.time, m.Time)
		if len(m.Error)+len(m.Outcome) > 0 {
			p.gap("fouten-bij-de-export")
		}
		for _, set := range []struct {
			parts []part
			word  string
		}{{m.Output, "output"}, {m.Deleted, "deleted"}, {m.Error, "error"}, {m.Outcome, "error"}} {
			for _, f := range set.parts {
				role[localName(f.URL)] = set.word
			}
		}
	}
	for _, e := range list {
		p.add(e, role)
	}
	for name, word := range role {
		if word != "error" && !p.has(name) {
			p.gap("bestand-ontbreekt")
		}
	}
	sort.SliceStable(p.files, func(i, j int) bool { return p.files[i].deleted && !p.files[j].deleted })
	return p, nil
}

func (p *plan) gap(why string) {
	for _, g := range p.gaps {
		if g == why {
			return
		}
	}
	p.gaps = append(p.gaps, why)
}

func (p *plan) has(name string) bool {
	for _, f := range p.files {
		if f.name == name {
			return true
		}
	}
	return false
}

func (p *plan) add(e fs.DirEntry, role map[string]string) {
	name := e.Name()
	word := role[name]
	if !e.Type().IsRegular() || strings.HasPrefix(name, ".") || word == "error" || word == "" && (!strings.HasSuffix(name, ".ndjson") || name == "log.ndjson") {
		return
	}
	if info, err := e.Info(); err == nil {
		p.files = append(p.files, file{name: name, size: info.Size(), mtime: info.ModTime().UnixNano(), deleted: word == "deleted" || word == "" && strings.Contains(strings.ToLower(name), "deleted")})
	}
}

// localName is the file that a URL of the manifest was saved as.
func localName(url string) string {
	url, _, _ = strings.Cut(url, "?")
	return path.Base(url)
}

func manifests(root *os.Root, list []fs.DirEntry) ([]manifest, error) {
	var out []manifest
	for _, e := range list {
		if !e.Type().IsRegular() || !strings.HasSuffix(e.Name(), ".json") {
			continue
		}
		info, err := e.Info()
		if err != nil || info.Size() > 16<<20 {
			continue
		}
		b, err := root.ReadFile(e.Name())
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("fhir source: %w", err)
		}
		if !strings.Contains(string(b), `"transactionTime"`) {
			continue
		}
		m := manifest{name: e.Name()}
		if json.Unmarshal(b, &m) == nil && m.Time != "" {
			out = append(out, m)
		}
	}
	return out, nil
}
