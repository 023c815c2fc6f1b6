package seal

import (
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

var (
	// ErrWrongKey means that none of the identities opens this file. Look in its
	// record for the key ids that do.
	ErrWrongKey = errors.New("this key does not open this file")
	// ErrDamaged means that the file was cut off or altered, or is not an age
	// file at all. Fetch it again and compare its SHA-256 with the record.
	ErrDamaged = errors.New("the file is incomplete, altered or not an age file")
)

// An Identity is a private key that opens files.
type Identity struct{ ids []age.Identity }

// ReadIdentity reads a key file as made by inzage key new or age-keygen -pq.
func ReadIdentity(r io.Reader) (Identity, error) {
	ids, err := age.ParseIdentities(r)
	if err != nil {
		return Identity{}, errors.New("no private key in the key file (a line AGE-SECRET-KEY-PQ-1…)")
	}
	return Identity{ids}, nil
}

// Open gives access to the plaintext of an age file of size bytes. The last
// chunk is authenticated before the first byte is given, so a file that was cut
// off is refused here; a chunk altered in the middle fails when it is read.
func Open(src io.ReaderAt, size int64, id Identity) (io.ReaderAt, int64, error) {
	r, n, err := age.DecryptReaderAt(src, size, id.ids...)
	var no *age.NoIdentityMatchError
	switch {
	case errors.As(err, &no):
		return nil, 0, fmt.Errorf("seal: %w", ErrWrongKey)
	case err != nil:
		return nil, 0, fmt.Errorf("seal: %w", ErrDamaged)
	}
	return damaged{r}, n, nil
}

// damaged names any fault of reading plaintext for what it is.
type damaged struct{ r io.ReaderAt }

func (d damaged) ReadAt(p []byte, off int64) (int, error) {
	n, err := d.r.ReadAt(p, off)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("seal: %w", ErrDamaged)
	}
	return n, err
}

// Valid reports whether id holds a private key.
func (id Identity) Valid() bool { return len(id.ids) > 0 }
