package bundle

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/bits"
	"strings"
)

// Padme is the size to which n bytes are padded so that the size tells little:
// of its floor(log2 n)+1 bits only the first floor(log2 log2 n)+1 and the bits
// needed for them stay, which costs at most 12 % and less the larger n is
// (Nikitin and others, "Reducing Metadata Leakage from Encrypted Files and
// Communication with PURBs", 2019, section 4).
func Padme(n int64) int64 {
	if n < 2 {
		return n
	}
	e := bits.Len64(uint64(n)) - 1
	s := bits.Len64(uint64(e))
	mask := int64(1)<<(e-s) - 1
	return (n + mask) &^ mask
}

// The sizes of a ZIP's parts (APPNOTE.TXT 6.3.10, 4.3) as archive/zip writes
// them for files under 4 GiB: with a descriptor behind each and the time of
// change as an extra field of 9 bytes.
const (
	zipLocal      = 30 + 9
	zipDescriptor = 16
	zipCentral    = 46 + 9
	zipEnd        = 22
	zipLimit      = 1<<32 - 1
)

// errPadding cannot happen: the sizes above are those of archive/zip.
var errPadding = errors.New("the padding does not fit")

// finishPadded writes zeros of such a length that the whole ZIP gets a Padmé
// size. The sums of the tags are stored then, not deflated: their size must not
// depend on what they hold. A ZIP of 4 GiB gets no zeros; its size is rare
// whatever is done.
func (b *bagWriter) finishPadded() error {
	w, err := b.create(PaddingName, zip.Store) // only now is the file before it written out
	if err != nil {
		return err
	}
	base, err := b.size()
	if err != nil {
		return err
	}
	target := Padme(base)
	if target > zipLimit {
		target = base
	}
	sum := sha256.New()
	if _, err := io.CopyN(io.MultiWriter(w, sum), zeros{}, target-base); err != nil {
		return err
	}
	b.noteTag(PaddingName, hex.EncodeToString(sum.Sum(nil)))
	if _, _, err := b.addAs(tagSumsName, zip.Store, strings.NewReader(b.tagSums.String())); err != nil {
		return err
	}
	if err := b.zip.Close(); err != nil {
		return err
	}
	if b.out.n != target && target <= zipLimit {
		return errPadding
	}
	return nil
}

// size is that of the whole ZIP if the padding, of which the header is written,
// held nothing: what is out already, the sums of the tags and the directory.
func (b *bagWriter) size() (int64, error) {
	err := b.zip.Flush()
	n := b.out.n + zipDescriptor + zipEnd
	const sumLine = 64 + 2 + len(PaddingName) + 1
	n += zipLocal + int64(len(b.root)+len(tagSumsName)+b.tagSums.Len()+sumLine) + zipDescriptor
	for _, name := range append(b.names, b.root+tagSumsName) {
		n += zipCentral + int64(len(name))
	}
	return n, err
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// counter passes bytes on and counts them.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
