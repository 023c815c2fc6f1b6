package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"strings"
	"time"

	"inzage/internal/document"
)

type (
	in  = document.Inline
	txt = document.Text
	bl  = document.Block
)

func t(s string) []in { return []in{txt(s)} }
func para(s string) document.Para {
	return document.Para{Text: t(s)}
}
func cells(ss ...string) []document.Cell {
	out := make([]document.Cell, len(ss))
	for i, s := range ss {
		out[i] = document.Cell{Text: t(s)}
	}
	return out
}

// sample is a made-up dossier with everything a document can hold. reports is the
// number of its daily reports.
func sample(reports int) *document.Document {
	d := bare()
	d.Sections = sections(reports)
	return d
}

// bare is the sample without its sections.
func bare() *document.Document {
	return &document.Document{
		Lang: "nl", Title: "Kopie van uw dossier", ID: "ib-7f3k-92mq",
		Made:      time.Date(2026, 3, 15, 3, 0, 0, 0, time.FixedZone("CET", 3600)),
		Theme:     document.Theme{Accent: 0x0B5C63, AccentDark: 0x6CC4CB},
		Furniture: document.Furniture{Kind: "Kopie van uw dossier", Portal: "MijnThuisgenotenDossier", Date: "15 maart 2026", Page: "Pagina %d van %d"},
		Words: document.Words{Contents: "Inhoud", Continued: "vervolg", Page: "pagina", Attachment: "bijlage",
			ChartTable: "De waarden staan in de tabel hieronder."},
		Cover: cover(),
	}
}

func sections(reports int) []document.Section {
	return []document.Section{
		ownRisk(), guide(), overview(reports),
		{ID: "inhoud", Title: "Inhoud", Role: document.RoleContents, Blocks: []bl{document.Contents{}}},
		profile(), reportSection(reports), goals(), measurements(), medication(), photos(), messages(),
		{ID: "vragenlijsten", Title: "Vragenlijsten", Role: document.RoleRecord,
			Blocks: []bl{document.Notice{Text: t("Er staan geen vragenlijsten in uw dossier.")}}},
		{ID: "afspraken", Title: "Afspraken", Role: document.RoleRecord,
			Blocks: []bl{document.Notice{Text: t("Er staan geen afspraken in uw dossier.")}}},
		missing(), article15(), terms(), about(),
	}
}

func cover() document.Cover {
	return document.Cover{
		Organisation: "Thuisgenoten", Kind: "Kopie van uw dossier",
		Lead: t("Alles wat u op 14 maart 2026 in MijnThuisgenotenDossier kon zien."),
		Facts: []document.Field{
			{Label: "Dossier van", Value: t("mevrouw W. Şahin-Łukaszewska")},
			{Label: "Gemaakt voor", Value: t("Ελένη Παπαδοπούλου, dochter en contactpersoon")},
			{Label: "Bijgewerkt tot", Value: t("14 maart 2026")},
			{Label: "Gemaakt op", Value: t("15 maart 2026 om 3.00 uur")},
			{Label: "Voorwaarden", Value: t("versie van 1 januari 2025")},
		},
		PagesLabel: "Aantal bladzijden",
		Questions: &document.Callout{Kind: document.CalloutQuestion, Title: "Vragen?",
			Blocks: []bl{para("Bel uw eerst verantwoordelijke verzorgende: 010 555 01 23, op werkdagen van 9.00 tot 17.00 uur.")}},
		Emergency: &document.Callout{Kind: document.CalloutEmergency, Title: "Spoed?",
			Blocks: []bl{para("Bel 010 555 09 99, dag en nacht. Is het levensbedreigend? Bel 112.")}},
	}
}

func ownRisk() document.Section {
	return document.Section{ID: "eigen-risico", Title: "Lees dit eerst", Role: document.RoleOwnRisk, OwnPage: true, Narrow: true, Blocks: []bl{
		document.Para{Lead: true, Text: t("U leest dit dossier op uw eigen moment. Er zit dan niemand naast u die het uitlegt.")},
		para("In het dossier staan woorden die zorgverleners voor elkaar opschrijven. Soms kunt u daarvan schrikken. Een woord kan erger klinken dan het is."),
		para("U mag hulp vragen bij het lezen. Uw eerst verantwoordelijke verzorgende kan het met u doornemen."),
		document.List{Items: [][]bl{
			{para("Bewaar dit bestand op een plek waar alleen u bij kunt.")},
			{para("Geef de code niet aan iemand die belt of mailt.")},
			{para("Deelt u het met iemand? Dan bent u daar zelf verantwoordelijk voor.")}}},
		document.Callout{Kind: document.CalloutQuestion, Title: "Doet het pijn om te lezen?", Blocks: []bl{para("Bel 010 555 01 23. U hoeft niet uit te leggen waarom u belt.")}},
	}}
}

func guide() document.Section {
	return document.Section{ID: "wegwijzer", Title: "Lezen, vragen, verbeteren, klagen", Role: document.RoleGuide, Blocks: []bl{
		document.Heading{Level: 2, Text: "Hoe u dit leest"},
		para("Links staat wanneer iets is opgeschreven en door wie. Rechts staat wat er is opgeschreven. Het nieuwste staat bovenaan."),
		document.Heading{Level: 2, Text: "Vragen"},
		document.Para{Text: []in{txt("Vraag het aan uw eerst verantwoordelijke verzorgende, of kijk op "),
			document.Link{URL: "https://thuisgenoten.example/dossier", Text: t("thuisgenoten.example/dossier")}, txt(". U krijgt "), document.Strong{Text: t("binnen vijf werkdagen")}, txt(" antwoord.")}},
		document.Heading{Level: 2, Text: "Verbeteren"},
		para("Klopt er iets niet? Een feit dat niet klopt, zoals een geboortedatum, verbeteren wij binnen een maand."),
		document.Heading{Level: 2, Text: "Klagen"},
		para("De klachtenfunctionaris is er ook voor klachten over uw dossier. U kunt ook naar de Autoriteit Persoonsgegevens."),
	}}
}

func overview(reports int) document.Section {
	return document.Section{ID: "overzicht", Title: "In één oogopslag", Role: document.RoleOverview, Blocks: []bl{
		document.Callout{Kind: document.CalloutWarning, Title: "Waarschuwingen", Blocks: []bl{document.List{Items: [][]bl{
			{para("Allergie: penicilline (huiduitslag, sinds 2011).")}, {para("Afspraak: niet reanimeren, vastgelegd op 3 februari 2025.")}}}}},
		document.Table{Caption: "Wat er in dit dossier staat", Columns: []document.Column{
			{Head: "Onderdeel", RowHead: true}, {Head: "Aantal", Align: document.Right}, {Head: "Van"}, {Head: "Tot en met"}, {Head: "Nieuw sinds december", Align: document.Right}},
			Groups: []document.RowGroup{{Rows: [][]document.Cell{
				cells("Rapportages", fmt.Sprint(reports), "2 januari 2025", "14 maart 2026", "38"), cells("Doelen", "3", "4 februari 2025", "1 maart 2026", "1"),
				cells("Metingen", "60", "6 januari 2025", "9 maart 2026", "10"), cells("Medicatie", "6", "12 mei 2023", "2 maart 2026", "2"),
				cells("Berichten", "4", "11 januari 2026", "7 maart 2026", "4")}}}},
		document.Heading{Level: 2, Text: "Wanneer wat gebeurde"},
		timeline(),
		document.Para{Small: true, Text: []in{txt("Twee stukken staan hier niet in: zie "), document.Ref{ID: "ontbreekt", Text: t("Wat hier niet in staat")}, txt(".")}},
	}}
}

var months = []string{"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"}

func timeline() document.Timeline {
	tl := document.Timeline{Alt: "Rapportages, metingen en berichten per maand, van januari 2025 tot en met maart 2026. De meeste rapportages zijn van augustus 2025."}
	for r, name := range []string{"Rapportages", "Metingen", "Berichten"} {
		row := document.TimelineRow{Label: name}
		total := 0
		for m := range 15 {
			n := []int{(m*m*7 + 13) % 52, 4, max(0, m-11)}[r]
			total += n
			row.Cells = append(row.Cells, document.TimelineCell{Month: fmt.Sprintf("%d-%02d", 2025+m/12, m%12+1), Label: fmt.Sprintf("%s %d", months[m%12], 2025+m/12), Count: n})
		}
		row.Total = fmt.Sprint(total)
		tl.Rows = append(tl.Rows, row)
	}
	return tl
}

func profile() document.Section {
	return document.Section{ID: "gegevens", Title: "Uw gegevens", Role: document.RoleRecord, Blocks: []bl{document.Fields{Items: []document.Field{
		{Label: "Naam", Value: t("mevrouw W. Şahin-Łukaszewska")}, {Label: "Geboren", Value: t("4 juni 1941")},
		{Label: "Adres", Value: []in{txt("Lindehof 12"), document.Break{}, txt("3062 ZZ Rotterdam")}},
		{Label: "Burgerservicenummer", Value: t("eindigt op 42")}, {Label: "Huisarts", Value: t("dr. مريم العلي, praktijk De Linde 🙂")},
		{Label: "Samenvatting van het bestand", Value: []in{document.Code("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")}}}}}}
}

var told = []string{
	"Mevrouw was vanochtend vrolijk. Geholpen met wassen en aankleden. De wond aan de linkerhiel is droog en iets kleiner dan vorige week. Nieuw verband aangelegd.",
	"Samen koffie gedronken en de krant doorgenomen. Mevrouw vertelde over haar zus in Łódź. Zij at goed: twee boterhammen en een schaaltje yoghurt.",
	"Mevrouw gaf aan dat zij slecht had geslapen. Bloeddruk gemeten, 142 over 84. Met de huisarts gebeld; die komt donderdag langs. Dochter is op de hoogte gesteld en komt morgen zelf kijken.",
	"Gedoucht. Huid gaaf, behalve een rode plek op het stuitje. Wisselligging afgesproken met de nachtdienst. Graag in de avond opnieuw bekijken.",
}

func reportSection(n int) document.Section {
	s := document.Section{ID: "rapportages", Title: "Rapportages", Role: document.RoleRecord, Count: fmt.Sprintf("%d rapportages", n)}
	who := [][]string{{"verzorgende", "Fatma Yıldız"}, {"verpleegkundige", "Zbigniew Wójcik"}, {"wijkverpleegkundige", "Anneke van der Meulen"}}
	last := ""
	for i := range n {
		at := time.Date(2026, 3, 14, 9, 30, 0, 0, time.UTC).AddDate(0, 0, -i*10/max(1, n/40))
		month := fmt.Sprintf("%s %d", months[at.Month()-1], at.Year())
		if month != last {
			s.Blocks = append(s.Blocks, document.Heading{Level: 2, Text: upperFirst(month), ID: fmt.Sprintf("m%d%02d", at.Year(), at.Month())})
			last = month
		}
		e := document.Entry{ID: fmt.Sprintf("r%d", i), When: fmt.Sprintf("%d %s %d", at.Day(), months[at.Month()-1], at.Year()), Time: "9.30 uur", Who: who[i%3],
			Blocks: []bl{para(told[i%4])}}
		if i%5 == 2 {
			e.Title = "Overleg met de huisarts"
			e.Blocks = append(e.Blocks, para(told[(i+1)%4]), para(told[(i+2)%4]))
			e.Files = []document.FileLine{{Name: "Brief van de huisarts", Note: "PDF, 3 bladzijden, 1,2 MB, in de map bijlagen", Path: "bijlagen/bijlage-001.pdf"}}
		}
		if i%7 == 3 {
			e.Tags = []string{"Door uw dochter toegevoegd"}
		}
		if i == 4 {
			e.Notes = []string{"Eerdere tekst vervangen op 3 maart 2026"}
			e.Blocks = append(e.Blocks, document.Quote{Blocks: []bl{para("Geachte collega, uw patiënte zag ik op het spreekuur. Bij onderzoek geen koorts. Met vriendelijke groet.")}})
		}
		if i == 6 {
			e.Blocks = append(e.Blocks, para("Opgezocht: https://voorbeeld.example/"+strings.Repeat("zorgstandaard/", 18)+"einde. Emoji van dochter: 🙂👍🏽 en een woord van 300 letters: "+strings.Repeat("aaneengeschreven", 19)))
		}
		if i == 9 {
			e.Title = "Verslag van het multidisciplinair overleg"
			for k := range 14 {
				e.Blocks = append(e.Blocks, para(fmt.Sprintf("Punt %d. ", k+1)+told[k%4]))
			}
		}
		s.Blocks = append(s.Blocks, e)
		if i == 11 {
			s.Blocks = append(s.Blocks, document.Callout{Kind: document.CalloutWithheld, Blocks: []bl{para("Hier ontbreekt 1 stuk. Reden: het gaat over iemand anders (AVG artikel 15 lid 4).")}})
		}
	}
	return s
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func goals() document.Section {
	return document.Section{ID: "doelen", Title: "Doelen", Role: document.RoleRecord, Count: "3 doelen", Blocks: []bl{
		document.Entry{When: "1 maart 2026", Who: []string{"wijkverpleegkundige", "Anneke van der Meulen"}, Title: "Mevrouw loopt weer zelf naar de winkel", Blocks: []bl{
			para("Samen stap voor stap, in haar eigen tempo."),
			document.List{Ordered: true, Items: [][]bl{{para("Elke dag een rondje om het huis, met de rollator.")}, {para("Met de fysiotherapeut oefenen:"), document.List{Items: [][]bl{{para("opstaan uit de stoel;")}, {para("traplopen, eerst drie treden.")}}}}, {para("In mei samen naar de winkel.")}}}}},
		document.Entry{When: "12 september 2025", Who: []string{"verpleegkundige"}, Title: "De wond geneest", Blocks: []bl{para("Verband om de dag verschonen. Foto elke twee weken.")}},
	}}
}

func measurements() document.Section {
	low, high := 60.0, 80.0
	c := document.Chart{Title: "Gewicht", Unit: "kg", Alt: "Gewicht in kilo van januari 2025 tot maart 2026. Laagste 64,2, hoogste 72,4.", Low: &low, High: &high, RangeLabel: "normaal: 60 tot 80 kg",
		Labels: document.ChartLabels{Months: [12]string{"jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"}, Decimal: ","}}
	tb := document.Table{Caption: "Gewicht, alle metingen", Columns: []document.Column{{Head: "Datum"}, {Head: "Gewicht (kg)", Align: document.Decimal}, {Head: "Verschil (kg)", Align: document.Decimal}, {Head: "Gemeten door"}}, Groups: []document.RowGroup{{}}}
	for i := range 60 {
		at := time.Date(2025, 1, 6+7*i, 9, 0, 0, 0, time.UTC)
		v := math.Round((68+4*math.Sin(float64(i)/9)+float64(i%3)*0.3)*10) / 10
		label := strings.Replace(fmt.Sprintf("%.1f", v), ".", ",", 1)
		when := fmt.Sprintf("%d %s %d", at.Day(), months[at.Month()-1], at.Year())
		c.Points = append(c.Points, document.Point{At: at, Value: v, Label: label, When: when})
		tb.Groups[0].Rows = append(tb.Groups[0].Rows, cells(when, label, []string{"0,25", "−1,5", "2"}[i%3], "verzorgende"))
	}
	return document.Section{ID: "metingen", Title: "Metingen", Role: document.RoleRecord, Count: "60 metingen", Blocks: []bl{
		document.Heading{Level: 2, Text: "Gewicht"}, c, tb}}
}

func medication() document.Section {
	long := make([]string, 40)
	for i := range long {
		long[i] = fmt.Sprintf("regel%02d is een opmerking van de apotheker over inname.", i+1)
	}
	var tall []in
	for _, s := range long {
		tall = append(tall, txt(s), document.Break{})
	}
	rows := [][]document.Cell{
		cells("Metoprolol retard 50 mg", "1× per dag 1 tablet", "12 mei 2023", "bij het ontbijt"),
		cells("Acenocoumarol 1 mg", "volgens schema trombosedienst", "3 februari 2024", ""),
		{{Text: t("Macrogol/elektrolyten poeder voor drank")}, {Text: t("1× per dag 1 sachet")}, {Text: t("2 maart 2026")}, {Text: tall}},
		cells("Paracetamol 500 mg", "zo nodig, hooguit 6× per dag", "1 januari 2025", "niet samen met andere middelen met paracetamol"),
	}
	return document.Section{ID: "medicatie", Title: "Medicatie", Role: document.RoleRecord, Count: "6 middelen", Blocks: []bl{
		document.Table{Caption: "Medicatie die u nu gebruikt", ShowCaption: true, Columns: []document.Column{{Head: "Middel", RowHead: true}, {Head: "Gebruik"}, {Head: "Sinds"}, {Head: "Opmerking"}},
			Groups: []document.RowGroup{{Head: "Nu", Rows: rows}, {Head: "Gestopt", Rows: [][]document.Cell{cells("Furosemide 40 mg", "1× per dag", "8 juli 2024", "gestopt op 2 maart 2026"), cells("Oxazepam 10 mg", "voor de nacht", "1 mei 2024", "")}}}}}}
}

// picture makes a gradient.
func picture(w, h int, asPNG bool) *document.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.RGBA{uint8(170 + 60*x/w), uint8(150 + 80*y/h), uint8(140 + 40*(x+y)/(w+h)), 255})
		}
	}
	var b bytes.Buffer
	mime := "image/jpeg"
	if asPNG {
		mime = "image/png"
		_ = png.Encode(&b, m)
	} else {
		_ = jpeg.Encode(&b, m, nil)
	}
	sum := sha256.Sum256(b.Bytes())
	return &document.Image{MIME: mime, Data: b.Bytes(), Width: w, Height: h, SHA256: hex.EncodeToString(sum[:])}
}

func photos() document.Section {
	fig := func(w, h int, p bool, s string) document.Figure {
		return document.Figure{Image: picture(w, h, p), Alt: "Foto: " + s, Caption: t(s)}
	}
	return document.Section{ID: "fotos", Title: "Foto’s", Role: document.RoleRecord, Count: "3 foto’s", Blocks: []bl{
		document.Entry{When: "2 maart 2026", Who: []string{"dochter"}, Tags: []string{"Door uw dochter toegevoegd"}, Blocks: []bl{
			document.Figures{Items: []document.Figure{fig(330, 250, false, "In de tuin, 1 maart 2026"), fig(320, 250, true, "Met de buurvrouw, 1 maart 2026"), fig(1200, 700, false, "Uitzicht vanaf het balkon, 2 maart 2026")}}}}}}
}

func messages() document.Section {
	s := document.Section{ID: "berichten", Title: "Berichten", Role: document.RoleRecord, Count: "4 berichten"}
	for i, w := range []string{"7 maart 2026", "6 maart 2026", "11 februari 2026", "11 januari 2026"} {
		s.Blocks = append(s.Blocks, document.Entry{When: w, Time: "14.30 uur", Who: []string{[]string{"dochter", "verzorgende"}[i%2]}, Blocks: []bl{
			para([]string{"Kan iemand zaterdag de post meenemen? Alvast bedankt!", "Dat doen wij. De post ligt zaterdag op de kast."}[i%2])}})
	}
	return s
}

func missing() document.Section {
	return document.Section{ID: "ontbreekt", Title: "Wat hier niet in staat", Role: document.RoleMissing, Blocks: []bl{
		para("Twee stukken uit de rapportages staan niet in deze kopie."),
		document.Table{Caption: "Wat ontbreekt en waarom", Columns: []document.Column{{Head: "Onderdeel", RowHead: true}, {Head: "Aantal", Align: document.Right}, {Head: "Reden", Weight: 3}},
			Groups: []document.RowGroup{{Rows: [][]document.Cell{cells("Rapportages", "2", "Het gaat over iemand anders (AVG artikel 15 lid 4).")}}}}}}
}

func article15() document.Section {
	s := document.Section{ID: "artikel-15", Title: "Waarvoor wij uw gegevens gebruiken", Role: document.RoleArticle15}
	for _, h := range []string{"Waarvoor", "Welke gegevens", "Wie ze krijgt", "Hoe lang wij ze bewaren", "Uw rechten"} {
		s.Blocks = append(s.Blocks, document.Heading{Level: 2, Text: h}, para("Wij gebruiken uw gegevens om u goede zorg te geven. De wet vraagt ons een dossier bij te houden. Dat staat in artikel 7:454 van het Burgerlijk Wetboek."))
	}
	return s
}

func terms() document.Section {
	s := document.Section{ID: "voorwaarden", Title: "Gebruiksvoorwaarden", Role: document.RoleTerms, Blocks: []bl{document.Para{Small: true, Text: t("Versie van 1 januari 2025.")}}}
	for i := range 4 {
		s.Blocks = append(s.Blocks, document.Heading{Level: 2, Text: fmt.Sprintf("Hoofdstuk %d", i+1)})
		for k := range 3 {
			s.Blocks = append(s.Blocks, document.Heading{Level: 3, Text: fmt.Sprintf("Artikel %d.%d Toegang", i+1, k+1)},
				para("De cliënt krijgt toegang tot het portaal nadat de zorgverlener de identiteit heeft vastgesteld. De toegang eindigt veertien dagen na het einde van de zorg."))
		}
	}
	return s
}

func about() document.Section {
	return document.Section{ID: "over", Title: "Over deze kopie", Role: document.RoleAbout, Blocks: []bl{document.Fields{Items: []document.Field{
		{Label: "Kenmerk", Value: []in{document.Code("ib-7f3k-92mq")}}, {Label: "Gemaakt met", Value: t("inzage 1.0")}}}}}
}
