package ledger

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"inzage/internal/fact"
	"inzage/internal/seal"
	"inzage/internal/store"
)

// A Withdrawal says that a bundle was taken away, when and why. Its text stands
// at [store.WithdrawalKey].
type Withdrawal struct {
	BundleID  string
	RecordKey store.Key
	At        time.Time
	Code      string // private: the reason
}

// A Rewrap says that a bundle was given other keys, its content untouched. Its
// text stands at [store.RewrapKey]; the highest number counts.
type Rewrap struct {
	BundleID  string
	RecordKey store.Key
	At        time.Time
	Number    int       // from 1
	Key       store.Key // of the ciphertext from now on
	VersionID string
	Size      int64
	SHA256    string
	Parts     []Part
	Audience  string   // private: the id of the reader's key
	KeyIDs    []string // all that open it, the Audience last
}

type withdrawalText struct {
	fact.Head
	BundleID  string    `json:"bundle_id"`
	RecordKey store.Key `json:"record_key"`
	Private   string    `json:"private"`
}

type withdrawalPrivate struct {
	Code string `json:"code"`
}

type rewrapText struct {
	fact.Head
	BundleID  string    `json:"bundle_id"`
	RecordKey store.Key `json:"record_key"`
	Number    int       `json:"number"`
	copyText
	Private string `json:"private"`
}

type rewrapPrivate struct {
	Audience string `json:"audience"`
}

func (t *withdrawalText) text() text {
	return text{t, &t.Head, &t.Private, FormatWithdrawal, 128}
}

func (t *rewrapText) text() text { return text{t, &t.Head, &t.Private, FormatRewrap, 128} }

// StandsAt is where the text of w stands.
func (w Withdrawal) StandsAt() store.Key { return store.WithdrawalKey(w.RecordKey) }

// Moment is when the bundle was withdrawn.
func (w Withdrawal) Moment() time.Time { return w.At }

// Marshal writes w as its public text.
func (w Withdrawal) Marshal(s seal.Secret) ([]byte, error) {
	if err := checkOwn(w.RecordKey, w.BundleID); err != nil {
		return nil, err
	}
	t := withdrawalText{Head: fact.Head{StandsAt: w.StandsAt(), At: w.At}, BundleID: w.BundleID, RecordKey: w.RecordKey}
	return t.text().marshal(s, withdrawalPrivate{w.Code})
}

// ParseWithdrawal reads the public text of a withdrawal. The error is as that of
// [ParseRecord].
func ParseWithdrawal(s seal.Secret, b []byte) (Withdrawal, error) {
	var t withdrawalText
	var p withdrawalPrivate
	if err := t.text().parse(s, b, &p); err != nil {
		return Withdrawal{}, err
	}
	return Withdrawal{t.BundleID, t.RecordKey, t.At, p.Code}, checkOwn(t.RecordKey, t.BundleID)
}

// StandsAt is where the text of r stands.
func (r Rewrap) StandsAt() store.Key { return store.RewrapKey(r.RecordKey, r.Number) }

// Moment is when the bundle was rewrapped.
func (r Rewrap) Moment() time.Time { return r.At }

// Marshal writes r as its public text.
func (r Rewrap) Marshal(s seal.Secret) ([]byte, error) {
	return r.MarshalWith(RewrapSecret(s, r.RecordKey, r.Number))
}

// RewrapSecret is what the private part of one rewrap is sealed under. It follows
// from the deployment's secret and serves for nothing else, so that the machine
// that has an officer's key can state the rewrap without the secret.
func RewrapSecret(s seal.Secret, record store.Key, number int) seal.Secret {
	return s.Narrow("rewrap", string(record), strconv.Itoa(number))
}

// MarshalWith is [Rewrap.Marshal] for who has only the rewrap's own secret.
func (r Rewrap) MarshalWith(s seal.Secret) ([]byte, error) {
	if err := checkRewrap(r); err != nil {
		return nil, err
	}
	t := rewrapText{Head: fact.Head{StandsAt: r.StandsAt(), At: r.At}, BundleID: r.BundleID, RecordKey: r.RecordKey, Number: r.Number,
		copyText: copyText{r.Key, r.VersionID, r.Size, r.SHA256, r.Parts, publicKeys(r.KeyIDs, r.Audience)}}
	return t.text().marshal(s, rewrapPrivate{r.Audience})
}

// ParseRewrap reads the public text of a rewrap. The error is as that of
// [ParseRecord].
func ParseRewrap(s seal.Secret, b []byte) (Rewrap, error) {
	var t, about rewrapText
	var p rewrapPrivate
	if json.Unmarshal(b, &about) != nil {
		return Rewrap{}, fmt.Errorf("%s: not JSON, or a member of the wrong type: %w", FormatRewrap, ErrFormat)
	}
	if err := t.text().parse(RewrapSecret(s, about.RecordKey, about.Number), b, &p); err != nil {
		return Rewrap{}, err
	}
	r := Rewrap{t.BundleID, t.RecordKey, t.At, t.Number, t.Key, t.VersionID, t.Size, t.SHA256, t.Parts, p.Audience, allKeys(t.Keys, p.Audience)}
	return r, checkRewrap(r)
}

// checkRewrap checks what a rewrap must tell.
func checkRewrap(r Rewrap) error {
	if err := checkOwn(r.RecordKey, r.BundleID); err != nil {
		return err
	}
	if r.Number < 1 || len(r.KeyIDs) == 0 || r.RecordKey != store.RecordKey(r.Key) && !r.Key.IsFallback() {
		return fmt.Errorf("rewrap without number or keys, or of another copy: %w", ErrFormat)
	}
	return checkCopy(copyText{r.Key, r.VersionID, r.Size, r.SHA256, r.Parts, r.KeyIDs}, r.Audience)
}

// PublicCopy reads of a record or rewrap where the copy stands, as everybody may.
// Whether the text can be believed is the caller's to know; see [fact.Book].
func PublicCopy(b []byte) (Part, []Part, error) {
	var t copyText
	if json.Unmarshal(b, &t) != nil {
		return Part{}, nil, fmt.Errorf("record: not JSON, or a member of the wrong type: %w", ErrFormat)
	}
	return Part{t.Key, t.VersionID, t.Size, t.SHA256}, t.Parts, checkCopy(t, "")
}

// onto gives e as it stands since r.
func (r Rewrap) onto(e Entry) Entry {
	e.Key, e.VersionID, e.Size, e.SHA256, e.Parts = r.Key, r.VersionID, r.Size, r.SHA256, r.Parts
	e.Audience, e.KeyIDs, e.Rewrapped = r.Audience, r.KeyIDs, r.Number
	return e
}

// bundleOf is the id of the bundle of a record.
func bundleOf(record store.Key) string {
	s := string(record)
	return strings.TrimSuffix(s[strings.LastIndexByte(s, '/')+1:], ".json")
}
