package policy

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"inzage/internal/dossier"
	"inzage/internal/portal"
)

// Plan says who gets what of one dossier at a moment, and who does not and why
// (steps 1 to 4 of the decision procedure, RULES section 5). The order of both
// lists follows kinds and the dossier's own grants and requests.
func Plan(d *dossier.Dossier, p *portal.Portal, kinds []Kind, terms portal.Terms, now time.Time) ([]Work, []Refused, error) {
	known := dossier.WithoutPlaceholders(d)
	pl := planner{d: known, source: d, p: p, terms: terms, now: now, rel: relationAt(known, p, now)}
	for _, k := range kinds {
		pol, err := For(k)
		if err == nil {
			err = ready(p, terms, pol)
		}
		if err != nil {
			return nil, nil, err
		}
		switch {
		case pol.NeedsGrant:
			pl.grants(k)
		case pol.NeedsRequest:
			pl.requests(k)
		case pol.NeedsEnd:
			pl.archive(k)
		}
	}
	return pl.work, pl.refused, nil
}

type planner struct {
	d       *dossier.Dossier // without placeholders
	source  *dossier.Dossier // as it was given
	p       *portal.Portal
	terms   portal.Terms
	now     time.Time
	rel     relation
	work    []Work
	refused []Refused
}

func (pl *planner) base(k Kind) Work {
	return Work{Kind: k, Portal: pl.p.ID, Client: pl.d.Ref, Terms: pl.terms, Now: pl.now}
}

// archive plans the closing copy when care has ended. Where the record
// contradicts itself about that, nothing is made: a lock cannot be taken back.
func (pl *planner) archive(k Kind) {
	switch {
	case contradictory(pl.d, pl.now) && (pl.d.Relation.Ended || pl.rel == dead || pl.rel == unclear):
		pl.refused = append(pl.refused, Refused{k, "", Contradictory})
		return
	case !hasEnded(pl.d.Relation, pl.now) && pl.rel != dead:
		return
	}
	w := pl.base(k)
	w.Retention = RetentionOf(pl.source, pl.p)
	if pl.d.Relation.LastChange.Start().After(pl.now) {
		w.Retention.Hold = true
	}
	w.Recipient.Language = "nl"
	w.FullBSN, w.WithLog = true, true
	pl.work = append(pl.work, w)
}

// grants plans the portal kinds, one for each grant.
func (pl *planner) grants(k Kind) {
	two := pl.holders() > 1
	for i := range pl.d.Grants {
		g := &pl.d.Grants[i]
		code := pl.grantCode(g)
		if code == "" && two {
			code = TwoHolders
		}
		if code != "" {
			pl.refused = append(pl.refused, Refused{k, g.ID, code})
			continue
		}
		w := pl.base(k)
		w.GrantID, w.LastLogin = g.ID, g.LastLogin
		w.AccessUntil = pl.accessUntil(g)
		w.Recipient = Recipient{
			ID: g.ID, Person: g.Person, Role: g.Role, Basis: g.Basis, Audience: audienceOf(g.Role), Scope: slices.Clone(g.Scope),
			Key: g.Recipient, Language: language(g.Language), Holder: g.Holder,
		}
		if len((&judge{d: pl.d, p: pl.p, w: w, pol: policies[k]}).sections()) == 0 {
			pl.refused = append(pl.refused, Refused{k, g.ID, NoRights})
			continue
		}
		pl.work = append(pl.work, w)
	}
}

// grown are the codes of a reader whose right the client has outgrown.
var grown = map[Code]bool{Of16: true, Of18: true}

// holders counts who hold the credentials now (B1). A grant that is over does
// not count, whatever else is wrong with it does.
func (pl *planner) holders() (n int) {
	for i := range pl.d.Grants {
		g := &pl.d.Grants[i]
		if g.Holder && !pl.foreign(g.ClientRef) && lapsed(g, pl.now) == "" && !grown[pl.roleCode(g)] {
			n++
		}
	}
	return n
}

func (pl *planner) foreign(ref dossier.ClientRef) bool { return ref != "" && !ref.Same(pl.d.Ref) }

// grantCode says why a grant gives nothing now, or "".
func (pl *planner) grantCode(g *dossier.Grant) Code {
	if code := pl.holdCode(g); code != "" {
		return code
	}
	if pl.p.Access.MobileRequired && !g.Mobile {
		return NoMobile
	}
	return ""
}

// holdCode says why a grant does not hold now, or "": what also stands against
// those to whom its holder has handed the credentials.
func (pl *planner) holdCode(g *dossier.Grant) Code {
	switch {
	case pl.foreign(g.ClientRef):
		return OtherClient
	case pl.rel == dead:
		return Deceased
	case pl.rel == unclear:
		return Contradictory
	case pl.rel == noRelation || pl.rel == over:
		return NoRelation
	case g.Blocked != nil && !g.Blocked.Since.Start().After(pl.now):
		return Denied
	}
	if code := lapsed(g, pl.now); code != "" {
		return code
	}
	return pl.roleCode(g)
}

// lapsed says why a grant does not hold at a moment, whoever has it (B5, B6). A
// day that is known in part counts as the day that gives least: begun on the
// last that it can be, over on the first.
func lapsed(g *dossier.Grant, now time.Time) Code {
	switch {
	case g.Unsubscribed:
		return Unsubscribed
	case !g.RevokedAt.IsZero() && !g.RevokedAt.Start().After(now):
		return Withdrawn
	case !g.From.IsZero() && g.From.Latest().After(now):
		return NotYet
	case !g.Until.IsZero() && !now.Before(lastDay(g.Until)):
		return Expired
	}
	return ""
}

// lastDay is the first moment after the first day that a last day can mean.
func lastDay(d dossier.Date) time.Time {
	if d.HasTime() {
		return d.End()
	}
	return dossier.DayOf(d.Start()).End()
}

// accessUntil is when this reader's access ends, as far as it is known today:
// with the relation, with death, with the grant or that of who delegated it, or
// with the authority over a child.
func (pl *planner) accessUntil(g *dossier.Grant) time.Time {
	until := accessEnd(pl.d.Relation, pl.p)
	earliest := func(t time.Time) {
		if !t.IsZero() && (until.IsZero() || t.Before(until)) {
			until = t
		}
	}
	if !g.Until.IsZero() {
		earliest(lastDay(g.Until))
	}
	earliest(g.RevokedAt.Start())
	earliest(pl.d.Relation.Deceased.Start())
	if g.Blocked != nil {
		earliest(g.Blocked.Since.Start())
	}
	earliest(pl.grownAt(g))
	if by := pl.delegator(g); by != nil {
		earliest(pl.accessUntil(by))
	}
	return until
}

// requests plans avg-inzage: one work for each request that waits for an answer,
// and one for each that was answered and whose copy may still stand. That a
// reader is blocked, or has not accepted the terms, does not matter here (A5).
func (pl *planner) requests(k Kind) {
	for i := range pl.d.Requests {
		q := &pl.d.Requests[i]
		code := pl.requestCode(q)
		w := pl.requested(k, q)
		switch {
		case w.Answered && (code != "" || !w.AnsweredAt.IsZero() && !pl.now.Before(w.EndsAt(pl.now))):
		case code != "":
			pl.refused = append(pl.refused, Refused{k, q.ID, code})
		default:
			pl.work = append(pl.work, w)
		}
	}
}

func (pl *planner) requested(k Kind, q *dossier.Request) Work {
	w := pl.base(k)
	w.RequestID, w.FullBSN, w.WithLog = q.ID, q.FullBSN, q.WithLog
	w.Recipient = Recipient{
		ID: q.ID, Person: q.Requester, Role: q.Role, Basis: cmp.Or(q.Ground7458a, q.Basis), Audience: audienceOf(q.Role),
		Key: q.Recipient, Language: language(q.Language),
	}
	w.Recipient.Scope, w.From, w.Until = slices.Clone(q.Sections), q.From, q.Until
	if pl.rel == dead {
		w.AfterDeath, w.FullBSN = true, false
	}
	w.Answered, w.AnswerDays = answered(q), pl.p.Access.AnswerDays
	if !q.AnsweredAt.Latest().After(pl.now) {
		w.AnsweredAt = q.AnsweredAt
	}
	return w
}

// answered: who gives the day of the answer has answered.
func answered(q *dossier.Request) bool { return q.Answered || !q.AnsweredAt.IsZero() }

// incomplete reports whether the source says that it did not deliver the whole
// record. A copy may say so; an answer to a request may not be made of it.
func (pl *planner) incomplete() bool {
	return slices.ContainsFunc(pl.d.Items, func(it dossier.Item) bool {
		return strings.HasPrefix(it.Unreadable, dossier.IncompleteDelivery)
	})
}

// audienceOf is the kind of reader that a role makes somebody.
func audienceOf(r dossier.Role) dossier.Audience {
	switch r {
	case dossier.RoleClient:
		return dossier.AudienceClient
	case dossier.RoleRepresentative, dossier.RoleCurator, dossier.RoleMentor, dossier.RoleGuardian, dossier.RoleAuthorised, dossier.RoleParent:
		return dossier.AudienceRepresentative
	}
	return dossier.AudienceContact
}

func language(s string) string {
	if s == "en" {
		return "en"
	}
	return "nl"
}
