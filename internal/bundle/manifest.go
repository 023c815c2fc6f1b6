package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ManifestSchema is the name of the format of manifest.json.
const ManifestSchema = "inzage/manifest/v2"

// The names of tag files that others may look for.
const (
	ManifestName  = "manifest.json"
	SignatureName = "manifest.json.sig" // armored SSHSIG, namespace inzage-manifest
	PaddingName   = "opvulling"         // zeros

	tagSumsName     = "tagmanifest-sha256.txt"
	payloadSumsName = "manifest-sha256.txt"
)

// A Manifest says what is in a bundle and what is not, and why. It stands inside
// the encrypted bag, so it may name whose dossier it is. Its signature covers the
// whole bundle: every file of it, and what it is about and where it stands.
type Manifest struct {
	Schema       string         `json:"schema"`
	BundleID     string         `json:"bundleId"`
	Kind         string         `json:"kind"` // portaalkopie, terugval, avg-inzage, archief
	Portal       string         `json:"portal"`
	Reader       string         `json:"reader,omitempty"` // holder whose code opens it, as its slot names it; empty in archief
	Organisation string         `json:"organisation"`
	Program      string         `json:"program"` // name and version
	Made         time.Time      `json:"made"`
	AsOf         string         `json:"asOf"` // moment of the source's data, at its own precision
	Client       string         `json:"client"`
	Recipient    RecipientEntry `json:"recipient"`
	Terms        TermsEntry     `json:"terms"`
	Disclaimer   string         `json:"disclaimerSha256"`
	Pages        int            `json:"pages"` // of dossier.pdf
	Totals       CountEntry     `json:"totals"`
	Sections     []SectionEntry `json:"sections"`
	Waiting      int            `json:"waitingForReview,omitempty"` // items that a human must judge first
	OnlyInPortal int            `json:"picturesOnlyInPortal,omitempty"`
	Attachments  []Attachment   `json:"attachments"`
	Sources      []SourceEntry  `json:"sources"`
	Files        []FileEntry    `json:"files"` // every payload file

	// As read from a bag: the bytes of manifest.json and of its signature, which
	// is empty when the bag has none.
	Raw       []byte `json:"-"`
	Signature []byte `json:"-"`
}

// A RecipientEntry says for whom a bundle was made and what that person may see.
type RecipientEntry struct {
	Name     string   `json:"name,omitempty"`
	Role     string   `json:"role,omitempty"`
	Audience string   `json:"audience,omitempty"`
	Scope    []string `json:"scope,omitempty"` // section ids; empty means all that the role allows
}

// A TermsEntry pins the terms of use that stand in the bundle.
type TermsEntry struct {
	Version   string `json:"version"`
	ValidFrom string `json:"validFrom"`
	SHA256    string `json:"sha256"`
	URL       string `json:"url,omitempty"`
}

// A CountEntry holds numbers of items. Withheld counts only what this reader
// may know of.
type CountEntry struct {
	Shown      int `json:"shown"`
	Withheld   int `json:"withheld"`
	Unreadable int `json:"unreadable"`
}

// A SectionEntry accounts for one section.
type SectionEntry struct {
	Section string        `json:"section"`
	Counts  CountEntry    `json:"counts"`
	Grounds []GroundEntry `json:"grounds,omitempty"`
}

// A GroundEntry says how many items are held back on one ground.
type GroundEntry struct {
	Ground string `json:"ground"`
	Count  int    `json:"count"`
}

// An Attachment is a file of the record: in the bag at Path, or Missing with a
// reason code.
type Attachment struct {
	Name    string   `json:"name"` // the name in the record
	Path    string   `json:"path,omitempty"`
	MIME    string   `json:"mime"`
	Size    int64    `json:"size,omitempty"`
	SHA256  string   `json:"sha256,omitempty"`
	Pages   int      `json:"pages,omitempty"`
	Missing string   `json:"missing,omitempty"`
	Starts  []string `json:"starts,omitempty"` // what it can start when it is opened
}

// A SourceEntry says from which system items came, and how many.
type SourceEntry struct {
	System string `json:"system"`
	Items  int    `json:"items"`
}

// A FileEntry is a payload file with its size in bytes and SHA-256 in hex.
type FileEntry struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

func (m Manifest) encode() ([]byte, error) {
	m.Schema = ManifestSchema
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(m)
	return b.Bytes(), err
}

// ErrManifest means that manifest.json is not one that this program knows.
var ErrManifest = errors.New("manifest.json is not an " + ManifestSchema)

// ParseManifest reads manifest.json; it refuses unknown fields.
func ParseManifest(b []byte) (Manifest, error) {
	var m Manifest
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return Manifest{}, fmt.Errorf("%w: %w", ErrManifest, plainJSON(err))
	}
	if m.Schema != ManifestSchema {
		return Manifest{}, ErrManifest
	}
	return m, nil
}

// plainJSON drops from a JSON error whatever it quotes of the text.
func plainJSON(err error) error {
	var typ *json.UnmarshalTypeError
	var syn *json.SyntaxError
	switch {
	case errors.As(err, &typ):
		return fmt.Errorf("field %s has the wrong type", typ.Field)
	case errors.As(err, &syn):
		return fmt.Errorf("not JSON at byte %d", syn.Offset)
	}
	return errors.New("unknown or damaged fields")
}
