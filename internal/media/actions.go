package media

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
)

// telling are the names that a file has for one reason only: it can start
// something. They count wherever they stand, used or not.
var telling = map[string]Start{
	"JavaScript": StartsScript, "Rendition": StartsMedia,
	"Launch": StartsOther, "GoToR": StartsOther, "GoToE": StartsOther,
	"SubmitForm": StartsSending, "ImportData": StartsSending,
	"RichMedia": StartsMedia, "RichMediaContent": StartsMedia, "RichMediaExecute": StartsMedia, "GoTo3DView": StartsMedia,
	"EmbeddedFile": StartsInside, "EmbeddedFiles": StartsInside, "FileAttachment": StartsInside,
}

// keys are the short names that say so only as the key of a dictionary.
var keys = map[string]Start{"JS": StartsScript, "XFA": StartsForm, "EF": StartsInside, "3DD": StartsMedia}

// telltale are the names that say so as the value of /S or /Subtype.
var telltale = map[string]Start{"Movie": StartsMedia, "Sound": StartsMedia, "Screen": StartsMedia, "3D": StartsMedia, "PS": StartsScript}

// harmless are the named actions that move in the file itself.
var harmless = map[string]bool{"NextPage": true, "PrevPage": true, "FirstPage": true, "LastPage": true, "GoBack": true, "GoForward": true, "GoToPage": true}

// actions reads every object of a PDF: of every revision, also what nothing
// refers to, also within streams, and packed into object streams.
type actions struct {
	left    int // of the budget of all lexers
	found   map[Start]bool
	catalog bool // the catalog was among what could be read
	locked  bool // a trailer says that the file is encrypted
	places  map[int][]place
	packed  []packed
	alone   []pdfValue // what is done by itself: values of OpenAction and AA
	room    int        // bytes that may still be unpacked
}

// A place is where an object begins.
type place struct {
	b  []byte
	at int
}

// packed is a stream that holds objects.
type packed struct {
	dict map[string]pdfValue
	body []byte // from its first byte to the end of the file
}

// lexFactor is how many times over a file may be read before it counts as one
// that cannot be seen whole.
const lexFactor = 8

// maxUnpacked bounds what the object streams of one file may hold.
const maxUnpacked = 32 << 20

// pdfStarts tells what a PDF can start, and whether it is encrypted. A link that
// waits for a click starts nothing; a page that is opened without one does.
// What cannot be read for certain is told as [StartsUnsure].
func pdfStarts(b []byte) (starts []Start, encrypted bool) {
	a := &actions{left: lexFactor*len(b) + 1<<20, found: map[Start]bool{}, places: map[int][]place{}, room: maxUnpacked}
	a.objects(b)
	a.trailers(b)
	for i := 0; i < len(a.packed); i++ {
		a.unpack(a.packed[i])
	}
	for _, v := range a.alone {
		a.follow(v, 0)
	}
	if !a.catalog || a.left < 0 {
		a.found[StartsUnsure] = true
	}
	return slices.Sorted(maps.Keys(a.found)), a.locked
}

func (a *actions) lexer(b []byte, at int) *lexer {
	return &lexer{b: b, at: at, left: &a.left, name: func(name string) {
		if s, ok := telling[name]; ok {
			a.found[s] = true
		}
	}}
}

// objects reads what follows every "obj", wherever it stands: a reader finds it
// by its place, and need not care what is round it.
func (a *actions) objects(b []byte) {
	for at := 0; a.left >= 0; {
		i := bytes.Index(b[at:], []byte("obj"))
		if i < 0 {
			return
		}
		start := at + i
		at = start + len("obj")
		if bytes.HasSuffix(b[:start], []byte("end")) {
			continue
		}
		if n, ok := numberBefore(b[:start]); ok {
			a.places[n] = append(a.places[n], place{b, at})
		}
		a.object(b, at)
	}
}

// numberBefore reads the first of the two numbers before "obj".
func numberBefore(b []byte) (int, bool) {
	b = b[max(0, len(b)-64):]
	fields := bytes.FieldsFunc(b, func(r rune) bool { return r < 0x80 && white(byte(r)) })
	if len(fields) < 2 {
		return 0, false
	}
	word := fields[len(fields)-2]
	word = word[len(bytes.TrimRight(word, "0123456789")):]
	n, err := strconv.Atoi(string(word))
	return n, err == nil
}

// object reads the object at a place, and what is left over up to its end.
func (a *actions) object(b []byte, at int) {
	l := a.lexer(b, at)
	v := l.value(0)
	a.look(v, 0)
	for next := v; ; {
		switch {
		case next.kind == pdfWord && next.word == "stream":
			a.doubt(l)
			a.stream(v, b[l.at:])
			return
		case next.kind == pdfEnd || next.kind == pdfWord && ends(next.word):
			a.doubt(l)
			return
		}
		next = l.value(0)
		a.look(next, 0)
	}
}

// doubt notes that a lexer met what readers may take another way.
func (a *actions) doubt(l *lexer) {
	if l.doubt {
		a.found[StartsUnsure] = true
	}
}

// stream keeps what can hold objects, and sees what is fetched from elsewhere.
func (a *actions) stream(v pdfValue, body []byte) {
	_, n := v.dict["N"]
	_, first := v.dict["First"]
	if n && first || v.dict["Type"].word == "ObjStm" {
		a.packed = append(a.packed, packed{v.dict, body})
	}
	if _, outside := v.dict["F"]; outside {
		a.found[StartsOther] = true
	}
}

// trailers looks at the dictionary behind each "trailer".
func (a *actions) trailers(b []byte) {
	for at := 0; a.left >= 0; {
		i := bytes.Index(b[at:], []byte("trailer"))
		if i < 0 {
			return
		}
		at += i + len("trailer")
		a.look(a.lexer(b, at).value(0), 0)
	}
}

// look judges a value by its dictionaries.
func (a *actions) look(v pdfValue, depth int) {
	for _, e := range v.list {
		a.look(e, depth+1)
	}
	if v.kind != pdfDict {
		return
	}
	for key, e := range v.dict {
		if s, ok := keys[key]; ok {
			a.found[s] = true
		}
		switch key {
		case "OpenAction", "AA":
			a.alone = append(a.alone, e)
		case "S", "Subtype":
			if s, ok := telltale[e.word]; ok {
				a.found[s] = true
			}
		case "Encrypt":
			_, root := v.dict["Root"]
			a.locked = a.locked || root || v.dict["Type"].word == "XRef"
		case "Type":
			a.catalog = a.catalog || e.word == "Catalog"
		}
		a.look(e, depth+1)
	}
	switch v.dict["S"].word {
	case "Named":
		if !harmless[v.dict["N"].word] {
			a.found[StartsOther] = true
		}
	case "Thread":
		if _, elsewhere := v.dict["F"]; elsewhere {
			a.found[StartsOther] = true
		}
	}
}

// follow goes through actions that are done by themselves, and finds those that
// open a page. A destination is no action: its page is not gone through.
func (a *actions) follow(v pdfValue, depth int) {
	if depth > maxDepth || a.left < 0 {
		a.found[StartsUnsure] = true
		return
	}
	switch v.kind {
	case pdfRef:
		for _, p := range a.places[v.num] {
			a.follow(a.lexer(p.b, p.at).value(0), depth+1)
		}
	case pdfDict:
		s, action := v.dict["S"]
		if !action { // one for each event
			for _, e := range v.dict {
				if e.kind == pdfRef || e.kind == pdfDict {
					a.followAction(e, depth+1)
				}
			}
			return
		}
		if s.kind == pdfRef || s.word == "URI" {
			a.found[StartsOther] = true
		}
		if next, ok := v.dict["Next"]; ok {
			a.followAction(next, depth+1)
		}
	}
}

// followAction follows only what says that it is an action, alone or in a list.
func (a *actions) followAction(v pdfValue, depth int) {
	switch v.kind {
	case pdfRef:
		if depth > maxDepth {
			a.found[StartsUnsure] = true
			return
		}
		for _, p := range a.places[v.num] {
			a.followAction(a.lexer(p.b, p.at).value(0), depth+1)
		}
	case pdfList:
		for _, e := range v.list {
			a.followAction(e, depth+1)
		}
	case pdfDict:
		if _, action := v.dict["S"]; action {
			a.follow(v, depth)
		}
	}
}
