package fhir

import (
	"slices"
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/r4"
)

// Rules say what a portal makes of resources that carry no mark of their own,
// and of the marks that it knows. The zero Rules show nothing in a portal copy.
type Rules struct {
	// Show lists the resource types that the portal shows; "*" is all.
	Show []string `yaml:"show" json:"show"`
	// Labels gives the effect of a mark, by "system|code" or by "code". It goes
	// before the effects of FHIR's own marks.
	Labels map[string]Effect `yaml:"labels" json:"labels"`
	// System is the record system's own list of marks; empty is any whose
	// name ends in ":zichtbaarheid".
	System string `yaml:"system" json:"system"`
}

// An Effect is what a mark does to an item.
type Effect string

const (
	EffectShow         Effect = "portaal"          // in the portal
	EffectHide         Effect = "niet-portaal"     // not in the portal
	EffectClientOnly   Effect = "alleen-client"    // the client alone
	EffectNotRelatives Effect = "niet-naasten"     // not for relatives
	EffectInternal     Effect = "intern"           // for colleagues
	EffectAfterTalk    Effect = "na-bespreking"    // after it was talked over: a human looks first
	EffectThirdParty   Effect = "derden"           // about somebody else
	EffectOthersSeen   Effect = "anderen-in-beeld" // others in the picture
	EffectReview       Effect = "beoordelen"       // a human looks first
	EffectRestricted   Effect = "vertrouwelijk"    // client and representative
	EffectNone         Effect = "gewoon"           // nothing
)

// Effects of FHIR's security labels: Confidentiality of v3, and the marks of
// v3-ActCode (FHIR R4, "Security Labels").
var securityEffects = map[string]Effect{
	"U": EffectNone, "L": EffectNone, "M": EffectNone, "N": EffectNone, "R": EffectRestricted, "V": EffectReview,
	"NOPAT": EffectReview, "TBOO": EffectReview, "NODSCLCD": EffectReview, "REDACT": EffectReview, "MASK": EffectReview,
	"SDV": EffectClientOnly, "EMP": EffectThirdParty,
	"ETH": EffectRestricted, "HIV": EffectRestricted, "PSY": EffectRestricted, "SEX": EffectRestricted, "PHY": EffectRestricted,
	"PATAST": EffectNone, "SDMAST": EffectNone, "PACQAST": EffectNone,
}

// A mark is one label that a resource bears.
type mark struct{ system, code string }

// marks are all labels on a resource: of its meta, of the document it points
// at, of a composition, and of its contained resources.
func marks(r *r4.Resource) []mark {
	var out []mark
	for _, n := range append(r.Node.Path("meta", "security").List(), r.Node.Peek("securityLabel").List()...) {
		if c := n.Peek("coding").List(); len(c) > 0 {
			for _, d := range c {
				out = append(out, mark{d.Peek("system").Look(), d.Peek("code").Look()})
			}
			continue
		}
		out = append(out, mark{n.Peek("system").Look(), n.Peek("code").Look()})
	}
	if c := r.Node.Peek("confidentiality").Look(); c != "" {
		out = append(out, mark{"http://terminology.hl7.org/CodeSystem/v3-Confidentiality", c})
	}
	for _, h := range r.Contained() {
		out = append(out, marks(h)...)
	}
	return out
}

// effect of one mark. What is not known is looked at by a human first.
func (u Rules) effect(k mark) Effect {
	if e, ok := u.Labels[k.system+"|"+k.code]; ok {
		return e
	}
	if e, ok := u.Labels[k.code]; ok {
		return e
	}
	if u.own(k.system) {
		return Effect(k.code)
	}
	if e, ok := securityEffects[k.code]; ok && (strings.HasPrefix(k.system, "http://terminology.hl7.org/CodeSystem/v3-") || strings.HasPrefix(k.system, "http://hl7.org/fhir/v3/")) {
		return e
	}
	return EffectReview
}

func (u Rules) own(system string) bool {
	if u.System != "" {
		return system == u.System
	}
	return strings.HasSuffix(system, ":zichtbaarheid")
}

// see fills who may see an item: the type's default first, the marks over it.
func (u Rules) see(it *dossier.Item, r *r4.Resource) {
	v := &it.Visibility
	if u.shows(r.Type) {
		v.Portal = dossier.Yes
	}
	for _, k := range marks(r) {
		apply(it, u.effect(k))
	}
}

func apply(it *dossier.Item, e Effect) {
	v := &it.Visibility
	label := func(l dossier.Label) {
		if !slices.Contains(v.Labels, l) {
			v.Labels = append(v.Labels, l)
		}
	}
	narrow := func(a ...dossier.Audience) {
		if len(v.Audience) == 0 || len(a) < len(v.Audience) {
			v.Audience = a
		}
	}
	switch e {
	case EffectNone:
	case EffectShow:
		if v.Portal != dossier.No {
			v.Portal = dossier.Yes
		}
	case EffectHide:
		v.Portal = dossier.No
	case EffectClientOnly:
		narrow(dossier.AudienceClient)
	case EffectRestricted:
		narrow(dossier.AudienceClient, dossier.AudienceRepresentative)
	case EffectNotRelatives:
		label(dossier.LabelNotRelatives)
	case EffectInternal:
		v.Portal = dossier.No
		label(dossier.LabelInternal)
	case EffectThirdParty:
		label(dossier.LabelThirdParty)
	case EffectOthersSeen:
		for i := range it.Attachments {
			it.Attachments[i].ShowsOthers = dossier.Yes
		}
	default: // to be looked at, and whatever is not known
		label(dossier.LabelReview)
	}
}

// shows reports whether the rule for its type shows a resource without marks.
func (u Rules) shows(kind string) bool {
	return slices.Contains(u.Show, kind) || slices.Contains(u.Show, "*")
}
