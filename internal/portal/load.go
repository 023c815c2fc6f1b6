package portal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// The bounds of a folder: more is a mistake, not a portal.
const (
	maxFile  = 2 << 20
	maxFiles = 500
)

// Load reads and checks a portal folder. The error is a [*Faults] that names
// everything wrong with it; there is never half a portal.
func Load(dir string) (*Portal, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, &Faults{filepath.Base(dir), []Fault{{File: ".", Text: "folder cannot be opened"}}}
	}
	defer root.Close() // read only
	return load(root.FS(), filepath.Base(filepath.Clean(dir)))
}

// A loader gathers files, faults and the portal.
type loader struct {
	files  map[string][]byte
	names  []string // sorted
	faults Faults
	p      *Portal
}

func load(fsys fs.FS, name string) (*Portal, error) {
	l := &loader{files: map[string][]byte{}, faults: Faults{Dir: name}, p: &Portal{}}
	l.gather(fsys)
	l.settings()
	l.terms()
	l.disclaimer()
	l.article15()
	l.texts()
	l.lint()
	l.unknownFiles()
	l.p.Digest = l.digest()
	if len(l.faults.List) > 0 {
		l.faults.sort()
		return nil, &l.faults
	}
	return l.p, nil
}

func (l *loader) fault(file string, line int, text string) {
	l.faults.List = append(l.faults.List, Fault{file, line, text})
}

func (l *loader) warn(file string, line int, text string) {
	l.p.Warnings = append(l.p.Warnings, Warning{file, line, text})
}

// gather reads every file once. Hidden files, such as an editor's, are passed by.
func (l *loader) gather(fsys fs.FS) {
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			l.fault(name, 0, "cannot be read")
			return nil
		case name != "." && strings.HasPrefix(path.Base(name), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			return nil
		case !d.Type().IsRegular():
			l.fault(name, 0, "is not a plain file")
			return nil
		case len(l.names) >= maxFiles:
			return fmt.Errorf("more than %d files", maxFiles)
		}
		l.read(fsys, name)
		return nil
	})
	if err != nil {
		l.fault(".", 0, err.Error())
	}
	slices.Sort(l.names)
}

func (l *loader) read(fsys fs.FS, name string) {
	f, err := fsys.Open(name)
	if err != nil {
		l.fault(name, 0, "cannot be read")
		return
	}
	defer f.Close() // read only
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		l.fault(name, 0, "cannot be read")
	case len(b) > maxFile:
		l.fault(name, 0, fmt.Sprintf("larger than %d bytes", maxFile))
	default:
		l.files[name] = b
		l.names = append(l.names, name)
	}
}

// within lists the files of a folder by name.
func (l *loader) within(folder string) []string {
	var out []string
	for _, n := range l.names {
		if path.Dir(n) == folder {
			out = append(out, n)
		}
	}
	return out
}

// unknownFiles names what the folder holds that nothing reads: most often a
// text with a wrong name, which would otherwise be silently absent.
func (l *loader) unknownFiles() {
	for _, n := range l.names {
		switch dir := path.Dir(n); {
		case n == settingsFile, n == disclaimerFile, n == englishName(disclaimerFile), n == "README.md":
		case dir == termsDir, dir == article15Dir, dir == textsDir:
		case dir == "." && strings.HasSuffix(n, ".png"):
		default:
			l.fault(n, 0, "unknown file")
		}
	}
}

// digest is SHA-256 over each file's name, length and bytes, in order of name.
func (l *loader) digest() string {
	h := sha256.New()
	for _, n := range l.names {
		fmt.Fprintf(h, "%d:%s%d:", len(n), n, len(l.files[n]))
		h.Write(l.files[n])
	}
	return hex.EncodeToString(h.Sum(nil))
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
