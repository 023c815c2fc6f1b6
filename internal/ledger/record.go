package ledger

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"inzage/internal/fact"
	"inzage/internal/seal"
	"inzage/internal/store"
)

// The formats of the public texts that the ledger is made of.
const (
	FormatRecord     = "inzage/record/v2"     // <bundle-id>.json
	FormatWithdrawal = "inzage/withdrawal/v2" // <bundle-id>.withdrawn.json
	FormatRewrap     = "inzage/rewrap/v1"     // <bundle-id>.rewrapped-<n>.json
	FormatCode       = "inzage/code/v2"       // <portal>/codes/<holder>-<edition>.json
	FormatRevocation = "inzage/revocation/v2" // <portal>/codes/<holder>-<edition>.revoked.json
	FormatBucket     = "inzage/bucket/v1"     // runs/bucket.json
)

// ErrFormat means that a text is not of the format, down to the last byte that
// is not white space.
var ErrFormat = fmt.Errorf("not of the format: %w", fact.ErrUnreadable)

// A Fact is one thing that happened, as it stands in the bucket: an [Entry], a
// [Withdrawal], a [Rewrap], a [Code] or a [Revocation].
type Fact interface {
	// StandsAt is the key of the fact's text.
	StandsAt() store.Key
	// Moment is when it happened, in UTC.
	Moment() time.Time
	// Marshal writes the text. The same fact gives the same bytes.
	Marshal(seal.Secret) ([]byte, error)
}

// An Entry is what is known of one bundle. Times are in UTC.
type Entry struct {
	BundleID     string     `json:"bundle_id"`
	RunID        string     `json:"run_id"`
	Portal       string     `json:"portal"`
	Kind         string     `json:"kind"`
	Pseudonym    string     `json:"pseudonym"`         // private: keyed; see seal.Secret
	Audience     string     `json:"audience"`          // private: the id of the reader's key; empty where no reader has one
	Subject      string     `json:"subject,omitempty"` // private: one audience of one client, keyed: what a newer copy replaces
	ContentID    string     `json:"content_id"`
	TermsVersion string     `json:"terms_version,omitempty"`
	TermsSHA256  string     `json:"terms_sha256,omitempty"`
	Key          store.Key  `json:"key"`
	RecordKey    store.Key  `json:"record_key"`
	VersionID    string     `json:"version_id,omitempty"`
	Size         int64      `json:"size"`   // of the ciphertext, bytes
	SHA256       string     `json:"sha256"` // of the ciphertext, hex
	Parts        []Part     `json:"parts,omitempty"`
	Lock         store.Lock `json:"lock,omitzero"`
	MadeAt       time.Time  `json:"made_at"`
	AsOf         time.Time  `json:"as_of,omitzero"`        // private
	AccessUntil  time.Time  `json:"access_until,omitzero"` // private; zero: no end
	Program      string     `json:"program"`
	KeyIDs       []string   `json:"key_ids,omitempty"` // all that open it, the Audience last

	Rewrapped     int       `json:"-"` // how many times it got other keys
	WithdrawnAt   time.Time `json:"-"` // zero: not withdrawn; from the text beside the record
	WithdrawnCode string    `json:"-"`
}

// A Part is what lies beside a ciphertext: the slot and the page that opens itself.
type Part struct {
	Key       store.Key `json:"key"`
	VersionID string    `json:"version_id,omitempty"`
	Size      int64     `json:"size"`
	SHA256    string    `json:"sha256"`
}

// copyText is the public half of where a copy stands and who opens it.
type copyText struct {
	Key       store.Key `json:"key"`
	VersionID string    `json:"version_id,omitempty"`
	Size      int64     `json:"size"`
	SHA256    string    `json:"sha256"`
	Parts     []Part    `json:"parts,omitempty"`
	Keys      []string  `json:"keys,omitempty"`
}

type recordText struct {
	fact.Head
	BundleID     string `json:"bundle_id"`
	Portal       string `json:"portal"`
	Kind         string `json:"kind"`
	ContentID    string `json:"content_id"`
	RunID        string `json:"run_id"`
	Program      string `json:"program"`
	TermsVersion string `json:"terms_version,omitempty"`
	TermsSHA256  string `json:"terms_sha256,omitempty"`
	copyText
	Lock    store.Lock `json:"lock,omitzero"`
	Private string     `json:"private"`
}

type recordPrivate struct {
	Pseudonym   string    `json:"pseudonym"`
	Audience    string    `json:"audience,omitempty"`
	Subject     string    `json:"subject,omitempty"`
	AsOf        time.Time `json:"as_of,omitzero"`
	AccessUntil time.Time `json:"access_until,omitzero"`
}

func (t *recordText) text() text {
	return text{t, &t.Head, &t.Private, FormatRecord, 512}
}

// StandsAt is where the record of e stands.
func (e Entry) StandsAt() store.Key { return e.RecordKey }

// Moment is when e was made.
func (e Entry) Moment() time.Time { return e.MadeAt }

// Marshal writes e as its public record.
func (e Entry) Marshal(s seal.Secret) ([]byte, error) {
	e = normal(e)
	if err := checkMade(e); err != nil {
		return nil, err
	}
	t := recordText{Head: fact.Head{StandsAt: e.RecordKey, At: e.MadeAt}, BundleID: e.BundleID, Portal: e.Portal, Kind: e.Kind,
		ContentID: e.ContentID, RunID: e.RunID, Program: e.Program, TermsVersion: e.TermsVersion, TermsSHA256: e.TermsSHA256,
		copyText: copyText{e.Key, e.VersionID, e.Size, e.SHA256, e.Parts, publicKeys(e.KeyIDs, e.Audience)}, Lock: e.Lock}
	return t.text().marshal(s, recordPrivate{e.Pseudonym, e.Audience, e.Subject, e.AsOf, e.AccessUntil})
}

// ParseRecord reads a public record. The error wraps [ErrFormat] or
// [fact.ErrForged] and quotes nothing.
func ParseRecord(s seal.Secret, b []byte) (Entry, error) {
	var t recordText
	var p recordPrivate
	if err := t.text().parse(s, b, &p); err != nil {
		return Entry{}, err
	}
	e := Entry{BundleID: t.BundleID, RunID: t.RunID, Portal: t.Portal, Kind: t.Kind, Pseudonym: p.Pseudonym, Audience: p.Audience,
		Subject: p.Subject, ContentID: t.ContentID, TermsVersion: t.TermsVersion, TermsSHA256: t.TermsSHA256, Key: t.Key, RecordKey: t.StandsAt,
		VersionID: t.VersionID, Size: t.Size, SHA256: t.SHA256, Parts: t.Parts, Lock: t.Lock, MadeAt: t.At, AsOf: p.AsOf,
		AccessUntil: p.AccessUntil, Program: t.Program, KeyIDs: allKeys(t.Keys, p.Audience)}
	return e, checkMade(e)
}

// publicKeys leaves the reader's own key out, which stands last.
func publicKeys(ids []string, audience string) []string {
	if n := len(ids); n > 0 && audience != "" && ids[n-1] == audience {
		return ids[: n-1 : n-1]
	}
	return ids
}

func allKeys(public []string, audience string) []string {
	if audience == "" {
		return public
	}
	return append(public[:len(public):len(public)], audience)
}

// checkMade checks what a record of a bundle must tell.
func checkMade(e Entry) error {
	id, err := seal.BundleID(e.ContentID)
	switch {
	case e.BundleID == "" || e.Portal == "" || e.Kind == "" || e.MadeAt.IsZero():
		return fmt.Errorf("record without bundle_id, portal, kind or moment: %w", ErrFormat)
	case err != nil || id != e.BundleID:
		return fmt.Errorf("record of which bundle_id does not follow from content_id: %w", ErrFormat)
	case e.RecordKey != store.RecordKey(e.Key) && !e.Key.IsFallback():
		return fmt.Errorf("record that does not belong to key: %w", ErrFormat)
	}
	if err := checkOwn(e.RecordKey, e.BundleID); err != nil {
		return err
	}
	if !strings.HasPrefix(string(e.RecordKey), e.Portal+"/"+e.Kind+"/") {
		return fmt.Errorf("record of another portal or kind: %w", ErrFormat)
	}
	return checkCopy(copyText{e.Key, e.VersionID, e.Size, e.SHA256, e.Parts, e.KeyIDs}, e.Audience)
}

// checkOwn checks that a record key is one, and of this bundle.
func checkOwn(record store.Key, bundleID string) error {
	if !record.IsRecord() || record.Check() != nil || !strings.HasSuffix(string(record), "/"+bundleID+".json") {
		return fmt.Errorf("the key of the record is not one, or of another bundle: %w", ErrFormat)
	}
	return nil
}

// checkCopy checks what is said of a ciphertext and what lies beside it.
func checkCopy(c copyText, audience string) error {
	for i, p := range append([]Part{{c.Key, c.VersionID, c.Size, c.SHA256}}, c.Parts...) {
		sum, err := hex.DecodeString(p.SHA256)
		if err != nil || len(sum) != 32 || p.Size <= 0 {
			return fmt.Errorf("copy without sha256 or size: %w", ErrFormat)
		}
		if i > 0 && p.Key != store.SlotKey(c.Key) && p.Key != store.PageKey(c.Key) {
			return fmt.Errorf("part that lies beside another copy: %w", ErrFormat)
		}
	}
	if audience != "" && (len(c.Keys) == 0 || c.Keys[len(c.Keys)-1] != audience) {
		return fmt.Errorf("the reader's key is not the last: %w", ErrFormat)
	}
	if err := c.Key.Check(); err != nil {
		return fmt.Errorf("copy: %w: %w", err, ErrFormat)
	}
	return nil
}

// normal is e with its times in UTC.
func normal(e Entry) Entry {
	for _, t := range []*time.Time{&e.MadeAt, &e.AsOf, &e.AccessUntil, &e.WithdrawnAt} {
		if !t.IsZero() {
			*t = t.UTC()
		}
	}
	e.Lock = e.Lock.Normal()
	return e
}
