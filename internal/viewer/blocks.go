package viewer

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
)

// ErrPage means that a file is not a page of this package, or not a whole one:
// fetch it again.
var ErrPage = errors.New("not a whole self-opening page")

const (
	blockOpen  = `<script type="application/octet-stream;base64" class="b">`
	blockClose = "</script>\n"
	textSize   = BlockSize / 3 * 4
)

// WriteBlocks writes ciphertext as the blocks of a page, [BlockSize] bytes in
// each, and returns how many bytes it read. It holds one block in memory.
func WriteBlocks(w io.Writer, r io.Reader) (int64, error) {
	var total int64
	raw, text := make([]byte, BlockSize), make([]byte, textSize)
	for {
		n, err := io.ReadFull(r, raw)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return total, err
		}
		if n > 0 {
			total += int64(n)
			base64.StdEncoding.Encode(text, raw[:n])
			if werr := block(w, text[:base64.StdEncoding.EncodedLen(n)]); werr != nil {
				return total, werr
			}
		}
		if err != nil {
			return total, nil
		}
	}
}

func block(w io.Writer, text []byte) error {
	for _, b := range [][]byte{[]byte(blockOpen), text, []byte(blockClose)} {
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// Extract gives the ciphertext that a page carries, block by block. Reading
// ends with an error that wraps [ErrPage] where the page is cut or altered in
// its form; whether the bytes are the right ones, only the seal can tell.
func Extract(page io.Reader) io.Reader {
	return &extractor{src: bufio.NewReaderSize(page, 64<<10)}
}

type extractor struct {
	src    *bufio.Reader
	have   []byte // decoded and not yet given
	inside bool   // past the first block
	short  bool   // a block shorter than the rest was seen: it must be the last
	err    error
}

func (e *extractor) Read(p []byte) (int, error) {
	for len(e.have) == 0 && e.err == nil {
		e.have, e.err = e.next()
	}
	n := copy(p, e.have)
	e.have = e.have[n:]
	if n == 0 && len(p) > 0 {
		return 0, e.err
	}
	return n, nil
}

// next reads one block, or finds the end.
func (e *extractor) next() ([]byte, error) {
	for {
		line, err := e.line()
		switch {
		case err == io.EOF:
			return nil, fmt.Errorf("%w: it has no end", ErrPage)
		case err != nil:
			return nil, err
		case bytes.HasPrefix(line, []byte(blockOpen)):
			e.inside = true
			return e.decode(line)
		case e.inside && string(line) == tailText:
			return nil, io.EOF
		case e.inside:
			return nil, fmt.Errorf("%w: a damaged block", ErrPage)
		}
	}
}

// line reads a line; one longer than a block can be is passed over in the head
// (the script) and an error after it.
func (e *extractor) line() ([]byte, error) {
	var out []byte
	long := false
	for {
		part, err := e.src.ReadSlice('\n')
		if !long {
			out = append(out, part...)
		}
		if len(out) > textSize+len(blockOpen)+len(blockClose) {
			out, long = nil, true
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && len(out) == 0:
			return nil, io.EOF
		case err != nil && err != io.EOF:
			return nil, err
		}
		if long && e.inside {
			return nil, fmt.Errorf("%w: a block is too long", ErrPage)
		}
		return out, nil
	}
}

func (e *extractor) decode(line []byte) ([]byte, error) {
	text, ok := bytes.CutSuffix(line[len(blockOpen):], []byte(blockClose))
	if !ok || e.short || len(text) == 0 {
		return nil, fmt.Errorf("%w: a damaged block", ErrPage)
	}
	e.short = len(text) < textSize
	out := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Strict().Decode(out, text)
	if err != nil || bytes.ContainsAny(text, "\r\n") {
		return nil, fmt.Errorf("%w: a damaged block", ErrPage)
	}
	return out[:n], nil
}
