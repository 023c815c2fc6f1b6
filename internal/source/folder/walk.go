package folder

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// maxDepth is far more than the format nests.
const maxDepth = 64

// A walker goes through JSON text once, side by side with a shape. It keeps the
// place where it is, so that a fault can be named by line and path.
type walker struct {
	data  []byte
	pos   int
	lim   Limits
	steps []step
	fault *fault
	// stop ends the walk at an offset, to find the path there; -1 for none.
	stop int
	// want ends the walk at a path, to find its offset.
	want string
}

// A step is one part of the path: a name, or a place in a list.
type step struct {
	name  string
	index int // -1 for a name
}

// check reads the whole text as a dossier and gives the first fault.
func check(data []byte, lim Limits) *fault {
	w := walker{data: data, lim: lim, stop: -1}
	w.value(dossierShape)
	if w.space(); w.fault == nil && w.pos < len(data) {
		w.fail("there is text after the end of the dossier")
	}
	return w.fault
}

// pathAt is the path of the value that holds an offset.
func pathAt(data []byte, offset int) string {
	w := walker{data: data, lim: DefaultLimits(), stop: offset}
	w.value(dossierShape)
	return w.place()
}

// seek is the offset of the value at a path; 0 when there is none.
func seek(data []byte, path string) int {
	w := walker{data: data, lim: DefaultLimits(), stop: -1, want: path}
	w.value(dossierShape)
	return w.pos
}

func (w *walker) place() string {
	var b strings.Builder
	for _, s := range w.steps {
		switch {
		case s.index >= 0:
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		case b.Len() > 0:
			b.WriteString("." + s.name)
		default:
			b.WriteString(s.name)
		}
	}
	return b.String()
}

// fail notes the first fault; the steps stay as they are from then on.
func (w *walker) fail(text string) bool {
	if w.fault == nil {
		w.fault = &fault{offset: w.pos, path: w.place(), text: text}
	}
	return false
}

func (w *walker) space() {
	for w.pos < len(w.data) {
		switch w.data[w.pos] {
		case ' ', '\t', '\n', '\r':
			w.pos++
		default:
			return
		}
	}
}

// next skips space and gives the next byte; 0 at the end, which is a fault.
func (w *walker) next() byte {
	w.space()
	if w.pos >= len(w.data) {
		w.fail("the file is cut off")
		return 0
	}
	return w.data[w.pos]
}

// value reads one value of the shape. It reports whether the walk goes on.
func (w *walker) value(s *shape) bool {
	c := w.next()
	if c == 0 && w.fault != nil || w.stop >= 0 && w.pos+1 >= w.stop || w.want != "" && w.want == w.place() {
		return w.fail("")
	}
	if len(w.steps) > maxDepth {
		return w.fail("nested too deeply")
	}
	switch {
	case c == '{' && s.kind == reflect.Struct:
		return w.object(s)
	case c == '[' && s.kind == reflect.Slice:
		return w.list(s)
	case c == '"' && s.kind == reflect.String:
		return w.text(s)
	case (c == 't' || c == 'f') && s.kind == reflect.Bool:
		return w.literal(s)
	case (c == '-' || c >= '0' && c <= '9') && (s.kind == reflect.Float64 || s.kind == reflect.Int64):
		return w.literal(s)
	}
	return w.fail("must be " + words[s.kind])
}

var words = map[reflect.Kind]string{
	reflect.Struct: "an object", reflect.Slice: "a list", reflect.String: "a string",
	reflect.Bool: "true or false", reflect.Float64: "a number", reflect.Int64: "a whole number",
}

// members reads what stands between brackets, one call of each per member.
func (w *walker) members(end byte, each func() bool) bool {
	w.pos++
	if w.next() == end {
		w.pos++
		return true
	}
	for w.fault == nil {
		if !each() {
			return false
		}
		switch w.next() {
		case ',':
			w.pos++
		case end:
			w.pos++
			return true
		default:
			return w.fail("is not valid JSON")
		}
	}
	return false
}

func (w *walker) list(s *shape) bool {
	w.steps = append(w.steps, step{index: -1})
	top := len(w.steps) - 1
	ok := w.members(']', func() bool {
		w.steps[top].index++
		return w.value(s.elem)
	})
	if ok {
		w.steps = w.steps[:top]
	}
	return ok
}

func (w *walker) object(s *shape) bool {
	seen := make([]string, 0, 16)
	ok := w.members('}', func() bool { return w.member(s, &seen) })
	if !ok {
		return false
	}
	for _, name := range s.must {
		if !has(seen, name) {
			return w.fail("has no " + name)
		}
	}
	return true
}

// member reads one name with its value. An unknown name is not quoted: it may be text.
func (w *walker) member(s *shape, seen *[]string) bool {
	if w.next() != '"' {
		return w.fail("is not valid JSON")
	}
	start := w.pos
	raw, ok := w.raw()
	if !ok {
		return false
	}
	name := string(raw)
	inner, known := s.fields[name]
	if !known {
		w.pos = start
		return w.fail("has a field that the format does not know")
	}
	if has(*seen, name) {
		w.pos = start
		return w.fail("has the field " + name + " twice")
	}
	*seen = append(*seen, name)
	if w.next() != ':' {
		return w.fail("is not valid JSON")
	}
	w.pos++
	w.steps = append(w.steps, step{name, -1})
	if !w.value(inner) {
		return false
	}
	w.steps = w.steps[:len(w.steps)-1]
	return true
}

func has(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// raw reads a string and gives what stands between its quotes, escapes and all.
func (w *walker) raw() ([]byte, bool) {
	start := w.pos + 1
	for i := start; i < len(w.data); i++ {
		switch c := w.data[i]; {
		case c == '"':
			w.pos = i + 1
			return w.data[start:i], true
		case c == '\\':
			i++
		case c < ' ':
			w.pos = i
			return nil, w.fail("has a control character in a string")
		}
	}
	w.pos = len(w.data)
	return nil, w.fail("the file is cut off in a string")
}

func (w *walker) text(s *shape) bool {
	start := w.pos
	raw, ok := w.raw()
	if !ok {
		return false
	}
	end := w.pos
	w.pos = start
	if int64(len(raw)) > w.lim.MaxString {
		return w.fail("a string is longer than the limit")
	}
	if s.valid != nil {
		v := string(raw)
		if bytes.IndexByte(raw, '\\') >= 0 && json.Unmarshal(w.data[start:end], &v) != nil || !s.valid(v) {
			return w.fail("must be " + s.word)
		}
	}
	w.pos = end
	return true
}

// literal reads a number, true or false.
func (w *walker) literal(s *shape) bool {
	start := w.pos
	end := start
	for end < len(w.data) && !strings.ContainsRune(",]} \t\r\n", rune(w.data[end])) {
		end++
	}
	word := w.data[start:end]
	v := map[reflect.Kind]any{reflect.Bool: new(bool), reflect.Float64: new(float64), reflect.Int64: new(int64)}[s.kind]
	if json.Unmarshal(word, v) != nil {
		return w.fail("must be " + words[s.kind])
	}
	w.pos = end
	return true
}
