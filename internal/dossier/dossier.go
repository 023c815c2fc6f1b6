// Package dossier is the vocabulary of a care record as a portal knows it.
// It holds no rule about who may see what, and it never reads or writes files.
//
// The model follows RULES.md section 6: a [Dossier] is one client's record,
// made of [Item]s that each belong to one of 23 [Section]s. Attachments are
// named here and opened elsewhere; their bytes are never part of a Dossier.
package dossier

// Version is the name of the native format that this model is written in.
const Version = "dossier/v1"

// A ClientRef is the organisation's own reference to a client. It is personal
// data: it never leaves the program other than as a keyed pseudonym.
type ClientRef string

// A Dossier is one client's whole record at one moment, hidden parts included.
// Only policy may decide what of it somebody sees.
type Dossier struct {
	Schema   string    `json:"schema"`             // always [Version]
	Portal   string    `json:"portal"`             // id of the portal folder, such as "thuisgenoten"
	Ref      ClientRef `json:"clientRef"`          // the organisation's own reference
	AsOf     Date      `json:"asOf"`               // the moment at which the source system gave this copy
	System   string    `json:"system,omitempty"`   // name of the source system, shown as "opgesteld door"
	Client   Person    `json:"client"`             // whose record this is
	Relation Relation  `json:"relation"`           // the care relation and its end
	Grants   []Grant   `json:"grants,omitempty"`   // who may look, on what ground
	Requests []Request `json:"requests,omitempty"` // requests for access (AVG art. 15) that wait for an answer
	Items    []Item    `json:"items"`              // in no particular order
}

// A Person is a natural person in the record.
type Person struct {
	Ref       string   `json:"ref,omitempty"` // the source's own reference to the person
	Name      string   `json:"name"`
	CallName  string   `json:"callName,omitempty"`
	BirthDate Date     `json:"birthDate,omitzero"`
	Address   []string `json:"address,omitempty"` // lines as on an envelope; for letters only, never in a copy
	BSN       string   `json:"bsn,omitempty"`     // never shown whole but in avg-inzage when asked (UAVG art. 46)
}

// A Relation is the care relation between client and organisation.
type Relation struct {
	Start     Date   `json:"start,omitzero"`
	Ended     bool   `json:"ended,omitempty"` // true when care has ended, also when the day is not known
	End       Date   `json:"end,omitzero"`    // last day of care; zero with Ended means the day is not known
	EndReason string `json:"endReason,omitempty"`
	Died      bool   `json:"died,omitempty"`    // true when the client has died, also when the day is not known
	Deceased  Date   `json:"deceased,omitzero"` // day of death
	// LastChange is the last change of the dossier; the WGBO term starts there (BW 7:454 lid 3).
	LastChange Date `json:"lastChange,omitzero"`
}

// A Role is somebody's relation to the client, in words; the comment gives the
// code of the Dutch code list COD472-VEKT where there is one.
type Role string

const (
	RoleClient         Role = "client"
	RoleRepresentative Role = "vertegenwoordiger"     // 24 wettelijk vertegenwoordiger
	RoleCurator        Role = "curator"               // 03
	RoleMentor         Role = "mentor"                // 15
	RoleGuardian       Role = "voogd"                 // 11
	RoleAdministrator  Role = "bewindvoerder"         // 14, money only
	RoleAuthorised     Role = "gemachtigde"           // schriftelijk gemachtigde, BW 7:465 lid 3
	RoleParent         Role = "ouder"                 // parent with authority
	RoleFirstContact   Role = "eerste-contactpersoon" // 01
	RoleContact        Role = "contactpersoon"        // 23, anyone the client or the portal administrator lets look
)

// A Grant lets one person look at (part of) one client's record.
type Grant struct {
	ID        string    `json:"id"`
	ClientRef ClientRef `json:"clientRef,omitempty"` // whose record; when set it must be this dossier's
	Person    Person    `json:"person"`
	Role      Role      `json:"role"`
	// Holder is true when this person holds the portal's credentials (hoofdgebruiker).
	Holder bool `json:"holder,omitempty"`
	// Basis is the ground for a representative: "rechterlijke-uitspraak",
	// "schriftelijke-machtiging", "wet", "toestemming-client".
	Basis string `json:"basis,omitempty"`
	// Document names the paper that proves the basis; its content is not kept.
	Document string `json:"document,omitempty"`
	// Scope lists the sections the person may see; empty means all that the role allows.
	Scope []Section `json:"scope,omitempty"`
	From  Date      `json:"from,omitzero"`
	Until Date      `json:"until,omitzero"` // last day on which the grant holds
	// RevokedAt is the moment the consent was withdrawn.
	RevokedAt Date `json:"revokedAt,omitzero"`
	// DelegatedBy is the id of the grant of the person who handed on the credentials.
	DelegatedBy string `json:"delegatedBy,omitempty"`
	// Blocked is set when the organisation refuses access (breach, misuse).
	Blocked *Blockade `json:"blocked,omitempty"`
	// Unsubscribed is true when the person has left the portal (afgemeld).
	Unsubscribed bool `json:"unsubscribed,omitempty"`
	// Reconsented is the day on which a client of 16 or older agreed anew to a parent's grant.
	Reconsented Date `json:"reconsented,omitzero"`
	LastLogin   Date `json:"lastLogin,omitzero"`
	// Mobile is true when a mobile number is known; the number itself is not needed.
	Mobile bool `json:"mobile,omitempty"`
	// Language of the person: "nl" (default) or "en".
	Language string `json:"language,omitempty"`
	// Recipient is the person's own age public key (age1pq1…); empty means the run's demo key, if any.
	Recipient string `json:"recipient,omitempty"`
}

// A Request is a request for access or copy that an officer has registered.
type Request struct {
	ID        string    `json:"id"`
	ClientRef ClientRef `json:"clientRef,omitempty"`
	Received  Date      `json:"received"`
	Requester Person    `json:"requester"`
	Role      Role      `json:"role"`
	// IdentityCheck says how and when the requester's identity was checked (AVG art. 12 lid 6).
	IdentityMethod string `json:"identityMethod,omitempty"`
	IdentityDate   Date   `json:"identityDate,omitzero"`
	// Basis is the ground on which the requester acts for the client, as in a Grant;
	// not needed where a grant of the same person and role holds.
	Basis string `json:"basis,omitempty"`
	// Document names the paper that proves the basis; its content is not kept.
	Document string `json:"document,omitempty"`
	// BasisFrom is the day from which the basis holds.
	BasisFrom Date `json:"basisFrom,omitzero"`
	// Ground7458a is the ground for access after death (BW 7:458a): "toestemming", "incident",
	// "zwaarwegend-belang", "ouder-onder-16"; Range limits what the ground concerns.
	Ground7458a string    `json:"ground7458a,omitempty"`
	Sections    []Section `json:"sections,omitempty"`
	From        Date      `json:"from,omitzero"`
	Until       Date      `json:"until,omitzero"`
	// FullBSN is true when the client asked for the number itself.
	FullBSN   bool   `json:"fullBsn,omitempty"`
	WithLog   bool   `json:"withLog,omitempty"` // art. 15e Wabvpz: who has looked
	Language  string `json:"language,omitempty"`
	Recipient string `json:"recipient,omitempty"`
	Answered  bool   `json:"answered,omitempty"` // nothing is made any more; what was made stands until its term is over
	// AnsweredAt is the day on which the answer was handed over; the term of the copy counts from it.
	AnsweredAt Date `json:"answeredAt,omitzero"`
}

// A Blockade is the organisation's refusal of access, with its reason.
type Blockade struct {
	Since  Date   `json:"since"`
	Reason string `json:"reason"`
}
