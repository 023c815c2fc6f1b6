package folder

import (
	"bytes"
	"errors"
	"fmt"

	"inzage/internal/dossier"
)

// ErrDossier is wrapped by every [Error]: this file gives no dossier, the
// others are not harmed.
var ErrDossier = errors.New("not a dossier in the format dossier/v1")

// An Error says where a dossier file is wrong. It never quotes the file.
type Error struct {
	File  string // relative to the source's folder
	Line  int    // from 1; 0 when the fault has no place
	Field string // such as "items[3].date"; empty at the top
	Text  string // what is wrong
	cause error
}

func (e *Error) Error() string {
	s := "dossier " + e.File
	if e.Line > 0 {
		s += fmt.Sprintf(": line %d", e.Line)
	}
	if e.Field != "" {
		s += ": " + e.Field
	}
	return s + ": " + e.Text
}

// Is makes every Error an [ErrDossier] and a [dossier.ErrUnreadable].
func (e *Error) Is(target error) bool { return target == ErrDossier || target == dossier.ErrUnreadable }

// Unwrap gives the cause from outside, such as a permission error; may be nil.
func (e *Error) Unwrap() error { return e.cause }

// A fault is an error that does not know its file yet.
type fault struct {
	offset int
	path   string
	text   string
	cause  error
}

func lineAt(data []byte, offset int) int {
	return 1 + bytes.Count(data[:min(max(offset, 0), len(data))], []byte{'\n'})
}
