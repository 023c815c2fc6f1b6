package folder

import (
	"bytes"
	"io"
)

const (
	chunk     = 64 << 10
	largeFile = 4 << 20 // no more room than this on the word of the file system
)

// read takes in a file and stops at the first string that is too long, before
// the rest of it is in memory. What has been read so far comes back also with
// a fault, so that its line can be named.
func read(r io.Reader, size int64, lim Limits) ([]byte, *fault) {
	data := make([]byte, 0, min(max(size, 0), largeFile)+chunk)
	var meter stringMeter
	buf := make([]byte, chunk)
	for {
		n, err := r.Read(buf)
		data = append(data, buf[:n]...)
		if meter.add(buf[:n]) > lim.MaxString {
			start := len(data) - int(meter.length)
			return data, &fault{offset: start, path: pathAt(data, start), text: "a string is longer than the limit"}
		}
		if int64(len(data)) > lim.MaxBytes {
			return data, &fault{offset: len(data), text: "the file is larger than the limit"}
		}
		switch err {
		case nil:
		case io.EOF:
			return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), nil
		default:
			return data, &fault{offset: len(data), text: "cannot be read", cause: err}
		}
	}
}

// A stringMeter counts the bytes of the string that a JSON stream is in.
type stringMeter struct {
	inside, escaped bool
	length          int64
}

// add takes the next bytes and returns the length so far of the longest string
// that is still open at their end; a string that ends within one chunk is no danger.
func (m *stringMeter) add(b []byte) int64 {
	for len(b) > 0 {
		if m.escaped {
			m.escaped, b = false, b[1:]
			m.length++
			continue
		}
		if !m.inside {
			i := bytes.IndexByte(b, '"')
			if i < 0 {
				return 0
			}
			m.inside, m.length, b = true, 0, b[i+1:]
			continue
		}
		i := bytes.IndexAny(b, "\"\\")
		if i < 0 {
			m.length += int64(len(b))
			return m.length
		}
		m.length += int64(i)
		if b[i] == '\\' {
			m.escaped = true
			m.length++
		} else {
			m.inside, m.length = false, 0
		}
		b = b[i+1:]
	}
	return m.length
}
