package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

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
	Path    string // one dossier below the source; empty: all
	Grant   string // one grant or request of it, by id, or grant:ID or request:ID; empty: each that may have a copy
	Again   bool   // also for those who have a code: the old one is replaced
	Letters string // folder for the letters, one PDF for each holder
	Window  document.Window
}

// Issued is what became of one holder, without anybody's name.
type Issued struct {
	Portal, Holder string
	Refused        string // no code can be made, for this reason
	Letter         string // path of the letter; empty: this holder has a code already, and keeps it
	Again          bool   // an earlier code was replaced
	Listed         int    // copies that an officer can give the new key; see [Rewrap]
}

// ErrNoHolder means that nobody in the choice may have a copy now.
var ErrNoHolder = errors.New("nobody here may have a copy now; see: inzage plan")

// IssueCodes makes an access code for each holder of the choice who has none,
// with a letter. The code exists in the letter alone: the register gets the
// public key, the locator and the slot. The letter is on disk before the
// register knows of the code, so that no code is ever without its letter; so is
// the list of the copies that a new code is to open. No copy is touched.
func IssueCodes(ctx context.Context, s Settings, is Issue, each func(Issued)) error {
	r, refs, err := begin(ctx, s)
	if err != nil {
		return err
	}
	if err := r.catchUp(ctx); err != nil {
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

// catchUp lets the ledger know what the bucket does: a code that was registered
// when the program ended before its ledger had it, or copies that an officer gave
// other keys. What cannot be believed closes its door; the run tells of it.
func (r *run) catchUp(ctx context.Context) error {
	var all []store.Info
	for _, id := range r.PortalIDs() {
		unknown, _, err := r.Ledger.Compare(ctx, id+"/", r.Store.List(ctx, id+"/"))
		if err != nil {
			return err
		}
		all = append(all, unknown...)
	}
	if err := r.takeIn(ctx, all); err != nil {
		return err
	}
	return r.notEarlier(ctx, time.Time{})
}

// issueClient makes the codes of one client.
func (r *run) issueClient(ctx context.Context, ref dossier.FileRef, is Issue) ([]Issued, error) {
	c, err := r.load(ctx, ref)
	if err != nil {
		return nil, err
	}
	r.meet(c)
	work, refused, err := r.plan(c)
	if err != nil {
		return nil, err
	}
	if work, err = chosen(work, is.Grant); err != nil {
		return nil, err
	}
	out := unknown(c, refused, is.Grant)
	done := map[string]bool{}
	for _, w := range work {
		holder := r.holder(c, w)
		if done[holder] || w.Kind == policy.Archief || w.Recipient.Key != "" {
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

// ErrGrant means that an id names a grant and a request.
var ErrGrant = errors.New("this is the id of a grant and of a request; say grant:ID or request:ID")

// chosen is the work of one grant or request, or all.
func chosen(work []policy.Work, id string) (out []policy.Work, err error) {
	grant, request := false, false
	for _, w := range work {
		switch {
		case id == "":
		case w.GrantID != "" && (id == w.GrantID || id == "grant:"+w.GrantID):
			grant = true
		case w.RequestID != "" && (id == w.RequestID || id == "request:"+w.RequestID):
			request = true
		default:
			continue
		}
		out = append(out, w)
	}
	if grant && request {
		err = ErrGrant
	}
	return out, err
}

// unknown tells of whom no code can be made, each once.
func unknown(c client, refused []policy.Refused, id string) (out []Issued) {
	done := map[string]bool{}
	for _, no := range refused {
		if no.Code == whyUnknown && !done[no.ID] && (id == "" || id == no.ID) {
			done[no.ID] = true
			out = append(out, Issued{Portal: c.portal.ID, Refused: string(no.Code)})
		}
	}
	return out
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
	slots, err := slotsFor(h, one.Holder)
	if err != nil {
		return one, err
	}
	if one.Letter, err = r.letter(c, w, is, one, code); err != nil {
		return one, err
	}
	entry := ledger.Code{
		Holder: one.Holder, Portal: one.Portal, Pseudonym: r.clientOf(c), Grants: r.grantsOf(one.Holder),
		Edition: old.Edition + 1, Recipient: h.Recipient().String(), Locator: h.Locator(), Slots: slots,
		Lang: w.Recipient.Language, IssuedAt: r.Now,
	}
	if one.Again {
		if one.Listed, err = r.enlist(ctx, entry); err != nil {
			return one, err
		}
	}
	if err := r.Ledger.State(ctx, r.Book(), entry); err != nil || !one.Again {
		return one, err
	}
	if err := r.endEdition(ctx, old); err != nil {
		return one, err
	}
	return one, r.dropLists(ctx, entry)
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

// slotsFor makes a slot for each kind of copy that opens with a code. Those of
// one kind alone are alike, so that nobody sees which copies are one reader's.
func slotsFor(h seal.Holder, holder string) (map[string][]byte, error) {
	slots := map[string][]byte{}
	for _, k := range []policy.Kind{policy.Portaalkopie, policy.Terugval, policy.AVGInzage} {
		slot, err := h.Slot(holder)
		if err != nil {
			return nil, err
		}
		slots[string(k)] = slot
	}
	return slots, nil
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
	r := &run{Settings: s, tally: newTally()}
	if err := r.revoke(ctx, holder); err != nil || !now {
		return 0, err
	}
	n, err := r.withdrawCode(ctx, c, whyRevoked)
	if err != nil {
		return n, err
	}
	return n, s.sync()
}

// endEdition states that an earlier code opens nothing new, so that it does not
// become the last one again when the text of the next is lost.
func (r *run) endEdition(ctx context.Context, c ledger.Code) error {
	if c.Holder == "" || !c.RevokedAt.IsZero() {
		return nil // one that is revoked keeps its moment
	}
	return r.Ledger.State(ctx, r.Book(), ledger.Revocation{Holder: c.Holder, Portal: c.Portal, Edition: c.Edition, At: r.Now})
}

// revoke states in the bucket, then in the ledger, that the codes of a holder open
// nothing new: the last, and those before it.
func (r *run) revoke(ctx context.Context, holder string) error {
	for c, err := range r.Ledger.CodesOf(ctx, holder) {
		if err != nil {
			return err
		}
		if err := r.endEdition(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// withdrawCode takes away every copy that opens with a code of a holder, an earlier
// one too, and counts them. It goes on past what cannot be removed.
func (r *run) withdrawCode(ctx context.Context, c ledger.Code, why string) (int, error) {
	ids, err := r.keysOf(ctx, c.Holder, "")
	if err != nil {
		return 0, err
	}
	n := 0
	var errs []error
	for e, err := range r.Ledger.Live(ctx, c.Portal) {
		if err != nil {
			return n, err
		}
		if !ids[e.Audience] {
			continue
		}
		if err := r.remove(ctx, e, why, false); err != nil {
			errs = append(errs, err)
			continue
		}
		r.count1(Result{Kind: policy.Kind(e.Kind), Outcome: Withdrawn, Code: why})
		n++
	}
	return n, errors.Join(errs...)
}
