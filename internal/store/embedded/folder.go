package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
)

// The two ways of keeping metadata: in extended attributes of each file, or in
// files beside it where the file system has none.
const (
	inAttributes = "xattr"
	inSidecar    = "sidecar"
)

// marker is the file that says which way a folder was written.
const marker = "inzage-store.txt"

// ErrMixed means that a folder was written with another way of keeping
// metadata. It was copied to a file system without extended attributes, or
// copied without them: use the original, or copy it with cp -a or rsync -X.
var ErrMixed = errors.New("the folder was written with another way of keeping metadata")

// openBackend opens the folder with the library's file backend. It changes the
// working directory of the process.
func openBackend(dir string) (*posix.Posix, error) {
	data, versions, side := filepath.Join(dir, "data"), filepath.Join(dir, "versions"), filepath.Join(dir, "meta")
	for _, d := range []string{dir, data, versions} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, err
		}
	}
	way, err := metadataWay(dir, data)
	if err != nil {
		return nil, err
	}
	opts := posix.PosixOpts{VersioningDir: versions, CopyObjectThreshold: copyLimit}
	opts.SetNewDirPerm(0o700)
	opts.SetNewFilePerm(0o600)
	var store meta.MetadataStorer = meta.XattrMeta{}
	if way == inSidecar {
		if err := os.MkdirAll(side, 0o700); err != nil {
			return nil, err
		}
		if store, err = meta.NewSideCar(side); err != nil {
			return nil, err
		}
		opts.SideCarDir = side
	}
	return quietly(func() (*posix.Posix, error) { return posix.New(data, store, opts) })
}

// metadataWay reads the marker, or writes it for a new folder.
func metadataWay(dir, data string) (string, error) {
	path := filepath.Join(dir, marker)
	b, err := os.ReadFile(path)
	way := strings.TrimSpace(string(b))
	able := (meta.XattrMeta{}).Test(data) == nil
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return newMarker(path, data, able)
	case err != nil:
		return "", err
	case way != inAttributes && way != inSidecar:
		return "", fmt.Errorf("%s holds neither %q nor %q: %w", marker, inAttributes, inSidecar, ErrMixed)
	case way == inAttributes && !able:
		return "", fmt.Errorf("this file system has no extended attributes: %w", ErrMixed)
	}
	return way, nil
}

// newMarker chooses a way for a folder that has no marker. It refuses one that
// holds data: nobody can tell how that was written.
func newMarker(path, data string, able bool) (string, error) {
	if entries, err := os.ReadDir(data); err != nil || len(entries) > 0 {
		return "", errors.Join(fmt.Errorf("%s is missing in a folder with data: %w", marker, ErrMixed), err)
	}
	way := inAttributes
	if !able {
		way = inSidecar
	}
	return way, os.WriteFile(path, []byte(way+"\n"), 0o600)
}

// quietly runs f with standard output turned away: the library prints there.
func quietly[T any](f func() (T, error)) (T, error) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		var zero T
		return zero, err
	}
	defer null.Close()
	keep := os.Stdout
	os.Stdout = null
	defer func() { os.Stdout = keep }()
	return f()
}
