package dossier

import (
	"context"
	"errors"
	"io"
	"iter"
)

// A Reader is where dossiers come from, one client at a time. It may be used by
// several workers at once.
type Reader interface {
	// Clients lists the clients in a fixed order without reading them whole.
	Clients(ctx context.Context) iter.Seq2[FileRef, error]
	// Load reads one client. Its error wraps [ErrUnreadable], or is ctx's.
	Load(ctx context.Context, ref FileRef) (*Dossier, error)
	// Opener opens the attachments of one client.
	Opener(ref FileRef) Opener
	Close() error
}

// A FileRef points at one client of a source.
type FileRef struct {
	Path string // of its file, relative to the source, with slashes; or what the source uses for one
	Size int64  // bytes
}

// IncompleteDelivery begins the Unreadable of an item that stands for a part of
// the record that the source did not deliver; what follows says which.
const IncompleteDelivery = "levering-onvolledig"

// ErrUnreadable is wrapped by the error of a source when what it holds of one
// client gives no dossier; the others are not harmed.
var ErrUnreadable = errors.New("no dossier can be read from this")

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
	MissingUnreadable Reason = "niet-leesbaar"    // input or permission error
	MissingActive     Reason = "kan-iets-starten" // and the portal does not give such files
)

// Missing is the error of an attachment that cannot be given, with its reason.
type Missing struct{ Reason Reason }

func (m Missing) Error() string { return "attachment missing: " + string(m.Reason) }
