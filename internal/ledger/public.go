package ledger

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"inzage/internal/fact"
	"inzage/internal/seal"
)

// What everybody may read. A member of a public text that is not here is not
// written; each has the reason why it tells nothing of a person. All that follows
// from a person stands in "private", sealed under the deployment's secret.
const (
	sameForAll = "the same for every text of its kind"
	sameForRun = "the same for all that one run made or one command did"
	random     = "a number that nothing follows from but under the secret or a code"
	ofTheFile  = "of the ciphertext, which whoever reads this can count himself"
	inTheKey   = "stands in the key of the object"
)

var publicHead = map[string]string{
	"format": sameForAll, "stands_at": inTheKey, "at": sameForRun,
	"private": "sealed under the secret; its length does not follow from what is inside",
}

var publicCopy = map[string]string{
	"key": random, "version_id": "the store's own number", "size": ofTheFile, "sha256": ofTheFile,
	"parts": "", "parts.key": "follows from key", "parts.version_id": "the store's own number",
	"parts.size": ofTheFile, "parts.sha256": ofTheFile,
	"keys": "ids of officers' and archive keys, the same for all copies of a kind; the reader's own is private",
}

// public is the list, by format.
var public = map[string]map[string]string{
	FormatRecord: {
		"bundle_id": random, "portal": inTheKey, "kind": inTheKey, "content_id": random, "run_id": sameForRun, "program": sameForAll,
		"terms_version": sameForRun, "terms_sha256": sameForRun,
		"lock": "", "lock.mode": sameForAll, "lock.until": "the end of a year; the store shows it too", "lock.hold": "the store shows it too",
	},
	FormatWithdrawal: {"bundle_id": random, "record_key": inTheKey},
	FormatRewrap:     {"bundle_id": random, "record_key": inTheKey, "number": inTheKey},
	FormatCode:       {"holder": random, "portal": inTheKey, "edition": inTheKey},
	FormatRevocation: {"holder": random, "portal": inTheKey, "edition": inTheKey},
	FormatBucket:     {"bucket": random},
}

func init() {
	for format, fields := range public {
		for name, why := range publicHead {
			fields[name] = why
		}
		if format == FormatRecord || format == FormatRewrap {
			for name, why := range publicCopy {
				fields[name] = why
			}
		}
	}
}

// onlyPublic checks that a text has no member that is not on the list.
func onlyPublic(format string, body []byte) error {
	var v map[string]any
	if err := json.Unmarshal(body, &v); err != nil {
		return err
	}
	return onlyListed(public[format], "", v)
}

func onlyListed(list map[string]string, under string, v any) error {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if _, ok := list[under+name]; !ok {
				return fmt.Errorf("ledger: member %s%s is not on the list of what may be public", under, name)
			}
			if err := onlyListed(list, under+name+".", inner); err != nil {
				return err
			}
		}
	case []any:
		for _, inner := range v {
			if err := onlyListed(list, under, inner); err != nil {
				return err
			}
		}
	}
	return nil
}

// A text is one of the public texts: a pointer to its struct, and where its head
// and its private part stand in it.
type text struct {
	v       any
	head    *fact.Head
	private *string
	format  string
	room    int // length of the private part, or a multiple
}

// marshal writes a text. The private part is bound to all the rest of it, so
// that nobody without the secret can make or change one.
func (t text) marshal(s seal.Secret, hidden any) ([]byte, error) {
	t.head.Format, t.head.At, *t.private = t.format, t.head.At.UTC(), ""
	about, err := json.Marshal(t.v)
	if err != nil {
		return nil, err
	}
	plain, err := json.Marshal(hidden)
	if err != nil {
		return nil, err
	}
	sealed, err := s.Hide(about, plain, t.room)
	if err != nil {
		return nil, err
	}
	*t.private = hex.EncodeToString(sealed) // never nine digits between other signs
	b, err := json.Marshal(t.v)
	if err != nil {
		return nil, err
	}
	return b, onlyPublic(t.format, b)
}

// parse reads a text that marshal wrote, and nothing else. The error wraps
// [ErrFormat] or [fact.ErrForged], and quotes nothing.
func (t text) parse(s seal.Secret, b []byte, hidden any) error {
	if err := strict(b, t.v, &t.head.Format, t.format); err != nil {
		return err
	}
	sealed, err := hex.DecodeString(*t.private)
	if err != nil || t.head.At.IsZero() {
		return fmt.Errorf("%s: no private part, or no moment: %w", t.format, ErrFormat)
	}
	private := *t.private
	*t.private = ""
	about, err := json.Marshal(t.v)
	*t.private = private
	if err != nil {
		return fmt.Errorf("%s: %w", t.format, ErrFormat)
	}
	plain, err := s.Reveal(about, sealed)
	if err != nil {
		return fmt.Errorf("%s: %w: %w", t.format, err, fact.ErrForged)
	}
	if json.Unmarshal(plain, hidden) != nil {
		return fmt.Errorf("%s: private part: %w", t.format, ErrFormat)
	}
	return nil
}

// strict reads one JSON value into v, and accepts it only when writing v again
// gives the same text: no unknown, repeated or oddly spelled member passes.
func strict(b []byte, v any, format *string, want string) error {
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%s: not JSON, or a member of the wrong type: %w", want, ErrFormat)
	}
	if *format != want {
		return fmt.Errorf("the format is not %s: %w", want, ErrFormat)
	}
	var compact bytes.Buffer
	again, err := json.Marshal(v)
	if err == nil {
		err = json.Compact(&compact, b)
	}
	if err != nil || !bytes.Equal(again, compact.Bytes()) {
		return fmt.Errorf("%s: members unknown, repeated, out of order or not in plain form: %w", want, ErrFormat)
	}
	return nil
}
