// Package folder reads dossiers from a folder: one JSON file in dossier/v1 per
// client, with its attachments beside it.
//
// It reads strictly. A name that the format does not know, a wrong type or an
// id that stands twice refuses that client whole: a field that is skipped
// quietly could be the one that hides an item. It holds one dossier at a time,
// never the bytes of an attachment, and its errors never quote the file.
package folder

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"
	"strings"

	"inzage/internal/dossier"
)

// Limits bound what one dossier file may cost.
type Limits struct {
	MaxBytes  int64 // size of one dossier file
	MaxString int64 // bytes of one string in it, as written
}

// DefaultLimits are enough for decades of daily reports.
func DefaultLimits() Limits { return Limits{MaxBytes: 64 << 20, MaxString: 4 << 20} }

// A Source is a folder of dossiers. It may be used by several workers at once.
type Source struct {
	dir  string
	root *os.Root
	lim  Limits
}

// A Ref points at one client's file.
type Ref = dossier.FileRef

// Open takes a folder as source. Limits of zero are the defaults.
func Open(dir string, lim Limits) (*Source, error) {
	d := DefaultLimits()
	if lim.MaxBytes <= 0 {
		lim.MaxBytes = d.MaxBytes
	}
	if lim.MaxString <= 0 {
		lim.MaxString = d.MaxString
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("source folder: %w", err)
	}
	return &Source{dir: dir, root: root, lim: lim}, nil
}

// Close lets go of the folder.
func (s *Source) Close() error { return s.root.Close() }

// Clients lists the dossier files in order of their path, without reading
// them. Every *.json is one, but for files in a folder named "bijlagen" and
// names that start with a dot. Symbolic links are not followed.
func (s *Source) Clients(ctx context.Context) iter.Seq2[Ref, error] {
	return func(yield func(Ref, error) bool) {
		err := fs.WalkDir(s.root.FS(), ".", func(p string, e fs.DirEntry, err error) error {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return err
			}
			if skip(p, e) {
				return fs.SkipDir
			}
			if !e.Type().IsRegular() || !strings.HasSuffix(e.Name(), ".json") || strings.HasPrefix(e.Name(), ".") {
				return nil
			}
			info, err := e.Info()
			if err != nil {
				return err
			}
			if !yield(Ref{Path: p, Size: info.Size()}, nil) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			yield(Ref{}, fmt.Errorf("source folder: %w", err))
		}
	}
}

// skip reports whether p is a folder that holds no dossiers.
func skip(p string, e fs.DirEntry) bool {
	return e.IsDir() && p != "." && (strings.HasPrefix(e.Name(), ".") || e.Name() == "bijlagen")
}

// Load reads one dossier. Its error is an [Error] that names file, line and
// place, or ctx's.
func (s *Source) Load(ctx context.Context, ref Ref) (*dossier.Dossier, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, err := s.root.Open(path.Clean(ref.Path))
	if err != nil {
		return nil, &Error{File: ref.Path, Text: "cannot be opened", cause: err}
	}
	defer f.Close()
	data, fault := read(f, ref.Size, s.lim)
	if fault == nil {
		fault = check(data, s.lim)
	}
	if fault != nil {
		return nil, place(ref, data, fault)
	}
	var d dossier.Dossier
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, &Error{File: ref.Path, Text: "does not have the shape of " + dossier.Version, cause: ErrDossier}
	}
	if fault := coherent(&d); fault != nil {
		fault.offset = seek(data, fault.path)
		return nil, place(ref, data, fault)
	}
	return &d, nil
}

func place(ref Ref, data []byte, f *fault) *Error {
	return &Error{File: ref.Path, Line: lineAt(data, f.offset), Field: f.path, Text: f.text, cause: f.cause}
}
