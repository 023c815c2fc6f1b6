package media

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"encoding/hex"
	"errors"
	"io"

	"golang.org/x/image/tiff/lzw"
)

// errUnpack means that a stream cannot be read for certain.
var errUnpack = errors.New("a stream that cannot be unpacked")

// unpack reads the objects in an object stream (ISO 32000-1, 7.5.7) at the
// places that its head gives. A stream that does not unpack to its end may hold anything.
func (a *actions) unpack(p packed) {
	data, err := a.decode(p)
	if err != nil {
		a.found[StartsUnsure] = true
	}
	count, first := a.resolve(p.dict["N"]), a.resolve(p.dict["First"])
	if count.kind != pdfNumber || first.kind != pdfNumber || first.num < 0 || first.num > len(data) || count.num > len(data) {
		a.found[StartsUnsure] = true
		a.object(data, 0)
		return
	}
	head := a.lexer(data[:first.num], 0)
	for range count.num {
		n, at := head.value(0), head.value(0)
		if n.kind != pdfNumber || at.kind != pdfNumber || at.num < 0 || at.num > len(data)-first.num || a.left < 0 {
			a.found[StartsUnsure] = true
			return
		}
		a.places[n.num] = append(a.places[n.num], place{data, first.num + at.num})
		l := a.lexer(data, first.num+at.num)
		a.look(l.value(0), 0)
		a.doubt(l)
	}
}

// resolve follows a reference to a value that is not a reference.
func (a *actions) resolve(v pdfValue) pdfValue {
	for range 8 {
		if v.kind != pdfRef {
			return v
		}
		list := a.places[v.num]
		if len(list) != 1 { // two revisions of it: which one counts is not for us to say
			return pdfValue{}
		}
		v = a.lexer(list[0].b, list[0].at).value(0)
	}
	return pdfValue{}
}

// decode takes the filters off, in their order. What could be decoded before a
// fault comes beside the error.
func (a *actions) decode(p packed) ([]byte, error) {
	body := bytes.TrimPrefix(bytes.TrimPrefix(p.body, []byte("\r")), []byte("\n"))
	filters := a.each(p.dict["Filter"])
	params := a.each(p.dict["DecodeParms"])
	if len(filters) == 0 {
		if i := bytes.Index(body, []byte("endstream")); i >= 0 {
			return body[:i], nil
		}
		return body, errUnpack
	}
	var fault error
	for i, f := range filters {
		var how map[string]pdfValue
		if i < len(params) {
			how = params[i].dict
		}
		out, err := a.filter(f.word, body, how)
		if err != nil {
			fault = err
		}
		body = out
	}
	return body, fault
}

// each is a value as a list: of none, of one, or as it is.
func (a *actions) each(v pdfValue) []pdfValue {
	switch v = a.resolve(v); v.kind {
	case pdfList:
		out := make([]pdfValue, len(v.list))
		for i, e := range v.list {
			out[i] = a.resolve(e)
		}
		return out
	case pdfName, pdfDict:
		return []pdfValue{v}
	}
	return nil
}

func (a *actions) filter(name string, b []byte, how map[string]pdfValue) ([]byte, error) {
	switch name {
	case "FlateDecode", "Fl":
		r, err := zlib.NewReader(bytes.NewReader(b))
		if err != nil {
			return nil, errUnpack
		}
		return a.unpredicted(r, how)
	case "LZWDecode", "LZW":
		if early, ok := how["EarlyChange"]; ok && early.num != 1 {
			return nil, errUnpack
		}
		return a.unpredicted(lzw.NewReader(bytes.NewReader(b), lzw.MSB, 8), how)
	case "ASCIIHexDecode", "AHx":
		text, _, ok := bytes.Cut(b, []byte(">"))
		text = withoutWhite(text)
		if len(text)%2 == 1 {
			text = append(text, '0')
		}
		out := make([]byte, len(text)/2)
		if _, err := hex.Decode(out, text); err != nil || !ok {
			return out, errUnpack
		}
		return out, nil
	case "ASCII85Decode", "A85":
		text, _, ok := bytes.Cut(b, []byte("~>"))
		if !ok {
			return nil, errUnpack
		}
		return a.all(ascii85.NewDecoder(bytes.NewReader(text)))
	}
	return nil, errUnpack // others do not belong round objects
}

func withoutWhite(b []byte) []byte {
	out := make([]byte, 0, len(b)+1)
	for _, c := range b {
		if !white(c) {
			out = append(out, c)
		}
	}
	return out
}

// all reads to the end, within the room that is left.
func (a *actions) all(r io.Reader) ([]byte, error) {
	out, err := io.ReadAll(io.LimitReader(r, int64(a.room)+1))
	if a.room -= len(out); a.room < 0 || err != nil {
		return out, errUnpack
	}
	return out, nil
}

// unpredicted undoes the predictors of PNG (RFC 2083, 6); the one of TIFF is
// made for pictures, and is not known here.
func (a *actions) unpredicted(r io.Reader, how map[string]pdfValue) ([]byte, error) {
	data, err := a.all(r)
	predictor := a.resolve(how["Predictor"])
	if predictor.num <= 1 {
		return data, err
	}
	number := func(key string, otherwise int) int {
		if v := a.resolve(how[key]); v.kind == pdfNumber {
			return v.num
		}
		return otherwise
	}
	columns, colors, bits := number("Columns", 1), number("Colors", 1), number("BitsPerComponent", 8)
	if predictor.num < 10 || columns < 1 || columns > 1<<20 || colors < 1 || colors > 32 || bits < 1 || bits > 16 {
		return nil, errUnpack
	}
	out, ok := unfilter(data, (columns*colors*bits+7)/8, max(1, colors*bits/8))
	if !ok {
		return out, errUnpack
	}
	return out, err
}

// unfilter undoes the filter of each row; size is a row without its first byte.
func unfilter(data []byte, size, pixel int) ([]byte, bool) {
	out := make([]byte, 0, len(data))
	above := make([]byte, size)
	for len(data) > 0 {
		kind, row := data[0], data[1:min(len(data), size+1)]
		data = data[1+len(row):]
		if kind > 4 {
			return out, false
		}
		for i := range row {
			var left, corner byte
			if i >= pixel {
				left, corner = row[i-pixel], above[i-pixel]
			}
			switch kind {
			case 1:
				row[i] += left
			case 2:
				row[i] += above[i]
			case 3:
				row[i] += byte((int(left) + int(above[i])) / 2)
			case 4:
				row[i] += paeth(left, above[i], corner)
			}
		}
		out, above = append(out, row...), append(row[:len(row):len(row)], make([]byte, size-len(row))...)
	}
	return out, true
}

func paeth(a, b, c byte) byte {
	p := int(a) + int(b) - int(c)
	pa, pb, pc := distance(p, a), distance(p, b), distance(p, c)
	switch {
	case pa <= pb && pa <= pc:
		return a
	case pb <= pc:
		return b
	}
	return c
}

func distance(p int, x byte) int {
	if d := p - int(x); d > 0 {
		return d
	}
	return int(x) - p
}
