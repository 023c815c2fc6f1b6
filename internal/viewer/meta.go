package viewer

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// Facts are what a page says of itself that is needed to open it elsewhere.
type Facts struct {
	ID         string `json:"id"`
	Portal     string `json:"portal"`
	Deployment string `json:"deployment"`
	Edition    int    `json:"edition"`
}

const (
	metaOpen = `<script type="application/json" id="gegevens">`
	maxHead  = 1 << 20 // the head of a page is some 130 kB
)

// ReadFacts finds the facts of a page in its head. The error wraps [ErrPage].
func ReadFacts(page io.Reader) (Facts, error) {
	head, err := io.ReadAll(bufio.NewReader(io.LimitReader(page, maxHead)))
	if err != nil {
		return Facts{}, err
	}
	_, rest, found := bytes.Cut(head, []byte(metaOpen))
	text, _, closed := bytes.Cut(rest, []byte("</script>"))
	var f Facts
	if !found || !closed || json.Unmarshal(text, &f) != nil || f.Deployment == "" || f.Edition < 1 {
		return Facts{}, fmt.Errorf("no facts in the page: %w", ErrPage)
	}
	return f, nil
}
