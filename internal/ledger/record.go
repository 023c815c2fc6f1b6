package ledger

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"inzage/internal/store"
)

// The formats of the public texts that the ledger is made of.
const (
	FormatRecord     = "inzage/record/v1"     // <bundle-id>.json
	FormatWithdrawal = "inzage/withdrawal/v1" // <bundle-id>.withdrawn.json
	FormatOutcomes   = "inzage/outcomes/v1"   // runs/<run-id>/outcomes.json
)

// OutcomesName is the name of the text of [Outcomes] within a run.
const OutcomesName = "outcomes.json"

// Made is the outcome of work that made a bundle; other outcomes have no
// bundle id and no key.
const Made = "made"

// An Entry is what is known of one piece of work. As JSON it is the public
// record of a bundle. Times are in UTC.
type Entry struct {
	BundleID     string     `json:"bundle_id,omitempty"`
	RunID        string     `json:"run_id"`
	Portal       string     `json:"portal"`
	Kind         string     `json:"kind"`
	Pseudonym    string     `json:"pseudonym"`         // keyed; see seal.Secret
	Audience     string     `json:"audience"`          // the id of the reader's key
	Subject      string     `json:"subject,omitempty"` // one audience of one client, keyed: what a newer copy replaces
	ContentID    string     `json:"content_id,omitempty"`
	TermsVersion string     `json:"terms_version,omitempty"`
	TermsSHA256  string     `json:"terms_sha256,omitempty"`
	Key          store.Key  `json:"key,omitempty"`
	RecordKey    store.Key  `json:"record_key,omitempty"`
	VersionID    string     `json:"version_id,omitempty"`
	Size         int64      `json:"size,omitempty"`   // of the ciphertext, bytes
	SHA256       string     `json:"sha256,omitempty"` // of the ciphertext, hex
	Lock         store.Lock `json:"lock,omitzero"`
	MadeAt       time.Time  `json:"made_at,omitzero"`
	AsOf         time.Time  `json:"as_of,omitzero"`
	AccessUntil  time.Time  `json:"access_until,omitzero"` // zero: no end
	Outcome      string     `json:"outcome"`
	Code         string     `json:"code,omitempty"`
	Program      string     `json:"program"`
	KeyIDs       []string   `json:"key_ids,omitempty"`

	WithdrawnAt   time.Time `json:"-"` // zero: not withdrawn; from the text beside the record
	WithdrawnCode string    `json:"-"`
}

// A Withdrawal says that a bundle was taken away, when and why. Its text stands
// at [store.WithdrawalKey].
type Withdrawal struct {
	BundleID string    `json:"bundle_id"`
	At       time.Time `json:"at"`
	Code     string    `json:"code"`
}

// Outcomes is all work of one run that made no bundle. Its text stands at
// runs/<run-id>/outcomes.json.
type Outcomes struct {
	RunID   string  `json:"run_id"`
	Entries []Entry `json:"outcomes"`
}

type recordText struct {
	Format string `json:"format"`
	Entry
}

type withdrawalText struct {
	Format string `json:"format"`
	Withdrawal
}

type outcomesText struct {
	Format string `json:"format"`
	Outcomes
}

// ErrFormat means that a text is not of the format, down to the last byte that
// is not white space.
var ErrFormat = errors.New("not of the format")

// MarshalRecord writes e as its public record. The same entry gives the same bytes.
func MarshalRecord(e Entry) ([]byte, error) {
	e = normal(e)
	if err := checkMade(e); err != nil {
		return nil, err
	}
	return json.Marshal(recordText{FormatRecord, e})
}

// Encode is [MarshalRecord].
func (e Entry) Encode() ([]byte, error) { return MarshalRecord(e) }

// ParseRecord reads a public record. The error wraps [ErrFormat] and quotes nothing.
func ParseRecord(b []byte) (Entry, error) {
	var t recordText
	if err := strict(b, &t, &t.Format, FormatRecord); err != nil {
		return Entry{}, err
	}
	return t.Entry, checkMade(t.Entry)
}

// MarshalWithdrawal writes w as its public text.
func MarshalWithdrawal(w Withdrawal) ([]byte, error) {
	w.At = w.At.UTC()
	return json.Marshal(withdrawalText{FormatWithdrawal, w})
}

// ParseWithdrawal reads the public text of a withdrawal.
func ParseWithdrawal(b []byte) (Withdrawal, error) {
	var t withdrawalText
	err := strict(b, &t, &t.Format, FormatWithdrawal)
	if err == nil && (t.BundleID == "" || t.At.IsZero()) {
		err = fmt.Errorf("withdrawal without bundle_id or at: %w", ErrFormat)
	}
	return t.Withdrawal, err
}

// MarshalOutcomes writes o as its public text.
func MarshalOutcomes(o Outcomes) ([]byte, error) {
	entries := make([]Entry, len(o.Entries))
	for i, e := range o.Entries {
		entries[i] = normal(e)
	}
	return json.Marshal(outcomesText{FormatOutcomes, Outcomes{o.RunID, entries}})
}

// ParseOutcomes reads the public text of the outcomes of a run.
func ParseOutcomes(b []byte) (Outcomes, error) {
	var t outcomesText
	if err := strict(b, &t, &t.Format, FormatOutcomes); err != nil {
		return Outcomes{}, err
	}
	for i, e := range t.Entries {
		if e.RunID != t.RunID || e.BundleID != "" {
			return Outcomes{}, fmt.Errorf("outcome %d: of another run, or with a bundle: %w", i+1, ErrFormat)
		}
	}
	return t.Outcomes, nil
}

// strict reads one JSON value into v, and accepts it only when writing v again
// gives the same text: no unknown, repeated or oddly spelled member passes.
func strict(b []byte, v any, format *string, want string) error {
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%s: not JSON, or a member of the wrong type: %w", want, ErrFormat)
	}
	if *format != want {
		return fmt.Errorf("the format is not %s: %w", want, ErrFormat)
	}
	var compact bytes.Buffer
	again, err := json.Marshal(v)
	if err == nil {
		err = json.Compact(&compact, b)
	}
	if err != nil || !bytes.Equal(again, compact.Bytes()) {
		return fmt.Errorf("%s: members unknown, repeated, out of order or not in plain form: %w", want, ErrFormat)
	}
	return nil
}

// checkMade checks what a record of a bundle must tell.
func checkMade(e Entry) error {
	sum, err := hex.DecodeString(e.SHA256)
	switch {
	case e.BundleID == "" || e.Portal == "" || e.Kind == "" || e.ContentID == "" || e.MadeAt.IsZero():
		return fmt.Errorf("record without bundle_id, portal, kind, content_id or made_at: %w", ErrFormat)
	case err != nil || len(sum) != 32 || e.Size <= 0:
		return fmt.Errorf("record without sha256 or size: %w", ErrFormat)
	case e.RecordKey != store.RecordKey(e.Key) && !ofFallback(e):
		return fmt.Errorf("record of which record_key does not belong to key: %w", ErrFormat)
	}
	if err := e.Key.Check(); err != nil {
		return fmt.Errorf("record: %w: %w", err, ErrFormat)
	}
	return nil
}

// ofFallback reports whether a record belongs to a fallback copy, which stands at
// a name that only its code yields.
func ofFallback(e Entry) bool {
	return e.Key.IsFallback() && e.RecordKey.IsRecord() && strings.HasPrefix(string(e.RecordKey), e.Portal+"/") &&
		strings.HasSuffix(string(e.RecordKey), "/"+e.BundleID+".json")
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
