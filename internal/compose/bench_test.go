package compose

import (
	"strconv"
	"testing"

	"inzage/internal/dossier"
	"inzage/internal/policy"
)

// longDossier is three years with 600 reports and 200 measurements.
func longDossier() *dossier.Dossier {
	d := sampleDossier(samplePortal())
	start := dossier.MustDate("2023-03-01")
	nurse := dossier.Author{Role: "verzorgende", Name: "S. de Boer"}
	body := []dossier.Block{{Kind: dossier.BlockText, Text: "Mevrouw heeft goed gegeten en is daarna in de tuin geweest. Zij was vrolijk.\n\n’s Avonds wat onrustig; na een kop thee ging het beter."}}
	for i := range 600 {
		d.Items = append(d.Items, dossier.Item{ID: "lr" + strconv.Itoa(i), Section: dossier.SectionReports, Date: start.AddDays(i * 9 / 5),
			Author: nurse, Discipline: "verzorging", Body: body, Visibility: dossier.Visibility{Portal: dossier.Yes}})
	}
	for i := range 200 {
		d.Items = append(d.Items, dossier.Item{ID: "lm" + strconv.Itoa(i), Section: dossier.SectionMeasurements, Date: start.AddDays(i * 5),
			Author: nurse, Measurement: &dossier.Measurement{Type: "gewicht", Value: 70 + float64(i%13)/2, Unit: "kg"}, Visibility: dossier.Visibility{Portal: dossier.Yes}})
	}
	return d
}

func BenchmarkCompose(b *testing.B) {
	p := samplePortal()
	v, err := policy.Decide(longDossier(), p, sampleWork(p, policy.Portaalkopie, dossier.AudienceClient))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compose(v, p, sampleOptions); err != nil {
			b.Fatal(err)
		}
	}
}
