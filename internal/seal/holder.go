package seal

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strconv"
	"strings"

	"filippo.io/age"
)

// An Edition says for which series of codes a key is derived. It stands in the
// salt, so that one code gives unrelated keys and locators in two deployments or
// two editions.
type Edition struct {
	Deployment string // 1 to 64 letters, digits, dots and hyphens; never changed once codes are out
	Number     int    // from 1
}

// ErrEdition means that a deployment has no plain name, or an edition no number.
var ErrEdition = errors.New("seal: an edition needs a deployment of 1 to 64 letters, digits, dots or hyphens, and a number from 1")

func (e Edition) salt() ([]byte, error) {
	plain := e.Number > 0 && len(e.Deployment) > 0 && len(e.Deployment) <= 64
	for _, c := range []byte(e.Deployment) {
		plain = plain && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-')
	}
	if !plain {
		return nil, ErrEdition
	}
	return []byte("inzage/code/v1|" + e.Deployment + "|" + strconv.Itoa(e.Number)), nil
}

// A Holder is all that follows from a code: a key pair and a name in the bucket.
// Printed or logged it shows the id of the public key only.
type Holder struct{ h func() *holder } // a function, as in Code

type holder struct {
	code      Code
	locator   string
	identity  *age.HybridIdentity
	recipient Recipient
}

// Holder derives the key pair and the locator with HKDF-SHA-256 (RFC 5869), as
// docs/formats.md lays down. The code has 125 random bits, so that nothing is
// stretched.
func (c Code) Holder(e Edition) (Holder, error) {
	salt, err := e.salt()
	if err != nil {
		return Holder{}, err
	}
	if !c.Valid() {
		return Holder{}, fmt.Errorf("seal: no code: %w", ErrCodeLength)
	}
	var ikm [codeData]byte
	for i, v := range c.s() {
		if i < codeData {
			ikm[i] = crockford[v]
		}
	}
	prk, err := hkdf.Extract(sha256.New, ikm[:], salt)
	if err != nil {
		return Holder{}, err
	}
	locator, err := hkdf.Expand(sha256.New, prk, "locator", 20)
	if err != nil {
		return Holder{}, err
	}
	seed, err := hkdf.Expand(sha256.New, prk, "age identity", 32)
	if err != nil {
		return Holder{}, err
	}
	id, err := age.ParseHybridIdentity(strings.ToUpper(bech32("age-secret-key-pq-", seed)))
	if err != nil {
		return Holder{}, errors.New("seal: no key follows from this code")
	}
	r := id.Recipient()
	h := &holder{c, hex.EncodeToString(locator), id, Recipient{r, r.String()}}
	return Holder{func() *holder { return h }}, nil
}

// Recipient is the public key, which the register keeps.
func (h Holder) Recipient() Recipient { return h.h().recipient }

// Locator is the name of the holder's fallback copy: 40 hex characters.
func (h Holder) Locator() string { return h.h().locator }

// Identity is the private key.
func (h Holder) Identity() Identity { return Identity{[]age.Identity{h.h().identity}} }

// Valid reports whether h was made by [Code.Holder].
func (h Holder) Valid() bool { return h.h != nil }

// String names the public key.
func (h Holder) String() string {
	if !h.Valid() {
		return "(no holder)"
	}
	return h.h().recipient.ID()
}

// Format is String for every verb of fmt.
func (h Holder) Format(f fmt.State, _ rune) { io.WriteString(f, h.String()) }

// LogValue is String, for a log.
func (h Holder) LogValue() slog.Value { return slog.StringValue(h.String()) }

// slotWork is scrypt's logN of a slot. The 125 bits of the code protect it, not
// the work: 2^12 takes some 14 ms here and 50 ms in a browser.
const slotWork = 12

// Slot is sleutel.age: the private key as an age file whose passphrase is the
// code as printed, so that a stock age opens a bundle with
// age -d -i sleutel.age. A comment in it names the holder, an id of this program:
// nobody without the code can make a slot that says another, so that the page
// knows whose copy belongs under the code. Every call gives other bytes.
func (h Holder) Slot(holder string) ([]byte, error) {
	if !slotHolder.MatchString(holder) {
		return nil, fmt.Errorf("%w: a holder is 1 to 64 lower-case letters and digits", ErrSlot)
	}
	r, err := age.NewScryptRecipient(h.h().code.Text())
	if err != nil {
		return nil, err
	}
	r.SetWorkFactor(slotWork)
	var b bytes.Buffer
	w, err := age.Encrypt(&b, r)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(w, slotComment+holder+"\n"+h.h().identity.String()+"\n"); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// slotComment begins the line of a slot that names its holder.
const slotComment = "# houder "

var slotHolder = regexp.MustCompile(`^[a-z0-9]{1,64}$`)

// ErrSlot means that bytes are not a sleutel.age: an age file of under 1 KiB
// for one passphrase.
var ErrSlot = errors.New("seal: not a sleutel.age")

const maxSlot = 1 << 10 // bytes; a slot has some 260

// SealSlot puts a slot in the spool, so that it can be stored. What it is given
// must be ciphertext already; it checks that it has the shape of a slot.
func SealSlot(dir string, slot []byte) (Sealed, error) {
	if !isSlot(slot) {
		return Sealed{}, ErrSlot
	}
	return spool(dir, typeAge, nil, func(w io.Writer) error {
		_, err := w.Write(slot)
		return err
	})
}

// isSlot reports whether b has one scrypt stanza and one short chunk behind it.
func isSlot(b []byte) bool {
	if len(b) > maxSlot {
		return false
	}
	h, err := age.ExtractHeader(bytes.NewReader(b))
	return err == nil && bytes.Count(h, []byte("\n-> ")) == 1 && bytes.Contains(h, []byte("\n-> scrypt ")) &&
		len(b) > len(h)+16+16 // nonce and tag
}

// OpenSlot gives the private key of a slot to who types the code, and the holder
// that the slot names.
func OpenSlot(slot []byte, c Code) (id Identity, holder string, err error) {
	if !isSlot(slot) || !c.Valid() {
		return Identity{}, "", ErrSlot
	}
	key, err := age.NewScryptIdentity(c.Text())
	if err != nil {
		return Identity{}, "", ErrSlot
	}
	key.SetMaxWorkFactor(slotWork) // a slot of others cannot make us work
	r, err := age.Decrypt(bytes.NewReader(slot), key)
	var no *age.NoIdentityMatchError
	switch {
	case errors.As(err, &no):
		return Identity{}, "", fmt.Errorf("seal: %w", ErrWrongKey)
	case err != nil:
		return Identity{}, "", fmt.Errorf("seal: %w", ErrDamaged)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return Identity{}, "", fmt.Errorf("seal: %w", ErrDamaged)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	if holder, _ = strings.CutPrefix(first, slotComment); holder == first || !slotHolder.MatchString(holder) {
		return Identity{}, "", ErrSlot
	}
	id, err = ReadIdentity(bytes.NewReader(text))
	return id, holder, err
}
