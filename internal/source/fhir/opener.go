package fhir

import (
	"bytes"
	"context"
	"crypto/sha1" //nolint:gosec // FHIR R4 states the hash of an Attachment in SHA-1
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"

	"inzage/internal/dossier"
)

// Opener opens the attachments of one client: bytes that stand in the record
// itself, or files beside it. It reads the record again at the first opening and
// then holds it until the opener is let go.
func (s *Source) Opener(ref Ref) dossier.Opener {
	return &opener{s: s, ref: ref}
}

type opener struct {
	s    *Source
	ref  Ref
	mu   sync.Mutex
	done bool
	list map[string]content
	err  error
}

// Open implements [dossier.Opener]; the caller closes the reader.
func (o *opener) Open(ctx context.Context, a dossier.Attachment) (io.ReadCloser, error) {
	c, err := o.find(ctx, a.Path)
	if err != nil {
		return nil, err
	}
	if c.reason != "" {
		return nil, dossier.Missing{Reason: c.reason}
	}
	var b []byte
	if c.file != "" {
		b, err = o.beside(c.file)
	} else if b, err = decode(c.data); err != nil {
		err = dossier.Missing{Reason: dossier.MissingBroken}
	}
	switch {
	case err != nil:
		return nil, err
	case len(b) == 0:
		return nil, dossier.Missing{Reason: dossier.MissingEmpty}
	case !sameHash(b, c.sha1):
		return nil, dossier.Missing{Reason: dossier.MissingWrongHash}
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

// find is where an attachment's bytes are. The record is read when the first is asked
// for, and once.
func (o *opener) find(ctx context.Context, p string) (content, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.done {
		m, err := o.s.mapped(ctx, o.ref, nil)
		if ctx.Err() != nil {
			return content{}, ctx.Err()
		}
		if o.done, o.err = true, err; err == nil {
			o.list = m.m.files
		}
	}
	c, ok := o.list[p]
	if o.err != nil || !ok {
		return content{}, dossier.Missing{Reason: dossier.MissingFile}
	}
	return c, nil
}

// sameHash checks what the source states: SHA-1 of the bytes, in base64.
func sameHash(b []byte, want string) bool {
	if want == "" {
		return true
	}
	sum := sha1.Sum(b) //nolint:gosec // see above
	return want == base64.StdEncoding.EncodeToString(sum[:])
}

// beside reads a file in the client's own folder; of a client in one file that
// is the folder "bijlagen" and what stands beside the file.
func (o *opener) beside(name string) ([]byte, error) {
	dir := path.Dir(strings.TrimSuffix(o.ref.Path, "/") + "/x")
	if !strings.HasSuffix(o.ref.Path, "/") {
		dir = path.Dir(o.ref.Path)
	}
	if o.s.bulk != nil {
		dir = "."
	}
	if !fs.ValidPath(path.Clean(name)) || strings.ContainsAny(name, "\\\x00") {
		return nil, dossier.Missing{Reason: dossier.MissingOutside}
	}
	root, err := o.s.root.OpenRoot(dir)
	if err != nil {
		return nil, reasonOf(err)
	}
	defer root.Close()
	info, err := root.Stat(path.Clean(name))
	switch {
	case err != nil:
		return nil, reasonOf(err)
	case !info.Mode().IsRegular():
		return nil, dossier.Missing{Reason: dossier.MissingUnreadable}
	case info.Size() > o.s.opt.Limits.MaxFile:
		return nil, dossier.Missing{Reason: dossier.MissingTooLarge}
	}
	b, err := root.ReadFile(path.Clean(name))
	if err != nil {
		return nil, reasonOf(err)
	}
	return b, nil
}

// reasonOf is why a file could not be read, as a copy tells it.
func reasonOf(err error) error {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return dossier.Missing{Reason: dossier.MissingFile}
	case strings.Contains(err.Error(), "escapes"):
		return dossier.Missing{Reason: dossier.MissingOutside}
	}
	return dossier.Missing{Reason: dossier.MissingUnreadable}
}
