package ledger

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"iter"
	"strings"
	"time"

	"inzage/internal/fact"
	"inzage/internal/seal"
	"inzage/internal/store"
)

// A Code is the public half of one access code: who may open with it, as a
// pseudonym, and the public key and name that follow from it. The code itself
// stands nowhere. Its text stands at [store.CodeKey]; all but holder, portal,
// edition and moment is private there. Times are in UTC.
type Code struct {
	Holder    string            `json:"holder"` // keyed: one person in one role, on one basis, for one client
	Portal    string            `json:"portal"`
	Edition   int               `json:"edition"` // from 1; a new code of the same holder has the next
	IssuedAt  time.Time         `json:"issued_at"`
	Pseudonym string            `json:"pseudonym"`        // of the client; see seal.Secret
	Grants    []string          `json:"grants,omitempty"` // keyed: the holder's grants and requests when the code was issued
	Recipient string            `json:"recipient"`        // age1pq1…
	Locator   string            `json:"locator"`          // 40 hex characters
	Slots     map[string][]byte `json:"slots"`            // sleutel.age, another for each kind of copy
	Lang      string            `json:"lang"`             // of the letter: nl, en

	RevokedAt time.Time `json:"-"` // zero: not revoked; from the text beside the code's
}

// Slot is the sleutel.age for a kind of copy. Each kind has its own, so that two
// copies of one reader do not show that they are.
func (c Code) Slot(kind string) []byte { return c.Slots[kind] }

// Readable reports whether the text of c could be read. One that could not is as
// a code that was revoked: its holder gets nothing until there is a new one.
func (c Code) Readable() bool { return c.Recipient != "" }

// A Revocation says that a code opens nothing new from a moment on. Its text
// stands at [store.RevokedKey] of the code's.
type Revocation struct {
	Holder  string
	Portal  string
	Edition int
	At      time.Time
}

type codeText struct {
	fact.Head
	Holder  string `json:"holder"`
	Portal  string `json:"portal"`
	Edition int    `json:"edition"`
	Private string `json:"private"`
}

type codePrivate struct {
	Pseudonym string            `json:"pseudonym"`
	Grants    []string          `json:"grants,omitempty"`
	Recipient string            `json:"recipient"`
	Locator   string            `json:"locator"`
	Slots     map[string][]byte `json:"slots"`
	Lang      string            `json:"lang"`
}

func (t *codeText) code() text { return text{t, &t.Head, &t.Private, FormatCode, 5 << 10} }

func (t *codeText) revocation() text { return text{t, &t.Head, &t.Private, FormatRevocation, 64} }

// StandsAt is where the text of c stands.
func (c Code) StandsAt() store.Key { return store.CodeKey(c.Portal, c.Holder, c.Edition) }

// Moment is when c was issued.
func (c Code) Moment() time.Time { return c.IssuedAt }

// Marshal writes c as its public text.
func (c Code) Marshal(s seal.Secret) ([]byte, error) {
	if err := checkCode(c); err != nil {
		return nil, err
	}
	t := codeText{Head: fact.Head{StandsAt: c.StandsAt(), At: c.IssuedAt}, Holder: c.Holder, Portal: c.Portal, Edition: c.Edition}
	return t.code().marshal(s, codePrivate{c.Pseudonym, c.Grants, c.Recipient, c.Locator, c.Slots, c.Lang})
}

// ParseCode reads the public text of a code. The error is as that of
// [ParseRecord].
func ParseCode(s seal.Secret, b []byte) (Code, error) {
	var t codeText
	var p codePrivate
	if err := t.code().parse(s, b, &p); err != nil {
		return Code{}, err
	}
	c := Code{Holder: t.Holder, Portal: t.Portal, Edition: t.Edition, IssuedAt: t.At, Pseudonym: p.Pseudonym, Grants: p.Grants,
		Recipient: p.Recipient, Locator: p.Locator, Slots: p.Slots, Lang: p.Lang}
	return c, checkCode(c)
}

// checkCode checks what the text of a code must tell.
func checkCode(c Code) error {
	loc, err := hex.DecodeString(c.Locator)
	switch {
	case c.Holder == "" || c.Portal == "" || c.Pseudonym == "" || c.Lang == "" || c.Edition < 1 || c.IssuedAt.IsZero():
		return fmt.Errorf("code without holder, portal, pseudonym, edition, lang or moment: %w", ErrFormat)
	case err != nil || len(loc) != 20 || c.Locator != strings.ToLower(c.Locator):
		return fmt.Errorf("code without locator: %w", ErrFormat)
	case !strings.HasPrefix(c.Recipient, "age1pq1"):
		return fmt.Errorf("code without recipient: %w", ErrFormat)
	case len(c.Slots) == 0:
		return fmt.Errorf("code without slots: %w", ErrFormat)
	}
	for _, slot := range c.Slots {
		if !bytes.HasPrefix(slot, []byte("age-encryption.org/v1\n-> scrypt ")) {
			return fmt.Errorf("code with something else for a slot: %w", ErrFormat)
		}
	}
	return checkCodeKey(c.StandsAt())
}

func checkCodeKey(k store.Key) error {
	if _, _, _, ok := k.CodeOf(); !ok || k.Check() != nil {
		return fmt.Errorf("code of which the key has another shape: %w", ErrFormat)
	}
	return nil
}

// StandsAt is where the text of r stands.
func (r Revocation) StandsAt() store.Key {
	return store.RevokedKey(store.CodeKey(r.Portal, r.Holder, r.Edition))
}

// Moment is when the code was revoked.
func (r Revocation) Moment() time.Time { return r.At }

// Marshal writes r as its public text.
func (r Revocation) Marshal(s seal.Secret) ([]byte, error) {
	if err := checkCodeKey(r.StandsAt()); err != nil {
		return nil, err
	}
	t := codeText{Head: fact.Head{StandsAt: r.StandsAt(), At: r.At}, Holder: r.Holder, Portal: r.Portal, Edition: r.Edition}
	return t.revocation().marshal(s, struct{}{})
}

// ParseRevocation reads the public text of a revocation. The error is as that of
// [ParseRecord].
func ParseRevocation(s seal.Secret, b []byte) (Revocation, error) {
	var t codeText
	if err := t.revocation().parse(s, b, &struct{}{}); err != nil {
		return Revocation{}, err
	}
	r := Revocation{t.Holder, t.Portal, t.Edition, t.At}
	return r, checkCodeKey(r.StandsAt())
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
	return rows(ctx, l, `SELECT code, revoked_at, '', '' FROM codes `+where, args, func(col [4]string) (c Code, err error) {
		if err = unmarshal(col[0], &c); err == nil && col[1] != "" {
			c.RevokedAt, err = moment(col[1])
		}
		return c, err
	})
}
