package dossier

import (
	"context"
	"io"
)

// An Opener gives the bytes of an attachment. The caller closes the reader.
// The error of a file that cannot be had is a [Missing]; it says why in a
// reason code without client text.
type Opener interface {
	Open(ctx context.Context, a Attachment) (io.ReadCloser, error)
}

// A Reason is a short stable code, such as "ontbreekt" or "pad-buiten-map",
// that reports and message files explain.
type Reason string

const (
	MissingFile       Reason = "bestand-ontbreekt"
	MissingOutside    Reason = "pad-buiten-map"   // "../", absolute, or a symbolic link out of the folder
	MissingTooLarge   Reason = "te-groot"         // larger than stated or than the limit
	MissingWrongType  Reason = "verkeerd-type"    // the bytes are not what the record says
	MissingWrongHash  Reason = "controle-onjuist" // SHA-256 differs
	MissingTooManyPx  Reason = "te-veel-pixels"
	MissingBroken     Reason = "beschadigd"  // cannot be read as its type
	MissingEncrypted  Reason = "versleuteld" // an encrypted PDF
	MissingEmpty      Reason = "leeg"
	MissingUnreadable Reason = "niet-leesbaar" // input or permission error
)

// Missing is the error of an attachment that cannot be given, with its reason.
type Missing struct{ Reason Reason }

func (m Missing) Error() string { return "attachment missing: " + string(m.Reason) }
