package seal

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"

	"filippo.io/age"
)

// Rewrap writes an age file of size bytes anew for other recipients, with a
// key that opens it now. The payload is copied as it is and the file key stays,
// so that it costs a copy whatever the dossier holds. It gives keys to others;
// it takes none away: who kept the old file, or its file key, opens the content
// as before. It is not revocation.
//
// src must be a whole file: a cut one is refused with [ErrDamaged]. The result
// is opened once with the file key before it is given.
func Rewrap(dir string, src io.ReaderAt, size int64, id Identity, to []Recipient) (Sealed, error) {
	if len(to) == 0 {
		return Sealed{}, ErrNoRecipients
	}
	if _, _, err := Open(src, size, id); err != nil { // authenticates the header and the end
		return Sealed{}, err
	}
	old, err := age.ExtractHeader(io.NewSectionReader(src, 0, size))
	if err != nil {
		return Sealed{}, fmt.Errorf("seal: %w", ErrDamaged)
	}
	fileKey, err := age.DecryptHeader(old, id.ids...)
	if err != nil {
		return Sealed{}, fmt.Errorf("seal: %w", ErrWrongKey)
	}
	head, err := header(fileKey, to)
	if err != nil {
		return Sealed{}, fmt.Errorf("seal: rewrap: %w", err)
	}
	s, err := spool(dir, typeAge, keyIDs(to), func(w io.Writer) error {
		return copyAll(w, bytes.NewReader(head), io.NewSectionReader(src, int64(len(old)), size-int64(len(old))))
	})
	if err == nil {
		err = s.check(fileKey)
	}
	if err != nil {
		s.Discard()
		return Sealed{}, err
	}
	return s, nil
}

func copyAll(w io.Writer, from ...io.Reader) error {
	_, err := io.Copy(w, io.MultiReader(from...))
	return err
}

// check opens what was written with its file key.
func (s Sealed) check(fileKey []byte) error {
	f, err := s.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	_, _, err = Open(f, s.Size(), Identity{[]age.Identity{age.NewInjectedFileKeyIdentity(fileKey)}})
	return err
}

// header writes the header of an age file (C2SP age.md, "Header"): a stanza for
// each recipient and an HMAC under the file key. age itself writes one for a new
// file key only.
func header(fileKey []byte, to []Recipient) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("age-encryption.org/v1\n")
	for _, r := range to {
		stanzas, err := r.age.Wrap(fileKey)
		if err != nil {
			return nil, err
		}
		for _, s := range stanzas {
			writeStanza(&b, s)
		}
	}
	b.WriteString("---")
	key, err := hkdf.Key(sha256.New, fileKey, nil, "header", 32)
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(b.Bytes())
	fmt.Fprintf(&b, " %s\n", base64.RawStdEncoding.EncodeToString(mac.Sum(nil)))
	return b.Bytes(), nil
}

// writeStanza writes one stanza. Its body stands in lines of 64 characters, the
// last shorter, and empty when the others fill up.
func writeStanza(b *bytes.Buffer, s *age.Stanza) {
	b.WriteString("-> " + s.Type)
	for _, a := range s.Args {
		b.WriteString(" " + a)
	}
	body := base64.RawStdEncoding.EncodeToString(s.Body)
	for len(body) >= 64 {
		b.WriteString("\n" + body[:64])
		body = body[64:]
	}
	b.WriteString("\n" + body + "\n")
}

// TypePage is the content type of what [Sealed.Enclose] makes.
const TypePage = "text/html; charset=utf-8"

// ErrBlocks means that a page was made that does not hold the whole ciphertext.
var ErrBlocks = errors.New("seal: a page does not hold the whole ciphertext")

// Enclose puts the ciphertext into a page that opens itself: head, then what
// blocks writes of the ciphertext that it reads, then tail. Head and tail are the
// same for every reader and are public; blocks must read its reader to the end
// and may write nothing else into the page. s stays as it is.
func (s Sealed) Enclose(dir string, head, tail []byte, blocks func(io.Writer, io.Reader) error) (Sealed, error) {
	f, err := s.Open()
	if err != nil {
		return Sealed{}, err
	}
	defer f.Close()
	return spool(dir, TypePage, s.KeyIDs(), func(w io.Writer) error {
		if _, err := w.Write(head); err != nil {
			return err
		}
		if err := blocks(w, f); err != nil {
			return err
		}
		if err := s.atEnd(f); err != nil {
			return err
		}
		_, err := w.Write(tail)
		return err
	})
}

// atEnd reports a file of which not all was read.
func (s Sealed) atEnd(f *os.File) error {
	at, err := f.Seek(0, io.SeekCurrent)
	if err == nil && at != s.Size() {
		err = ErrBlocks
	}
	return err
}
