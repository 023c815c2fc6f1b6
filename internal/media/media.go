// Package media checks, cleans and measures the attachments of a document.
//
// It believes the bytes and not the name or the stated type. Pictures are drawn
// anew, so that no place, camera or thumbnail goes along; other files pass as
// they are when they are what the record says, and it tells of each whether it can
// start something when it is opened; it never takes that out, for then the file
// would be another. It never fails for one bad file: what cannot go along is listed
// with its reason. It refuses to decode a picture before it knows the number of
// pixels and has the memory for them.
package media

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"inzage/internal/document"
	"inzage/internal/dossier"
)

// Limits bound what attachments may cost.
type Limits struct {
	MaxBytes    int64 // of one file
	MaxPixels   int64 // of one picture, before it is made smaller
	Edge        int   // longest side of a picture in the bundle, in pixels
	InlineBytes int64 // of all pictures of one document that are held in memory

	// Pixels is the memory for decoded pictures, shared by all that prepare at
	// once; nil bounds nothing.
	Pixels *Budget
	// Inert leaves out every file that can start something.
	Inert bool
}

// DefaultLimits fit phone photos and scanned letters.
func DefaultLimits() Limits {
	return Limits{MaxBytes: 25 << 20, MaxPixels: 50_000_000, Edge: 1600, InlineBytes: 24 << 20}
}

// A File is one attachment, ready for the bundle or missing with a reason.
type File struct {
	Attachment dossier.Attachment
	Number     int    // from 1, in the order of the items; the missing ones count
	Path       string // in the bundle: "bijlagen/bijlage-001.jpg"; empty when missing
	MIME       string // of what goes into the bundle
	Size       int64  // bytes of what goes into the bundle
	SHA256     string // hex, of what goes into the bundle
	Pages      int    // of a PDF; 0 when it cannot be told
	Image      *document.Image
	Starts     []Start // what it can start, sorted; also of one that was left out for it
	Missing    dossier.Reason

	opener dossier.Opener
	lim    Limits
}

// A Set is the attachments of one document. It may be read by several at once.
type Set struct {
	files []File
	index map[[2]string]int
}

// Prepare reads every attachment of the items once, in their order, and numbers
// them. Its only error is ctx's: a file that cannot go along has Missing set.
func Prepare(ctx context.Context, o dossier.Opener, items []dossier.Item, lim Limits) (*Set, error) {
	s := &Set{index: map[[2]string]int{}}
	room := lim.InlineBytes
	for _, it := range items {
		for _, a := range it.Attachments {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			f, err := prepare(ctx, o, a, lim)
			if err != nil {
				return nil, err
			}
			f.Number = len(s.files) + 1
			if f.Missing == "" {
				f.Path = fmt.Sprintf("bijlagen/bijlage-%03d.%s", f.Number, ending(f.MIME))
			}
			if f.Image != nil {
				if room -= int64(len(f.Image.Data)); room < 0 {
					f.Image, room = nil, room+int64(len(f.Image.Data))
				}
			}
			s.index[[2]string{it.ID, a.ID}] = len(s.files)
			s.files = append(s.files, f)
		}
	}
	return s, ctx.Err()
}

// Of gives an item's attachment; false when it was not prepared.
func (s *Set) Of(itemID, attachmentID string) (File, bool) {
	if s == nil {
		return File{}, false
	}
	i, ok := s.index[[2]string{itemID, attachmentID}]
	if !ok {
		return File{}, false
	}
	return s.files[i], true
}

// Files lists all attachments in order, the missing ones too.
func (s *Set) Files() []File {
	if s == nil {
		return nil
	}
	return s.files
}

// MissingCount is how many attachments do not go along.
func (s *Set) MissingCount() int {
	n := 0
	for _, f := range s.Files() {
		if f.Missing != "" {
			n++
		}
	}
	return n
}

// LeftOutCount is how many of the missing were left out because they can start
// something: by choice, and not for want of a file.
func (s *Set) LeftOutCount() int {
	n := 0
	for _, f := range s.Files() {
		if f.Missing == dossier.MissingActive {
			n++
		}
	}
	return n
}

// StartingCount is how many attachments can start something, with those that
// were left out for it.
func (s *Set) StartingCount() int {
	n := 0
	for _, f := range s.Files() {
		if len(f.Starts) > 0 {
			n++
		}
	}
	return n
}

// Open gives the bytes that go into the bundle: the picture drawn anew, or the
// file as it was. The caller closes it. A file that has changed since it was
// prepared is a [dossier.Missing]: its digest already stands in the document.
func (f File) Open(ctx context.Context) (io.ReadCloser, error) {
	if f.Missing != "" {
		return nil, dossier.Missing{Reason: f.Missing}
	}
	if f.Image != nil {
		return io.NopCloser(bytes.NewReader(f.Image.Data)), nil
	}
	data, reason := fetch(ctx, f.opener, f.Attachment, f.lim)
	if reason == "" && pictures[f.MIME] {
		var err error
		if data, _, reason, err = redraw(ctx, data, f.lim); err != nil {
			return nil, err
		}
	}
	if reason == "" && digest(data) != f.SHA256 {
		reason = dossier.MissingWrongHash
	}
	if reason != "" {
		return nil, dossier.Missing{Reason: reason}
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// prepare makes one attachment ready. Its only error is ctx's.
func prepare(ctx context.Context, o dossier.Opener, a dossier.Attachment, lim Limits) (f File, err error) {
	f = File{Attachment: a, opener: o, lim: lim}
	data, reason := fetch(ctx, o, a, lim)
	if reason != "" {
		f.Missing = reason
		return f, nil
	}
	f.MIME = Sniff(data)
	if f.Missing = matches(a.MIME, f.MIME); f.Missing != "" {
		return f, nil
	}
	switch {
	case pictures[f.MIME]:
		f.Image, f.Missing, err = clean(ctx, data, lim)
		if err != nil || f.Missing != "" {
			return f, err
		}
		data, f.MIME = f.Image.Data, f.Image.MIME
	case f.MIME == "application/pdf":
		f.Pages, f.Starts, f.Missing = inspectPDF(data)
	default:
		f.Starts = starts(data, f.MIME, base(a.MIME))
	}
	if f.Missing == "" && len(f.Starts) > 0 && lim.Inert {
		f.Missing = dossier.MissingActive
	}
	if f.Missing != "" {
		return f, nil
	}
	if stated := base(a.MIME); f.MIME == "" || markup[stated] || zipped[stated] {
		f.MIME = stated // the bytes say less
	}
	f.Size, f.SHA256 = int64(len(data)), digest(data)
	return f, nil
}

// fetch reads a file whole, within the limit, and compares it with what the record says of it.
func fetch(ctx context.Context, o dossier.Opener, a dossier.Attachment, lim Limits) ([]byte, dossier.Reason) {
	r, err := o.Open(ctx, a)
	if err != nil {
		var m dossier.Missing
		if errors.As(err, &m) {
			return nil, m.Reason
		}
		return nil, dossier.MissingUnreadable
	}
	defer r.Close()
	limit := lim.MaxBytes
	if a.Size > 0 {
		limit = min(limit, a.Size)
	}
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return nil, dossier.MissingUnreadable
	case len(data) == 0:
		return nil, dossier.MissingEmpty
	case int64(len(data)) > limit:
		return nil, dossier.MissingTooLarge
	case a.Size > int64(len(data)):
		return nil, dossier.MissingBroken // cut off
	case a.SHA256 != "" && !strings.EqualFold(a.SHA256, digest(data)):
		return nil, dossier.MissingWrongHash
	}
	return data, ""
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
