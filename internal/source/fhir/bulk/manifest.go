package bulk

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"inzage/internal/source/fhir/tree"
)

// ManifestName is the export's list of its files, when it has one (FHIR Bulk
// Data, "Response - Complete Status").
const ManifestName = "manifest.json"

// An export is what files to read, and in what order: those of an earlier
// export that the manifest does not name, then the deletions, then the rest.
type export struct {
	time       string
	earlier    []string
	deleted    []string
	output     []string
	incomplete bool
}

func readExport(fsys fs.FS) (export, error) {
	var e export
	lines, err := fs.Glob(fsys, "*.ndjson")
	if err != nil {
		return e, fmt.Errorf("bulk folder: %w", err)
	}
	slices.Sort(lines)
	lines = slices.DeleteFunc(lines, func(n string) bool { return n == "log.ndjson" || strings.HasPrefix(n, ".") })
	data, err := fs.ReadFile(fsys, ManifestName)
	if errors.Is(err, fs.ErrNotExist) {
		e.output = lines
		return e, nil
	}
	if err != nil {
		return e, fmt.Errorf("bulk %s: %w", ManifestName, err)
	}
	n, err := tree.Parse(string(data))
	if err != nil {
		return e, fmt.Errorf("bulk %s: %w", ManifestName, errors.Join(ErrExport, err))
	}
	e.time = n.Peek("transactionTime").Look()
	e.output = named(n, "output")
	e.deleted = named(n, "deleted")
	faults := append(named(n, "error"), named(n, "outcome")...)
	for _, f := range faults {
		data, err := fs.ReadFile(fsys, f)
		e.incomplete = e.incomplete || err != nil || len(bytes.TrimSpace(data)) > 0
	}
	for _, l := range lines {
		if !slices.Contains(e.output, l) && !slices.Contains(e.deleted, l) && !slices.Contains(faults, l) {
			e.earlier = append(e.earlier, l)
		}
	}
	for _, f := range e.output {
		if !slices.Contains(lines, f) {
			return e, fmt.Errorf("bulk file %s: %w: the manifest names it and it is not there", f, ErrExport)
		}
	}
	return e, nil
}

// named are the files of one list of the manifest, by the last part of their
// address: they lie beside it.
func named(n *tree.Node, list string) []string {
	var out []string
	for _, f := range n.Peek(list).List() {
		if u := f.Peek("url").Look(); u != "" {
			u, _, _ = strings.Cut(u, "?")
			out = append(out, path.Base(u))
		}
	}
	return out
}
