package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"inzage/internal/store"
)

// The formats of the public texts about access codes.
const (
	FormatCode       = "inzage/code/v1"       // <portal>/codes/<holder>-<edition>.json
	FormatRevocation = "inzage/revocation/v1" // <portal>/codes/<holder>-<edition>.revoked.json
)

// A Code is the public half of one access code: who may open with it, as a
// pseudonym, and the public key and name that follow from it. The code itself
// stands nowhere. As JSON it is the text at [store.CodeKey]. Times are in UTC.
type Code struct {
	Holder    string    `json:"holder"` // keyed: one person in one role, on one basis, for one client
	Portal    string    `json:"portal"`
	Pseudonym string    `json:"pseudonym"` // of the client; see seal.Secret
	Grants    []string  `json:"grants"`    // keyed: the holder's grants and requests when the code was issued
	Edition   int       `json:"edition"`   // from 1; a new code of the same holder has the next
	Recipient string    `json:"recipient"` // age1pq1…
	Locator   string    `json:"locator"`   // 40 hex characters
	Slot      []byte    `json:"slot"`      // sleutel.age
	Lang      string    `json:"lang"`      // of the letter: nl, en
	IssuedAt  time.Time `json:"issued_at"`

	RevokedAt time.Time `json:"-"` // zero: not revoked; from the text beside the code's
}

// Key is where the text of c stands.
func (c Code) Key() store.Key { return store.CodeKey(c.Portal, c.Holder, c.Edition) }

// A Revocation says that a code opens nothing new from a moment on. Its text
// stands at [store.RevokedKey] of the code's.
type Revocation struct {
	Holder  string    `json:"holder"`
	Portal  string    `json:"portal"`
	Edition int       `json:"edition"`
	At      time.Time `json:"at"`
}

// Key is where the text of r stands.
func (r Revocation) Key() store.Key {
	return store.RevokedKey(store.CodeKey(r.Portal, r.Holder, r.Edition))
}

type codeText struct {
	Format string `json:"format"`
	Code
}

type revocationText struct {
	Format string `json:"format"`
	Revocation
}

// MarshalCode writes c as its public text. The same code gives the same bytes.
func MarshalCode(c Code) ([]byte, error) {
	c.IssuedAt = c.IssuedAt.UTC()
	if err := checkCode(c); err != nil {
		return nil, err
	}
	return json.Marshal(codeText{FormatCode, c})
}

// ParseCode reads the public text of a code. The error wraps [ErrFormat] and
// quotes nothing.
func ParseCode(b []byte) (Code, error) {
	var t codeText
	if err := strict(b, &t, &t.Format, FormatCode); err != nil {
		return Code{}, err
	}
	if err := checkCode(t.Code); err != nil {
		return Code{}, err
	}
	return t.Code, nil
}

// checkCode checks what the text of a code must tell.
func checkCode(c Code) error {
	loc, err := hex.DecodeString(c.Locator)
	switch {
	case c.Holder == "" || c.Portal == "" || c.Pseudonym == "" || c.Lang == "" || c.Edition < 1 || c.IssuedAt.IsZero():
		return fmt.Errorf("code without holder, portal, pseudonym, edition, lang or issued_at: %w", ErrFormat)
	case err != nil || len(loc) != 20 || c.Locator != strings.ToLower(c.Locator):
		return fmt.Errorf("code without locator: %w", ErrFormat)
	case !strings.HasPrefix(c.Recipient, "age1pq1"):
		return fmt.Errorf("code without recipient: %w", ErrFormat)
	case !bytes.HasPrefix(c.Slot, []byte("age-encryption.org/v1\n-> scrypt ")):
		return fmt.Errorf("code without slot: %w", ErrFormat)
	case !c.Key().IsCode():
		return fmt.Errorf("code of which the key has another shape: %w", ErrFormat)
	}
	if err := c.Key().Check(); err != nil {
		return fmt.Errorf("code: %w: %w", err, ErrFormat)
	}
	return nil
}

// MarshalRevocation writes r as its public text.
func MarshalRevocation(r Revocation) ([]byte, error) {
	r.At = r.At.UTC()
	return json.Marshal(revocationText{FormatRevocation, r})
}

// ParseRevocation reads the public text of a revocation.
func ParseRevocation(b []byte) (Revocation, error) {
	var t revocationText
	err := strict(b, &t, &t.Format, FormatRevocation)
	if err == nil && (t.Holder == "" || t.Portal == "" || t.Edition < 1 || t.At.IsZero()) {
		err = fmt.Errorf("revocation without holder, portal, edition or at: %w", ErrFormat)
	}
	return t.Revocation, err
}

// RecordCode writes a code. A second time changes nothing; another code for the
// same holder and edition is [ErrOther]. The caller puts the text in the bucket
// first.
func (l *Ledger) RecordCode(ctx context.Context, c Code) error {
	return l.fault(l.change(ctx, func(tx *sql.Tx) error { return recordCode(ctx, tx, c) }))
}

func recordCode(ctx context.Context, tx *sql.Tx, c Code) error {
	b, err := MarshalCode(c)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO code (holder, edition, portal, record) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		c.Holder, c.Edition, c.Portal, string(b))
	if err != nil {
		return err
	}
	var same bool
	err = tx.QueryRowContext(ctx, `SELECT record = ? FROM code WHERE holder = ? AND edition = ?`, string(b), c.Holder, c.Edition).Scan(&same)
	if err == nil && !same {
		err = fmt.Errorf("code %s, edition %d: %w", c.Holder, c.Edition, ErrOther)
	}
	return err
}

// CodeFor gives the current code of a holder: the one of the last edition, unless
// it is revoked. An older edition never becomes current again.
func (l *Ledger) CodeFor(ctx context.Context, holder string) (Code, bool, error) {
	c, ok, err := l.LastCode(ctx, holder)
	if !ok || err != nil || !c.RevokedAt.IsZero() {
		return Code{}, false, err
	}
	return c, true, nil
}

// LastCode gives the code of a holder's last edition, revoked or not. The next
// edition is one higher.
func (l *Ledger) LastCode(ctx context.Context, holder string) (Code, bool, error) {
	for c, err := range l.codes(ctx, `WHERE holder = ? ORDER BY edition DESC LIMIT 1`, holder) {
		return c, err == nil, err
	}
	return Code{}, false, nil
}

// CodesOf gives every code of a holder, revoked or not, the first edition first.
func (l *Ledger) CodesOf(ctx context.Context, holder string) iter.Seq2[Code, error] {
	return l.codes(ctx, `WHERE holder = ? ORDER BY edition`, holder)
}

// Codes gives every code of a portal, or of all portals when it is empty,
// revoked ones too, in the order of portal, holder and edition. A loop over it
// may write.
func (l *Ledger) Codes(ctx context.Context, portal string) iter.Seq2[Code, error] {
	return l.codes(ctx, `WHERE ? IN ('', portal) ORDER BY portal, holder, edition`, portal)
}

func (l *Ledger) codes(ctx context.Context, where string, args ...any) iter.Seq2[Code, error] {
	return rows(ctx, l, `SELECT record, coalesce(revoked_at, ''), '' FROM code `+where, args, readCode)
}

func readCode(text, at, _ string) (Code, error) {
	c, err := ParseCode([]byte(text))
	if err == nil && at != "" {
		c.RevokedAt, err = time.Parse(time.RFC3339Nano, at)
	}
	if err != nil {
		err = fmt.Errorf("%w: %w", err, ErrDamaged)
	}
	return c, err
}

// RevokeCode notes that every code of a holder is revoked. A code that is
// revoked keeps its moment; an unknown holder is [ErrUnknown]. The caller puts a
// [Revocation] of each edition in the bucket first.
func (l *Ledger) RevokeCode(ctx context.Context, holder string, at time.Time) error {
	return l.fault(l.change(ctx, func(tx *sql.Tx) error {
		n, err := revoke(ctx, tx, `WHERE holder = ?`, at, holder)
		if err == nil && n == 0 {
			err = fmt.Errorf("holder %s: %w", holder, ErrUnknown)
		}
		return err
	}))
}

// revoke marks codes, and tells how many there are.
func revoke(ctx context.Context, tx *sql.Tx, where string, at time.Time, args ...any) (int64, error) {
	args = append([]any{at.UTC().Format(time.RFC3339Nano)}, args...)
	res, err := tx.ExecContext(ctx, `UPDATE code SET revoked_at = coalesce(revoked_at, ?) `+where, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// takeCode writes what the text of a code or a revocation tells; a revocation
// is given back, for its code may come later.
func takeCode(ctx context.Context, tx *sql.Tx, f found) (Revocation, error) {
	if f.key.IsRevocation() {
		r, err := ParseRevocation(f.body)
		if err == nil && r.Key() != f.key {
			err = fmt.Errorf("a revocation of another code: %w", ErrFormat)
		}
		if err != nil {
			return Revocation{}, err
		}
		return r, nil
	}
	c, err := ParseCode(f.body)
	if err == nil && c.Key() != f.key {
		err = fmt.Errorf("the text of another code: %w", ErrFormat)
	}
	if err == nil {
		err = recordCode(ctx, tx, c)
	}
	if errors.Is(err, ErrOther) { // one holder in two portals: no honest key does that
		err = fmt.Errorf("%w: %w", err, ErrFormat)
	}
	return Revocation{}, err
}

func applyRevocations(ctx context.Context, tx *sql.Tx, rs []Revocation) error {
	for _, r := range rs {
		if _, err := revoke(ctx, tx, `WHERE holder = ? AND edition = ? AND portal = ?`, r.At, r.Holder, r.Edition, r.Portal); err != nil {
			return err
		}
	}
	return nil
}
