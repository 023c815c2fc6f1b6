package ink

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/klauspost/compress/zlib"
)

// ErrSkeleton means that fpdf wrote something else than this package knows. It is
// a fault of the program, and no file is made.
var ErrSkeleton = errors.New("ink: the file's skeleton is not as expected")

// objects are the bodies of a file's objects: what stands between "obj" and
// "endobj". Object n is at n-1.
type objects struct {
	body       [][]byte
	root, info int
}

// parse reads what fpdf writes: one classic cross-reference table.
func parse(b []byte) (*objects, error) {
	at, err := after(b, bytes.LastIndex(b, []byte("startxref\n")), "startxref\n")
	if err != nil || at <= 0 || at >= len(b) {
		return nil, fmt.Errorf("%w: cross-reference table", ErrSkeleton)
	}
	head, err := after(b[at:], 0, "xref\n0 ")
	if err != nil || head < 2 {
		return nil, fmt.Errorf("%w: cross-reference table", ErrSkeleton)
	}
	table := at + bytes.IndexByte(b[at+5:], '\n') + 6
	if head > (len(b)-table)/20 { // twenty bytes an entry; a product could overflow
		return nil, fmt.Errorf("%w: cross-reference table", ErrSkeleton)
	}
	offsets := make([]int, head)
	for n := 1; n < head; n++ {
		if offsets[n], err = strconv.Atoi(string(b[table+20*n : table+20*n+10])); err != nil || offsets[n] < 0 || offsets[n] >= at {
			return nil, fmt.Errorf("%w: object %d", ErrSkeleton, n)
		}
	}
	o, err := cut(b, offsets, at)
	if err != nil {
		return nil, err
	}
	trailer := b[table+20*head:]
	if o.root, err = after(trailer, bytes.Index(trailer, []byte("/Root ")), "/Root "); err != nil {
		return nil, err
	}
	o.info, err = after(trailer, bytes.Index(trailer, []byte("/Info ")), "/Info ")
	if err == nil && (o.root < 1 || o.root >= head || o.info < 1 || o.info >= head) {
		err = ErrSkeleton
	}
	return o, err
}

// cut takes the bodies out: each object ends where the next begins.
func cut(b []byte, offsets []int, end int) (*objects, error) {
	order := make([]int, 0, len(offsets))
	for n := 1; n < len(offsets); n++ {
		order = append(order, n)
	}
	slices.SortFunc(order, func(x, y int) int { return offsets[x] - offsets[y] })
	o := &objects{body: make([][]byte, len(offsets)-1)}
	for i, n := range order {
		stop := end
		if i+1 < len(order) {
			stop = offsets[order[i+1]]
		}
		head := strconv.Itoa(n) + " 0 obj\n"
		body, ok := bytes.CutPrefix(b[offsets[n]:stop], []byte(head))
		body, ok2 := bytes.CutSuffix(body, []byte("endobj\n"))
		if !ok || !ok2 {
			return nil, fmt.Errorf("%w: object %d", ErrSkeleton, n)
		}
		o.body[n-1] = body
	}
	return o, nil
}

// after reads the number that follows a key at i.
func after(b []byte, i int, key string) (int, error) {
	if i < 0 || !bytes.HasPrefix(b[i:], []byte(key)) {
		return 0, fmt.Errorf("%w: %q", ErrSkeleton, key)
	}
	b = b[i+len(key):]
	n := 0
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	v, err := strconv.Atoi(string(b[:n]))
	if err != nil {
		return 0, fmt.Errorf("%w: %q", ErrSkeleton, key)
	}
	return v, nil
}

func (o *objects) get(n int) []byte    { return o.body[n-1] }
func (o *objects) set(n int, b []byte) { o.body[n-1] = b }
func (o *objects) add(b []byte) int    { o.body = append(o.body, b); return len(o.body) }
func (o *objects) reserve() int        { return o.add(nil) }

func (o *objects) addf(format string, args ...any) int {
	return o.add(fmt.Appendf(nil, format, args...))
}

// replace puts one text in the place of another that must stand there once.
func (o *objects) replace(n int, old, new string) error {
	b := o.get(n)
	if c := bytes.Count(b, []byte(old)); c != 1 {
		return fmt.Errorf("%w: object %d: %q stands there %d times", ErrSkeleton, n, old, c)
	}
	o.set(n, bytes.Replace(b, []byte(old), []byte(new), 1))
	return nil
}

var deflaters = sync.Pool{New: func() any {
	w, err := zlib.NewWriterLevel(nil, 6)
	if err != nil {
		panic(err) // level 6 exists
	}
	return w
}}

func deflate(b []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(b) / 3)
	w := deflaters.Get().(*zlib.Writer)
	w.Reset(&out)
	w.Write(b) // to memory: no error
	w.Close()
	deflaters.Put(w)
	return out.Bytes()
}

// stream is the body of a stream object; dict is what its dictionary says besides
// length and filter.
func stream(dict string, data []byte, compress bool) []byte {
	if compress {
		data = deflate(data)
		dict += " /Filter /FlateDecode"
	}
	b := fmt.Appendf(make([]byte, 0, len(data)+len(dict)+60), "<<%s /Length %d>>\nstream\n", dict, len(data))
	b = append(b, data...)
	return append(b, "\nendstream\n"...)
}

func isStream(b []byte) bool { return bytes.HasSuffix(b, []byte("endstream\n")) }
