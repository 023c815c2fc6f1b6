package media

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"inzage/internal/dossier"
)

// pictures are the types that are decoded and drawn anew.
var pictures = map[string]bool{"image/jpeg": true, "image/png": true, "image/gif": true, "image/webp": true}

// magic are the first bytes of the types that we know.
var magic = []struct {
	at         int
	head, mime string
}{
	{0, "\xff\xd8\xff", "image/jpeg"},
	{0, "\x89PNG\r\n\x1a\n", "image/png"},
	{0, "GIF87a", "image/gif"},
	{0, "GIF89a", "image/gif"},
	{8, "WEBP", "image/webp"},
	{0, "PK\x03\x04", "application/zip"},
	{0, "ID3", "audio/mpeg"},
	{0, "\xff\xfb", "audio/mpeg"},
	{4, "ftyp", "video/mp4"},
	{8, "WAVE", "audio/wav"},
	{0, "{\\rtf", "application/rtf"},
	{0, "\xd0\xcf\x11\xe0", "application/msword"},
	{0, "OggS", "audio/ogg"},
	{0, "MZ", "application/x-msdownload"},
	{0, "\x7fELF", "application/x-executable"},
}

// Sniff tells a file's type by its bytes: a MIME type, or "" for bytes that it does
// not know. A PDF may have up to 1024 bytes before its head, as readers allow.
func Sniff(b []byte) string {
	for _, m := range magic {
		if len(b) >= m.at+len(m.head) && string(b[m.at:m.at+len(m.head)]) == m.head {
			return m.mime
		}
	}
	head := b[:min(len(b), 1024)]
	if bytes.Contains(head, []byte("%PDF-")) {
		return "application/pdf"
	}
	if text(head) {
		low := bytes.ToLower(bytes.TrimSpace(head))
		for _, tag := range []string{"<!doctype html", "<html", "<script", "<svg", "<?xml"} {
			if bytes.HasPrefix(low, []byte(tag)) {
				return "text/html"
			}
		}
		return "text/plain"
	}
	return ""
}

// text reports whether bytes look like UTF-8 text; the last rune may be cut.
func text(b []byte) bool {
	for i := 0; len(b) > 0 && i < utf8.UTFMax && !utf8.Valid(b); i++ {
		b = b[:len(b)-1]
	}
	return len(b) > 0 && utf8.Valid(b) && !bytes.ContainsRune(b, 0)
}

// zipped are the types that are ZIP files inside.
var zipped = map[string]bool{
	"application/zip": true,
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   true,
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         true,
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": true,
	"application/vnd.oasis.opendocument.text":                                   true,
	"application/vnd.ms-word.document.macroenabled.12":                          true,
	"application/vnd.ms-excel.sheet.macroenabled.12":                            true,
	"application/vnd.ms-powerpoint.presentation.macroenabled.12":                true,
}

// moving are the types in an ISO media file, and what else phones record.
var moving = map[string]bool{"video/mp4": true, "audio/mp4": true, "video/quicktime": true, "audio/x-m4a": true}

// matches compares the stated type with the type of the bytes. A picture that
// is another kind of picture than stated is still a picture. Bytes of no known
// type pass only under a type that we cannot tell by its bytes.
func matches(stated, found string) dossier.Reason {
	stated = base(stated)
	ok := false
	switch {
	case stated == found:
		ok = found != ""
	case found == "":
		ok = !known(stated)
	case pictures[stated]:
		ok = pictures[found]
	case found == "text/html":
		ok = markup[stated]
	case found == "application/zip":
		ok = zipped[stated]
	case found == "video/mp4":
		ok = moving[stated]
	case found == "text/plain":
		ok = strings.HasPrefix(stated, "text/") || markup[stated]
	}
	if !ok {
		return dossier.MissingWrongType
	}
	return ""
}

// known reports whether files of a type can be told by their bytes.
func known(mime string) bool {
	for _, m := range magic {
		if m.mime == mime {
			return true
		}
	}
	return mime == "" || mime == "application/pdf" || markup[mime] || zipped[mime] || moving[mime] || strings.HasPrefix(mime, "text/")
}

func base(mime string) string {
	m, _, _ := strings.Cut(strings.ToLower(mime), ";")
	return strings.TrimSpace(m)
}

// endings are the file name endings in the bundle.
var endings = map[string]string{
	"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf", "text/plain": "txt", "text/csv": "csv",
	"audio/mpeg": "mp3", "audio/wav": "wav", "audio/ogg": "ogg", "audio/mp4": "m4a", "audio/x-m4a": "m4a", "video/mp4": "mp4", "video/quicktime": "mov",
	"application/rtf": "rtf", "application/msword": "doc", "application/zip": "zip",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   "docx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         "xlsx",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
	"application/vnd.oasis.opendocument.text":                                   "odt",
	"application/vnd.ms-word.document.macroenabled.12":                          "docm",
	"application/vnd.ms-excel.sheet.macroenabled.12":                            "xlsm",
	"application/vnd.ms-powerpoint.presentation.macroenabled.12":                "pptm",
	// A page or a drawing with a script opens as text, not as what it is.
	"text/html": "html.txt", "application/xhtml+xml": "xhtml.txt", "image/svg+xml": "svg.txt",
}

func ending(mime string) string {
	if e, ok := endings[mime]; ok {
		return e
	}
	return "bin"
}
