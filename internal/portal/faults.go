package portal

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrPortal is wrapped by every [Faults]: mend the portal folder, nothing else helps.
var ErrPortal = errors.New("portal refused")

// A Fault is one thing that is wrong in a portal folder.
type Fault struct {
	File string // relative to the folder, with slashes
	Line int    // from 1; 0 when the whole file or folder is meant
	Text string
}

func (f Fault) String() string {
	if f.Line == 0 {
		return f.File + ": " + f.Text
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Text)
}

// Faults is the error of [Load]: everything wrong in a folder, sorted by file
// and line.
type Faults struct {
	Dir  string // the folder's last name
	List []Fault
}

// Error gives one fault a line, after a line that counts them.
func (f *Faults) Error() string {
	lines := make([]string, 0, len(f.List)+1)
	lines = append(lines, fmt.Sprintf("portal %s: %d fault(s)", f.Dir, len(f.List)))
	for _, x := range f.List {
		lines = append(lines, x.String())
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes errors.Is(err, ErrPortal) true.
func (f *Faults) Unwrap() error { return ErrPortal }

func (f *Faults) sort() {
	slices.SortStableFunc(f.List, func(a, b Fault) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line)
	})
}
