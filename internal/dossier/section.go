package dossier

// A Section is a part of the record with a fixed place in every document.
// The values are the stable ids of dossier/v1; the reader's words for them
// stand in the message files.
type Section string

// The 23 sections of RULES.md section 6, in document order.
const (
	SectionPerson       Section = "mijn-gegevens"
	SectionContacts     Section = "contactpersonen"
	SectionTeam         Section = "mijn-team"
	SectionCare         Section = "zorg-en-indicatie"
	SectionPlan         Section = "zorgplan"
	SectionReports      Section = "rapportages"
	SectionMeasurements Section = "metingen"
	SectionHealth       Section = "gezondheid"
	SectionMedication   Section = "medicatie"
	SectionAids         Section = "hulpmiddelen-wonden-voeding"
	SectionAppointments Section = "afspraken"
	SectionMessages     Section = "berichten"
	SectionDocuments    Section = "documenten"
	SectionImages       Section = "beelden"
	SectionForms        Section = "vragenlijsten"
	SectionConsents     Section = "toestemmingen-en-behandelaanwijzingen"
	SectionRestraint    Section = "onvrijwillige-zorg"
	SectionIncidents    Section = "incidenten"
	SectionOwn          Section = "toegevoegd"
	SectionAccessLog    Section = "wie-heeft-gekeken"
	SectionNotIncluded  Section = "niet-opgenomen"              // written by the program, holds no items
	SectionArticle15    Section = "over-uw-gegevens"            // written by the program, holds no items
	SectionTerms        Section = "eigen-risico-en-voorwaarden" // written by the program, holds no items
)

// Sections lists all sections in document order.
func Sections() []Section {
	return []Section{
		SectionPerson, SectionContacts, SectionTeam, SectionCare, SectionPlan, SectionReports,
		SectionMeasurements, SectionHealth, SectionMedication, SectionAids, SectionAppointments,
		SectionMessages, SectionDocuments, SectionImages, SectionForms, SectionConsents,
		SectionRestraint, SectionIncidents, SectionOwn, SectionAccessLog,
		SectionNotIncluded, SectionArticle15, SectionTerms,
	}
}

// ItemSections lists the sections that can hold items of the record: the first
// twenty. The last three are written by the program itself.
func ItemSections() []Section { return Sections()[:20] }

// Known reports whether s is one of the 23.
func (s Section) Known() bool {
	for _, k := range Sections() {
		if s == k {
			return true
		}
	}
	return false
}
