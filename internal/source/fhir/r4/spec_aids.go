package r4

import (
	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

func init() {
	notes := row{path: "note", shape: dossier.BlockText}
	add(map[string]spec{
		"Device": {section: dossier.SectionAids, kind: "hulpmiddel", title: []string{"deviceName.name", "type"}, date: []string{"manufactureDate"}, rows: []row{
			{path: "type"}, {path: "manufacturer"}, {path: "modelNumber"}, {path: "serialNumber"}, {path: "lotNumber"}, {path: "expirationDate", as: (*mapping).dateWords}, {path: "udiCarrier.deviceIdentifier", label: "Apparaatnummer"}, {path: "distinctIdentifier"}, {path: "owner"}, {path: "location"}, {path: "contact", label: "Bereikbaar"}, {path: "safety"}, {path: "property", label: "Eigenschap"}, {path: "statusReason"}, notes,
		}, quiet: []string{"udiCarrier", "url", "partNumber", "specialization", "version", "definition", "parent", "deviceName.type"}},
		"DeviceUseStatement": {section: dossier.SectionAids, kind: "hulpmiddel", title: []string{"device"}, date: []string{"timing[x]", "recordedOn"}, recorded: []string{"recordedOn"}, author: []string{"source"}, rows: []row{
			{path: "bodySite"}, {path: "reasonCode"}, {path: "reasonReference"}, notes,
		}, quiet: []string{"basedOn", "derivedFrom"}, extra: deviceUse},
		"DeviceRequest":  {section: dossier.SectionAids, kind: "aanvraag", title: []string{"code[x]"}, date: []string{"occurrence[x]", "authoredOn"}, author: []string{"requester"}, rows: []row{{path: "intent", as: intention}, {path: "parameter", label: "Bijzonderheden"}, {label: "Door", path: "performer"}, {path: "reasonCode"}, {path: "reasonReference"}, notes}, quiet: []string{"basedOn", "insurance", "priorRequest"}},
		"SupplyDelivery": {section: dossier.SectionAids, kind: "levering", title: []string{"suppliedItem.item[x]", "type"}, date: []string{"occurrence[x]"}, rows: []row{{path: "suppliedItem.quantity", label: "Aantal"}, {path: "supplier", label: "Van"}, {path: "type"}}},
		"NutritionOrder": {section: dossier.SectionAids, kind: "voeding", title: []string{"oralDiet.type", "enteralFormula.baseFormulaType"}, date: []string{"dateTime"}, author: []string{"orderer"}, rows: []row{
			{label: "Soort voeding", path: "oralDiet.type"}, {label: "Dikte van eten", path: "oralDiet.texture"}, {label: "Dikte van drinken", path: "oralDiet.fluidConsistencyType"}, {path: "oralDiet.nutrient"}, {label: "Wanneer", path: "oralDiet.schedule"}, {label: "Uitleg", path: "oralDiet.instruction"}, {path: "supplement"}, {path: "enteralFormula"}, {path: "foodPreferenceModifier"}, {path: "excludeFoodModifier"}, {path: "allergyIntolerance"}, {path: "intent", as: intention}, notes,
		}, quiet: []string{"instantiates"}},
		"Appointment": {section: dossier.SectionAppointments, kind: "afspraak", title: []string{"description", "appointmentType", "serviceType"}, date: []string{"start", "requestedPeriod"}, until: []string{"end"}, rows: []row{
			{path: "appointmentType"}, {path: "serviceCategory"}, {path: "serviceType"}, {path: "specialty"}, {path: "reasonCode"}, {path: "reasonReference"}, {path: "cancelationReason"}, {path: "minutesDuration"}, {path: "patientInstruction", shape: dossier.BlockText}, {path: "comment", shape: dossier.BlockText}, {path: "supportingInformation"}, {path: "requestedPeriod"},
		}, quiet: []string{"slot", "basedOn", "priority", "created"}, extra: appointment},
		"AppointmentResponse": {section: dossier.SectionAppointments, kind: "antwoord", title: []string{"appointment"}, date: []string{"start"}, until: []string{"end"}, rows: []row{{path: "actor"}, {path: "participantStatus", as: (*mapping).code}, {path: "comment"}}},
	})
}

func deviceUse(m *mapping) {
	if p := m.set.Find(m.res, m.res.Node.Path("device", "reference").Look()); p != nil && p.parent == nil && p.Type == "Device" {
		m.used = append(m.used, p)
	}
	for _, n := range m.find("timing[x]") {
		m.add("", "Wanneer", m.unlessDate(n))
	}
}

func appointment(m *mapping) {
	for _, p := range m.res.Node.Peek("participant").List() {
		who := m.words(p.Peek("actor"))
		p.Peek("required").UseAll()
		s := m.code(p.Peek("status"))
		if s == "aanvaard" {
			s = ""
		}
		m.add("", "Met", join(" ", who, bracket(join(", ", m.words(p.Peek("type")), s, m.period(p.Peek("period"))))))
	}
	if codeOf(m.res.Node.Peek("status")) == "cancelled" {
		m.warn("Deze afspraak gaat niet door.")
	}
}

// files makes an extra that takes attachments at a path.
func files(path string) func(*mapping) {
	return func(m *mapping) {
		for i, n := range m.find(path) {
			m.attach(path, i, n)
		}
	}
}

// attach makes an attachment of an Attachment datatype. Its path tells the
// source where the bytes are: in this resource, in a Binary, in a file.
func (m *mapping) attach(path string, i int, n *tree.Node) {
	a, absent := attachment(m, path, i, n)
	if absent != "" {
		m.add("", "Bijlage", absent)
		return
	}
	m.item.Attachments = append(m.item.Attachments, a)
}
