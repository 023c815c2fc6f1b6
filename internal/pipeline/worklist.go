package pipeline

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"inzage/internal/fact"
	"inzage/internal/ledger"
	"inzage/internal/policy"
	"inzage/internal/seal"
	"inzage/internal/store"
)

// formatWorkList is the format of what [store.WorkListKey] holds inside.
const formatWorkList = "inzage/worklist/v1"

// A workList names the copies that are to be given the key of a new code, and all
// that an officer's machine needs for it. It is signed, encrypted to the officers
// and padded: the bucket shows neither the copies nor how many there are.
type workList struct {
	fact.Head
	Portal    string            `json:"portal"`
	Holder    string            `json:"holder"`
	Edition   int               `json:"edition"`
	Code      string            `json:"code"` // SHA-256 of the code's text: of no other code
	Recipient string            `json:"recipient"`
	Officers  []string          `json:"officers"`
	Slots     map[string][]byte `json:"slots"`
	Copies    []workCopy        `json:"copies"`
}

// A workCopy is one copy of a work list.
type workCopy struct {
	BundleID  string      `json:"bundle_id"`
	RecordKey store.Key   `json:"record_key"`
	Kind      string      `json:"kind"`
	ContentID string      `json:"content_id"`
	Number    int         `json:"number"` // of the rewrap
	Secret    string      `json:"secret"` // of the rewrap alone; see ledger.RewrapSecret
	From      ledger.Part `json:"from"`   // the copy that the list speaks of
	To        store.Key   `json:"to"`
}

// signed is a work list as it is encrypted: the text and its signature.
type signed struct {
	Text      []byte `json:"text"`
	Signature []byte `json:"signature"`
}

// The length of a work list is a multiple of listRoom, and at most maxList.
const (
	listRoom = 16 << 10
	maxList  = 4 << 20
)

// enlist leaves a work list for a new code of a holder who has had another, and
// counts the copies in it. Without a signing key there is none: an officer's
// machine believes no list that anybody may have written.
func (r *run) enlist(ctx context.Context, c ledger.Code) (int, error) {
	if !r.Signer.Valid() {
		return 0, nil
	}
	l, err := r.workListOf(ctx, c)
	if err != nil || len(l.Copies) == 0 {
		return 0, err
	}
	text, err := json.Marshal(l)
	if err != nil {
		return 0, err
	}
	sig, err := r.Signer.Sign(text)
	if err != nil {
		return 0, err
	}
	plain, err := json.Marshal(signed{text, sig})
	if err != nil {
		return 0, err
	}
	plain = append(plain, bytes.Repeat([]byte(" "), (listRoom-len(plain)%listRoom)%listRoom)...)
	s, err := seal.Seal(r.Spool, r.Officers, func(w io.Writer) error {
		_, err := w.Write(plain)
		return err
	})
	if err != nil {
		return 0, err
	}
	defer s.Discard()
	_, err = r.Store.ReplaceSealed(ctx, store.Object{Key: l.StandsAt, ContentID: r.Secret.ContentID(text)}, s)
	return len(l.Copies), err
}

func (r *run) workListOf(ctx context.Context, c ledger.Code) (workList, error) {
	body, err := c.Marshal(r.Secret)
	if err != nil {
		return workList{}, err
	}
	sum := sha256.Sum256(body)
	l := workList{
		Head:   fact.Head{Format: formatWorkList, StandsAt: store.WorkListKey(c.StandsAt()), At: r.Now.UTC()},
		Portal: c.Portal, Holder: c.Holder, Edition: c.Edition, Code: hex.EncodeToString(sum[:]), Recipient: c.Recipient, Slots: c.Slots,
	}
	for _, o := range r.Officers {
		l.Officers = append(l.Officers, o.String())
	}
	earlier, err := r.keysOf(ctx, c.Holder, c.Recipient)
	if err != nil {
		return workList{}, err
	}
	for e, err := range r.Ledger.Live(ctx, c.Portal) {
		if err != nil {
			return workList{}, err
		}
		if earlier[e.Audience] {
			l.Copies = append(l.Copies, r.workCopy(e, c))
		}
	}
	return l, nil
}

// dropLists removes the work lists of a holder's earlier codes.
func (r *run) dropLists(ctx context.Context, c ledger.Code) error {
	for in, err := range r.Store.List(ctx, c.Portal+"/codes/"+c.Holder+"-") {
		if err != nil {
			return err
		}
		if !in.Key.IsWorkList() || in.Key == store.WorkListKey(c.StandsAt()) {
			continue
		}
		if err := r.Store.Remove(ctx, in.Key); err != nil {
			return err
		}
	}
	return nil
}

// keysOf are the ids of the keys of a holder's codes, but for one of them.
func (r *run) keysOf(ctx context.Context, holder, but string) (map[string]bool, error) {
	ids := map[string]bool{}
	for old, err := range r.Ledger.CodesOf(ctx, holder) {
		if err != nil {
			return nil, err
		}
		if key, err := r.parseKey(old.Recipient); err == nil && old.Recipient != but {
			ids[key.ID()] = true
		}
	}
	return ids, nil
}

func (r *run) workCopy(e ledger.Entry, c ledger.Code) workCopy {
	w := workCopy{
		BundleID: e.BundleID, RecordKey: e.RecordKey, Kind: e.Kind, ContentID: e.ContentID, Number: e.Rewrapped + 1, To: e.Key,
		Secret: ledger.RewrapSecret(r.Secret, e.RecordKey, e.Rewrapped+1).Text(),
		From:   ledger.Part{Key: e.Key, VersionID: e.VersionID, Size: e.Size, SHA256: e.SHA256},
	}
	if e.Kind == string(policy.Terugval) {
		w.To = store.FallbackKey(e.Portal, c.Locator)
	}
	return w
}

// clearLists removes the work lists of which nothing is left to do: the run has
// made the copies for the new code, or they or the code are there no more.
func (r *run) clearLists(ctx context.Context) error {
	for id := range r.Portals {
		for in, err := range r.Store.List(ctx, id+"/codes/") {
			if err != nil {
				return err
			}
			if !in.Key.IsWorkList() {
				continue
			}
			wanted, err := r.listWanted(ctx, in.Key)
			if err == nil && !wanted {
				err = r.Store.Remove(ctx, in.Key)
			}
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
	}
	return nil
}

// listWanted reports whether a copy still opens with an earlier code of the holder
// of a list, whose last code the list's is.
func (r *run) listWanted(ctx context.Context, key store.Key) (bool, error) {
	portal, holder, edition, ok := key.CodeOfList().CodeOf()
	if !ok {
		return false, nil
	}
	c, ok, err := r.Ledger.CodeFor(ctx, holder)
	if !ok || err != nil || c.Portal != portal || c.Edition != edition {
		return false, err
	}
	earlier, err := r.keysOf(ctx, c.Holder, c.Recipient)
	if err != nil {
		return false, err
	}
	for e, err := range r.Ledger.Live(ctx, portal) {
		if err != nil || earlier[e.Audience] {
			return true, err
		}
	}
	return false, nil
}

// errList means that a work list is not one that can be followed.
var errList = errors.New("not a work list of this deployment")

// readList opens and verifies a work list.
func readList(b fact.Book, officer seal.Identity, key store.Key, cipher []byte) (workList, error) {
	plain, size, err := seal.Open(bytes.NewReader(cipher), int64(len(cipher)), officer)
	if err != nil {
		return workList{}, fmt.Errorf("%s: %w", key, err)
	}
	if size > maxList {
		return workList{}, fmt.Errorf("%s: %w", key, errList)
	}
	body, err := io.ReadAll(io.NewSectionReader(plain, 0, size))
	if err != nil {
		return workList{}, fmt.Errorf("%s: %w", key, err)
	}
	return parseList(b, key, body)
}

// parseList reads the plaintext of a work list. The signature is verified before
// anything in it is believed.
func parseList(b fact.Book, key store.Key, body []byte) (workList, error) {
	var s signed
	var l workList
	if json.Unmarshal(body, &s) != nil {
		return workList{}, fmt.Errorf("%s: %w", key, errList)
	}
	if err := b.Verify(key, s.Text, s.Signature); err != nil {
		return workList{}, err
	}
	if json.Unmarshal(s.Text, &l) != nil || l.Format != formatWorkList || key.CodeOfList() != store.CodeKey(l.Portal, l.Holder, l.Edition) {
		return workList{}, fmt.Errorf("%s: %w", key, errList)
	}
	return l, nil
}

// recipients are whom a list's copies are for, the new code's key last.
func (l workList) recipients() ([]seal.Recipient, error) {
	var out []seal.Recipient
	for _, text := range append(l.Officers[:len(l.Officers):len(l.Officers)], l.Recipient) {
		k, err := seal.ParseRecipient(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.StandsAt, errBadKey)
		}
		out = append(out, k)
	}
	return out, nil
}
