package seal

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
)

// ErrClassic means that a key is not post-quantum. age refuses to mix the two
// kinds in one file, and 15 years is long, so only hybrid keys are taken.
var ErrClassic = errors.New("not a hybrid (post-quantum) age key; make one with: inzage key new")

// A Recipient is somebody's public key: age1pq1… (ML-KEM-768 with X25519).
// Parsing one takes some 0.2 ms, so parse once for a run.
type Recipient struct {
	age  *age.HybridRecipient
	text string
}

// ParseRecipient reads a public key. It refuses classic keys with [ErrClassic].
func ParseRecipient(s string) (Recipient, error) {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, "age1pq1") {
		return Recipient{}, ErrClassic
	}
	r, err := age.ParseHybridRecipient(s)
	if err != nil {
		return Recipient{}, errors.New("public key age1pq1… is damaged or cut off")
	}
	return Recipient{r, s}, nil
}

// ReadRecipients reads a file of public keys, one on a line; empty lines and
// lines that start with # are passed over.
func ReadRecipients(r io.Reader) ([]Recipient, error) {
	var out []Recipient
	sc := bufio.NewScanner(r)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSpace(sc.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		k, err := ParseRecipient(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		out = append(out, k)
	}
	if err := sc.Err(); err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, ErrNoRecipients
	}
	return out, nil
}

// ID names a public key in records and reports: "pq-" and the first 64 bits of
// its SHA-256, in letters.
func (r Recipient) ID() string {
	sum := sha256.Sum256([]byte(r.text))
	return "pq-" + letters(sum[:8])
}

// String is the public key itself.
func (r Recipient) String() string { return r.text }

// Valid reports whether r holds a key.
func (r Recipient) Valid() bool { return r.age != nil }

func keyIDs(rs []Recipient) []string {
	ids := make([]string, len(rs))
	for i, r := range rs {
		ids[i] = r.ID()
	}
	return ids
}

// NewKey makes a key pair: the identity to keep (AGE-SECRET-KEY-PQ-1…) and the
// recipient to give out.
func NewKey() (identity string, r Recipient, err error) {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		return "", Recipient{}, err
	}
	return id.String(), Recipient{id.Recipient(), id.Recipient().String()}, nil
}

// letters writes bytes as consonants, two for each. An id made so never looks
// like a word, a date or a BSN.
func letters(b []byte) string {
	const alphabet = "bcdfghjklmnpqrst"
	h := hex.EncodeToString(b)
	out := make([]byte, len(h))
	for i := range h {
		out[i] = alphabet[strings.IndexByte("0123456789abcdef", h[i])]
	}
	return string(out)
}
