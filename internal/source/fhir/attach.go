package fhir

import (
	"encoding/base64"
	"net/http"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// MissingElsewhere is the reason of an attachment that only stands on another
// system: this program fetches nothing.
const MissingElsewhere dossier.Reason = "alleen-bij-de-bron"

// inlineText is how long a plain text may be to stand in the item itself.
const inlineText = 256 << 10

// attach makes an attachment of FHIR's Attachment (or of a Binary). A plain text
// becomes part of the item: a reader should not have to open a file for it.
func (c *cx) attach(a *tree.Node) {
	if a == nil {
		return
	}
	body, from := c.content(a)
	mime, _, _ := strings.Cut(a.Text("contentType"), ";")
	mime = strings.ToLower(strings.TrimSpace(mime))
	title := shown(a.Text("title"))
	for _, name := range []string{"language", "size", "hash", "url", "id"} {
		a.Get(name).Read()
	}
	a.Get("data").Read()
	taken, _ := date(a.Text("creation"))
	if from != nil {
		if m, _, _ := strings.Cut(from.node.Text("contentType"), ";"); m != "" {
			mime = strings.ToLower(m)
		}
		from.node.Get("data").Read()
		from.node.Get("securityContext").Read()
	}
	if strings.HasPrefix(mime, "text/plain") && body.reason == "" && len(body.data) < inlineText {
		if s, ok := plainText(body.data); ok {
			c.text(title, s)
			return
		}
	}
	n := len(c.it.Attachments) + 1
	att := dossier.Attachment{ID: "b" + strconv.Itoa(n), Name: title, MIME: mime, TakenAt: taken}
	if body.reason == "" && body.file == "" {
		att.Size, att.MIME = sniff(body.data, mime)
	}
	if att.Name == "" {
		att.Name = c.it.Title
	}
	att.Path = "fhir/" + c.res.key + "/" + strconv.Itoa(n)
	if body.file != "" {
		att.Path = body.file
	}
	c.m.file(att.Path, body)
	c.it.Attachments = append(c.it.Attachments, att)
}

// file notes where the bytes of the attachment at path p are.
func (m *mapper) file(p string, body content) {
	if m.files == nil {
		m.files = map[string]content{}
	}
	m.files[p] = body
}

// content finds the bytes: in the attachment, in a Binary of this record, in a
// file beside it. What is elsewhere stays there.
func (c *cx) content(a *tree.Node) (content, *resource) {
	hash := a.Get("hash").Peek()
	if d := a.Get("data").Peek(); d != "" {
		return content{data: d, sha1: hash}, nil
	}
	u := strings.TrimSpace(a.Get("url").Peek())
	if u == "" {
		return content{reason: dossier.MissingEmpty}, nil
	}
	if to := c.m.binary(a, c.res); to != nil {
		c.uses(to)
		if d := to.node.Get("data").Peek(); d != "" {
			return content{data: d, sha1: hash}, to
		}
		return content{reason: dossier.MissingEmpty}, to
	}
	if d, ok := strings.CutPrefix(u, "data:"); ok {
		if _, b64, found := strings.Cut(d, ";base64,"); found {
			return content{data: b64, sha1: hash}, nil
		}
	}
	file, isFile := strings.CutPrefix(u, "file://")
	if isFile || !strings.Contains(u, ":") && path.Ext(u) != "" && !strings.HasPrefix(u, "Binary/") {
		return content{file: strings.TrimPrefix(file, "./"), sha1: hash}, nil
	}
	return content{reason: MissingElsewhere}, nil
}

// plainText is the text of base64, when it is text.
func plainText(b64 string) (string, bool) {
	b, err := decode(b64)
	if err != nil || !utf8.Valid(b) || len(b) == 0 {
		return "", false
	}
	return strings.TrimSpace(strings.ReplaceAll(string(b), "\r\n", "\n")), true
}

// decode is base64 as systems write it: with line breaks, with or without padding, in either alphabet.
func decode(s string) ([]byte, error) {
	if strings.ContainsAny(s, " \t\r\n") {
		s = strings.Map(func(r rune) rune {
			if r == ' ' || r == '\t' || r == '\r' || r == '\n' {
				return -1
			}
			return r
		}, s)
	}
	s = strings.TrimRight(s, "=")
	if strings.ContainsAny(s, "-_") {
		return base64.RawURLEncoding.DecodeString(s)
	}
	return base64.RawStdEncoding.DecodeString(s)
}

// sniff gives the size in bytes and the type, which the bytes decide when the
// source says nothing of use. FHIR's own size is not believed: it is measured
// to be wrong.
func sniff(b64, mime string) (int64, string) {
	head := b64
	if len(head) > 1024 {
		head = head[:1024]
	}
	if mime == "" || mime == "application/octet-stream" {
		if b, err := decode(head); err == nil {
			mime, _, _ = strings.Cut(http.DetectContentType(b), ";")
		}
	}
	n := 0
	for i := 0; i < len(b64); i++ {
		if c := b64[i]; c > ' ' && c != '=' {
			n++
		}
	}
	return int64(n * 3 / 4), mime
}
