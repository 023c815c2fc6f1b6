package portal

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"inzage/internal/dossier"
)

const settingsFile = "portal.yaml"

var (
	idForm    = regexp.MustCompile(`^[a-z][a-z0-9-]{1,30}$`)
	phoneForm = regexp.MustCompile(`^\+?[0-9][0-9 ()-]{5,24}$`)
	mailForm  = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
)

// settings reads portal.yaml.
func (l *loader) settings() {
	src, ok := l.files[settingsFile]
	if !ok {
		l.fault(settingsFile, 0, "missing")
		return
	}
	n := parseYAML(l, settingsFile, src, 0)
	if n == nil {
		return
	}
	s := l.section(settingsFile, "", n)
	s.choice("schema", "portal/v1", "portal/v1")
	l.identity(s)
	l.p.Access = readAccess(s.sub("access"))
	l.contacts(s)
	l.p.Correction = readCorrection(s.sub("correction"))
	l.p.Staff = StaffNaming(s.choice("staff", "how staff are named", string(StaffName), string(StaffInitials), string(StaffRole)))
	l.p.ShowsOthersNever = s.boolean("shows_others_never")
	l.p.ActiveFiles = readAttachments(s)
	l.p.Sections = readSections(s.sub("sections"))
	l.p.FHIR = l.fhir(s)
	l.p.Retention = l.retention(s)
	l.p.InEnglish = l.inEnglish(s)
	l.theme(s.sub("theme"))
	s.done()
}

func (l *loader) identity(s *section) {
	p := l.p
	p.ID = s.str("id", "the portal's folder in the store")
	if p.ID != "" && !idForm.MatchString(p.ID) {
		s.fault("id", "must be 2 to 31 of a-z, 0-9 and -")
	}
	p.Organisation = s.str("organisation", "its name")
	p.Name = s.str("name", "the portal's name")
	p.FullName = s.str("full_name", "")
	p.URL = s.url("url", "the portal's own address")
	p.Website = s.url("website", "")
	p.PrivacyURL = s.url("privacy_url", "the privacy statement, AVG art. 13 to 15")
	p.TermsURL = s.url("terms_url", "where the current terms stand")
	p.FallbackURL = s.url("fallback_url", "")
	p.Email = s.str("email", "")
	if p.Email != "" && !mailForm.MatchString(p.Email) {
		s.fault("email", "is not an address")
	}
}

// contacts reads who answers, who explains and where a complaint can go.
func (l *loader) contacts(s *section) {
	p := l.p
	p.Phone = s.phone("phone", "for questions")
	p.PhoneHours = s.str("phone_hours", "")
	why := ""
	if p.Access.EmergencyRequired {
		why = "access.emergency_required is true: the terms send emergencies to the phone"
	}
	p.EmergencyPhone = s.phone("emergency_phone", why)
	e := s.sub("explainer")
	p.Explainer = Explainer{e.str("role", "who explains the dossier"), e.str("role_short", "")}
	e.done()
	if p.Explainer.RoleShort == "" {
		p.Explainer.RoleShort = p.Explainer.Role
	}
	list := s.get("complaints")
	if list == nil || len(list.list) == 0 {
		s.fault("complaints", "missing (the supervisor at least, AVG art. 15 lid 1 onder f)")
		return
	}
	for _, n := range list.list {
		c := l.section(settingsFile, "complaints.", n)
		p.Complaints = append(p.Complaints, Contact{
			Role: c.str("role", "whose address this is"), Name: c.str("name", ""),
			Phone: c.phone("phone", ""), URL: c.url("url", ""),
		})
		c.done()
	}
}

// inEnglish reads the words that an English copy has for roles and hours. A key
// that is no word of this file helps nobody, and is most likely misspelt.
func (l *loader) inEnglish(s *section) map[string]string {
	n := s.get("in_english")
	if n == nil {
		return nil
	}
	known := []string{l.p.PhoneHours, l.p.Explainer.Role, l.p.Explainer.RoleShort}
	for _, c := range l.p.Complaints {
		known = append(known, c.Role)
	}
	out := map[string]string{}
	for _, x := range n.fields {
		if !slices.Contains(known, x.key) || x.val.text == "" {
			l.fault(settingsFile, x.line, "in_english: a key must be phone_hours, a role of explainer or a role of complaints, as it is written here, with its English words")
		}
		out[x.key] = x.val.text
	}
	return out
}

// answerDays is how long an answer to a request stands when the portal does not
// say: long enough to fetch it twice and to go to court (UAVG art. 35, six weeks).
const answerDays = 90

func readAccess(s *section) Access {
	a := Access{
		TailDays:             max(0, s.number("tail_days", "days of access after the end of care", 0, 366)),
		FirstContactMayHold:  s.boolean("first_contact_may_hold"),
		NetworkGrants:        s.boolean("network_grants"),
		RepresentativeHolds:  s.boolean("representative_holds"),
		MobileRequired:       s.boolean("mobile_required"),
		EmergencyRequired:    s.boolean("emergency_required"),
		BlockStopsProcessing: s.boolean("block_stops_processing"),
		AdministratorWord:    s.str("administrator_word", "the word for who holds the credentials"),
	}
	if a.AnswerDays = s.number("answer_days", "", 1, 366); a.AnswerDays < 0 {
		a.AnswerDays = answerDays
	}
	s.done()
	return a
}

// readAttachments is the safe choice where the portal makes none.
func readAttachments(s *section) ActiveFiles {
	if s.get("attachments") == nil {
		return ActiveLeaveOut
	}
	a := s.sub("attachments")
	choice := a.choice("active", "what becomes of files that can start something", string(ActiveLeaveOut), string(ActiveGive))
	a.done()
	return ActiveFiles(choice)
}

func readCorrection(s *section) Correction {
	c := Correction{
		OnlyFactual: s.boolean("only_factual"),
		Days:        max(0, s.number("days", "", 1, 366)),
		Via:         s.str("via", "through whom"),
	}
	s.done()
	return c
}

// readSections wants a rule for every section that can hold items: a section
// without one would be hidden without a word.
func readSections(s *section) map[dossier.Section]SectionRule {
	out := map[dossier.Section]SectionRule{}
	portalRules := words(RuleYes, RuleNo, RuleFlag, RuleOwn, RuleScope, RuleRequest)
	contactRules := words(RuleYes, RuleNo, RuleFlag, RuleOwn, RuleScope, RuleRepresentative, RuleRequest)
	avgRules := words(RuleYes, RuleNo, RuleOwn, RuleRequest)
	for _, id := range dossier.ItemSections() {
		if s.get(string(id)) == nil {
			s.fault(string(id), "missing (every section needs its rule)")
			continue
		}
		r := s.sub(string(id))
		out[id] = SectionRule{
			Portal:   Rule(r.choice("portal", "rule", portalRules...)),
			Contacts: Rule(r.choice("contacts", "rule", contactRules...)),
			AVG:      Rule(r.choice("avg", "rule", avgRules...)),
		}
		r.done()
	}
	if s.node != nil {
		for _, f := range s.node.fields {
			if !s.used[f.key] {
				s.used[f.key] = true
				s.l.fault(s.file, f.line, "unknown section "+quote(f.key))
			}
		}
	}
	return out
}

// fhir reads the rules for records that come as FHIR resources; a portal without
// them shows what the source itself has labelled.
func (l *loader) fhir(s *section) (out FHIR) {
	n := s.get("fhir")
	if n == nil {
		return out
	}
	f := l.section(settingsFile, "fhir.", n)
	if show := f.get("show"); show != nil {
		for _, x := range show.list {
			out.Show = append(out.Show, x.text)
		}
	}
	if labels := f.get("labels"); labels != nil {
		out.Labels = map[string]string{}
		for _, x := range labels.fields {
			if !slices.Contains(FHIREffects(), x.val.text) {
				l.fault(settingsFile, x.line, "fhir.labels: must be one of "+strings.Join(FHIREffects(), ", "))
			}
			out.Labels[x.key] = x.val.text
		}
	}
	f.done()
	return out
}

func words(rules ...Rule) []string {
	out := make([]string, len(rules))
	for i, r := range rules {
		out[i] = string(r)
	}
	return out
}

func (l *loader) retention(s *section) []RetentionClass {
	list := s.get("retention")
	if list == nil || len(list.list) == 0 {
		s.fault("retention", "missing (at least one class)")
		return nil
	}
	var out []RetentionClass
	defaults := 0
	for _, n := range list.list {
		c := l.section(settingsFile, "retention.", n)
		r := RetentionClass{
			ID: c.str("id", "name of the class"), Years: c.number("years", "how long", 1, 120),
			From:   c.choice("from", "where the term starts", FromEnd, FromLastChange),
			Source: c.str("source", "the article or law"), Default: c.boolean("default"),
		}
		if r.Default {
			defaults++
		}
		r.Sections = l.sectionList(c.get("sections"))
		for _, before := range out {
			if before.ID == r.ID {
				c.fault("id", "class "+quote(r.ID)+" twice")
			}
		}
		c.done()
		out = append(out, r)
	}
	if defaults != 1 {
		l.fault(settingsFile, list.line, "retention: exactly one class must be the default")
	}
	return out
}

func (l *loader) sectionList(n *node) []dossier.Section {
	var out []dossier.Section
	if n == nil {
		return nil
	}
	for _, x := range n.list {
		id := dossier.Section(x.text)
		if !id.Known() {
			l.fault(settingsFile, x.line, "unknown section "+quote(x.text))
		}
		out = append(out, id)
	}
	return out
}

// url gives an https address.
func (s *section) url(key, what string) string {
	v := s.str(key, what)
	if v == "" {
		return ""
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || strings.ContainsAny(v, " \"<>\\") {
		s.fault(key, "must be an https address")
		return ""
	}
	return v
}

func (s *section) phone(key, what string) string {
	v := s.str(key, what)
	if v != "" && !phoneForm.MatchString(v) {
		s.fault(key, "is not a phone number")
		return ""
	}
	return v
}
