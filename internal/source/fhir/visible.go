package fhir

import (
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// Rules are what a portal decides for FHIR sources: which types it shows that
// carry no label, and what its own labels mean. The zero Rules show nothing
// that the source has not labelled itself.
type Rules struct {
	Show   []string          // resource types, or "Type/kind" for one kind of item, such as "Observation/meting"
	Labels map[string]Effect // by "system|code" or by code alone; wins over the standard's meaning
}

// An Effect is what a security label does.
type Effect string

// The effects of labels; the words are those of the portal file.
const (
	EffectShow         Effect = "portaal"          // shown in the portal
	EffectNothing      Effect = "niets"            // the label changes nothing
	EffectClientOnly   Effect = "alleen-client"    // shown to the client alone
	EffectClientAndRep Effect = "vertrouwelijk"    // for the client and who acts for the client
	EffectNotRelatives Effect = "niet-naasten"     // not for relatives
	EffectInternal     Effect = "intern"           // for colleagues
	EffectReview       Effect = "beoordelen"       // a person looks first
	EffectThirdParty   Effect = "derden"           // about somebody else
	EffectOthersShown  Effect = "anderen-in-beeld" // others in the picture
	EffectByClient     Effect = "door-client"      // said by the client
	EffectByRelative   Effect = "door-naaste"      // said by a relative
	EffectDiscussFirst Effect = "na-bespreking"    // shown after it was discussed
)

// ownSystem ends the code system by which a Dutch record system can say itself
// who may see an item.
const ownSystem = ":zichtbaarheid"

// standardLabels are HL7's codes of confidentiality, sensitivity and handling.
// What is not here waits for a person.
var standardLabels = map[string]Effect{
	"U": EffectNothing, "L": EffectNothing, "M": EffectNothing, "N": EffectNothing, "R": EffectClientAndRep, "V": EffectReview,
	"HIV": EffectClientAndRep, "PSY": EffectClientAndRep, "SEX": EffectClientAndRep, "ETH": EffectClientAndRep, "SDV": EffectClientOnly,
	"TBOO": EffectReview, "NOPAT": EffectReview, "EMP": EffectReview, "PHY": EffectReview, "NODSCLCD": EffectReview, "REDACT": EffectReview, "MASK": EffectReview,
	"PATAST": EffectByClient, "SDMAST": EffectByRelative, "PACQAST": EffectByRelative, "CLINAST": EffectNothing, "DEVAST": EffectNothing,
}

// visibility decides what the record says about who may see the item, in the
// order own label, security labels, the client's consents, the portal's rule for
// the type. Nothing said means hidden (RULES section 5).
func (m *mapper) visibility(c *cx) {
	v := &c.it.Visibility
	if c.res.bad == "" {
		for _, l := range labelsOf(c.res.node) {
			m.apply(c, l)
		}
	}
	for _, d := range m.denied {
		switch {
		case !d.hits(c.res):
		case d.family:
			v.Labels = append(v.Labels, dossier.LabelNotRelatives)
		default:
			v.Labels = append(v.Labels, dossier.LabelReview)
		}
	}
	if v.Portal == dossier.Unsaid && m.opt.Rules.shows(c) {
		v.Portal = dossier.Yes
	}
	if c.it.Section == dossier.SectionMessages && m.opt.Rules.shows(c) && v.Portal != dossier.No {
		v.Portal = dossier.Yes
	}
	v.Labels = distinct(v.Labels)
	m.profile.item(c)
}

// distinct drops labels that are there before.
func distinct(list []dossier.Label) []dossier.Label {
	var out []dossier.Label
	for _, l := range list {
		found := false
		for _, o := range out {
			found = found || o == l
		}
		if !found {
			out = append(out, l)
		}
	}
	return out
}

// shows reports whether the portal shows a type without a label: by type, by type and
// kind, or all ("*"). A type that has no mapping is never among all: nobody has said
// what it holds, so who wants it shown names it.
func (r Rules) shows(c *cx) bool {
	for _, s := range r.Show {
		if s == c.res.kind || s == c.res.kind+"/"+c.it.Kind || s == "*" && c.s != &generic {
			return true
		}
	}
	return false
}

// labelsOf are all security labels: of the resource, of a document and of a composition.
func labelsOf(n *tree.Node) []*tree.Node {
	out := n.At("meta").All("security")
	for _, k := range n.All("securityLabel") {
		out = append(out, k.All("coding")...)
	}
	return append(out, n.All("confidentiality")...)
}

// apply does what one security label says. A label that neither the portal nor RULES
// section 7 knows goes to an officer: it was put there for a reason.
func (m *mapper) apply(c *cx, l *tree.Node) {
	system, code := l.Get("system").Peek(), l.Get("code").Peek()
	if l.Leaf() {
		code = l.Peek()
	}
	m.profile.label(system, code)
	v := &c.it.Visibility
	switch m.effect(system, code) {
	case EffectNothing:
	case EffectShow:
		v.Portal = dossier.Yes
	case EffectClientOnly:
		v.Audience = []dossier.Audience{dossier.AudienceClient}
		m.own(v, system)
	case EffectClientAndRep:
		if len(v.Audience) == 0 {
			v.Audience = []dossier.Audience{dossier.AudienceClient, dossier.AudienceRepresentative}
		}
		m.own(v, system)
	case EffectNotRelatives:
		v.Labels = append(v.Labels, dossier.LabelNotRelatives)
		m.own(v, system)
	case EffectInternal:
		v.Portal = dossier.No
		v.Labels = append(v.Labels, dossier.LabelInternal)
	case EffectThirdParty:
		v.Labels = append(v.Labels, dossier.LabelThirdParty)
	case EffectOthersShown:
		for i := range c.it.Attachments {
			c.it.Attachments[i].ShowsOthers = dossier.Yes
		}
	case EffectByClient:
		c.it.Origin = dossier.OriginClient
	case EffectByRelative:
		c.it.Origin = dossier.OriginRelative
	default:
		v.Labels = append(v.Labels, dossier.LabelReview)
	}
}

// own: the record system's own label for a narrower circle says as well that the
// item is in the portal; a standard label only narrows.
func (m *mapper) own(v *dossier.Visibility, system string) {
	if strings.HasSuffix(system, ownSystem) && v.Portal == dossier.Unsaid {
		v.Portal = dossier.Yes
	}
}

// effect of a label: the portal's own word for it, the record system's own
// label, HL7's meaning. A label that nobody knows waits for a person.
func (m *mapper) effect(system, code string) Effect {
	if e, ok := m.opt.Rules.Labels[system+"|"+code]; ok {
		return e
	}
	if e, ok := m.opt.Rules.Labels[code]; ok {
		return e
	}
	if strings.HasSuffix(system, ownSystem) {
		return Effect(code)
	}
	if strings.Contains(system, "terminology.hl7.org") || strings.Contains(system, "hl7.org/fhir") || strings.Contains(system, "2.16.840.1.113883.5") || system == "" {
		if e, ok := standardLabels[code]; ok {
			return e
		}
	}
	return EffectReview
}
