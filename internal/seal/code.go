package seal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode"
)

// The faults of a typed code. None of them tells anything about the code but
// how it was typed.
var (
	// ErrCodeLength means that characters are missing or too many.
	ErrCodeLength = errors.New("an access code has 28 characters")
	// ErrCodeSymbol means that a character is typed which no code has.
	ErrCodeSymbol = errors.New("a character that no access code has")
	// ErrCodeTwo means that at least two characters are wrong, so that it cannot
	// be said which.
	ErrCodeTwo = errors.New("at least two characters of the access code are wrong")
)

const (
	codeData   = 25 // random symbols of 5 bits: 125 bits
	codeLength = 28 // with the check symbols
	codeGroup  = 4

	// crockford is the alphabet of a code (Crockford's base32): no I, L, O or U.
	crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// A Code is what opens a dossier: 125 random bits as a person types them, with
// three check symbols. Only [Code.Text] gives it away; printed or logged by
// itself or inside anything else it shows nothing.
type Code struct{ s func() symbols } // a function: fmt shows what is behind a pointer, as for %s of a struct around it

func keep(s symbols) Code { return Code{func() symbols { return s }} }

// symbols are values of 0 to 31.
type symbols [codeLength]byte

// NewCode makes a code.
func NewCode() (Code, error) {
	var s symbols
	if _, err := rand.Read(s[:codeData]); err != nil {
		return Code{}, err
	}
	for i := range codeData {
		s[i] &= 31
	}
	s.addCheck()
	return keep(s), nil
}

// ParseCode reads a code as it was typed. Case does not matter; O is read as 0,
// I and L as 1; spaces, dashes, dots and characters without width are passed
// over. One wrong symbol is corrected, and corrected is then its group of four
// (1 to 7); otherwise it is 0. Two wrong symbols are always seen. Three or more
// may pass for another code, which then opens nothing.
func ParseCode(text string) (c Code, corrected int, err error) {
	var s symbols
	n := 0
	for _, r := range text {
		if passedOver(r) {
			continue
		}
		v := symbolOf(r)
		if v < 0 {
			return Code{}, 0, fmt.Errorf("character %d: %w", n+1, ErrCodeSymbol)
		}
		if n < codeLength {
			s[n] = byte(v)
		}
		n++
	}
	if n != codeLength {
		return Code{}, 0, fmt.Errorf("%d of %d characters: %w", n, codeLength, ErrCodeLength)
	}
	at, ok := s.correct()
	if !ok {
		return Code{}, 0, ErrCodeTwo
	}
	if at >= 0 {
		corrected = at/codeGroup + 1
	}
	return keep(s), corrected, nil
}

// symbolOf is the value of a typed character, or -1.
func symbolOf(r rune) int {
	switch {
	case r >= 'a' && r <= 'z':
		r -= 'a' - 'A'
	case r > 'Z':
		return -1
	}
	switch r {
	case 'O':
		r = '0'
	case 'I', 'L':
		r = '1'
	}
	return strings.IndexRune(crockford, r)
}

// passedOver reports whether a character only separates: white space, dashes
// (Unicode Pd and the minus sign), dots and other marks that people or their
// programs put between groups, and what has no width (Unicode Cf).
func passedOver(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Pd, unicode.Cf) || strings.ContainsRune("_.,:;·•…−\"'`´’‘“”", r)
}

// Text is the code as it is printed on a letter: XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX.
func (c Code) Text() string {
	if !c.Valid() {
		return ""
	}
	var b strings.Builder
	for i, v := range c.s() {
		if i > 0 && i%codeGroup == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(crockford[v])
	}
	return b.String()
}

// Valid reports whether c holds a code.
func (c Code) Valid() bool { return c.s != nil }

const hiddenCode = "(access code)"

// String hides the code; see [Code.Text].
func (c Code) String() string { return hiddenCode }

// Format hides the code from every verb of fmt.
func (c Code) Format(f fmt.State, _ rune) { io.WriteString(f, hiddenCode) }

// LogValue hides the code from a log.
func (c Code) LogValue() slog.Value { return slog.StringValue(hiddenCode) }

// MarshalText refuses, so that no encoder writes a code down.
func (c Code) MarshalText() ([]byte, error) {
	return nil, errors.New("seal: an access code is not written to any format")
}
