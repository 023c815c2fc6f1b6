// Package fhir reads dossiers from what record systems give: FHIR R4 Bundles
// and single resources, one file or one folder per client, and Bulk Data
// exports. It takes the shapes of STU3 as well.
//
// It loses nothing without a word: every resource becomes an item, part of an
// item, or unreadable with a reason; every element is shown by its field, stands
// under "Overige gegevens" or is on the list of administrative elements. It
// refuses to show as a fact what carries a modifier that it cannot read, it
// never fetches a reference from the network, and it never lets a resource of
// another patient pass for this client's.
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
	"inzage/internal/source/fhir/tree"
)

// Limits bound what one client may cost.
type Limits struct {
	MaxFile int64 // bytes of one file
	MaxLine int64 // bytes of one line of an NDJSON file
}

// DefaultLimits are enough for one client's files with their documents in them.
func DefaultLimits() Limits { return Limits{MaxFile: 512 << 20, MaxLine: 64 << 20} }

// Options are what the operator says about a source.
type Options struct {
	Portal string // id of the portal that these clients belong to
	System string // name of the record system, shown to readers
	Rules  Rules  // the portal's rules for FHIR; see [Rules]
	Limits Limits
	// RefSystem is the identifier system whose value is the organisation's own
	// reference to the client; empty takes the Patient's id.
	RefSystem string
	// ClientHolds gives every client a grant of their own. It stands for a list of
	// accounts that the portal does not deliver as a file.
	ClientHolds bool
	// RelationFromRecord takes the earliest date of the record as the start of care
	// where no EpisodeOfCare tells it.
	RelationFromRecord bool
	// Work is the folder for the index of a Bulk Data export. It holds places in the
	// export and hashes of ids, no text of the record.
	Work string
}

// A Source is a folder of FHIR files. It may be used by several workers at once.
type Source struct {
	root *os.Root
	opt  Options
	bulk *bulk.Index // nil when clients are files or folders
}

// A Ref points at one client: a file, a folder (ending in a slash), or the hash
// of a patient of a Bulk Data export.
type Ref = dossier.FileRef

// Error says which client's files are at fault and where. It never quotes them.
type Error struct {
	File string
	Line int // from 1; 0 when the fault has no place
	Text string
	err  error
}

func (e *Error) Error() string {
	s := "fhir " + e.File
	if e.Line > 0 {
		s += fmt.Sprintf(": line %d", e.Line)
	}
	return s + ": " + e.Text
}

// Is makes every Error a [dossier.ErrUnreadable].
func (e *Error) Is(target error) bool { return target == dossier.ErrUnreadable }

// Unwrap gives the cause from outside; may be nil.
func (e *Error) Unwrap() error { return e.err }

// Open takes a folder as source. A folder with *.ndjson files in it, or with the
// manifest of an export, is a Bulk Data export and is indexed first.
func Open(ctx context.Context, dir string, opt Options) (*Source, error) {
	d := DefaultLimits()
	if opt.Limits.MaxFile <= 0 {
		opt.Limits.MaxFile = d.MaxFile
	}
	if opt.Limits.MaxLine <= 0 {
		opt.Limits.MaxLine = d.MaxLine
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("fhir source: %w", err)
	}
	s := &Source{root: root, opt: opt}
	if is, err := bulk.Is(root); err != nil || !is {
		return s, err
	}
	s.bulk, err = bulk.Open(ctx, root, bulk.Options{Work: opt.Work, MaxLine: opt.Limits.MaxLine})
	if err != nil {
		root.Close()
		return nil, fmt.Errorf("fhir source: %w", err)
	}
	return s, nil
}

// Close lets go of the folder and of the index.
func (s *Source) Close() error {
	var err error
	if s.bulk != nil {
		err = s.bulk.Close()
	}
	return errors.Join(err, s.root.Close())
}

// Incomplete tells in which ways the whole delivery is not complete: error files,
// files that are not there, lines that cannot be read. While it is not empty, no
// avg-inzage of this source may be released: what is missing can be anybody's.
// Gaps of one client alone are unreadable items in that client's dossier.
func (s *Source) Incomplete() []string {
	if s.bulk == nil {
		return nil
	}
	return s.bulk.Gaps()
}

// Clients lists the clients in a fixed order: the files of the folder, then its
// folders; of an export the patients in order of their hash.
func (s *Source) Clients(ctx context.Context) iter.Seq2[Ref, error] {
	if s.bulk != nil {
		return s.bulk.Patients(ctx)
	}
	return func(yield func(Ref, error) bool) {
		list, err := fs.ReadDir(s.root.FS(), ".")
		if err != nil {
			yield(Ref{}, fmt.Errorf("fhir source: %w", err))
			return
		}
		sort.SliceStable(list, func(i, j int) bool { return !list[i].IsDir() && list[j].IsDir() })
		for _, e := range list {
			ref, ok := s.client(e)
			if err := ctx.Err(); err != nil {
				yield(Ref{}, err)
				return
			}
			if ok && !yield(ref, nil) {
				return
			}
		}
	}
}

// client makes a Ref of a directory entry that holds a client's record.
func (s *Source) client(e fs.DirEntry) (Ref, bool) {
	name := e.Name()
	switch {
	case strings.HasPrefix(name, "."):
	case e.IsDir() && name != "bijlagen" && name != "toegang":
		files := s.files(name)
		var size int64
		for _, f := range files {
			size += f.Size
		}
		return Ref{Path: name + "/", Size: size}, len(files) > 0
	case e.Type().IsRegular() && isRecord(name):
		if info, err := e.Info(); err == nil {
			return Ref{Path: name, Size: info.Size()}, true
		}
	}
	return Ref{}, false
}

// isRecord reports whether a file name is that of a record.
func isRecord(name string) bool {
	return (strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".ndjson")) && !strings.HasSuffix(name, accessName) && !strings.HasPrefix(name, ".")
}

// files are the record files of one client's folder, in order of their path.
func (s *Source) files(dir string) []Ref {
	var out []Ref
	_ = fs.WalkDir(s.root.FS(), dir, func(p string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // a part that cannot be listed; reading the client tells it
		case e.IsDir() && e.Name() == "bijlagen":
			return fs.SkipDir
		case e.Type().IsRegular() && isRecord(e.Name()):
			if info, err := e.Info(); err == nil {
				out = append(out, Ref{Path: p, Size: info.Size()})
			}
		}
		return nil
	})
	return out
}

// Load reads one client. Its error is an [Error], or ctx's.
func (s *Source) Load(ctx context.Context, ref Ref) (*dossier.Dossier, error) {
	m, err := s.mapped(ctx, ref, nil)
	if err != nil {
		return nil, err
	}
	return m.dossier, nil
}

// A mapped client is the dossier with what it was made of.
type mapped struct {
	dossier *dossier.Dossier
	rec     *record
	m       *mapper
}

// mapped reads one client's files and makes the items.
func (s *Source) mapped(ctx context.Context, ref Ref, p *Profile) (mapped, error) {
	rec, err := s.record(ctx, ref)
	if err != nil {
		return mapped{}, err
	}
	acc, err := s.access(ref)
	if err != nil {
		return mapped{}, err
	}
	m := &mapper{rec: rec, opt: &s.opt, profile: p, at: ref.Path}
	m.patient = rec.client()
	p.count(rec)
	if m.patient == nil {
		return mapped{}, &Error{File: ref.Path, Text: "has no Patient, or several and none that most of it is about"}
	}
	if s.bulk != nil && fs.ValidPath(m.patient.id) && !strings.Contains(m.patient.id, "/") {
		if acc, err = s.accessFile("toegang/" + m.patient.id + ".json"); err != nil {
			return mapped{}, err
		}
	}
	return mapped{m.dossierOf(acc), rec, m}, nil
}

// record reads all files of one client.
func (s *Source) record(ctx context.Context, ref Ref) (*record, error) {
	rec := newRecord()
	if s.bulk != nil {
		err := s.bulk.Record(ctx, ref, func(line []byte) { rec.line(string(line)) })
		rec.asOf = max(rec.asOf, s.bulk.TransactionTime())
		for _, g := range s.bulk.Gaps() {
			rec.gap(g)
		}
		if err != nil && ctx.Err() == nil {
			err = &Error{File: ref.Path, Text: "cannot be read from the export", err: err}
		}
		if err == nil {
			err = s.complete(ctx, rec)
		}
		return rec, err
	}
	files := []Ref{ref}
	if dir, ok := strings.CutSuffix(ref.Path, "/"); ok {
		files = s.files(dir)
	}
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := s.read(rec, f); err != nil {
			return nil, err
		}
	}
	return rec, nil
}

// read adds one file to a record, whole or line by line.
func (s *Source) read(rec *record, f Ref) error {
	text, err := s.text(f.Path)
	if err != nil {
		return err
	}
	if strings.HasSuffix(f.Path, ".ndjson") {
		for l := range strings.Lines(text) {
			rec.line(l)
		}
		return nil
	}
	n, at, err := tree.Parse(text)
	if err != nil {
		return &Error{File: f.Path, Line: 1 + strings.Count(text[:min(at, len(text))], "\n"), Text: "is not JSON from here on", err: err}
	}
	rec.add(n, "")
	return nil
}

// text is a file's text, no longer than the limit.
func (s *Source) text(name string) (string, error) {
	f, err := s.root.Open(path.Clean(name))
	if err != nil {
		return "", &Error{File: name, Text: "cannot be opened", err: err}
	}
	defer f.Close()
	var b strings.Builder
	if info, err := f.Stat(); err == nil {
		b.Grow(int(min(info.Size(), s.opt.Limits.MaxFile)))
	}
	n, err := io.Copy(&b, io.LimitReader(f, s.opt.Limits.MaxFile+1))
	switch {
	case err != nil:
		return "", &Error{File: name, Text: "cannot be read", err: err}
	case n > s.opt.Limits.MaxFile:
		return "", &Error{File: name, Text: "is larger than the limit"}
	}
	return b.String(), nil
}

// line takes in one line of NDJSON. A line that is no JSON becomes an unreadable
// resource: somebody's, and nobody can tell whose.
func (r *record) line(s string) {
	s = strings.TrimSpace(strings.TrimPrefix(s, "\uFEFF"))
	if s == "" {
		return
	}
	n, _, err := tree.Parse(s)
	if err != nil {
		n, _, _ = tree.Parse("{}")
		res := &resource{node: n, bad: reasonLine}
		r.name(res)
		r.all = append(r.all, res)
		return
	}
	r.add(n, "")
}

// complete adds the resources that belong to nobody and that this record points
// at: practitioners, organisations, places, medicines. What these point at in
// turn is added as well, three steps far.
func (s *Source) complete(ctx context.Context, rec *record) error {
	asked := map[string]bool{}
	from := 0
	for range 3 {
		var wanted []string
		for _, r := range rec.all[from:] {
			wanted = rec.dangling(r.node, r, wanted)
		}
		from = len(rec.all)
		for _, ref := range wanted {
			if asked[ref] || rec.by[ref] != nil {
				continue
			}
			asked[ref] = true
			line, err := s.bulk.Find(ctx, ref)
			if err != nil {
				return err
			}
			if line != nil {
				rec.line(string(line))
			}
		}
	}
	return nil
}

// dangling are the references in n to what is not in the record.
func (r *record) dangling(n *tree.Node, from *resource, out []string) []string {
	if n.Kind == tree.Object {
		if ref := n.Get("reference"); ref.Leaf() || n.Get("identifier") != nil && n.Get("resourceType") == nil {
			if r.find(n, from) == nil {
				out = append(out, wants(n)...)
			}
		} else if u := n.Get("url"); u.Leaf() && strings.HasPrefix(u.Peek(), "Binary/") {
			out = append(out, u.Peek())
		}
	}
	for i := range n.Kids() {
		if k := &n.Kids()[i]; k.Kind >= tree.List && k.Name != "text" {
			out = r.dangling(k, from, out)
		}
	}
	return out
}

// wants are the names under which the index knows a reference's target.
func wants(ref *tree.Node) []string {
	if s := strings.TrimSpace(ref.Get("reference").Peek()); s != "" {
		keys := refKeys(s)
		return keys[len(keys)-1:]
	}
	v := ref.At("identifier", "value").Peek()
	if v == "" {
		return nil
	}
	suffix := "?identifier=" + ref.At("identifier", "system").Peek() + "|" + v
	return []string{"Practitioner" + suffix, "Organization" + suffix, "Location" + suffix}
}
