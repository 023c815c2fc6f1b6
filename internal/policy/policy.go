// Package policy decides who gets a copy of a dossier, and item by item what
// that reader sees. It is pure: the moment is an argument, nothing is read or
// written, and everything that is held back has a reason.
//
// It refuses to show an item of which nothing says that it may be shown, a
// portal without terms or disclaimer, and a view whose counts do not add up.
// The rules and their ids (A1…C21) are those of docs/rules.md.
package policy

import (
	"errors"
	"fmt"
	"time"

	"inzage/internal/dossier"
	"inzage/internal/portal"
)

// A Kind is a kind of bundle.
type Kind string

const (
	Portaalkopie Kind = "portaalkopie" // a reader's download from the portal
	Terugval     Kind = "terugval"     // the copy that stands ready for when the portal is down
	AVGInzage    Kind = "avg-inzage"   // the answer to a request for access, AVG art. 15
	Archief      Kind = "archief"      // the closing copy for the retention term
)

// A Policy is what makes one kind of bundle differ from another. The rest of
// the program asks the policy, never the kind.
type Policy struct {
	Kind Kind

	NeedsGrant   bool // a person with a grant receives it
	NeedsRequest bool // a registered request asks for it
	NeedsEnd     bool // only when care has ended

	End AccessEnd // what ends the reader's access

	TermsAreCondition bool // the reader accepts the terms; otherwise they are information (A11)
	Article15         bool // holds the information of AVG art. 15(1)

	VisibleOnly   bool // only what the portal shows: no flag means hidden
	Internal      bool // internal notes are included (C4)
	WithInvalid   bool // what was entered in error, replaced or removed is shown, marked
	WithOthers    bool // pictures with other clients stay in (C11)
	LabelsKept    bool // labels and internal notes are kept as they are: the archive's own copy
	TellsWithheld bool // the reader is told of everything that is held back, unless a ground forbids it
	Retention     bool // objects are locked for the retention term
}

// An AccessEnd is what ends a reader's access to a copy of a kind. Every kind has one.
type AccessEnd int

const (
	EndOfGrant     AccessEnd = iota + 1 // with the grant, the relation or the reader's authority
	EndOfAnswer                         // a term after the answer was handed over
	EndOfRetention                      // with the retention term, which the object's lock holds
)

// policies are the four kinds. In avg-inzage VisibleOnly and Internal describe
// what is enough until an officer has reviewed item by item: the visible
// dossier, with a truthful count of the rest.
var policies = map[Kind]Policy{
	Portaalkopie: {Kind: Portaalkopie, NeedsGrant: true, End: EndOfGrant, TermsAreCondition: true, VisibleOnly: true},
	Terugval:     {Kind: Terugval, NeedsGrant: true, End: EndOfGrant, TermsAreCondition: true, VisibleOnly: true},
	AVGInzage:    {Kind: AVGInzage, NeedsRequest: true, End: EndOfAnswer, Article15: true, VisibleOnly: true, WithInvalid: true, TellsWithheld: true},
	Archief: {Kind: Archief, NeedsEnd: true, End: EndOfRetention, Internal: true, WithInvalid: true, WithOthers: true, LabelsKept: true,
		TellsWithheld: true, Retention: true},
}

// ErrKind means that there is no such kind of bundle.
var ErrKind = errors.New("no such kind: use portaalkopie, terugval, avg-inzage or archief")

// For is the policy of a kind.
func For(k Kind) (Policy, error) {
	p, ok := policies[k]
	if !ok {
		return Policy{}, ErrKind
	}
	return p, nil
}

// A Code is the reason of a refusal, or the ground on which an item is held
// back. Codes are stable; message files explain them.
type Code string

// Why somebody gets no copy.
const (
	NoBasis         Code = "geen-grondslag"           // A1, B4: no role or paper that lets this person look
	NoRelation      Code = "geen-relatie"             // A2, B8: no care relation, and the days after its end are over
	TwoHolders      Code = "twee-hoofdgebruikers"     // B1
	NoDelegation    Code = "geen-machtiging"          // B2: first contact person without the holder's leave
	NoRights        Code = "geen-rechten"             // B3: a contact without rights for any section
	MoneyOnly       Code = "alleen-financieel"        // B4: an administrator of money
	Withdrawn       Code = "ingetrokken"              // B5
	Unsubscribed    Code = "afgemeld"                 // B6
	Denied          Code = "toegang-geweigerd"        // A5, B7
	NotYet          Code = "nog-niet-geldig"          // the grant begins later
	Expired         Code = "verlopen"                 // the grant is over
	OtherClient     Code = "andere-client"            // the grant, request or item is another client's
	Deceased        Code = "overleden"                // B9
	NoGround7458a   Code = "geen-grond-na-overlijden" // B9: BW 7:458a
	TooYoung        Code = "nog-geen-12"              // BW 7:447, Jeugdwet: a child under 12
	Under16         Code = "client-nog-geen-16"       // BW 7:465 lid 3: who is under 16 authorises nobody
	Under18         Code = "client-nog-geen-18"       // BW 1:378, 1:450: curator and mentor are for adults
	Of16            Code = "client-16-of-ouder"       // a parent or guardian of a client of 16 or older
	Of18            Code = "client-18-of-ouder"       // a parent or guardian of an adult
	AgeUnknown      Code = "leeftijd-onbekend"        // the age decides, and the day of birth is not known for sure
	Contradictory   Code = "gegevens-spreken-elkaar-tegen"
	NoMobile        Code = "geen-mobiel-nummer"       // B10
	NoIdentityCheck Code = "geen-identiteitscontrole" // AVG art. 12 lid 6
	Incomplete      Code = "levering-onvolledig"      // AVG art. 15: an answer may not be made of a part of the record
)

// On what ground an item is held back. The officer's recorded grounds
// (avg-15-4, uavg-41-1-i, bw-7-456, bw-7-457-3, bw-7-458a) stand as they are.
const (
	NotShared      Code = "niet-gedeeld"            // no flag, or a flag that says no
	Internal       Code = "intern"                  // C4
	NotRelatives   Code = "niet-voor-naasten"       // C5
	Shielded       Code = "afgeschermd"             // C8
	ThirdParty     Code = "derden"                  // AVG art. 15 lid 4
	Confidential   Code = "vertrouwelijk"           // marked as restricted in the source
	WaitsForReview Code = "wacht-op-beoordeling"    // a person must look first
	WithOthers     Code = "beeld-met-anderen"       // C11
	EnteredInError Code = "foutief-ingevoerd"       //
	Draft          Code = "concept"                 //
	Removed        Code = "verwijderd"              // C10, C20
	Replaced       Code = "vervangen"               // a newer text stands in its place
	NoRight        Code = "geen-recht-op-onderdeel" // B3: outside the reader's rights; never told
	NotAsked       Code = "niet-gevraagd"           // the access log, unless asked for
	OutsideRequest Code = "buiten-verzoek"          // outside what a request concerns
)

// ErrPortal means that a portal lacks what every copy must hold (step 1 of the
// decision procedure).
var ErrPortal = errors.New("portal is not complete")

// ErrWork means that a work item is not one that [Plan] made for this dossier.
var ErrWork = errors.New("policy: the work item is not of this dossier and portal")

// ready is step 1: without terms, disclaimer, explainer and privacy statement
// nothing is made, and a section without a rule is an error, not an empty list.
func ready(p *portal.Portal, terms portal.Terms, pol Policy) error {
	lacks := func(what string) error { return fmt.Errorf("portal %s: %w: no %s", p.ID, ErrPortal, what) }
	switch {
	case terms.Version == "" || terms.ValidFrom.IsZero():
		return lacks("terms of use")
	case len(p.Disclaimer.Blocks) == 0:
		return lacks("own-risk disclaimer")
	case p.Explainer.Role == "":
		return lacks("explainer")
	case p.PrivacyURL == "":
		return lacks("privacy statement")
	case p.Access.EmergencyRequired && p.EmergencyPhone == "":
		return lacks("emergency phone number")
	case pol.Article15 && len(p.Article15) == 0:
		return lacks("information of AVG art. 15")
	}
	for _, s := range dossier.ItemSections() {
		if _, ok := p.Sections[s]; !ok {
			return lacks("rule for section " + string(s))
		}
	}
	return nil
}

// A Recipient is who a copy is for. It is zero for archief.
type Recipient struct {
	ID       string // of the grant or request
	Person   dossier.Person
	Role     dossier.Role
	Basis    string // ground of the role, or of a request after death; may be empty
	Audience dossier.Audience
	Scope    []dossier.Section // empty: all that the role allows
	Key      string            // the reader's own age public key; may be empty
	Language string            // "nl" or "en"
	Holder   bool              // holds the portal's credentials
}

// A Work is one thing to make: one client, one audience, one kind.
type Work struct {
	Kind        Kind
	Portal      string
	Client      dossier.ClientRef
	Recipient   Recipient
	GrantID     string // of the grant, or
	RequestID   string // of the request
	Terms       portal.Terms
	Now         time.Time
	AccessUntil time.Time // first moment at which the reader may not have it any more; zero: no end
	Retention   Retention // of archief
	LastLogin   dossier.Date
	FullBSN     bool         // the client asked for the number itself
	WithLog     bool         // the access log was asked for (Wabvpz art. 15e)
	From, Until dossier.Date // what a request concerns; zero: everything
	AfterDeath  bool

	// Answered: the request has been answered, so nothing is made; the copy that was
	// made may stand until [Work.EndsAt].
	Answered   bool
	AnsweredAt dossier.Date // zero: not known
	AnswerDays int          // days that the copy stands after the answer
}

// EndsAt is the first moment at which a copy that was made at a moment may no
// longer stand, as far as it is known today; zero: no end. A copy of archief ends
// with its retention, an answer some days after it was handed over.
func (w Work) EndsAt(made time.Time) time.Time {
	switch policies[w.Kind].End {
	case EndOfGrant:
		return w.AccessUntil
	case EndOfAnswer:
		switch {
		case !w.Answered:
			return time.Time{}
		case !w.AnsweredAt.IsZero():
			made = w.AnsweredAt.Start()
		}
		return dossier.DayOf(made).AddDays(w.AnswerDays).End()
	}
	return time.Time{}
}

// A Refused is a reader who gets nothing now, with the reason.
type Refused struct {
	Kind Kind
	ID   string // of the grant or request; for a pseudonym, not for print
	Code Code
}
