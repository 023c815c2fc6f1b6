package policy

import (
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
	pl := planner{d: d, p: p, terms: terms, now: now, rel: relationAt(d, p, now)}
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
		case pol.NeedsEnd && (hasEnded(d.Relation, now) || pl.rel == dead):
			pl.work = append(pl.work, pl.archive(k))
		}
	}
	return pl.work, pl.refused, nil
}

type planner struct {
	d       *dossier.Dossier
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

func (pl *planner) archive(k Kind) Work {
	w := pl.base(k)
	w.Retention = RetentionOf(pl.d, pl.p)
	w.Recipient.Language = "nl"
	w.FullBSN, w.WithLog = true, true
	return w
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

// holders counts who hold the credentials now (B1). A grant that is over does
// not count, whatever else is wrong with it does.
func (pl *planner) holders() (n int) {
	for i := range pl.d.Grants {
		g := &pl.d.Grants[i]
		if g.Holder && !pl.foreign(g.ClientRef) && lapsed(g, pl.now) == "" && pl.roleCode(g) != Of16 {
			n++
		}
	}
	return n
}

func (pl *planner) foreign(ref dossier.ClientRef) bool { return ref != "" && ref != pl.d.Ref }

// grantCode says why a grant gives nothing now, or "".
func (pl *planner) grantCode(g *dossier.Grant) Code {
	switch {
	case pl.foreign(g.ClientRef):
		return OtherClient
	case pl.rel == dead:
		return Deceased
	case pl.rel == noRelation || pl.rel == over:
		return NoRelation
	case g.Blocked != nil && !g.Blocked.Since.Start().After(pl.now):
		return Denied
	}
	if code := lapsed(g, pl.now); code != "" {
		return code
	}
	if code := pl.roleCode(g); code != "" {
		return code
	}
	if pl.p.Access.MobileRequired && !g.Mobile {
		return NoMobile
	}
	return ""
}

// lapsed says why a grant does not hold at a moment, whoever has it (B5, B6).
func lapsed(g *dossier.Grant, now time.Time) Code {
	switch {
	case g.Unsubscribed:
		return Unsubscribed
	case !g.RevokedAt.IsZero() && !g.RevokedAt.Start().After(now):
		return Withdrawn
	case !g.From.IsZero() && g.From.Start().After(now):
		return NotYet
	case !g.Until.IsZero() && !now.Before(g.Until.End()):
		return Expired
	}
	return ""
}

// roleCode says why a role gives no right to look, or "" (A1, B2 to B4).
func (pl *planner) roleCode(g *dossier.Grant) Code {
	switch g.Role {
	case dossier.RoleClient:
		if n := age(pl.d.Client.BirthDate, pl.now); n >= 0 && n < 12 {
			return TooYoung
		}
		return ""
	case dossier.RoleParent:
		return pl.parentCode(g)
	case dossier.RoleRepresentative, dossier.RoleCurator, dossier.RoleMentor, dossier.RoleGuardian, dossier.RoleAuthorised:
		if g.Basis == "" || g.Document == "" || g.From.IsZero() {
			return NoBasis
		}
		return ""
	case dossier.RoleAdministrator:
		return MoneyOnly
	case dossier.RoleFirstContact:
		return pl.firstContactCode(g)
	case dossier.RoleContact:
		return pl.contactCode(g)
	}
	return NoBasis
}

// parentCode: parents with authority look until the child's 16th birthday, and
// from then on only when the child has agreed anew; of an adult they do not
// (BW 7:447, 7:457 lid 3).
func (pl *planner) parentCode(g *dossier.Grant) Code {
	birth := pl.d.Client.BirthDate
	n := age(birth, pl.now)
	switch {
	case n < 0:
		return NoBasis
	case n < 16:
		return ""
	case n < 18 && pl.reconsented(g):
		return ""
	}
	return Of16
}

// reconsented reports whether the child has agreed anew, at 16 or older.
func (pl *planner) reconsented(g *dossier.Grant) bool {
	day := g.Reconsented
	return !day.IsZero() && !day.Start().Before(pl.d.Client.BirthDate.AddYears(16).Start()) && !day.Start().After(pl.now)
}

// firstContactCode: at Thuisgenoten the holder may hand the credentials to the
// first contact person; at Humanitas DMH that takes an invitation with rights (B2).
func (pl *planner) firstContactCode(g *dossier.Grant) Code {
	if pl.p.Access.FirstContactMayHold && g.DelegatedBy != "" {
		for i := range pl.d.Grants {
			by := &pl.d.Grants[i]
			mayDelegate := by.Role == dossier.RoleClient || audienceOf(by.Role) == dossier.AudienceRepresentative
			if by.ID == g.DelegatedBy && by.ID != g.ID && mayDelegate && !pl.foreign(by.ClientRef) {
				return ""
			}
		}
	}
	if pl.p.Access.NetworkGrants && len(g.Scope) > 0 && g.Basis == byClient {
		return ""
	}
	return NoDelegation
}

// byClient is the basis of a grant that the client, or the portal administrator
// for the client, has given.
const byClient = "toestemming-client"

// contactCode: anyone else needs the client's consent and rights for sections (B3).
func (pl *planner) contactCode(g *dossier.Grant) Code {
	switch {
	case g.Basis != byClient:
		return NoBasis
	case len(g.Scope) == 0:
		return NoRights
	}
	return ""
}

// accessUntil is when this reader's access ends, as far as it is known today:
// with the relation, with the grant, or with a parent's authority.
func (pl *planner) accessUntil(g *dossier.Grant) time.Time {
	until := accessEnd(pl.d.Relation, pl.p)
	earliest := func(t time.Time) {
		if !t.IsZero() && (until.IsZero() || t.Before(until)) {
			until = t
		}
	}
	if !g.Until.IsZero() {
		earliest(g.Until.End())
	}
	if !g.RevokedAt.IsZero() {
		earliest(g.RevokedAt.Start())
	}
	if birth := pl.d.Client.BirthDate; g.Role == dossier.RoleParent && !birth.IsZero() {
		years := 16
		if pl.reconsented(g) {
			years = 18
		}
		earliest(birth.AddYears(years).Start())
	}
	return until
}

// requests plans avg-inzage, one for each request that waits for an answer.
// That a reader is blocked, or has not accepted the terms, does not matter here (A5).
func (pl *planner) requests(k Kind) {
	for i := range pl.d.Requests {
		q := &pl.d.Requests[i]
		if q.Answered {
			continue
		}
		if code := pl.requestCode(q); code != "" {
			pl.refused = append(pl.refused, Refused{k, q.ID, code})
			continue
		}
		w := pl.base(k)
		w.RequestID, w.FullBSN, w.WithLog = q.ID, q.FullBSN, q.WithLog
		w.Recipient = Recipient{
			ID: q.ID, Person: q.Requester, Role: q.Role, Basis: q.Ground7458a, Audience: audienceOf(q.Role),
			Key: q.Recipient, Language: language(q.Language),
		}
		w.Recipient.Scope, w.From, w.Until = slices.Clone(q.Sections), q.From, q.Until
		if pl.rel == dead {
			w.AfterDeath, w.FullBSN = true, false
		}
		pl.work = append(pl.work, w)
	}
}

// incomplete reports whether the source says that it did not deliver the whole
// record. A copy may say so; an answer to a request may not be made of it.
func (pl *planner) incomplete() bool {
	return slices.ContainsFunc(pl.d.Items, func(it dossier.Item) bool {
		return strings.HasPrefix(it.Unreadable, dossier.IncompleteDelivery)
	})
}

func (pl *planner) requestCode(q *dossier.Request) Code {
	switch {
	case pl.foreign(q.ClientRef):
		return OtherClient
	case q.IdentityMethod == "" || q.IdentityDate.IsZero() || q.IdentityDate.Start().After(pl.now):
		return NoIdentityCheck
	case pl.incomplete():
		return Incomplete
	case pl.rel == dead:
		return pl.afterDeathCode(q)
	}
	switch q.Role {
	case dossier.RoleClient:
		if n := age(pl.d.Client.BirthDate, pl.now); n >= 0 && n < 12 {
			return TooYoung
		}
		return ""
	case dossier.RoleParent:
		if n := age(pl.d.Client.BirthDate, pl.now); n < 0 || n >= 16 {
			return Of16
		}
		return ""
	case dossier.RoleAdministrator:
		return MoneyOnly
	}
	if audienceOf(q.Role) == dossier.AudienceRepresentative {
		return ""
	}
	return NoBasis
}

// afterDeathCode: the grounds of BW 7:458a, and only what the ground concerns.
func (pl *planner) afterDeathCode(q *dossier.Request) Code {
	if len(q.Sections) == 0 {
		return NoGround7458a
	}
	switch q.Ground7458a {
	case "toestemming", "incident", "zwaarwegend-belang":
		return ""
	case "ouder-onder-16":
		died := pl.d.Relation.Deceased
		if n := age(pl.d.Client.BirthDate, died.Start()); !died.IsZero() && n >= 0 && n < 16 {
			return ""
		}
	}
	return NoGround7458a
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
