// Package portal knows one organisation's client portal: its names, its rules
// of access, its texts and the versions of its terms of use. It refuses a
// folder as a whole and names every fault; it decides nothing about a dossier.
//
// A portal folder holds portal.yaml, voorwaarden/<valid-from>.md,
// eigen-risico.md, artikel-15/<letter>-<key>.md, teksten/<key>.md and a logo.
// What the organisation wrote is never reworded here.
package portal

import (
	"errors"
	"time"

	"inzage/internal/document"
	"inzage/internal/dossier"
)

// ErrNoTerms means that no version of the terms is in force at a moment:
// nothing may be made for that portal (RULES A8).
var ErrNoTerms = errors.New("no terms of use in force")

// A Portal is one organisation's portal, loaded and checked.
type Portal struct {
	ID           string // "thuisgenoten": folder of the portal in the store, no person in it
	Organisation string // "Thuisgenoten"
	Name         string // "MijnThuisgenotenDossier"
	FullName     string // "mijnCaress cliëntportaal"; may be empty
	// URL is the portal's own address (A3); TermsURL is where the current terms
	// stand (A8); PrivacyURL is the privacy statement (A10).
	URL, Website, PrivacyURL, TermsURL, Email string
	// FallbackURL is where the organisation hosts the fallback page; may be empty.
	FallbackURL       string
	Phone, PhoneHours string // for questions
	EmergencyPhone    string // mandatory where Access.EmergencyRequired (B12)
	Explainer         Explainer
	Complaints        []Contact
	Access            Access
	Correction        Correction
	Staff             StaffNaming
	Sections          map[dossier.Section]SectionRule // one for each section that can hold items
	FHIR              FHIR
	Retention         []RetentionClass
	Terms             []Terms // oldest first
	Disclaimer        Text    // eigen-risico.md (C1)
	Texts             map[string]Text
	English           map[string]Text   // by the same keys; see [Portal.Text]
	InEnglish         map[string]string // roles and hours of this file, by their Dutch words
	Article15         []Text            // a to h of AVG art. 15 lid 1, then i for lid 2
	Theme             document.Theme
	ActiveFiles       ActiveFiles
	ShowsOthersNever  bool // images with other clients never leave the portal (C11)
	Warnings          []Warning
	Digest            string // SHA-256 hex over the names and bytes of all files
}

// An Explainer is who explains the dossier (C2), in words for the reader.
type Explainer struct {
	Role      string // "eerst verantwoordelijke verzorgende of verpleegkundige"
	RoleShort string // "EVV'er"
}

// A Contact is somebody a complaint can go to.
type Contact struct{ Role, Name, Phone, URL string }

// Access is who may have the credentials and for how long (RULES 2.2).
type Access struct {
	TailDays             int    // days of access after the end of care or death (B8)
	AnswerDays           int    // days that an answer (AVG art. 15) stands after it was handed over
	FirstContactMayHold  bool   // B2: the first contact person may use the credentials
	NetworkGrants        bool   // B3: the administrator invites contacts with rights per section
	RepresentativeHolds  bool   // B1: the holder is the client unless there is a representative
	MobileRequired       bool   // B10
	EmergencyRequired    bool   // B12
	BlockStopsProcessing bool   // B7: a block also ends the fallback copies
	AdministratorWord    string // "portaalbeheerder", "houder van de inloggegevens"
}

// Correction is what the terms say about mending the record (C8).
type Correction struct {
	OnlyFactual bool   // only factual errors
	Days        int    // most days a change may take; 0 means not stated
	Via         string // through whom, in words
}

// StaffNaming is how staff are named in a copy (C6).
type StaffNaming string

const (
	StaffName     StaffNaming = "naam"
	StaffInitials StaffNaming = "initialen"
	StaffRole     StaffNaming = "functie"
)

// ActiveFiles is what becomes, in the portal's own copies, of attachments that
// can start something when they are opened.
type ActiveFiles string

const (
	ActiveLeaveOut ActiveFiles = "leave_out" // the copy says that it is not there, and why
	ActiveGive     ActiveFiles = "give"      // as it is; the copy says so beside it
)

// A Rule is a default for one kind of reader and one section (RULES section 6).
type Rule string

const (
	RuleYes            Rule = "ja"
	RuleNo             Rule = "nee"
	RuleFlag           Rule = "vlag"   // the item's own flag decides
	RuleOwn            Rule = "eigen"  // own row, own threads
	RuleScope          Rule = "bereik" // the scope of the grant decides
	RuleRepresentative Rule = "vertegenwoordiger"
	RuleRequest        Rule = "verzoek" // only when asked for
)

// A SectionRule is a section's defaults: for the client on the portal, for
// contacts, and for an answer under AVG art. 15.
type SectionRule struct{ Portal, Contacts, AVG Rule }

// FHIR is what a portal decides about records that come as FHIR resources.
type FHIR struct {
	Show   []string          // types, or "Type/kind", that are shown without a label; "*" is all
	Labels map[string]string // effect of a security label, by "system|code" or code
}

// FHIREffects are the words for what a security label does.
func FHIREffects() []string {
	return []string{"portaal", "niets", "alleen-client", "vertrouwelijk", "niet-naasten", "intern", "beoordelen", "derden",
		"anderen-in-beeld", "door-client", "door-naaste", "na-bespreking"}
}

// A RetentionClass is a term of keeping and where it starts (RULES 4.6).
type RetentionClass struct {
	ID       string
	Years    int
	From     string // FromEnd or FromLastChange
	Sections []dossier.Section
	Source   string // the article or law it rests on
	Default  bool   // for items in no other class; exactly one
}

// The starts of a retention term.
const (
	FromEnd        = "einde-zorg"
	FromLastChange = "laatste-wijziging"
)

// Terms is one version of the terms of use, whole and unaltered.
type Terms struct {
	Version, Title, Language string
	SHA256                   string // hex, over the file's bytes
	URL                      string // where this version was taken from
	ValidFrom, Retrieved     dossier.Date
	Blocks                   []document.Block
	Sample                   bool // sample text in place of the organisation's own
}

// A Text is one text of the organisation, its title apart.
type Text struct {
	Key, Title string
	Language   string // "nl" or "en"
	SHA256     string // hex, over the file's bytes
	Blocks     []document.Block
}

// A Warning is something the organisation should look at; it refuses nothing.
type Warning struct {
	File string
	Line int
	Text string
}

// TermsAt gives the version in force at now: the latest whose first day, in
// Amsterdam, has begun. The error is [ErrNoTerms].
func (p *Portal) TermsAt(now time.Time) (Terms, error) {
	var at Terms
	for _, t := range p.Terms {
		if !t.ValidFrom.IsZero() && !t.ValidFrom.Start().After(now) &&
			(at.ValidFrom.IsZero() || at.ValidFrom.Compare(t.ValidFrom) < 0) {
			at = t
		}
	}
	if at.ValidFrom.IsZero() {
		return Terms{}, ErrNoTerms
	}
	return at, nil
}

// Text gives the text of a key, such as "doel", in a language; Dutch where
// there is no other. The bool is false when there is none at all. Article 15
// texts go by their file names: "a-doelen".
func (p *Portal) Text(key, lang string) (Text, bool) {
	if t, ok := p.English[key]; ok && lang == "en" {
		return t, true
	}
	if t, ok := p.Texts[key]; ok {
		return t, true
	}
	for _, t := range p.Article15 {
		if t.Key == key {
			return t, true
		}
	}
	return Text{}, false
}

// Article15In gives the information of AVG art. 15 in a language, each part
// in Dutch where it has no translation.
func (p *Portal) Article15In(lang string) []Text {
	out := make([]Text, 0, len(p.Article15))
	for _, t := range p.Article15 {
		t, _ = p.Text(t.Key, lang)
		out = append(out, t)
	}
	return out
}
