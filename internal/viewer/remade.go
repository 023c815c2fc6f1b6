package viewer

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strconv"
)

var (
	sizeFact   = regexp.MustCompile(`"size":[0-9]+`)
	digestFact = regexp.MustCompile(`"sha256":"[0-9a-f]{64}"`)
)

// Remade gives what stands before and after the ciphertext of a page when other
// ciphertext takes its place: the same page, but for the size and digest that it
// checks. It needs no portal. A page of [Small] is small, and given whole: what
// stood in it stands in the bucket already, and is not looked at again. The error
// wraps [ErrPage].
func Remade(page io.Reader, size int64, sha256 string) (head, tail []byte, small Program, err error) {
	text, err := io.ReadAll(io.LimitReader(page, maxHead))
	if err != nil {
		return nil, nil, Program{}, err
	}
	head, _, carries := bytes.Cut(text, []byte("\n"+blockOpen))
	whole := false
	if carries {
		head = text[:len(head)+1]
	} else if head, whole = bytes.CutSuffix(text, []byte(tailText)); !whole {
		return nil, nil, Program{}, fmt.Errorf("no ciphertext and no end: %w", ErrPage)
	}
	before, rest, found := bytes.Cut(head, []byte(metaOpen))
	meta, after, closed := bytes.Cut(rest, []byte("</script>"))
	if !found || !closed || len(sizeFact.FindAll(meta, 2)) != 1 || len(digestFact.FindAll(meta, 2)) != 1 {
		return nil, nil, Program{}, fmt.Errorf("no size and digest in the page: %w", ErrPage)
	}
	meta = sizeFact.ReplaceAll(meta, []byte(`"size":`+strconv.FormatInt(size, 10)))
	meta = digestFact.ReplaceAll(meta, []byte(`"sha256":"`+sha256+`"`))
	head = bytes.Join([][]byte{before, []byte(metaOpen), meta, []byte("</script>"), after}, nil)
	if whole {
		small = Program{typePage, append(bytes.Clone(head), tailText...), meta, [][]byte{before, after}}
	}
	return head, []byte(tailText), small, nil
}
