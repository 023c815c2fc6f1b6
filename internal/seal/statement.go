package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"regexp"
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
// passes the BSN's eleven-test; in JSON only strings count, numbers are sizes.
func Publish(contentType string, body []byte) (Statement, error) {
	text := body
	if contentType == "application/json" {
		var err error
		if text, err = jsonStrings(body); err != nil {
			return Statement{}, err
		}
	}
	if HoldsBSN(text) {
		return Statement{}, ErrPersonal
	}
	return Statement{contentType, bytes.Clone(body)}, nil
}

// ErrProgram means that a page does not hold the parts that it was said to be
// made of.
var ErrProgram = errors.New("seal: not the program that it was said to be")

// PublishProgram marks a page or script as public of which parts are the same
// for everyone: program code, style, a logo, full of constants that are nobody's
// number. Each of ours must stand in body as it is, and is not looked at; nor are
// the numbers of data, JSON that stands in it. All else is held to [Publish].
// Only the package viewer may call it, which builds such pages; a guard sees to
// that.
func PublishProgram(contentType string, body, data []byte, ours ...[]byte) (Statement, error) {
	rest := body
	for _, part := range append(ours, data) {
		before, after, found := bytes.Cut(rest, part)
		if !found {
			return Statement{}, ErrProgram
		}
		rest = bytes.Join([][]byte{before, after}, []byte("\n"))
	}
	if len(data) > 0 {
		text, err := jsonStrings(data)
		if err != nil {
			return Statement{}, err
		}
		rest = append(rest, text...)
	}
	if _, err := Publish(contentType, rest); err != nil {
		return Statement{}, err
	}
	return Statement{contentType, bytes.Clone(body)}, nil
}

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
