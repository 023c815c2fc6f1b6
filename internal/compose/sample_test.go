package compose

import (
	"strconv"
	"testing"
	"time"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/policy"
	"inzage/internal/portal"
)

// moment at which all tests live.
var moment = time.Date(2026, 3, 15, 3, 0, 0, 0, dossier.Amsterdam)

// samplePortal is an invented organisation with everything a portal can have.
func samplePortal() *portal.Portal {
	all := portal.SectionRule{Portal: "ja", Contacts: "bereik", AVG: "ja"}
	p := &portal.Portal{
		ID: "linde", Organisation: "Stichting De Linde", Name: "MijnLinde", FullName: "MijnLinde cliëntportaal",
		URL: "https://mijn.linde.example", PrivacyURL: "https://linde.example/privacy", TermsURL: "https://linde.example/voorwaarden",
		Phone: "030 123 45 67", PhoneHours: "werkdagen van 9.00 tot 17.00 uur", EmergencyPhone: "030 765 43 21", Email: "vragen@linde.example",
		Explainer:  portal.Explainer{Role: "eerst verantwoordelijke verzorgende", RoleShort: "EVV’er"},
		Complaints: []portal.Contact{{Role: "klachtenfunctionaris", Name: "mevrouw Voorbeeld", Phone: "030 111 22 33"}},
		Correction: portal.Correction{Days: 30},
		Staff:      portal.StaffName,
		Sections:   map[dossier.Section]portal.SectionRule{},
		Disclaimer: portal.Text{Key: "eigen-risico", Title: "Inzage op eigen risico", Blocks: []document.Block{
			para("In het dossier kunt u dingen lezen die u raken. Het lezen doet u op eigen risico."),
		}},
		Texts: map[string]portal.Text{
			"verbeteren": {Key: "verbeteren", Title: "Klopt er iets niet?", Blocks: []document.Block{para("Alleen fouten in de feiten verbeteren wij. Bel uw EVV’er.")}},
		},
	}
	for _, s := range dossier.Sections() {
		p.Sections[s] = all
	}
	for _, k := range []string{"doelen", "soorten", "ontvangers", "bewaartermijn", "rechten", "klacht", "herkomst", "automatisch"} {
		p.Article15 = append(p.Article15, portal.Text{Key: k, Title: "Over " + k, Blocks: []document.Block{para("Uitleg over " + k + ".")}})
	}
	p.Terms = []portal.Terms{sampleTerms()}
	return p
}

func sampleTerms() portal.Terms {
	return portal.Terms{
		Version: "3", Title: "Gebruiksvoorwaarden MijnLinde", Language: "nl", SHA256: "c0ffee",
		ValidFrom: dossier.MustDate("2026-01-01"), Retrieved: dossier.MustDate("2026-03-01"),
		Blocks: []document.Block{
			heading(2, "Artikel 15. Aansprakelijkheid"),
			para("Wij zijn niet aansprakelijk voor schade. Dat geldt niet bij opzet of bewuste roekeloosheid."),
			heading(2, "Artikel 16. Boete"),
			para("U betaalt een boete van € 1.000 voor elke overtreding."),
		},
	}
}

// sampleItems is one small record that has something of everything.
func sampleItems() []dossier.Item {
	day := dossier.MustDate
	say := func(s string) []dossier.Block { return []dossier.Block{{Kind: dossier.BlockText, Text: s}} }
	f := func(label, s string) dossier.Block {
		return dossier.Block{Kind: dossier.BlockField, Label: label, Text: s}
	}
	nurse := dossier.Author{Role: "verzorgende", Name: "S. de Boer"}
	items := []dossier.Item{
		{ID: "t1", Section: dossier.SectionTeam, Title: "Sanne de Boer", Author: dossier.Author{Role: "EVV’er"}, Body: []dossier.Block{f("Functie", "EVV’er"), f("Telefoon", "030 123 45 67")}},
		{ID: "g1", Section: dossier.SectionPlan, Kind: "doel", Title: "Zelf naar de tuin lopen", Date: day("2025-11-01"), Author: nurse, Body: say("Mevrouw loopt elke dag zelf naar de tuin.")},
		{ID: "a1", Section: dossier.SectionPlan, Kind: "actie", Title: "Oefenen met de rollator", Date: day("2025-11-02"), RelatesTo: "g1", Author: nurse, Body: say("Elke ochtend na het ontbijt.")},
		{ID: "e1", Section: dossier.SectionPlan, Kind: "evaluatie", Date: day("2026-01-10"), RelatesTo: "a1", Author: nurse, Body: say("Het gaat beter.")},
		{ID: "r1", Section: dossier.SectionReports, Date: day("2024-12-30T21:10"), Author: nurse, Discipline: "verzorging", Body: say("Rustige avond.")},
		{ID: "r2", Section: dossier.SectionReports, Title: "Wandelen", Date: day("2026-03-12T14:30"), Author: nurse, RelatesTo: "g1", Body: say("Gelopen  tot de bank; “moe maar blij”.")},
		{ID: "r3", Section: dossier.SectionReports, Title: "Oude tekst", Date: day("2026-03-01"), Author: nurse, Body: say("Bloeddruk 12/80.")},
		{ID: "r4", Section: dossier.SectionReports, Date: day("2026-03-01"), RecordedAt: day("2026-03-02"), Supersedes: "r3", Author: nurse, Body: say("Bloeddruk 120/80.")},
		{ID: "r5", Section: dossier.SectionReports, Author: nurse, Body: say("Zonder dag opgeschreven.")},
		{ID: "al", Section: dossier.SectionHealth, Kind: "allergie", Title: "Penicilline", Alert: true, Date: day("2019"), Body: say("Krijgt hier benauwdheid van.")},
		{ID: "m1", Section: dossier.SectionMedication, Kind: "medicijn", Title: "Paracetamol 500 mg", Date: day("2025-06-01"), Body: []dossier.Block{f("Gebruik", "3 keer per dag 1 tablet")}},
		{ID: "m2", Section: dossier.SectionMedication, Kind: "medicijn", Title: "Amoxicilline", Date: day("2025-01-05"), Until: day("2025-01-12")},
		{ID: "af1", Section: dossier.SectionAppointments, Title: "Oogarts", Date: day("2026-03-20T10:00"), Until: day("2026-03-20T10:30")},
		{ID: "af2", Section: dossier.SectionAppointments, Title: "Tandarts", Date: day("2026-01-20T10:00")},
		{ID: "b1", Section: dossier.SectionMessages, Title: "Bezoek zondag", Date: day("2026-02-01T09:00"), Author: dossier.Author{Role: "dochter", Name: "A. Jansen"}, Origin: dossier.OriginRelative, Body: say("Komt het uit?"), Participants: []string{"p-1", "p-2"}},
		{ID: "b2", Section: dossier.SectionMessages, Date: day("2026-02-01T11:00"), RelatesTo: "b1", Author: nurse, Body: say("Ja hoor."), Participants: []string{"p-1", "p-2"}},
		{ID: "d1", Section: dossier.SectionDocuments, Title: "Brief van de fysiotherapeut", Date: day("2025-09-03"), Author: dossier.Author{Role: "fysiotherapeut", Organisation: "Praktijk Beweeg"}, Attachments: []dossier.Attachment{{ID: "x", Name: "brief.pdf", MIME: "application/pdf"}}},
		{ID: "c1", Section: dossier.SectionConsents, Kind: "behandelaanwijzing", Title: "Reanimeren", Alert: true, Date: day("2025-02-02"), Body: []dossier.Block{f("Reanimeren", "NEE")}},
		{ID: "o1", Section: dossier.SectionOwn, Title: "Lievelingsmuziek", Date: day("2025-05-05"), Author: dossier.Author{Role: "dochter", Name: "A. Jansen"}, Origin: dossier.OriginRelative, Body: say("Zij houdt van koormuziek.")},
		{ID: "w1", Section: dossier.SectionReports, Title: "CANARY-77", Date: day("2026-02-20"), Author: nurse, Body: say("CANARY-78"), Visibility: dossier.Visibility{Portal: dossier.No, Refusal: &dossier.Refusal{Ground: "avg-15-4", DecidedBy: "fg", Date: day("2026-03-01")}}},
	}
	for i, v := range []float64{70.5, 71, 69.25, 72.4} {
		low, high := 60.0, 80.0
		items = append(items, dossier.Item{ID: "w" + strconv.Itoa(i+10), Section: dossier.SectionMeasurements, Date: day("2025-0" + strconv.Itoa(i+2) + "-10"), Author: nurse,
			Measurement: &dossier.Measurement{Type: "gewicht", Value: v, Unit: "kg", Low: &low, High: &high}})
	}
	items = append(items, dossier.Item{ID: "bd", Section: dossier.SectionMeasurements, Date: day("2026-03-01"), Measurement: &dossier.Measurement{Type: "bloeddruk", Value: 120, Text: "120/80", Unit: "mmHg"}},
		dossier.Item{ID: "mu", Section: dossier.SectionMeasurements, Date: day("2026-03-01"), Measurement: &dossier.Measurement{Type: "MUST", Value: 1, Parts: []dossier.ScorePart{{Label: "Gewichtsverlies", Value: 1}, {Label: "BMI", Value: 0}}}})
	for i := range items {
		if items[i].Visibility.Portal == "" {
			items[i].Visibility.Portal = dossier.Yes
		}
	}
	return items
}

func sampleDossier(p *portal.Portal) *dossier.Dossier {
	return &dossier.Dossier{
		Schema: dossier.Version, Portal: p.ID, Ref: "c-1", AsOf: dossier.MustDate("2026-03-14T22:00"), System: "Zorgdossier 9",
		Client:   dossier.Person{Ref: "p-1", Name: "M. Jansen-Bakker", BirthDate: dossier.MustDate("1941-05-09"), BSN: "*****1234"},
		Relation: dossier.Relation{Start: dossier.MustDate("2019-02-01")},
		Items:    sampleItems(),
	}
}

func sampleWork(p *portal.Portal, k policy.Kind, a dossier.Audience) policy.Work {
	r := policy.Recipient{ID: "r-1", Person: dossier.Person{Ref: "p-1", Name: "M. Jansen-Bakker"}, Role: dossier.RoleClient, Audience: a}
	if a != dossier.AudienceClient {
		r.Person, r.Role = dossier.Person{Ref: "p-2", Name: "A. Jansen"}, dossier.RoleContact
	}
	if k == policy.Archief {
		r = policy.Recipient{}
	}
	return policy.Work{Kind: k, Portal: p.ID, Client: "c-1", Recipient: r, GrantID: "gr-1", Terms: p.Terms[0], Now: moment}
}

var sampleOptions = Options{BundleID: "7f3a9c", Program: "inzage 0.1.0"}

// compose makes a document of the sample record, with changes to the work.
func composed(t testing.TB, k policy.Kind, a dossier.Audience, change ...func(*dossier.Dossier, *portal.Portal, *policy.Work)) *document.Document {
	t.Helper()
	p := samplePortal()
	d, w := sampleDossier(p), sampleWork(p, k, a)
	for _, f := range change {
		f(d, p, &w)
	}
	v, err := policy.Decide(d, p, w)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := Compose(v, p, sampleOptions)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}
