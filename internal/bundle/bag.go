// Package bundle lays out what a reader gets: one ZIP with one folder, a BagIt
// 1.0 bag (RFC 8493) that holds the dossier as PDF, HTML and JSON, the
// attachments and a manifest; and it reads such a ZIP back.
//
// The same contents give the same bytes. It refuses names that could leave the
// folder, and on reading it refuses a bag in which a file is missing, added or
// altered. It does not encrypt: what it writes goes into seal's writer.
package bundle

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/klauspost/compress/flate"
)

// A File is one payload file of a bag.
type File struct {
	Path string // below data/, slashes: "dossier.pdf", "bijlagen/bijlage-001.jpg"
	Data []byte // the bytes, or nil when Open gives them
	Open func(ctx context.Context) (io.ReadCloser, error)
}

// Contents is all that goes into one bundle.
type Contents struct {
	ID       string    // bundle id; names the folder
	Made     time.Time // the only clock in the bag
	Manifest Manifest  // BundleID, Made and Files are filled in by [Write]
	Files    []File    // in the order in which they are written

	// Sign, when set, signs the bytes of manifest.json; what it gives stands
	// beside it as manifest.json.sig. The signature is inside the encryption and
	// over the plaintext, so that it outlives every change of recipients.
	Sign func(manifest []byte) ([]byte, error)
	Pad  bool // bring the size of the ZIP to a [Padme] size
}

// Folder is the name of the top folder of a bundle.
func Folder(id string) string { return "dossier-" + id }

// Write writes the bag as a ZIP to w and returns its manifest with the size and
// SHA-256 of every payload file. It does not close w.
func Write(ctx context.Context, w io.Writer, c Contents) (Manifest, error) {
	b := newBagWriter(w, c)
	for _, f := range c.Files {
		if err := b.payload(ctx, f); err != nil {
			return Manifest{}, fmt.Errorf("bundle %s: %s: %w", c.ID, f.Path, err)
		}
	}
	m, err := b.tags(c)
	if err == nil {
		err = b.finish(c.Pad)
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("bundle %s: %w", c.ID, err)
	}
	return m, nil
}

type bagWriter struct {
	zip     *zip.Writer
	out     *counter // below zip
	root    string
	made    time.Time
	files   []FileEntry // payload, in order
	names   []string    // of all entries, in full
	tagSums strings.Builder
}

func newBagWriter(w io.Writer, c Contents) *bagWriter {
	out := &counter{w: w}
	z := zip.NewWriter(out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return pooledFlate(w) })
	return &bagWriter{zip: z, out: out, root: Folder(c.ID) + "/", made: zipTime(c.Made)}
}

// zipTime is a moment as a ZIP can hold it.
func zipTime(t time.Time) time.Time { return t.UTC().Truncate(2 * time.Second) }

func (b *bagWriter) payload(ctx context.Context, f File) error {
	if !safePath(f.Path) {
		return fmt.Errorf("name: %w", ErrUnsafe)
	}
	src := io.NopCloser(bytes.NewReader(f.Data))
	if f.Open != nil {
		var err error
		if src, err = f.Open(ctx); err != nil {
			return err
		}
	}
	defer src.Close()
	size, sum, err := b.add("data/"+f.Path, src)
	b.files = append(b.files, FileEntry{"data/" + f.Path, size, sum})
	return err
}

// add writes one file into the ZIP and returns its size and SHA-256 in hex.
func (b *bagWriter) add(name string, src io.Reader) (int64, string, error) {
	return b.addAs(name, method(name), src)
}

func (b *bagWriter) addAs(name string, method uint16, src io.Reader) (int64, string, error) {
	w, err := b.create(name, method)
	if err != nil {
		return 0, "", err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, sum), src)
	return n, hex.EncodeToString(sum.Sum(nil)), err
}

// create ends the file before it and starts a new one.
func (b *bagWriter) create(name string, method uint16) (io.Writer, error) {
	h := &zip.FileHeader{Name: b.root + name, Method: method, Modified: b.made}
	h.SetMode(0o644)
	b.names = append(b.names, h.Name)
	return b.zip.CreateHeader(h)
}

// method stores what is compressed already and deflates the rest.
func method(name string) uint16 {
	switch path.Ext(name) {
	case ".html", ".json", ".txt", ".csv", ".xml":
		return zip.Deflate
	}
	return zip.Store
}

// tags writes the tag files, all but the sums of the tags.
func (b *bagWriter) tags(c Contents) (Manifest, error) {
	m := c.Manifest
	m.BundleID, m.Made, m.Files = c.ID, c.Made, b.files
	body, err := m.encode()
	if err != nil {
		return m, err
	}
	tags := append(m.tags(), tagFile{ManifestName, string(body)})
	if c.Sign != nil {
		sig, err := c.Sign(body)
		if err != nil {
			return m, fmt.Errorf("%s: %w", SignatureName, err)
		}
		tags = append(tags, tagFile{SignatureName, string(sig)})
	}
	for _, f := range tags {
		if err := b.tag(f.name, strings.NewReader(f.text)); err != nil {
			return m, err
		}
	}
	return m, nil
}

// tag writes one tag file and notes its sum.
func (b *bagWriter) tag(name string, src io.Reader) error {
	_, sum, err := b.add(name, src)
	b.noteTag(name, sum)
	return err
}

func (b *bagWriter) noteTag(name, sum string) { fmt.Fprintf(&b.tagSums, "%s  %s\n", sum, name) }

// finish writes the padding when it is asked for, the sums of the tags, and the
// end of the ZIP.
func (b *bagWriter) finish(pad bool) error {
	if pad {
		return b.finishPadded()
	}
	if _, _, err := b.add(tagSumsName, strings.NewReader(b.tagSums.String())); err != nil {
		return err
	}
	return b.zip.Close()
}

// A tagFile is a file of the bag that is not payload.
type tagFile struct{ name, text string }

// tags are the tag files that follow from the manifest alone. A reader compares
// them byte for byte, so that nothing stands in a bag that its signature does
// not cover.
func (m Manifest) tags() []tagFile {
	return []tagFile{
		{"bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"},
		{"bag-info.txt", m.info()},
		{payloadSumsName, m.sums()},
	}
}

func (m Manifest) sums() string {
	var s strings.Builder
	for _, f := range m.Files {
		fmt.Fprintf(&s, "%s  %s\n", f.SHA256, f.Path)
	}
	return s.String()
}

// info is bag-info.txt (RFC 8493 section 2.2.2); it names nobody.
func (m Manifest) info() string {
	var total int64
	for _, f := range m.Files {
		total += f.Size
	}
	return fmt.Sprintf("Source-Organization: %s\nExternal-Identifier: %s\nBagging-Date: %s\nBag-Software-Agent: %s\nPayload-Oxum: %d.%d\n",
		oneLine(m.Organisation), m.BundleID, zipTime(m.Made).Format("2006-01-02"), m.Program, total, len(m.Files))
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

const maxName = 200 // bytes of a path in a bag

// safePath reports whether p is a relative ASCII path that stays in its folder
// on every system.
func safePath(p string) bool {
	if p == "" || len(p) > maxName || path.Clean(p) != p || strings.HasPrefix(p, "/") || strings.HasPrefix(p, "..") {
		return false
	}
	for _, r := range p {
		ok := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./", r)
		if !ok {
			return false
		}
	}
	return true
}

var flatePool = newPool(func() *flate.Writer {
	w, err := flate.NewWriter(io.Discard, 6)
	if err != nil {
		panic(err) // level 6 exists
	}
	return w
})

// pooledFlate lends a compressor; closing it gives it back.
func pooledFlate(w io.Writer) (io.WriteCloser, error) {
	f := flatePool.get()
	f.Reset(w)
	return &lentFlate{f}, nil
}

type lentFlate struct{ *flate.Writer }

func (l *lentFlate) Close() error {
	err := l.Writer.Close()
	flatePool.put(l.Writer)
	return err
}
