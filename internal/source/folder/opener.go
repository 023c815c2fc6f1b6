package folder

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"inzage/internal/dossier"
)

// Opener opens the attachments of one client. No path leaves the folder of the
// client's file, by dots, by a leading slash or by a symbolic link.
func (s *Source) Opener(ref Ref) dossier.Opener {
	return opener{s.root, path.Dir(path.Clean(ref.Path))}
}

type opener struct {
	root *os.Root
	dir  string
}

// Open implements [dossier.Opener]; the caller closes the reader.
func (o opener) Open(ctx context.Context, a dossier.Attachment) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !inside(a.Path) {
		return nil, dossier.Missing{Reason: dossier.MissingOutside}
	}
	dir, err := o.root.OpenRoot(o.dir)
	if err != nil {
		return nil, missing(err)
	}
	defer dir.Close()
	info, err := dir.Stat(a.Path) // before opening: opening a pipe would wait
	if err != nil {
		return nil, missing(err)
	}
	if !info.Mode().IsRegular() {
		return nil, dossier.Missing{Reason: dossier.MissingUnreadable}
	}
	f, err := dir.Open(a.Path)
	if err != nil {
		return nil, missing(err)
	}
	return f, nil
}

func inside(p string) bool {
	return fs.ValidPath(path.Clean(p)) && path.Clean(p) != "." && !strings.ContainsAny(p, "\\\x00")
}

// missing turns an error of os into a reason. What is neither absent nor
// forbidden is os.Root refusing to leave the folder, or a fault of the disk.
func missing(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return dossier.Missing{Reason: dossier.MissingFile}
	case errors.Is(err, fs.ErrPermission):
		return dossier.Missing{Reason: dossier.MissingUnreadable}
	case strings.Contains(err.Error(), "escapes"): // os.Root has no exported error for it
		return dossier.Missing{Reason: dossier.MissingOutside}
	}
	return dossier.Missing{Reason: dossier.MissingUnreadable}
}
