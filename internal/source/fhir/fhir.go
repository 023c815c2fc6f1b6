// Package fhir reads clients' records from FHIR: Bundles and single resources,
// one file or one folder for each client, and Bulk Data exports.
//
// Every resource of the input becomes an item of the dossier, part of one, or
// an unreadable item with its reason; an [Account] says so in numbers that add
// up. It refuses to fetch anything, to follow a path out of its folder, to show
// what no label or rule shows, and to take another person's resource for this
// client's. Its errors never quote the input.
package fhir

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"sort"
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/bulk"
)

// A Layout says how clients lie in the folder.
type Layout string

const (
	Auto   Layout = ""        // told from the folder, see [Open]
	Files  Layout = "bestand" // each *.json is one client
	Folder Layout = "map"     // each sub-folder with *.json or *.ndjson is one client
	Bulk   Layout = "bulk"    // NDJSON by type, clients mixed (FHIR Bulk Data)
)

// Options say what the files themselves cannot.
type Options struct {
	Portal   string // id of the portal, for every dossier
	System   string // name of the source system
	Layout   Layout
	MaxBytes int64 // of one file, and of the files of one client together; 0 is 256 MiB
	Rules    Rules
	// RefSystem is the identifier system whose value is the client's
	// reference; empty, or absent from a Patient, the resource's id is.
	RefSystem string
	// AsOf is the moment of the copy when the input does not say it.
	AsOf dossier.Date
	// ClientLooks gives every client a grant for the own record; without it
	// only the grants of toegang.json hold.
	ClientLooks bool
	// PresentIsInCare takes a client without an EpisodeOfCare to be in care
	// since the first dated item.
	PresentIsInCare bool
	// WorkDir is where a bulk export is grouped; it must outlive the Source.
	WorkDir string
}

const defaultMax = 256 << 20

// A Source is a folder of FHIR files. It may be used by several workers at once.
type Source struct {
	dir    string
	root   *os.Root
	opt    Options
	access map[dossier.ClientRef]access
	groups *bulk.Store
}

// Open takes a folder as source. With [Auto] a folder that holds *.ndjson and
// no *.json but a manifest is a bulk export; one with *.json holds a client in
// each; else each sub-folder is a client.
func Open(ctx context.Context, dir string, opt Options) (*Source, error) {
	if opt.MaxBytes <= 0 {
		opt.MaxBytes = defaultMax
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("fhir folder: %w", err)
	}
	s := &Source{dir: dir, root: root, opt: opt}
	if err := s.prepare(ctx); err != nil {
		root.Close()
		return nil, err
	}
	return s, nil
}

func (s *Source) prepare(ctx context.Context) (err error) {
	if s.access, err = readAccess(s.root); err != nil {
		return err
	}
	if s.opt.Layout == Auto {
		if s.opt.Layout, err = guess(s.root.FS()); err != nil {
			return fmt.Errorf("fhir folder: %w", err)
		}
	}
	if s.opt.Layout == Bulk {
		s.groups, err = bulk.Group(ctx, s.root.FS(), s.opt.WorkDir, bulk.Limits{})
	}
	return err
}

// guess tells the layout from the names in the folder.
func guess(f fs.FS) (Layout, error) {
	list, err := fs.ReadDir(f, ".")
	if err != nil {
		return "", err
	}
	lines, files := 0, 0
	for _, e := range list {
		switch {
		case e.IsDir() || !clientFile(e.Name()):
		case strings.HasSuffix(e.Name(), ".ndjson"):
			lines++
		case e.Name() != bulk.ManifestName:
			files++
		}
	}
	switch {
	case files > 0:
		return Files, nil
	case lines > 0:
		return Bulk, nil
	}
	return Folder, nil
}

func clientFile(name string) bool {
	return !strings.HasPrefix(name, ".") && name != accessName && (strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".ndjson"))
}

// Close lets go of the folder, and of the groups of a bulk export.
func (s *Source) Close() error {
	if s.groups != nil {
		return errors.Join(s.groups.Close(), s.root.Close())
	}
	return s.root.Close()
}

// Incomplete reports that a bulk export says of itself that it is not whole:
// its manifest lists errors. No avg-inzage may be made from it.
func (s *Source) Incomplete() bool { return s.groups != nil && s.groups.Incomplete() }

// Clients implements [dossier.Reader].
func (s *Source) Clients(ctx context.Context) iter.Seq2[dossier.FileRef, error] {
	return func(yield func(dossier.FileRef, error) bool) {
		list, err := s.list(ctx)
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
		if err != nil {
			yield(dossier.FileRef{}, fmt.Errorf("fhir folder: %w", err))
		}
	}
}

func (s *Source) list(ctx context.Context) ([]dossier.FileRef, error) {
	if s.groups != nil {
		var out []dossier.FileRef
		err := s.groups.Patients(ctx, func(id string, size int64) {
			out = append(out, dossier.FileRef{Path: id, Size: size})
		})
		return out, err
	}
	list, err := fs.ReadDir(s.root.FS(), ".")
	if err != nil {
		return nil, err
	}
	var out []dossier.FileRef
	for _, e := range list {
		switch {
		case s.opt.Layout == Files && e.Type().IsRegular() && clientFile(e.Name()) && strings.HasSuffix(e.Name(), ".json"):
			info, err := e.Info()
			if err != nil {
				return out, err
			}
			out = append(out, dossier.FileRef{Path: e.Name(), Size: info.Size()})
		case s.opt.Layout == Folder && e.IsDir() && !strings.HasPrefix(e.Name(), "."):
			_, size, err := s.inFolder(e.Name())
			if err != nil {
				return out, err
			}
			out = append(out, dossier.FileRef{Path: e.Name(), Size: size})
		}
	}
	return out, nil
}

// inFolder lists the files of one client's folder, with their size together.
func (s *Source) inFolder(dir string) (names []string, size int64, err error) {
	list, err := fs.ReadDir(s.root.FS(), dir)
	for _, e := range list {
		if e.Type().IsRegular() && clientFile(e.Name()) {
			info, err := e.Info()
			if err != nil {
				return nil, 0, err
			}
			names = append(names, path.Join(dir, e.Name()))
			size += info.Size()
		}
	}
	sort.Strings(names)
	return names, size, err
}

// Load implements [dossier.Reader].
func (s *Source) Load(ctx context.Context, ref dossier.FileRef) (*dossier.Dossier, error) {
	r, err := s.Record(ctx, ref)
	if err != nil {
		return nil, err
	}
	return r.Dossier, nil
}

// Record reads one client with the account and profile of its input. Its error
// is an [Error], or ctx's.
func (s *Source) Record(ctx context.Context, ref dossier.FileRef) (*Record, error) {
	in, err := s.input(ctx, ref)
	if err != nil {
		return nil, err
	}
	r, err := in.record(s.opt, s.access)
	if err != nil {
		return nil, &Error{File: ref.Path, Text: err.Error()}
	}
	return r, nil
}

// input reads the files of one client, or its group of a bulk export.
func (s *Source) input(ctx context.Context, ref dossier.FileRef) (*input, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	in := &input{}
	if s.groups != nil {
		err := s.groups.Each(ctx, ref.Path, func(line string) error { return in.line(line) })
		if err != nil {
			return nil, err
		}
		in.lookup = s.groups.Lookup
		in.asOf, _ = dossier.ParseDate(s.groups.Time())
		return in, nil
	}
	names := []string{path.Clean(ref.Path)}
	if s.opt.Layout == Folder {
		var err error
		if names, _, err = s.inFolder(path.Clean(ref.Path)); err != nil {
			return nil, &Error{File: ref.Path, Text: "cannot be listed", cause: err}
		}
	}
	left := s.opt.MaxBytes
	for _, name := range names {
		data, err := s.file(name, left)
		if err != nil {
			return nil, err
		}
		left -= int64(len(data))
		if err := in.file(name, data); err != nil {
			return nil, err
		}
	}
	return in, nil
}

func (s *Source) file(name string, limit int64) (string, error) {
	f, err := s.root.Open(name)
	if err != nil {
		return "", &Error{File: name, Text: "cannot be opened", cause: err}
	}
	defer f.Close()
	var b strings.Builder
	if info, err := f.Stat(); err == nil {
		b.Grow(int(min(info.Size(), limit) + 1))
	}
	n, err := io.Copy(&b, io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return "", &Error{File: name, Text: "cannot be read", cause: err}
	case n > limit:
		return "", &Error{File: name, Text: "is larger than the limit"}
	}
	return b.String(), nil
}

// ErrFHIR is wrapped by every [Error]: these files give no dossier, the others
// are not harmed.
var ErrFHIR = errors.New("not a client's record in FHIR")

// An Error says why the files of a client give no dossier. It never quotes them.
type Error struct {
	File  string // relative to the source's folder
	Text  string
	cause error
}

func (e *Error) Error() string { return "fhir " + e.File + ": " + e.Text }

// Is makes every Error an [ErrFHIR] and a [dossier.ErrUnreadable].
func (e *Error) Is(target error) bool { return target == ErrFHIR || target == dossier.ErrUnreadable }

// Unwrap gives the cause from outside; may be nil.
func (e *Error) Unwrap() error { return e.cause }
