package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"inzage/internal/compose"
	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/ledger"
	"inzage/internal/policy"
	"inzage/internal/render/pdf"
	"inzage/internal/seal"
	"inzage/internal/store"
)

// Issue says for whom codes are made.
type Issue struct {
	Path    string        // one dossier below the source; empty: all
	Grant   string        // one grant or request of it; empty: each that may have a copy
	Again   bool          // also for those who have a code: the old one is replaced
	Officer seal.Identity // opens the copies that stand there, to give them the new key; zero: the next run makes them anew
	Letters string        // folder for the letters, one PDF for each holder
	Window  document.Window
}

// Issued is what became of one holder, without anybody's name.
type Issued struct {
	Portal, Holder string
	Letter         string // path of the letter; empty: this holder has a code already, and keeps it
	Again          bool   // an earlier code was replaced
	Rewrapped      int    // copies that open with the new code from now on
}

// ErrNoHolder means that nobody in the choice may have a copy now.
var ErrNoHolder = errors.New("nobody here may have a copy now; see: inzage plan")

// IssueCodes makes an access code for each holder of the choice who has none,
// with a letter. The code exists in the letter alone: the register gets the
// public key, the locator and the slot. The letter is on disk before the
// register knows of the code, so that no code is ever without its letter.
func IssueCodes(ctx context.Context, s Settings, is Issue, each func(Issued)) error {
	r, refs, err := begin(ctx, s)
	if err != nil {
		return err
	}
	if is.Path != "" {
		refs = []dossier.FileRef{{Path: is.Path}}
	}
	if err := os.MkdirAll(is.Letters, 0o700); err != nil {
		return fmt.Errorf("letters: %w", err)
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(max(r.Workers, 1))
	found := false
	for _, ref := range refs {
		g.Go(func() error {
			issued, err := r.issueClient(gctx, ref, is)
			r.mu.Lock()
			defer r.mu.Unlock()
			for _, one := range issued {
				found = true
				each(one)
			}
			if errors.Is(err, dossier.ErrUnreadable) && is.Path == "" {
				return nil // the run names it; others get their codes
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if !found && is.Path != "" {
		return ErrNoHolder
	}
	return s.sync()
}

// issueClient makes the codes of one client.
func (r *run) issueClient(ctx context.Context, ref dossier.FileRef, is Issue) ([]Issued, error) {
	c, err := r.load(ctx, ref)
	if err != nil {
		return nil, err
	}
	work, _, err := policy.Plan(c.dossier, c.portal, r.Kinds, r.terms[c.portal.ID], r.Now)
	if err != nil {
		return nil, err
	}
	var out []Issued
	done := map[string]bool{}
	for _, w := range work {
		holder := r.holder(c, w)
		if done[holder] || w.Kind == policy.Archief || w.Recipient.Key != "" || is.Grant != "" && is.Grant != w.GrantID+w.RequestID {
			continue
		}
		done[holder] = true
		old, has, err := r.codeFor(ctx, holder)
		if err != nil {
			return out, err
		}
		if has && !is.Again {
			// also when it was revoked: a new one is asked for by name
			out = append(out, Issued{Portal: c.portal.ID, Holder: holder})
			continue
		}
		one, err := r.issue(ctx, c, w, is, old)
		if err != nil {
			return out, err
		}
		out = append(out, one)
	}
	return out, nil
}

// issue makes one code: letter, public statement, register.
func (r *run) issue(ctx context.Context, c client, w policy.Work, is Issue, old ledger.Code) (Issued, error) {
	one := Issued{Portal: c.portal.ID, Holder: r.holder(c, w), Again: old.Holder != ""}
	code, err := seal.NewCode()
	if err != nil {
		return one, err
	}
	h, err := code.Holder(seal.Edition{Deployment: r.deployment(c.portal.ID), Number: r.Edition})
	if err != nil {
		return one, err
	}
	slot, err := h.Slot(one.Holder)
	if err != nil {
		return one, err
	}
	if one.Letter, err = r.letter(c, w, is, one, code); err != nil {
		return one, err
	}
	entry := ledger.Code{
		Holder: one.Holder, Portal: one.Portal, Pseudonym: r.Secret.Pseudonym(c.portal.ID, string(c.dossier.Ref)),
		Edition: old.Edition + 1, Recipient: h.Recipient().String(), Locator: h.Locator(), Slot: slot,
		Lang: w.Recipient.Language, IssuedAt: r.Now,
	}
	if err := r.register(ctx, entry); err != nil {
		return one, err
	}
	if one.Again && is.Officer.Valid() {
		one.Rewrapped, err = r.rewrap(ctx, old, entry, is.Officer)
	}
	return one, err
}

// letter writes the letter to a file that only its owner can read.
func (r *run) letter(c client, w policy.Work, is Issue, one Issued, code seal.Code) (string, error) {
	to := compose.LetterTo{
		Person: w.Recipient.Person, Role: w.Recipient.Role, Language: w.Recipient.Language,
		Code: code.Text(), Again: one.Again, Made: r.Now, Window: is.Window,
	}
	var b bytes.Buffer
	if _, err := pdf.RenderLetter(&b, compose.Letter(to, c.portal)); err != nil {
		return "", err
	}
	path := filepath.Join(is.Letters, one.Holder+".pdf")
	return path, writePrivate(path, b.Bytes())
}

// writePrivate writes a file with mode 0600 that is whole or not there.
func writePrivate(path string, body []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".brief-*") // mode 0600
	if err != nil {
		return fmt.Errorf("letter: %w", err)
	}
	_, err = f.Write(body)
	if serr := f.Sync(); err == nil {
		err = serr
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("letter: %w", err)
	}
	return nil
}

// register states a code's public half in the bucket, then in the ledger.
func (r *run) register(ctx context.Context, c ledger.Code) error {
	body, err := ledger.MarshalCode(c)
	if err != nil {
		return err
	}
	if err := r.publicText(ctx, c.Key(), "application/json", body); err != nil {
		return err
	}
	return r.Ledger.RecordCode(ctx, c)
}

func (s Settings) publicText(ctx context.Context, key store.Key, kind string, body []byte) error {
	text, err := seal.Publish(kind, body)
	if err != nil {
		return err
	}
	_, err = s.Store.ReplaceStatement(ctx, store.Object{Key: key}, text)
	return err
}

// rewrap gives the copies of a holder the new key, their content untouched. Who
// kept an old copy opens it with the old code as before.
func (r *run) rewrap(ctx context.Context, old, now ledger.Code, officer seal.Identity) (int, error) {
	was, err := r.parseKey(old.Recipient)
	if err != nil {
		return 0, errBadKey
	}
	key, err := r.parseKey(now.Recipient)
	if err != nil {
		return 0, errBadKey
	}
	var mine []ledger.Entry
	for e, err := range r.Ledger.Live(ctx, now.Portal) {
		if err != nil {
			return 0, err
		}
		if e.Audience == was.ID() {
			mine = append(mine, e)
		}
	}
	for _, e := range mine {
		if err := r.rewrapOne(ctx, e, now, append(append([]seal.Recipient(nil), r.Officers...), key), officer); err != nil {
			return 0, err
		}
	}
	return len(mine), nil
}

func (r *run) rewrapOne(ctx context.Context, e ledger.Entry, c ledger.Code, to []seal.Recipient, officer seal.Identity) error {
	src, size, err := r.spooled(ctx, e.Key)
	if err != nil {
		return err
	}
	defer os.Remove(src.Name())
	defer src.Close()
	made, err := seal.Rewrap(r.Spool, src, size, officer, to)
	if err != nil {
		return err
	}
	defer made.Discard()
	before := e.Key
	if e.Kind == string(policy.Terugval) {
		e.Key = store.FallbackKey(e.Portal, c.Locator)
	}
	j := job{client: client{portal: r.Portals[e.Portal]}, reader: reader{keys: to, code: c}, again: true}
	if err := r.keep(ctx, j, made, &e); err != nil {
		return err
	}
	if before == e.Key {
		return nil
	}
	for _, key := range []store.Key{before, store.SlotKey(before)} {
		if err := r.Store.Remove(ctx, key); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}

// spooled fetches ciphertext into the spool, for what reads it at random.
func (r *run) spooled(ctx context.Context, key store.Key) (*os.File, int64, error) {
	body, _, err := r.Store.Get(ctx, key)
	if err != nil {
		return nil, 0, err
	}
	defer body.Close()
	f, err := os.CreateTemp(r.Spool, "spool-*.age")
	if err != nil {
		return nil, 0, err
	}
	n, err := io.Copy(f, body)
	if err != nil {
		f.Close()
		os.Remove(f.Name())
		return nil, 0, err
	}
	return f, n, nil
}

// RevokeCode takes a holder's code away. Their copies go in the next run, or at
// once when now is set; the number of those is returned.
func RevokeCode(ctx context.Context, s Settings, holder string, now bool) (int, error) {
	c, ok, err := s.Ledger.CodeFor(ctx, holder)
	if err != nil {
		return 0, err
	}
	if !ok {
		return 0, fmt.Errorf("holder %s: %w", holder, ledger.ErrUnknown)
	}
	gone := ledger.Revocation{Holder: c.Holder, Portal: c.Portal, Edition: c.Edition, At: s.Now}
	body, err := ledger.MarshalRevocation(gone)
	if err != nil {
		return 0, err
	}
	if err := s.publicText(ctx, gone.Key(), "application/json", body); err != nil {
		return 0, err
	}
	if err := s.Ledger.RevokeCode(ctx, holder, s.Now); err != nil || !now {
		return 0, err
	}
	return withdrawHolder(ctx, s, c)
}

// withdrawHolder takes away every copy that opens with a code.
func withdrawHolder(ctx context.Context, s Settings, c ledger.Code) (int, error) {
	key, err := seal.ParseRecipient(c.Recipient)
	if err != nil {
		return 0, errBadKey
	}
	r := &run{Settings: s, tally: newTally()}
	n := 0
	for e, err := range s.Ledger.Live(ctx, c.Portal) {
		if err != nil {
			return n, err
		}
		if e.Audience != key.ID() {
			continue
		}
		if err := r.remove(ctx, e, whyRevoked, false); err != nil {
			return n, err
		}
		n++
	}
	return n, s.sync()
}
