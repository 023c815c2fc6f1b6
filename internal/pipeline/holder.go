package pipeline

import (
	"context"
	"errors"
	"slices"
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/ledger"
	"inzage/internal/policy"
)

// Why a reader gets nothing, apart from what policy says.
const (
	whyUnknown policy.Code = "persoon-onbekend" // nothing says for sure who this is: no code can be theirs
	whyTwice   policy.Code = "dubbele-toegang"  // one person, role and basis in two grants: one fallback copy
)

var errUnknown = errors.New("the dossier does not say who the reader is: give the person a ref, or a name and a birth date")

// Holder names who may hold an access code: one person in one role, on one basis,
// for one client. It is a keyed pseudonym of framed parts, the same in every run.
// The grant or request is no part of it: one id may be given to another person,
// and one person may have both. It is empty when the dossier does not say for
// sure who the person is, so that no code can be made.
func (s Settings) Holder(portal string, d *dossier.Dossier, rec policy.Recipient) string {
	by, who := person(d, rec)
	if by == "" {
		return ""
	}
	basis := strings.TrimSpace(rec.Basis)
	if rec.Role == dossier.RoleClient {
		basis = "" // who looks at their own record needs none
	}
	return s.Secret.Pseudonym(portal, "holder", d.Ref.Normal(), string(rec.Role), basis, by, who)
}

// person says what a person is known by, and that: their own reference, or else
// their name and the day of birth. Who looks as the client and bears the
// client's name is the client.
func person(d *dossier.Dossier, rec policy.Recipient) (by, who string) {
	p := rec.Person
	if rec.Role == dossier.RoleClient && dossier.FoldName(p.Name) == dossier.FoldName(d.Client.Name) {
		p = completed(p, d.Client)
	}
	if ref := dossier.Composed(p.Ref); ref != "" {
		return "ref", ref
	}
	name := dossier.FoldName(p.Name)
	if name == "" || p.BirthDate.Precision() < dossier.Day {
		return "", ""
	}
	return "name", p.BirthDate.Start().Format("2006-01-02") + " " + name
}

// completed is p with what only the client's own entry tells.
func completed(p, client dossier.Person) dossier.Person {
	if strings.TrimSpace(p.Ref) == "" && (p.BirthDate.IsZero() || p.BirthDate == client.BirthDate) {
		p.Ref, p.BirthDate = client.Ref, client.BirthDate
	}
	return p
}

// holder names who a work item is for; it is empty for the archive and for a
// person who is not known.
func (r *run) holder(c client, w policy.Work) string {
	if w.Kind == policy.Archief {
		return ""
	}
	return r.Holder(c.portal.ID, c.dossier, w.Recipient)
}

// clientOf names a client. References that differ in writing only are one client's.
func (r *run) clientOf(c client) string {
	return r.Secret.Pseudonym(c.portal.ID, c.dossier.Ref.Normal())
}

// grantOf names a grant or a request of a client, whoever has it.
func (s Settings) grantOf(portal string, d *dossier.Dossier, grant, request string) string {
	return s.Secret.Pseudonym(portal, "grant", d.Ref.Normal(), grant, request)
}

// plan is what one client's readers may have now, and who gets nothing and why.
func (r *run) plan(c client) ([]policy.Work, []policy.Refused, error) {
	work, refused, err := policy.Plan(c.dossier, c.portal, r.Kinds, r.terms[c.portal.ID], r.Now)
	if err != nil {
		return nil, nil, err
	}
	work, more := r.assign(c, work)
	return work, append(refused, more...), nil
}

// assign takes out the work for readers for whom no code can be. Who has a key of
// their own needs none.
func (r *run) assign(c client, work []policy.Work) (kept []policy.Work, refused []policy.Refused) {
	fallback := map[string]bool{}
	for _, w := range work {
		holder, code := r.holder(c, w), policy.Code("")
		switch {
		case w.Kind == policy.Archief || w.Recipient.Key != "":
		case holder == "":
			code = whyUnknown
		case w.Kind == policy.Terugval && fallback[holder]:
			code = whyTwice
		case w.Kind == policy.Terugval:
			fallback[holder] = true
		}
		if code != "" {
			refused = append(refused, policy.Refused{Kind: w.Kind, ID: w.Recipient.ID, Code: code})
			continue
		}
		kept = append(kept, w)
	}
	return kept, refused
}

// holders is who stands in the dossiers of a run, entitled or not.
type holders struct {
	named  map[string]bool     // by pseudonym
	grants map[string][]string // who has a grant or request now, by its pseudonym
}

func newHolders() holders { return holders{map[string]bool{}, map[string][]string{}} }

// meet notes who stands in a dossier.
func (r *run) meet(c client) {
	d := c.dossier
	r.mu.Lock()
	defer r.mu.Unlock()
	note := func(of dossier.ClientRef, grant, request string, rec policy.Recipient) {
		who := r.Holder(c.portal.ID, d, rec)
		if who == "" || of != "" && !of.Same(d.Ref) {
			return
		}
		key := r.grantOf(c.portal.ID, d, grant, request)
		r.holders.named[who] = true
		r.holders.grants[key] = append(r.holders.grants[key], who)
	}
	for _, g := range d.Grants {
		note(g.ClientRef, g.ID, "", policy.Recipient{Person: g.Person, Role: g.Role, Basis: g.Basis})
	}
	for _, q := range d.Requests {
		note(q.ClientRef, "", q.ID, policy.Recipient{Person: q.Requester, Role: q.Role, Basis: q.Ground7458a})
	}
}

// grantsOf are the grants and requests of a holder, by pseudonym, in order.
func (r *run) grantsOf(holder string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for g, who := range r.holders.grants {
		if slices.Contains(who, holder) {
			out = append(out, g)
		}
	}
	slices.Sort(out)
	return out
}

// replaced reports whether the grants of a code are somebody else's now, and its
// holder stands in no dossier any more: another person, or the same in another
// role or on another basis. A holder whose grant is blocked, over or not there
// keeps the code, for it never opens what another may have.
func (h holders) replaced(c ledger.Code) bool {
	return !h.named[c.Holder] && slices.ContainsFunc(c.Grants, func(g string) bool { return len(h.grants[g]) > 0 })
}

// endReplaced revokes each code of which another person has the grant now, and
// takes away every copy that it opens. It goes before anything is made, after all
// dossiers were met.
func (r *run) endReplaced(ctx context.Context) error {
	for id := range r.Portals {
		for c, err := range r.Ledger.Codes(ctx, id) {
			if err != nil {
				return err
			}
			if !c.RevokedAt.IsZero() || !r.holders.replaced(c) {
				continue
			}
			err := r.retried(func() error {
				if err := r.revoke(ctx, c.Holder); err != nil {
					return err
				}
				_, err := r.withdrawCode(ctx, c, whyOther)
				return err
			})
			switch {
			case err != nil && r.hopeless(ctx, err):
				return err
			case err != nil:
				r.trouble("", codeNotRemoved, c.StandsAt(), err)
			}
		}
	}
	return nil
}
