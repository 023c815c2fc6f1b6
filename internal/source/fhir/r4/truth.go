package r4

import (
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// standing turns a status of FHIR into the standing of an item. What is not
// here is final for the dossier; its words stand in the row "Stand".
var standing = map[string]dossier.Status{
	"entered-in-error": dossier.StatusEnteredInError, "draft": dossier.StatusDraft, "preliminary": dossier.StatusDraft,
	"amended": dossier.StatusAmended, "corrected": dossier.StatusAmended, "appended": dossier.StatusAmended,
	"cancelled": dossier.StatusCancelled, "revoked": dossier.StatusCancelled, "rejected": dossier.StatusCancelled,
}

// status reads the elements that say where a resource stands: they are
// modifiers, so that every type has them, with a row or without.
func (m *mapping) status() {
	root := m.res.Node
	for _, name := range []string{"status", "lifecycleStatus", "clinicalStatus", "verificationStatus"} {
		n := root.Peek(name)
		code := codeOf(n)
		if s := standing[code]; s != "" && (m.item.Status == "" || s == dossier.StatusEnteredInError) {
			m.item.Status = s
		}
		label := "Stand"
		if name == "verificationStatus" {
			label = "Zekerheid"
		}
		words := m.prim(root, name, (*mapping).code)
		if code != "final" {
			m.add("", label, words)
		}
	}
	if root.Peek("docStatus") != nil {
		if s := standing[codeOf(root.Peek("docStatus"))]; s != "" && m.item.Status == "" {
			m.item.Status = s
		}
	}
	if root.Peek("active") != nil && !root.Peek("active").True() {
		m.add("", "Stand", "niet meer actief")
	}
}

// codeOf is the code of a plain code or of a concept's first coding.
func codeOf(n *tree.Node) string {
	if n = n.One(); n.Scalar() {
		return n.Look()
	}
	if c := n.Path("coding", "code").Look(); c != "" {
		return c
	}
	return n.Peek("code").Look()
}

// A negation is an element that turns a resource into its opposite.
type negation struct {
	types, element, value, prefix, warning string
}

var negations = []negation{
	{"", "doNotPerform", "true", "NIET doen", "Dit mag juist NIET worden gedaan."},
	{"", "notDone", "true", "Niet gedaan", "Dit is niet gedaan."},
	{"", "notGiven", "true", "Niet gegeven", "Dit is niet gegeven."},
	{"Procedure Communication MedicationAdministration", "status", "not-done", "Niet gedaan", "Dit is niet gedaan."},
	{"Immunization", "status", "not-done", "Niet gegeven", "Dit vaccin is niet gegeven."},
	{"MedicationStatement", "status", "not-taken", "Niet gebruikt", "Dit medicijn wordt niet gebruikt."},
	{"MedicationStatement", "taken", "n", "Niet gebruikt", "Dit medicijn wordt niet gebruikt."},
	{"", "verificationStatus", "refuted", "Weerlegd", "Dit is onderzocht en weerlegd: het is niet zo."},
	{"AdverseEvent", "actuality", "potential", "Bijna gebeurd", "Dit is niet echt gebeurd, maar had kunnen gebeuren."},
}

// negations makes sure that a "no" reads as a no, first in the title.
func (m *mapping) negations() {
	for _, g := range negations {
		n := m.res.Node.Peek(g.element)
		if n == nil || g.types != "" && !strings.Contains(" "+g.types+" ", " "+m.res.Type+" ") {
			continue
		}
		if !strings.EqualFold(codeOf(n), g.value) {
			if n.Scalar() && g.element != "status" && strings.EqualFold(n.Look(), "false") {
				n.Str() // said to hold, as without it
			}
			continue
		}
		n.UseAll()
		m.warn(g.warning)
		m.item.Title = join(": ", g.prefix, m.item.Title)
	}
}

// modifiers stops an item with a modifier extension that nothing has read, and
// warns of rules that it does not know (FHIR R4, "isModifier").
func (m *mapping) modifiers() {
	if n := m.res.Node.Peek("implicitRules"); !n.Empty() {
		m.warn(ruleWarning)
		n.UseAll()
	}
	if m.foreignModifier(m.res.Node) {
		m.stop("onbekende-modifier")
	}
	if len(m.stops) > 0 && m.stops[0] != "onbekend-type" {
		m.warn(stopWarning)
	}
}

// modifierWords are modifier extensions that a row reads and that say what
// they mean by themselves. All others stop the item.
var modifierWords = []string{"TreatmentDirective2.SpecificationOther", "zib-TreatmentDirective-TreatmentPermitted", "TreatmentPermitted", "ext-StopType", "zib-Medication-StopType", "zib-MedicationUse-StopType"}

func (m *mapping) foreignModifier(n *tree.Node) bool {
	for c := range n.Members() {
		if c.Key == "contained" {
			continue
		}
		if c.Key == "modifierExtension" {
			for _, e := range c.List() {
				if !ends(e.Peek("url").Look(), modifierWords) {
					return true
				}
			}
			continue
		}
		if !c.Scalar() && m.foreignModifier(c) {
			return true
		}
	}
	return false
}

func ends(s string, tails []string) bool {
	for _, t := range tails {
		if strings.HasSuffix(s, t) {
			return true
		}
	}
	return false
}
