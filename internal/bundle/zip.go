package bundle

import (
	"archive/zip"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// What a ZIP may cost before its manifest is known and believed. Text deflates
// to a tenth; what would inflate to a hundred times the whole file and more is
// made to harm.
const (
	maxTag   = 16 << 20 // bytes of a tag file, which is read whole
	maxFiles = 65_535   // a ZIP without the extension for more
	maxRatio = 100      // bytes inflated for one byte of ZIP
	spare    = 16 << 20 // and so many more
)

// bag is a ZIP whose names and extents have been checked.
type bag struct {
	root  string
	files map[string]*zip.File // by name below root
	order []string
}

func openBag(r io.ReaderAt, size int64) (*bag, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: not a ZIP file", ErrBag)
	}
	if err := extents(z, size); err != nil {
		return nil, err
	}
	b := &bag{files: map[string]*zip.File{}}
	seen := map[string]bool{} // in lower case: some file systems make two such names one
	for _, f := range z.File {
		root, name, ok := strings.Cut(f.Name, "/")
		if !ok || !safePath(f.Name) || !strings.HasPrefix(root, "dossier-") || !f.Mode().IsRegular() {
			return nil, ErrUnsafe
		}
		if b.root == "" {
			b.root = root + "/"
		}
		if b.root != root+"/" || seen[strings.ToLower(name)] {
			return nil, fmt.Errorf("%w: more than one folder, or a name twice", ErrBag)
		}
		seen[strings.ToLower(name)] = true
		b.files[name] = f
		b.order = append(b.order, name)
	}
	return b, nil
}

// extents refuses a ZIP of which parts are used twice, or that would inflate to
// more than a bundle can hold, before anything is inflated.
func extents(z *zip.Reader, size int64) error {
	type extent struct{ from, to int64 }
	var list []extent
	left := uint64(maxRatio*size + spare)
	for _, f := range z.File {
		from, err := f.DataOffset()
		if err != nil || len(z.File) > maxFiles || f.Method != zip.Store && f.Method != zip.Deflate ||
			f.Method == zip.Store && f.CompressedSize64 != f.UncompressedSize64 || f.CompressedSize64 > uint64(size-from) {
			return fmt.Errorf("%w: not a ZIP file as a bundle is", ErrBag)
		}
		if f.UncompressedSize64 > left {
			return fmt.Errorf("%w: it would unpack to far more than it is", ErrBag)
		}
		left -= f.UncompressedSize64
		list = append(list, extent{from, from + int64(f.CompressedSize64)})
	}
	slices.SortFunc(list, func(a, b extent) int { return cmp.Compare(a.from, b.from) })
	for i := range list[:max(0, len(list)-1)] {
		if list[i].to >= list[i+1].from { // a local header stands between them
			return fmt.Errorf("%w: two files in one place", ErrBag)
		}
	}
	return nil
}
