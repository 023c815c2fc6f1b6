package media

import (
	"archive/zip"
	"bytes"
	"io"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
)

// A Start is what a file can set going when somebody opens it.
type Start string

const (
	StartsScript  Start = "script"          // a script of its own
	StartsMacro   Start = "macro"           // of an office program
	StartsOther   Start = "ander-bestand"   // it opens another file, page or program
	StartsSending Start = "verzenden"       // it sends or fetches what was filled in
	StartsMedia   Start = "film-of-geluid"  // a player, with a language of its own
	StartsInside  Start = "bestand-erin"    // it holds other files, which can be anything
	StartsForm    Start = "formulier"       // XFA: a form that is a program
	StartsProgram Start = "programma"       // it is one
	StartsUnsure  Start = "niet-te-bepalen" // it could not be seen whole
)

// programs are the types that are nothing but a program. They have no ending by
// which a system would start them.
var programs = map[string]bool{"application/x-msdownload": true, "application/x-executable": true}

// markup are the types that a browser runs. They go under a name that no browser
// opens by itself.
var markup = map[string]bool{"text/html": true, "application/xhtml+xml": true, "image/svg+xml": true}

// starts tells what a file that is no picture and no PDF can start. A type that
// is only shown or played can start nothing.
func starts(b []byte, found, stated string) []Start {
	switch {
	case programs[found]:
		return []Start{StartsProgram}
	case markup[stated]:
		return []Start{StartsScript}
	case found == "application/zip":
		return zipStarts(b, stated)
	case found == "application/msword":
		return seen(b, inOLE)
	case found == "application/rtf":
		return seen(bytes.ToLower(b), inRTF)
	}
	return nil
}

// A mark is what a file holds when it can start something.
type mark struct {
	text string
	is   Start
}

// inOLE are names in the directory of a compound file, as they stand in it
// ([MS-CFB] 2.6.1); inRTF are control words, in small letters.
var (
	inOLE = []mark{{wide("_VBA_PROJECT"), StartsMacro}, {wide("Ole10Native"), StartsInside}, {wide("ObjectPool"), StartsInside}, {wide("EncryptedPackage"), StartsUnsure}}
	inRTF = []mark{{`\obj`, StartsInside}, {`\*\template`, StartsOther}, {"ddeauto", StartsOther}, {"includetext", StartsOther}, {"includepicture", StartsOther}}
)

func wide(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

func seen(b []byte, marks []mark) []Start {
	found := map[Start]bool{}
	for _, m := range marks {
		if bytes.Contains(b, []byte(m.text)) {
			found[m.is] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// inOffice are parts of paths within the ZIP file that an office document is.
var inOffice = []mark{{"vbaproject", StartsMacro}, {"vbadata", StartsMacro}, {"macrosheets/", StartsMacro}, {"activex/", StartsMacro}, {"basic/", StartsMacro}, {"scripts/", StartsMacro},
	{"embeddings/", StartsInside}}

// quiet are the endings of files that only show or play something.
var quiet = map[string]bool{".jpg": true, ".jpeg": true, ".png": true, ".gif": true, ".webp": true, ".bmp": true, ".tif": true, ".tiff": true, ".heic": true,
	".txt": true, ".csv": true, ".json": true, ".mp3": true, ".m4a": true, ".wav": true, ".ogg": true, ".mp4": true, ".mov": true}

// Bounds of what is read of a ZIP file.
const (
	maxEntries = 20_000
	maxRels    = 4 << 20
)

// outward is a relationship of an office document that is fetched from elsewhere
// without a click; a link is not one (ECMA-376-2, 9.3).
var (
	relationship = regexp.MustCompile(`(?s)<(?:\w+:)?Relationship\s[^>]*>`)
	external     = regexp.MustCompile(`(?i)TargetMode\s*=\s*["']External["']`)
	hyperlink    = regexp.MustCompile(`(?i)Type\s*=\s*["'][^"']*/hyperlink["']`)
)

// zipStarts looks at the names in a ZIP file: of an office document for its
// macros and for what is packed in, of any other for files that can start something.
func zipStarts(b []byte, stated string) []Start {
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(r.File) > maxEntries {
		return []Start{StartsUnsure}
	}
	found := map[Start]bool{}
	office := stated != "application/zip"
	room := int64(maxRels)
	for _, f := range r.File {
		name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
		switch {
		case f.Flags&1 != 0:
			found[StartsUnsure] = true
		case !office && !strings.HasSuffix(name, "/") && !quiet[path.Ext(name)]:
			found[StartsInside] = true
		case office:
			for _, m := range inOffice {
				if strings.Contains(name, m.text) {
					found[m.is] = true
				}
			}
			if strings.HasPrefix(name, "object ") && !strings.Contains(name, "/") { // of OpenDocument; a folder is a chart
				found[StartsInside] = true
			}
			if strings.HasSuffix(name, ".rels") || strings.HasSuffix(name, "[content_types].xml") {
				room -= part(f, room, found)
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// part reads a list of types or of relationships, and gives how long it was.
func part(f *zip.File, room int64, found map[Start]bool) int64 {
	r, err := f.Open()
	if err != nil {
		found[StartsUnsure] = true
		return 0
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, room+1))
	if err != nil || int64(len(text)) > room || bytes.IndexByte(text, 0) >= 0 { // in UTF-16 no pattern would be seen
		found[StartsUnsure] = true
	}
	if bytes.Contains(bytes.ToLower(text), []byte("macroenabled")) {
		found[StartsMacro] = true
	}
	for _, rel := range relationship.FindAll(text, -1) {
		if external.Match(rel) && !hyperlink.Match(rel) {
			found[StartsOther] = true
		}
	}
	return int64(len(text))
}
