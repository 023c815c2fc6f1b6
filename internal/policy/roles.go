package policy

import (
	"time"

	"inzage/internal/dossier"
)

// The ages that the law knows (BW 7:447, 7:465, 1:233).
const (
	ageOfSay  = 12 // has a say, beside the parents
	ageOfCare = 16 // decides alone
	ageOfAll  = 18 // is of age
)

// roleCode says why a role gives no right to look, or "" (A1, B2 to B4, RULES 4.5).
func (pl *planner) roleCode(g *dossier.Grant) Code {
	switch g.Role {
	case dossier.RoleClient:
		return pl.byAge(fromAge(ageOfSay, TooYoung))
	case dossier.RoleAdministrator:
		return MoneyOnly
	case dossier.RoleFirstContact:
		return pl.firstContactCode(g)
	case dossier.RoleContact:
		return contactCode(g)
	}
	rule, known := pl.ageRule(g)
	if !known || !proven(g, pl.now) {
		return NoBasis
	}
	return pl.byAge(rule)
}

// ageRule is what the client's age makes of a role that stands in for the client;
// false for a role that does not.
func (pl *planner) ageRule(g *dossier.Grant) (func(age int) Code, bool) {
	switch g.Role {
	case dossier.RoleParent, dossier.RoleGuardian:
		return func(age int) Code {
			switch {
			case age >= ageOfAll:
				return Of18
			case age >= ageOfCare && !pl.reconsented(g):
				return Of16
			}
			return ""
		}, true
	case dossier.RoleRepresentative: // of a child, or by a court or the law of an adult
		return func(age int) Code {
			if age >= ageOfCare && age < ageOfAll && !pl.reconsented(g) {
				return Of16
			}
			return ""
		}, true
	case dossier.RoleCurator, dossier.RoleMentor:
		return fromAge(ageOfAll, Under18), true
	case dossier.RoleAuthorised:
		return fromAge(ageOfCare, Under16), true
	}
	return nil, false
}

func fromAge(least int, code Code) func(age int) Code {
	return func(age int) Code {
		if age < least {
			return code
		}
		return ""
	}
}

// proven reports whether a grant names its ground, and what shows it: a paper
// with the day from which it holds. Of a parent the law is ground enough.
func proven(g *dossier.Grant, now time.Time) bool {
	if g.Role == dossier.RoleParent {
		return g.Basis == byLaw || g.Basis != "" && g.Document != ""
	}
	return g.Basis != "" && g.Document != "" && !g.From.IsZero() && !g.From.Latest().After(now)
}

// The bases that mean something here. The others need a paper, and a person reads it.
const (
	byLaw    = "wet"
	byClient = "toestemming-client" // given by the client, or by the portal administrator for the client
)

// byAge applies a rule to the client's age. Where the day of birth is known in
// part, the rule must say the same of every age that it can be.
func (pl *planner) byAge(rule func(age int) Code) Code {
	return byAge(pl.d.Client.BirthDate, pl.now, rule)
}

func byAge(birth dossier.Date, now time.Time, rule func(age int) Code) Code {
	young, old, known := ages(birth, now)
	if !known || rule(young) != rule(old) {
		return AgeUnknown
	}
	return rule(young)
}

// reconsented reports whether the child has agreed anew, at 16 or older. What is
// known in part of either day must leave no doubt.
func (pl *planner) reconsented(g *dossier.Grant) bool {
	day := g.Reconsented
	young, _, known := ages(pl.d.Client.BirthDate, day.Start())
	return !day.IsZero() && !day.Latest().After(pl.now) && known && young >= ageOfCare
}

// firstContactCode: at Thuisgenoten the holder may hand the credentials to the
// first contact person; at Humanitas DMH that takes an invitation with rights (B2).
func (pl *planner) firstContactCode(g *dossier.Grant) Code {
	if by := pl.delegator(g); by != nil && pl.holdCode(by) == "" {
		return ""
	}
	if pl.p.Access.NetworkGrants && len(g.Scope) > 0 && g.Basis == byClient {
		return ""
	}
	return NoDelegation
}

// delegator is who handed a first contact person the credentials, or nil: one
// grant, of the client or of who acts for the client, never itself a delegate's.
func (pl *planner) delegator(g *dossier.Grant) (found *dossier.Grant) {
	if g.Role != dossier.RoleFirstContact || !pl.p.Access.FirstContactMayHold || g.DelegatedBy == "" || g.DelegatedBy == g.ID {
		return nil
	}
	for i := range pl.d.Grants {
		by := &pl.d.Grants[i]
		switch {
		case by.ID != g.DelegatedBy:
		case found != nil || audienceOf(by.Role) == dossier.AudienceContact:
			return nil
		default:
			found = by
		}
	}
	return found
}

// contactCode: anyone else needs the client's consent and rights for sections (B3).
func contactCode(g *dossier.Grant) Code {
	switch {
	case g.Basis != byClient:
		return NoBasis
	case len(g.Scope) == 0:
		return NoRights
	}
	return ""
}

// grownAt is when the client outgrows a reader's authority, on the first day that
// it can be; zero for a role that has no such day.
func (pl *planner) grownAt(g *dossier.Grant) time.Time {
	birth := pl.d.Client.BirthDate
	_, old, known := ages(birth, pl.now)
	years := ageOfCare
	switch g.Role {
	case dossier.RoleParent, dossier.RoleGuardian:
		if pl.reconsented(g) {
			years = ageOfAll
		}
	case dossier.RoleRepresentative:
		if old >= ageOfCare { // what holds at 16 with consent, holds on of an adult
			return time.Time{}
		}
	default:
		return time.Time{}
	}
	if !known {
		return time.Time{}
	}
	return birth.AddYears(years).Start()
}

// requestCode says why a request is not answered now, or "" (C18, RULES 4.5).
func (pl *planner) requestCode(q *dossier.Request) Code {
	switch {
	case pl.foreign(q.ClientRef):
		return OtherClient
	case q.IdentityMethod == "" || q.IdentityDate.IsZero() || q.IdentityDate.Latest().After(pl.now):
		return NoIdentityCheck
	case pl.incomplete() && !answered(q):
		return Incomplete
	case pl.rel == dead:
		return pl.afterDeathCode(q)
	case q.Role == dossier.RoleFirstContact || q.Role == dossier.RoleContact:
		return NoBasis
	}
	return pl.actsCode(q)
}

// actsCode says why a requester may not act for the client, or "". Who names no
// paper needs a grant that holds: the same person in the same role. That the
// organisation has blocked that grant, or that its holder has left the portal,
// takes no right away that the law gives (A5, B6).
func (pl *planner) actsCode(q *dossier.Request) Code {
	asked := dossier.Grant{Role: q.Role, Basis: q.Basis, Document: q.Document, From: q.BasisFrom}
	first := pl.roleCode(&asked)
	if first == "" || q.Role == dossier.RoleClient {
		return first
	}
	for i := range pl.d.Grants {
		g := pl.d.Grants[i]
		g.Blocked, g.Unsubscribed = nil, false
		if g.Role != q.Role || pl.foreign(g.ClientRef) || !samePerson(g.Person, q.Requester) {
			continue
		}
		if lapsed(&g, pl.now) == "" && pl.roleCode(&g) == "" {
			return ""
		}
	}
	return first
}

// samePerson: by the source's own reference, else by name and day of birth.
func samePerson(a, b dossier.Person) bool {
	if a.Ref != "" || b.Ref != "" {
		return a.Ref == b.Ref
	}
	return a.Name != "" && a.Name == b.Name && a.BirthDate.Precision() >= dossier.Day && a.BirthDate.String() == b.BirthDate.String()
}

// afterDeathCode: the grounds of BW 7:458a, and only what the ground concerns.
func (pl *planner) afterDeathCode(q *dossier.Request) Code {
	if len(q.Sections) == 0 {
		return NoGround7458a
	}
	switch q.Ground7458a {
	case "toestemming", "incident", "zwaarwegend-belang":
		return ""
	case "ouder-onder-16": // the age at death, on the last day that it can have been
		died := pl.d.Relation.Deceased
		_, old, known := ages(pl.d.Client.BirthDate, died.Latest())
		parent := q.Role == dossier.RoleParent || q.Role == dossier.RoleGuardian
		if parent && !died.IsZero() && known && old < ageOfCare {
			return ""
		}
	}
	return NoGround7458a
}
