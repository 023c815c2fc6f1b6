// Package viewer makes the one page through which a client opens a dossier: as
// a file that carries its own ciphertext, as a small page beside an .age file,
// and as the static page of the fallback site.
//
// The page says what it needs to and names no client. It refuses every script
// and style but its own, by digest, and it refuses to be made at all when the
// viewer itself was not built ([ErrNotBuilt]): half a viewer opens nothing.
package viewer

import (
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"inzage/internal/portal"
	"inzage/internal/seal"
	"inzage/templates"
)

// ErrNotBuilt means that the program was built without Node, so that it holds
// no viewer. Build it with `make`, or choose another form of file.
var ErrNotBuilt = errors.New("viewer: not built into this program; install Node 20 and run make viewer")

// ErrOptions means that a page was asked for without what it needs to know.
var ErrOptions = errors.New("viewer: incomplete options")

// BlockSize is how many bytes of ciphertext stand in one block of base64. One
// long text node takes WebKit minutes to read; 512 KiB of text do not.
const BlockSize = 384 << 10

// MaxPage is the most ciphertext, in bytes, that a page should carry itself.
// Above it, give [Small] and the .age file: a phone has no memory for both the
// text and the bytes.
const MaxPage = 25 << 20

// Options are what a page says and checks about one sealed bundle.
type Options struct {
	Lang        string         // nl or en
	Portal      *portal.Portal // name, colours, logo, phone numbers
	BundleID    string
	Size        int64  // bytes of ciphertext
	SHA256      string // hex, of the ciphertext
	Deployment  string // with Edition the salt of the access code
	Edition     int
	Fingerprint string // of the key that signs the manifest, "SHA256:…"; empty when nothing is signed
}

// A Site is the fallback page of one portal.
type Site struct {
	Lang        string
	Portal      *portal.Portal
	Deployment  string
	Edition     int
	AsOf        time.Time // moment of the copies, in the zone it is told in
	Fingerprint string
}

// mode is where a page gets its ciphertext.
type mode string

const (
	embedded mode = "embedded" // from its own blocks
	file     mode = "file"     // from a file that the reader chooses
	fallback mode = "fallback" // from o/<locator>.age beside it
)

// Page gives what stands before and after the ciphertext of a self-opening
// file: head, then the blocks of [WriteBlocks], then tail. A file without the
// tail is told to be incomplete before a code is asked.
func Page(o Options) (head, tail []byte, err error) {
	if o.Size <= 0 || len(o.SHA256) != 64 {
		return nil, nil, fmt.Errorf("page %s: size and digest of the ciphertext: %w", o.BundleID, ErrOptions)
	}
	p, err := build(o, site{}, embedded)
	if err != nil {
		return nil, nil, fmt.Errorf("page %s: %w", o.BundleID, err)
	}
	return p.body, []byte(tailText), nil
}

const tailText = `<i id="einde"></i></body></html>` + "\n"

// Small gives the page for an .age file that lies beside it and that the reader
// chooses. It checks the chosen file against the size and digest in o.
func Small(o Options) (Program, error) {
	if o.Size <= 0 || len(o.SHA256) != 64 {
		return Program{}, fmt.Errorf("small page %s: size and digest of the ciphertext: %w", o.BundleID, ErrOptions)
	}
	p, err := build(o, site{}, file)
	if err != nil {
		return Program{}, fmt.Errorf("small page %s: %w", o.BundleID, err)
	}
	p.body = append(p.body, tailText...)
	return p, nil
}

// Fallback gives the two files of a fallback site: index.html, and viewer.js
// that it names with its SHA-384 (Subresource Integrity).
func Fallback(s Site) (index, script Program, err error) {
	o := Options{Lang: s.Lang, Portal: s.Portal, Deployment: s.Deployment, Edition: s.Edition, Fingerprint: s.Fingerprint}
	w, err := wordsOf(s.Lang)
	if err != nil {
		return Program{}, Program{}, err
	}
	index, err = build(o, site{asOf: strings.ReplaceAll(w["as_of"], "{when}", moment(s.AsOf, s.Lang))}, fallback)
	if err != nil {
		return Program{}, Program{}, fmt.Errorf("fallback page: %w", err)
	}
	b, err := built()
	if err != nil {
		return Program{}, Program{}, err
	}
	index.body = append(index.body, tailText...)
	return index, Program{typeScript, b.script, nil, [][]byte{b.script}}, nil
}

// A Program is a page or script of this package: code and style that are the
// same for everyone, and around them words and facts. Only this package makes
// one, and it alone is published without a look at our own parts.
type Program struct {
	contentType string
	body        []byte
	data        []byte   // the facts, JSON that stands in body
	ours        [][]byte // the parts of body that are the same for everyone
}

const (
	typePage   = "text/html; charset=utf-8"
	typeScript = "text/javascript; charset=utf-8"
)

// Bytes of the page or script.
func (p Program) Bytes() []byte { return p.body }

// Statement marks it as public; all but our own parts is held to [seal.Publish].
func (p Program) Statement() (seal.Statement, error) {
	if len(p.body) == 0 {
		return seal.Statement{}, ErrOptions
	}
	return seal.PublishProgram(p.contentType, p.body, p.data, p.ours...)
}

// parts are what Node built.
type parts struct{ first, script, style, frame []byte }

// built reads the viewer from the program, or says that it is not there.
func built() (parts, error) { return read(templates.Viewer) }

func read(files fs.FS) (parts, error) {
	var p parts
	for name, to := range map[string]*[]byte{"first.js": &p.first, "viewer.js": &p.script, "style.css": &p.style, "frame.css": &p.frame} {
		b, err := fs.ReadFile(files, "viewer/dist/"+name)
		if err != nil {
			return parts{}, ErrNotBuilt
		}
		*to = bytes.TrimSpace(b)
	}
	// In a script element these would end or hide it (HTML, section 4.12.1.3).
	for _, bad := range []string{"</script", "<!--", "<script"} {
		if bytes.Contains(bytes.ToLower(append(bytes.Clone(p.first), p.script...)), []byte(bad)) {
			return parts{}, fmt.Errorf("the built viewer holds %q: %w", bad, ErrNotBuilt)
		}
	}
	return p, nil
}

// wordsOf gives the words of a language, Dutch where there is no other.
func wordsOf(lang string) (map[string]string, error) {
	if lang != "en" {
		lang = "nl"
	}
	b, err := fs.ReadFile(templates.Viewer, "viewer/words/"+lang+".json")
	if err != nil {
		return nil, fmt.Errorf("viewer: words %s: %w", lang, err)
	}
	var w map[string]string
	if err := json.Unmarshal(b, &w); err != nil {
		return nil, fmt.Errorf("viewer: words %s: %w", lang, err)
	}
	return w, nil
}

// integrity is the digest of a script as its element names it.
func integrity(b []byte) string {
	sum := sha512.Sum384(b)
	return "sha384-" + base64.StdEncoding.EncodeToString(sum[:])
}
