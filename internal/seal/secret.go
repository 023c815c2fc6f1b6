package seal

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// A Secret is the deployment's own 32-byte key. It turns a client number into a
// pseudonym that nobody without the key can check a guess against, and the
// content of a bundle into an id. It opens nothing.
type Secret struct{ key []byte }

// ErrSecret means that a secret is not 64 hex characters.
var ErrSecret = errors.New("secret is not 64 hexadecimal characters; make one with: inzage key secret")

// ParseSecret reads 64 hex characters.
func ParseSecret(s string) (Secret, error) {
	b, err := hex.DecodeString(strings.TrimSpace(s))
	if err != nil || len(b) != 32 {
		return Secret{}, ErrSecret
	}
	return Secret{b}, nil
}

// NewSecret makes a secret, as text for a file.
func NewSecret() (string, error) {
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		return "", err
	}
	return hex.EncodeToString(b), nil
}

// Pseudonym names what the parts name within a portal, such as a client: 16
// consonants, the same in every run, and different for each portal. The parts
// are framed, so that none can run into the next.
func (s Secret) Pseudonym(portal string, parts ...string) string {
	framed := [][]byte{[]byte(portal)}
	for _, p := range parts {
		framed = append(framed, []byte(p))
	}
	return letters(s.mac("pseudonym", framed...)[:8])
}

// ContentID is the keyed digest of everything that makes a bundle what it is:
// 64 hex characters. The parts are framed, so that none can run into the next.
func (s Secret) ContentID(parts ...[]byte) string {
	return hex.EncodeToString(s.mac("content", parts...))
}

// BundleID is the short name of a bundle with this content: 24 consonants, 96 bits.
func BundleID(contentID string) (string, error) {
	b, err := hex.DecodeString(contentID)
	if err != nil || len(b) < 12 {
		return "", fmt.Errorf("seal: content id: %w", ErrSecret)
	}
	return letters(b[:12]), nil
}

func (s Secret) mac(purpose string, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, s.key)
	frame := func(b []byte) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(b)))
		h.Write(n[:])
		h.Write(b)
	}
	frame([]byte("inzage/" + purpose + "/v1"))
	for _, p := range parts {
		frame(p)
	}
	return h.Sum(nil)
}

// Valid reports whether s holds a key.
func (s Secret) Valid() bool { return len(s.key) == 32 }

// Narrow is a secret that follows from s and serves for what the parts name
// alone: who has it can neither find s nor do anything else with it.
func (s Secret) Narrow(parts ...string) Secret {
	framed := make([][]byte, len(parts))
	for i, p := range parts {
		framed[i] = []byte(p)
	}
	return Secret{s.mac("narrow", framed...)}
}

// Text is a secret as [ParseSecret] reads it, for what is encrypted to who may have it.
func (s Secret) Text() string { return hex.EncodeToString(s.key) }
