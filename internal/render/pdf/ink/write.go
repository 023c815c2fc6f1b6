package ink

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strconv"
)

// canonical renumbers every object in the order in which it is reached from the
// catalog, and drops what is not reached: fpdf numbers images in no fixed order.
func (o *objects) canonical() {
	number := make([]int, len(o.body)+1)
	var order []int
	visit := func(n int) int {
		if number[n] == 0 {
			order = append(order, n)
			number[n] = len(order)
		}
		return number[n]
	}
	o.root, o.info = visit(o.root), visit(o.info)
	var out [][]byte
	for i := 0; i < len(order); i++ {
		b := o.get(order[i])
		dict, rest := b, []byte(nil)
		if j := bytes.Index(b, []byte("stream\n")); j >= 0 && isStream(b) {
			dict, rest = b[:j], b[j:]
		}
		fresh := renumber(dict, len(o.body), visit)
		out = append(out, append(fresh, rest...))
	}
	o.body = out
}

// renumber copies a dictionary with every reference "12 0 R" given its new number.
// Strings are copied as they are.
func renumber(dict []byte, highest int, visit func(int) int) []byte {
	out := make([]byte, 0, len(dict)+16)
	for k := 0; k < len(dict); {
		c := dict[k]
		switch {
		case c == '(':
			end := skipString(dict, k)
			out = append(out, dict[k:end]...)
			k = end
		case isDigit(c) && (k == 0 || !partOfToken(dict[k-1])):
			end := k
			for end < len(dict) && isDigit(dict[end]) {
				end++
			}
			n, err := strconv.Atoi(string(dict[k:end]))
			if err == nil && n > 0 && n <= highest && bytes.HasPrefix(dict[end:], []byte(" 0 R")) {
				out = strconv.AppendInt(out, int64(visit(n)), 10)
				out = append(out, " 0 R"...)
				k = end + 4
				continue
			}
			out = append(out, dict[k:end]...)
			k = end
		default:
			out = append(out, c)
			k++
		}
	}
	return out
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func partOfToken(c byte) bool {
	return isDigit(c) || c == '.' || c == '#' || c == '-' || c == '+' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// skipString is where the string in brackets at k ends.
func skipString(b []byte, k int) int {
	depth := 0
	for ; k < len(b); k++ {
		switch b[k] {
		case '\\':
			k++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return k + 1
			}
		}
	}
	return len(b)
}

// A fileWriter writes objects with object streams and a cross-reference stream
// (ISO 32000-1, 7.5.7 and 7.5.8).
type fileWriter struct {
	out        bytes.Buffer
	refs       [][3]int // type, offset or stream, generation or index
	head, body bytes.Buffer
	packed     []int
	next       int
}

// perStream is how many small objects share one compressed stream.
const perStream = 200

// bytes is the file. Its identifier is made from its content.
func (o *objects) bytes() []byte {
	sum := sha256.New()
	for _, b := range o.body {
		sum.Write(b)
	}
	id := fmt.Sprintf("%X", sum.Sum(nil)[:16])
	w := &fileWriter{refs: make([][3]int, len(o.body)+1), next: len(o.body) + 1}
	w.refs[0] = [3]int{0, 0, 65535}
	w.out.WriteString("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	for i, b := range o.body {
		if isStream(b) {
			w.object(i+1, b)
			continue
		}
		w.pack(i+1, b)
	}
	w.flush()
	w.finish(o, id)
	return w.out.Bytes()
}

func (w *fileWriter) object(n int, b []byte) {
	for len(w.refs) <= n {
		w.refs = append(w.refs, [3]int{})
	}
	w.refs[n] = [3]int{1, w.out.Len(), 0}
	fmt.Fprintf(&w.out, "%d 0 obj\n", n)
	w.out.Write(b)
	w.out.WriteString("endobj\n")
}

func (w *fileWriter) pack(n int, b []byte) {
	w.packed = append(w.packed, n)
	fmt.Fprintf(&w.head, "%d %d ", n, w.body.Len())
	w.body.Write(b)
	w.body.WriteByte('\n')
	if len(w.packed) == perStream {
		w.flush()
	}
}

func (w *fileWriter) flush() {
	if len(w.packed) == 0 {
		return
	}
	dict := fmt.Sprintf("/Type /ObjStm /N %d /First %d", len(w.packed), w.head.Len())
	w.object(w.next, stream(dict, append(w.head.Bytes(), w.body.Bytes()...), true))
	for i, n := range w.packed {
		w.refs[n] = [3]int{2, w.next, i}
	}
	w.next++
	w.packed = w.packed[:0]
	w.head.Reset()
	w.body.Reset()
}

func (w *fileWriter) finish(o *objects, id string) {
	at := w.out.Len()
	w.refs = append(w.refs, [3]int{1, at, 0})
	var table bytes.Buffer
	for _, r := range w.refs {
		table.Write([]byte{byte(r[0]), byte(r[1] >> 24), byte(r[1] >> 16), byte(r[1] >> 8), byte(r[1]), byte(r[2] >> 8), byte(r[2])})
	}
	dict := fmt.Sprintf("/Type /XRef /Size %d /W [1 4 2] /Root %d 0 R /Info %d 0 R /ID [<%s> <%s>]", len(w.refs), o.root, o.info, id, id)
	fmt.Fprintf(&w.out, "%d 0 obj\n", w.next)
	w.out.Write(stream(dict, table.Bytes(), true))
	fmt.Fprintf(&w.out, "endobj\nstartxref\n%d\n%%%%EOF\n", at)
}
