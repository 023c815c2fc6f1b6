package fhir

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/r4"
)

// Opener implements [dossier.Reader]. The client is read again at the first
// attachment inside a resource, and let go of with the opener.
func (s *Source) Opener(ref dossier.FileRef) dossier.Opener {
	return &opener{s: s, ref: ref}
}

type opener struct {
	s    *Source
	ref  dossier.FileRef
	once sync.Once
	set  *r4.Set
	err  error
}

// Open implements [dossier.Opener].
func (o *opener) Open(ctx context.Context, a dossier.Attachment) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(a.Path, "fhir/") {
		return o.beside(a.Path)
	}
	o.once.Do(func() { o.set, o.err = o.read(ctx) })
	if o.err != nil {
		return nil, dossier.Missing{Reason: dossier.MissingUnreadable}
	}
	data, want, ok := r4.Bytes(o.set, a.Path)
	switch {
	case !ok:
		return nil, dossier.Missing{Reason: dossier.MissingBroken}
	case len(data) == 0:
		return nil, dossier.Missing{Reason: dossier.MissingEmpty}
	}
	if got := sha1.Sum(data); want != "" && hex.EncodeToString(got[:]) != want { // FHIR R4: Attachment.hash is SHA-1
		return nil, dossier.Missing{Reason: dossier.MissingWrongHash}
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

func (o *opener) read(ctx context.Context) (*r4.Set, error) {
	in, err := o.s.input(ctx, o.ref)
	if err != nil {
		return nil, err
	}
	in.tidy()
	return r4.NewSet(in.list, in.shared()), nil
}

// beside opens a file beside the client's; no path leaves the folder.
func (o *opener) beside(p string) (io.ReadCloser, error) {
	clean := path.Clean(p)
	if !fs.ValidPath(clean) || clean == "." || strings.ContainsAny(p, "\\\x00") {
		return nil, dossier.Missing{Reason: dossier.MissingOutside}
	}
	dir := "."
	if o.s.opt.Layout == Folder {
		dir = path.Clean(o.ref.Path)
	}
	root, err := o.s.root.OpenRoot(dir)
	if err != nil {
		return nil, missing(err)
	}
	defer root.Close()
	info, err := root.Stat(clean)
	if err != nil {
		return nil, missing(err)
	}
	if !info.Mode().IsRegular() {
		return nil, dossier.Missing{Reason: dossier.MissingUnreadable}
	}
	f, err := root.Open(clean)
	if err != nil {
		return nil, missing(err)
	}
	return f, nil
}

func missing(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return dossier.Missing{Reason: dossier.MissingFile}
	case strings.Contains(err.Error(), "escapes"): // os.Root has no exported error for it
		return dossier.Missing{Reason: dossier.MissingOutside}
	}
	return dossier.Missing{Reason: dossier.MissingUnreadable}
}
