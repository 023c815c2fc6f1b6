package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
)

// ErrPersonal means that a public text holds a number that could be a BSN.
// Find out where it comes from before anything else is published.
var ErrPersonal = errors.New("seal: a public text holds a number that could be a BSN")

// A Statement is a text that may stand in the bucket for all to read: a record
// of a bundle, a report of a run. Only [Publish] makes a valid one.
type Statement struct {
	contentType string
	body        []byte
}

// Publish marks a body as public. It refuses one in which a run of nine digits
// passes the BSN's eleven-test; in JSON only strings count, numbers are sizes, and
// a script is program code and is not looked at.
func Publish(contentType string, body []byte) (Statement, error) {
	text := body
	if contentType == "application/json" {
		var err error
		if text, err = jsonStrings(body); err != nil {
			return Statement{}, err
		}
	}
	if HoldsBSN(text) && !isScript(contentType) {
		return Statement{}, ErrPersonal
	}
	return Statement{contentType, bytes.Clone(body)}, nil
}

// isScript reports whether a text is program code: part of this program, the
// same for everyone, and full of constants.
func isScript(contentType string) bool { return strings.HasPrefix(contentType, "text/javascript") }

// Bytes of the text.
func (s Statement) Bytes() []byte { return s.body }

// ContentType as given to [Publish].
func (s Statement) ContentType() string { return s.contentType }

// SHA256 of the text, in hex.
func (s Statement) SHA256() string {
	sum := sha256.Sum256(s.body)
	return hex.EncodeToString(sum[:])
}

// Valid reports whether s was made by [Publish].
func (s Statement) Valid() bool { return s.contentType != "" }

var nineDigits = regexp.MustCompile(`(?:^|[^0-9A-Za-z])([0-9]{9})(?:$|[^0-9A-Za-z])`)

// HoldsBSN reports whether text holds nine digits, not part of a longer word,
// that pass the eleven-test of the BSN (Besluit burgerservicenummer, art. 1).
func HoldsBSN(text []byte) bool {
	for len(text) > 0 {
		m := nineDigits.FindSubmatchIndex(text)
		if m == nil {
			return false
		}
		if elevenTest(text[m[2]:m[3]]) {
			return true
		}
		text = text[m[3]:]
	}
	return false
}

func elevenTest(d []byte) bool {
	sum := -int(d[8] - '0')
	for i := range 8 {
		sum += (9 - i) * int(d[i]-'0')
	}
	return sum%11 == 0
}

// jsonStrings gathers every string of a JSON text, keys too, one on a line.
func jsonStrings(body []byte) ([]byte, error) {
	if !json.Valid(body) {
		return nil, errors.New("seal: a public record is not JSON")
	}
	var out bytes.Buffer
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	for {
		tok, err := dec.Token()
		if err != nil { // io.EOF: the text is valid
			return out.Bytes(), nil
		}
		if s, ok := tok.(string); ok {
			out.WriteString(s + "\n")
		}
	}
}
