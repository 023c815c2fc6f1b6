package pdfcheck

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"math"
	"slices"
)

// A file is the objects of a PDF, read when they are asked for.
type file struct {
	b       []byte
	trailer dict
	at      []entry
	have    map[int]any
	opened  map[int]bool // object streams that were read
	found   map[int]bool // objects that were found in them
	room    int          // how many bytes may still be inflated
	broken  []int        // objects that could not be read
}

// An entry is where an object stands: at an offset (kind 1), or as number index
// of object stream at (kind 2).
type entry struct{ kind, at, index int }

// inflated bounds what a small file can blow up to.
const inflated = 256 << 20

var (
	errTable  = errors.New("the cross-reference stream cannot be read")
	errFilter = errors.New("a filter other than Flate is used")
	errLarge  = errors.New("it is too large when inflated")
)

// open reads the cross-reference stream (ISO 32000-1, 7.5.8). A file that was
// changed by adding to its end is refused: its older parts would go unseen.
func open(b []byte) (*file, error) {
	i := bytes.LastIndex(b, []byte("startxref"))
	if i < 0 {
		return nil, errTable
	}
	l := &lexer{b: b, at: i + len("startxref")}
	v, err := l.next()
	at, ok := v.(float64)
	if err != nil || !ok || at < 0 || at >= float64(len(b)) {
		return nil, errTable
	}
	f := &file{b: b, have: map[int]any{}, opened: map[int]bool{}, found: map[int]bool{}, room: inflated}
	_, obj, err := f.indirect(int(at))
	s, ok := obj.(*stream)
	if err != nil || !ok || s.dict["Type"] != name("XRef") || s.dict["Prev"] != nil {
		return nil, errTable
	}
	f.trailer = s.dict
	return f, f.readTable(s)
}

func (f *file) readTable(s *stream) error {
	table, err := f.inflate(s)
	if err != nil {
		return errTable
	}
	widths, _ := s.dict["W"].(list)
	size, ok := whole(s.dict["Size"])
	if len(widths) != 3 || !ok || s.dict["Index"] != nil {
		return errTable
	}
	var w [3]int
	for i := range w {
		n, ok := whole(widths[i])
		if !ok || n < 0 || n > 8 {
			return errTable
		}
		w[i] = n
	}
	row := w[0] + w[1] + w[2]
	if row == 0 || size < 1 || size > len(table)/row {
		return errTable
	}
	f.at = make([]entry, size)
	for i := range f.at {
		r := table[row*i : row*(i+1)]
		f.at[i] = entry{number(r[:w[0]]), number(r[w[0] : w[0]+w[1]]), number(r[w[0]+w[1]:])}
	}
	return nil
}

// number is a big-endian integer, at most 2^31.
func number(b []byte) int {
	n := 0
	for _, c := range b {
		n = min(n<<8|int(c), 1<<31)
	}
	return n
}

// whole is v as an integer.
func whole(v any) (int, bool) {
	x, ok := v.(float64)
	return int(x), ok && x == math.Trunc(x) && math.Abs(x) < 1<<31
}

// indirect reads "12 0 obj … endobj" at an offset.
func (f *file) indirect(at int) (int, any, error) {
	if at < 0 || at >= len(f.b) {
		return 0, nil, errEnd
	}
	l := &lexer{b: f.b, at: at, refs: true}
	n, err := l.next()
	g, err2 := l.next()
	w, err3 := l.next()
	if err := errors.Join(err, err2, err3); err != nil || g != 0.0 || w != word("obj") {
		return 0, nil, errSyntax
	}
	num, ok := whole(n)
	v, err := l.next()
	if err != nil || !ok {
		return 0, nil, errSyntax
	}
	if d, ok := v.(dict); ok {
		if v, err = f.maybeStream(l, d); err != nil {
			return 0, nil, err
		}
	}
	if end, err := l.next(); err != nil || end != word("endobj") {
		return 0, nil, errSyntax
	}
	return num, v, nil
}

// maybeStream takes the bytes that follow a dictionary, if there are any.
func (f *file) maybeStream(l *lexer, d dict) (any, error) {
	from := l.at
	if w, _ := l.next(); w != word("stream") {
		l.at = from
		return d, nil
	}
	if l.at < len(l.b) && l.b[l.at] == '\r' {
		l.at++
	}
	length, ok := whole(f.get(d["Length"]))
	if l.at >= len(l.b) || l.b[l.at] != '\n' || !ok || length < 0 || length > len(l.b)-l.at-1 {
		return nil, errSyntax
	}
	raw := l.b[l.at+1 : l.at+1+length]
	l.at += 1 + length
	if w, err := l.next(); err != nil || w != word("endstream") {
		return nil, errSyntax
	}
	return &stream{d, raw}, nil
}

// get follows a reference. What is not there is nil (ISO 32000-1, 7.3.10).
func (f *file) get(v any) any {
	for range 8 {
		r, ok := v.(ref)
		if !ok {
			return v
		}
		v = f.object(int(r))
	}
	return nil
}

// object reads an object by its number.
func (f *file) object(n int) any {
	if v, ok := f.have[n]; ok || n <= 0 || n >= len(f.at) {
		return v
	}
	f.have[n] = nil // an object that leads to itself ends here
	switch e := f.at[n]; e.kind {
	case 1:
		got, v, err := f.indirect(e.at)
		if err != nil || got != n {
			f.broken = append(f.broken, n)
			return nil
		}
		f.have[n] = v
	case 2:
		if !f.opened[e.at] {
			f.opened[e.at] = true
			f.unpack(e.at)
		}
		if !f.found[n] {
			f.broken = append(f.broken, n)
		}
	}
	return f.have[n]
}

// unpack reads the objects of an object stream (ISO 32000-1, 7.5.7) up to the
// first that cannot be read.
func (f *file) unpack(n int) {
	if n <= 0 || n >= len(f.at) || f.at[n].kind != 1 {
		return
	}
	s, ok := f.object(n).(*stream)
	if !ok || s.dict["Type"] != name("ObjStm") {
		return
	}
	b, err := f.inflate(s)
	count, ok := whole(s.dict["N"])
	first, ok2 := whole(s.dict["First"])
	if err != nil || !ok || !ok2 || first < 0 || first > len(b) || s.dict["Extends"] != nil {
		return
	}
	head := &lexer{b: b[:first]}
	for i := range count {
		v, err := head.next()
		v2, err2 := head.next()
		num, ok := whole(v)
		at, ok2 := whole(v2)
		if err != nil || err2 != nil || !ok || !ok2 || num <= 0 || num >= len(f.at) || at < 0 || at >= len(b)-first {
			return
		}
		if f.at[num] != (entry{2, n, i}) {
			continue // an older form of the object
		}
		l := &lexer{b: b[first:], at: at, refs: true}
		obj, err := l.next()
		if err != nil {
			return
		}
		f.have[num], f.found[num] = obj, true
	}
}

// inflate gives the bytes of a stream that is plain or Flate without predictor.
func (f *file) inflate(s *stream) ([]byte, error) {
	filter := f.get(s.dict["Filter"])
	if l, ok := filter.(list); ok && len(l) == 1 {
		filter = f.get(l[0])
	}
	if filter == nil {
		return s.raw, nil
	}
	if filter != name("FlateDecode") || s.dict["DecodeParms"] != nil {
		return nil, errFilter
	}
	z, err := zlib.NewReader(bytes.NewReader(s.raw))
	if err != nil {
		return nil, errSyntax
	}
	out, err := io.ReadAll(io.LimitReader(z, int64(f.room)))
	f.room -= len(out)
	if err != nil {
		return nil, errSyntax
	}
	if f.room <= 0 {
		return nil, errLarge
	}
	return out, nil
}

// dict is what v leads to, as a dictionary; also that of a stream.
func (f *file) dict(v any) dict {
	switch v := f.get(v).(type) {
	case dict:
		return v
	case *stream:
		return v.dict
	}
	return nil
}

func (f *file) list(v any) list {
	l, _ := f.get(v).(list)
	return l
}

// several is v as a list; one thing is a list of one.
func (f *file) several(v any) list {
	v = f.get(v)
	if l, ok := v.(list); ok {
		return l
	}
	if v == nil {
		return nil
	}
	return list{v}
}

// bytes are the inflated bytes of the stream that v leads to, or nil.
func (f *file) bytes(v any) []byte {
	s, ok := f.get(v).(*stream)
	if !ok {
		return nil
	}
	b, err := f.inflate(s)
	if err != nil {
		return nil
	}
	return b
}

// full reports whether v is a string with something in it.
func (f *file) full(v any) bool {
	s, _ := f.get(v).(text)
	s = bytes.TrimPrefix(s, []byte("\xFE\xFF"))
	return len(bytes.Trim(s, "\x00 \t\r\n")) > 0
}

// keys are those of a dictionary in their order.
func keys(d dict) []name {
	out := make([]name, 0, len(d))
	for k := range d {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
