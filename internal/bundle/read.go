package bundle

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

var (
	// ErrBag means that the bag is not whole, or not as its manifest says: fetch the
	// bundle again.
	ErrBag = errors.New("the bundle is not whole")
	// ErrUnsafe means that a name in a bundle could leave its folder.
	ErrUnsafe = errors.New("unsafe file name")
)

// An Accept judges a manifest, such as by its signature and its [Place], before
// anything else of its bundle is read or unpacked.
type Accept func(Manifest) error

// Verify reads a bag and holds every file in it against the manifest. It gives
// back the manifest, or an error that wraps [ErrBag] or [ErrUnsafe], or that of
// an accept; an error of r is passed on. The manifest names every file of the
// bag, no more and no fewer, so whoever verifies its signature has verified them.
func Verify(r io.ReaderAt, size int64, accept ...Accept) (Manifest, error) {
	b, err := openBag(r, size)
	if err != nil {
		return Manifest{}, err
	}
	return b.verify(accept, func(string, io.Reader) error { return nil })
}

// Extract verifies a bag while writing it below dir, and gives back the folder
// that now holds it. The files appear under their own name only when all is
// whole; on an error nothing is left behind. It refuses a folder that exists.
func Extract(r io.ReaderAt, size int64, dir string, accept ...Accept) (folder string, m Manifest, err error) {
	b, err := openBag(r, size)
	if err != nil {
		return "", Manifest{}, err
	}
	folder = filepath.Join(dir, strings.TrimSuffix(b.root, "/"))
	if _, err := os.Lstat(folder); !errors.Is(err, fs.ErrNotExist) {
		return "", Manifest{}, fmt.Errorf("%s exists already; move it away or choose another folder", folder)
	}
	tmp, err := os.MkdirTemp(dir, ".inzage-*")
	if err != nil {
		return "", Manifest{}, err
	}
	defer os.RemoveAll(tmp)
	m, err = b.verify(accept, func(name string, r io.Reader) error {
		return writeFile(filepath.Join(tmp, filepath.FromSlash(name)), r)
	})
	if err != nil {
		return "", Manifest{}, err
	}
	return folder, m, os.Rename(tmp, folder)
}

func writeFile(name string, r io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// verify reads every file once and hands it to keep. Names and sizes are held
// against the manifest first: nothing is inflated that it does not name.
func (b *bag) verify(accept []Accept, keep func(name string, r io.Reader) error) (Manifest, error) {
	m, err := b.manifest()
	if err != nil {
		return Manifest{}, err
	}
	want, err := b.named(m)
	if err != nil {
		return Manifest{}, err
	}
	for _, judge := range accept {
		if err := judge(m); err != nil {
			return Manifest{}, err
		}
	}
	if err := b.tagsOf(m, want); err != nil {
		return Manifest{}, err
	}
	for _, name := range b.order {
		got, err := b.copy(name, keep)
		if err != nil {
			return Manifest{}, err
		}
		if got != want[name] {
			return Manifest{}, fmt.Errorf("%w: %s is altered", ErrBag, name)
		}
	}
	return m, nil
}

// manifest reads manifest.json, and keeps its bytes and those of its signature.
func (b *bag) manifest() (Manifest, error) {
	body, err := b.tag(ManifestName)
	if err != nil {
		return Manifest{}, err
	}
	m, err := ParseManifest(body)
	if err != nil {
		return Manifest{}, err
	}
	m.Raw = body
	if b.files[SignatureName] != nil {
		m.Signature, err = b.tag(SignatureName)
	}
	return m, err
}

// named holds the names and sizes of the payload against the manifest, both
// ways, and gives the sums that the manifest tells.
func (b *bag) named(m Manifest) (want map[string]string, err error) {
	if b.root != Folder(m.BundleID)+"/" {
		return nil, fmt.Errorf("%w: the folder has another name than the manifest", ErrBag)
	}
	want = map[string]string{}
	for _, f := range m.Files {
		z := b.files[f.Path]
		switch {
		case !strings.HasPrefix(f.Path, "data/") || want[f.Path] != "" || len(f.SHA256) != 64:
			return nil, fmt.Errorf("%w: the manifest names no payload, or a file twice", ErrBag)
		case z == nil:
			return nil, fmt.Errorf("%w: %s is missing", ErrBag, f.Path)
		case z.UncompressedSize64 != uint64(f.Size):
			return nil, fmt.Errorf("%w: %s has another size", ErrBag, f.Path)
		}
		want[f.Path] = f.SHA256
	}
	for _, name := range b.order {
		if strings.HasPrefix(name, "data/") && want[name] == "" {
			return nil, fmt.Errorf("%w: a file too many", ErrBag)
		}
	}
	return want, nil
}

// tagsOf compares the tag files with what the manifest makes of them, and adds
// their sums to want. No other file may stand beside the payload.
func (b *bag) tagsOf(m Manifest, want map[string]string) error {
	var sums strings.Builder
	note := func(name string, body []byte) {
		want[name] = fmt.Sprintf("%x", sha256.Sum256(body))
		fmt.Fprintf(&sums, "%s  %s\n", want[name], name)
	}
	for _, f := range m.tags() {
		note(f.name, []byte(f.text))
	}
	note(ManifestName, m.Raw)
	if m.Signature != nil {
		note(SignatureName, m.Signature)
	}
	if z := b.files[PaddingName]; z != nil {
		sum := sha256.New()
		if _, err := io.CopyN(sum, zeros{}, int64(z.UncompressedSize64)); err != nil {
			return err
		}
		want[PaddingName] = hex.EncodeToString(sum.Sum(nil))
		fmt.Fprintf(&sums, "%s  %s\n", want[PaddingName], PaddingName)
	}
	note(tagSumsName, []byte(sums.String()))
	if len(b.order) != len(want) {
		return fmt.Errorf("%w: a file too many or too few", ErrBag)
	}
	for name := range want {
		if b.files[name] == nil {
			return fmt.Errorf("%w: %s is missing", ErrBag, name)
		}
	}
	return nil
}

// tag reads a tag file whole.
func (b *bag) tag(name string) ([]byte, error) {
	f := b.files[name]
	if f == nil {
		return nil, fmt.Errorf("%w: %s is missing", ErrBag, name)
	}
	if f.UncompressedSize64 > maxTag {
		return nil, fmt.Errorf("%w: %s is too large", ErrBag, name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, zipError(name, err)
	}
	defer r.Close()
	body, err := io.ReadAll(r)
	return body, zipError(name, err)
}

// copy hands one file to keep and returns its SHA-256 in hex.
func (b *bag) copy(name string, keep func(string, io.Reader) error) (string, error) {
	r, err := b.files[name].Open()
	if err != nil {
		return "", zipError(name, err)
	}
	defer r.Close()
	sum := sha256.New()
	t := io.TeeReader(r, sum)
	if err := keep(name, t); err != nil {
		return "", zipError(name, err)
	}
	_, err = io.Copy(io.Discard, t)
	return hex.EncodeToString(sum.Sum(nil)), zipError(name, err)
}

func zipError(name string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, zip.ErrChecksum), errors.Is(err, zip.ErrFormat), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: %s is altered", ErrBag, name)
	}
	return fmt.Errorf("%s: %w", name, err)
}
