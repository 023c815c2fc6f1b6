// Package seal encrypts what must not be read by others, and marks what may be.
//
// It makes the only two values that a store accepts: a [Sealed], ciphertext in
// a spool file, and a [Statement], a public text that holds nobody. It refuses
// an empty recipient list, classic (not post-quantum) recipients, and a public
// text with a number that could be a BSN. It never writes plaintext to a disk.
package seal

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"filippo.io/age"
)

// ErrNoRecipients means that nobody could ever open the result; give at least
// one recipient.
var ErrNoRecipients = errors.New("seal: no recipients")

// A Sealed is ciphertext in the spool: an age file (age-encryption.org/v1), or a
// page around one. Only this package makes one that is [Sealed.Valid].
type Sealed struct{ s *sealed }

type sealed struct {
	path        string
	size        int64
	sum         [sha256.Size]byte
	keyIDs      []string
	contentType string
}

// typeAge is the content type of an age file; none is registered.
const typeAge = "application/octet-stream"

// Seal encrypts what fill writes to all of the recipients, streaming into a new
// file in dir. On any error nothing is left behind. The caller calls
// [Sealed.Discard] when the file is stored.
func Seal(dir string, to []Recipient, fill func(io.Writer) error) (Sealed, error) {
	if len(to) == 0 {
		return Sealed{}, ErrNoRecipients
	}
	return spool(dir, typeAge, keyIDs(to), func(w io.Writer) error { return encrypt(w, to, fill) })
}

// spool writes a file of ciphertext into dir, and leaves nothing on an error.
func spool(dir, contentType string, keyIDs []string, fill func(io.Writer) error) (Sealed, error) {
	f, err := os.CreateTemp(dir, "spool-*.age") // mode 0600
	if err != nil {
		return Sealed{}, fmt.Errorf("seal: spool: %w", err)
	}
	c := &counter{w: f, sum: sha256.New()}
	err = fill(c)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		os.Remove(f.Name())
		return Sealed{}, fmt.Errorf("seal: %w", err)
	}
	s := &sealed{path: f.Name(), size: c.n, keyIDs: keyIDs, contentType: contentType}
	c.sum.Sum(s.sum[:0])
	return Sealed{s}, nil
}

func encrypt(dst io.Writer, to []Recipient, fill func(io.Writer) error) error {
	rs := make([]age.Recipient, len(to))
	for i, r := range to {
		rs[i] = r.age
	}
	w, err := age.Encrypt(dst, rs...)
	if err != nil {
		return err
	}
	if err := fill(w); err != nil {
		return err // the age file is left without its last chunk, and is removed
	}
	return w.Close()
}

// counter passes bytes on, counts them and adds them to a SHA-256.
type counter struct {
	w   io.Writer
	n   int64
	sum hash.Hash
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	c.sum.Write(p[:n])
	return n, err
}

// Valid reports whether s holds ciphertext and was not discarded.
func (s Sealed) Valid() bool { return s.s != nil && s.s.path != "" }

// Open opens the ciphertext for reading. The caller closes it.
func (s Sealed) Open() (*os.File, error) {
	if !s.Valid() {
		return nil, errors.New("seal: nothing sealed")
	}
	return os.Open(s.s.path)
}

// Size of the ciphertext in bytes.
func (s Sealed) Size() int64 { return s.s.size }

// SHA256 of the ciphertext, in hex.
func (s Sealed) SHA256() string { return hex.EncodeToString(s.s.sum[:]) }

// ContentType for who fetches it.
func (s Sealed) ContentType() string { return s.s.contentType }

// KeyIDs are the ids of the recipients, in the order given. An age header does
// not tell who can open a file, so the record must.
func (s Sealed) KeyIDs() []string { return append([]string(nil), s.s.keyIDs...) }

// Discard removes the spool file. It may be called twice.
func (s Sealed) Discard() error {
	if !s.Valid() {
		return nil
	}
	path := s.s.path
	s.s.path = ""
	return os.Remove(path)
}
