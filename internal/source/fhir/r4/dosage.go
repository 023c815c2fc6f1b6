package r4

import (
	"strings"

	"inzage/internal/source/fhir/tree"
)

// dosage gives one dosage line. A ready text of the source is taken as it is;
// without one it is put together from its parts.
func (m *mapping) dosage(n *tree.Node) string {
	if n.Scalar() {
		return n.Str()
	}
	text := n.Peek("text").Str()
	for _, k := range []string{"sequence", "id"} {
		n.Peek(k).UseAll()
	}
	m.setDoses(n)
	var doses []string
	for _, d := range append(n.Peek("doseAndRate").List(), n) {
		doses = append(doses, m.dose(d))
	}
	parts := []string{join(", ", doses...), m.words(n.Peek("timing")), m.asNeeded(n), m.words(n.Peek("route")), m.words(n.Peek("method")), m.words(n.Peek("site"))}
	tail := []string{m.words(n.Peek("additionalInstruction")), n.Peek("patientInstruction").Str(), m.limit(n), m.extensions(n)}
	if text != "" {
		if coded := join(", ", parts...); !sameNumbers(text, coded) {
			text += " (in cijfers: " + coded + ")"
		}
		return join("; ", append([]string{text}, tail...)...)
	}
	return join("; ", append([]string{join(", ", parts...)}, tail...)...)
}

// sameNumbers reports whether every number of the coded dosage stands in its
// text: then it says the same. When not, the reader must see both.
func sameNumbers(text, coded string) bool {
	digit := func(r rune) bool { return r >= '0' && r <= '9' || r == ',' }
	have := strings.FieldsFunc(strings.ReplaceAll(text, ".", ","), func(r rune) bool { return !digit(r) })
	for _, n := range strings.FieldsFunc(coded, func(r rune) bool { return !digit(r) }) {
		if n = strings.Trim(n, ","); n != "" && !contains(have, n) {
			return false
		}
	}
	return true
}

// setDoses counts the kinds of dose as read where no text needs them.
func (m *mapping) setDoses(n *tree.Node) {
	for _, d := range n.Peek("doseAndRate").List() {
		d.Peek("type").UseAll()
	}
}

func (m *mapping) dose(n *tree.Node) string {
	dose := join(" ", m.words(n.Peek("doseQuantity")), m.words(n.Peek("doseRange")), m.words(n.Peek("doseSimpleQuantity")), m.words(n.Peek("dose")))
	rate := join(" ", m.words(n.Peek("rateQuantity")), m.words(n.Peek("rateRange")), m.words(n.Peek("rateRatio")), m.words(n.Peek("rateSimpleQuantity")))
	if rate != "" {
		rate = "snelheid " + rate
	}
	return join(", ", dose, rate)
}

func (m *mapping) asNeeded(n *tree.Node) string {
	if b := n.Peek("asNeededBoolean"); b != nil && b.True() {
		return "zo nodig"
	}
	if s := m.words(n.Peek("asNeededCodeableConcept")); s != "" {
		return "zo nodig bij " + s
	}
	return ""
}

func (m *mapping) limit(n *tree.Node) string {
	var parts []string
	for _, k := range []string{"maxDosePerPeriod", "maxDosePerAdministration", "maxDosePerLifetime"} {
		if s := m.words(n.Peek(k)); s != "" {
			parts = append(parts, "hoogstens "+s)
		}
	}
	return join("; ", parts...)
}

// timing gives when something is done: "3 keer per dag, om 08:00, maandag".
func (m *mapping) timing(n *tree.Node) string {
	if n.Scalar() {
		return m.dateWords(n)
	}
	var at []string
	for _, e := range n.Peek("event").List() {
		at = append(at, m.dateWords(e))
	}
	r := n.Peek("repeat").One()
	parts := []string{join(", ", at...), m.bounds(r), often(r), clock(r), m.spanOf(r), m.words(n.Peek("code")), m.extensions(r), m.extensions(n)}
	return join(", ", parts...)
}

func (m *mapping) bounds(r *tree.Node) string {
	d := m.words(r.Peek("boundsDuration"))
	if d != "" {
		d = "gedurende " + d
	}
	return join(", ", m.words(r.Peek("boundsPeriod")), d, m.words(r.Peek("boundsRange")))
}

var perUnit = map[string]string{"s": "seconde", "min": "minuut", "h": "uur", "d": "dag", "wk": "week", "mo": "maand", "a": "jaar"}
var perUnits = map[string]string{"s": "seconden", "min": "minuten", "h": "uur", "d": "dagen", "wk": "weken", "mo": "maanden", "a": "jaar"}

// often gives frequency and period: "2 tot 3 keer per dag", "1 keer per 8 uur".
func often(r *tree.Node) string {
	freq, most := r.Peek("frequency").Str(), r.Peek("frequencyMax").Str()
	period, periodMax, unit := decimal(r.Peek("period").Str()), decimal(r.Peek("periodMax").Str()), r.Peek("periodUnit").Str()
	count, countMax := r.Peek("count").Str(), r.Peek("countMax").Str()
	s := ""
	if freq == "" && period != "" {
		freq = "1"
	}
	if freq != "" {
		s = upTo(freq, most) + " keer"
	}
	if period != "" && s != "" {
		s += " per " + each1(upTo(period, periodMax), unit)
	}
	if count != "" {
		s = join(", ", s, "in totaal "+upTo(count, countMax)+" keer")
	}
	return s
}

func upTo(low, high string) string {
	if high == "" || high == low {
		return low
	}
	return low + " tot " + high
}

// each1 leaves out the one of "per 1 dag".
func each1(n, unit string) string {
	if n == "1" && perUnit[unit] != "" {
		return perUnit[unit]
	}
	return n + " " + orElse(perUnits[unit], unit)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

var days = map[string]string{"mon": "maandag", "tue": "dinsdag", "wed": "woensdag", "thu": "donderdag", "fri": "vrijdag", "sat": "zaterdag", "sun": "zondag"}

// moments are the codes of HL7 v3 TimingEvent and EventTiming.
var moments = map[string]string{
	"MORN": "'s ochtends", "MORN.early": "vroeg in de ochtend", "NOON": "tussen de middag", "AFT": "'s middags", "EVE": "'s avonds", "NIGHT": "'s nachts", "HS": "voor het slapen", "WAKE": "bij het wakker worden", "PHS": "na het inslapen",
	"C": "bij de maaltijd", "CM": "bij het ontbijt", "CD": "bij het middageten", "CV": "bij het avondeten", "AC": "voor de maaltijd", "ACM": "voor het ontbijt", "ACD": "voor het middageten", "ACV": "voor het avondeten",
	"PC": "na de maaltijd", "PCM": "na het ontbijt", "PCD": "na het middageten", "PCV": "na het avondeten", "MORN.late": "laat in de ochtend", "AFT.early": "vroeg in de middag", "AFT.late": "laat in de middag", "EVE.early": "vroeg in de avond", "EVE.late": "laat in de avond",
}

func clock(r *tree.Node) string {
	var parts []string
	for _, d := range r.Peek("dayOfWeek").List() {
		s := d.Str()
		parts = append(parts, orElse(days[s], s))
	}
	for _, t := range r.Peek("timeOfDay").List() {
		s := t.Str()
		parts = append(parts, "om "+strings.TrimSuffix(s, ":00")+" uur")
	}
	for _, w := range r.Peek("when").List() {
		s := w.Str()
		parts = append(parts, orElse(moments[s], s))
	}
	if o := r.Peek("offset").Str(); o != "" {
		parts = append(parts, o+" minuten ervoor of erna")
	}
	return join(", ", parts...)
}

func (m *mapping) spanOf(r *tree.Node) string {
	d, most, unit := decimal(r.Peek("duration").Str()), decimal(r.Peek("durationMax").Str()), r.Peek("durationUnit").Str()
	if d == "" {
		return ""
	}
	return upTo(d, most) + " " + orElse(perUnits[unit], unit) + " lang"
}
