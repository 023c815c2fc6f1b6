package fhir

import (
	"regexp"
	"strings"
)

// zibRoot is where the code lists of the Dutch health and care information models
// (zib) have their numbers.
const zibRoot = "2.16.840.1.113883.2.4.3.11.60.40.4."

// zibs are answers of zib score lists, by the rest of the list's number and the
// code. Their displays are English or written as one word. What they mean is that
// of the scale: COMFORT-B, FLACC, MUST, SNAQ, STRONGkids (zib 2017 and 2020).
var zibs = map[string]map[string]string{
	"20.1": {"Alert1": "slaapt diep", "Alert2": "slaapt licht", "Alert3": "doezelt", "Alert4": "wakker en alert", "Alert5": "heel alert"},
	"20.2": {"Calm1": "kalm", "Calm2": "een beetje angstig", "Calm3": "angstig", "Calm4": "erg angstig", "Calm5": "in paniek"},
	"20.3": {"Vent1": "ademt niet zelf", "Vent2": "ademt mee met de beademing", "Vent3": "onrustig of verzet tegen de beademing",
		"Vent4": "ademt tegen de beademing in of hoest vaak", "Vent5": "vecht tegen de beademing"},
	"20.4": {"Cry1": "huilt niet", "Cry2": "snikt of kreunt af en toe", "Cry3": "jengelt", "Cry4": "huilt", "Cry5": "schreeuwt"},
	"20.5": {"Mov1": "beweegt niet", "Mov2": "beweegt af en toe een beetje", "Mov3": "beweegt vaak een beetje",
		"Mov4": "beweegt armen en benen krachtig", "Mov5": "beweegt ook hoofd en romp krachtig"},
	"20.6": {"Face1": "ontspannen gezicht", "Face2": "gewone spanning in het gezicht", "Face3": "hier en daar gespannen gezicht",
		"Face4": "gespannen gezicht", "Face5": "vertrokken gezicht"},
	"20.7": {"Musc1": "slappe spieren", "Musc2": "weinig spierspanning", "Musc3": "gewone spierspanning",
		"Musc4": "gespannen spieren", "Musc5": "heel gespannen spieren"},
	"21.1": {"Face0": "rustig gezicht of glimlach", "Face1": "af en toe een grimas", "Face2": "vaak een grimas, kaken op elkaar"},
	"21.2": {"Legs0": "ontspannen", "Legs1": "onrustig", "Legs2": "trapt"},
	"21.3": {"Act0": "ligt rustig", "Act1": "draait en wriemelt", "Act2": "kromt zich of schokt"},
	"21.4": {"Cry0": "huilt niet", "Cry1": "kreunt of jengelt", "Cry2": "huilt steeds"},
	"21.5": {"Cons0": "tevreden", "Cons1": "is te troosten", "Cons2": "moeilijk te troosten"},
	"8.1":  {"UNDRESSED": "zonder kleren", "MINIMAL": "weinig kleren", "FULL": "met kleren aan", "DIAPER": "luier"},
	"6.1":  {"2": "de cliënt stemt in"},
	"9.1":  {"VAS10": "VAS: een cijfer van 0 tot 10", "NRS10": "NRS: een cijfer van 0 tot 10", "NRS11": "NRS: een cijfer van 0 tot 10"},
	"22.1": {"LL": "vaste telefoon", "FAX": "fax", "MC": "mobiel", "PG": "pieper"},
	"14.1": {"NR": "Niet reanimeren", "VOL": "Volmacht", "VERZ": "Verzoek om niet te behandelen", "EU": "Euthanasieverzoek",
		"DO": "Donorverklaring", "OV": "Anders", "BV": "Behandelverbod", "LW": "Levenswens"},
	"23.3": {"6": "Voogdij", "7": "Bewind", "8": "Mentorschap", "9": "Curatele", "10": "Zaakwaarneming"},
}

// levels are the words that score lists use for how much, whatever the list.
var levels = map[string]string{
	"NoLoss": "geen", "LossLow": "weinig", "LossAverage": "matig", "LossHigh": "veel", "Loss": "wel",
	"BMILow": "laag", "BMIAverage": "gemiddeld", "BMIMedium": "gemiddeld", "BMIHigh": "niet laag",
	"NoRisk": "geen risico", "IncreasedRisk": "meer risico", "HighRisk": "veel risico",
}

// zibWord is the word for a code of a zib list, from our tables or by reading a
// display such as GeenEetlust as two words; empty for other code systems.
func zibWord(system, code, display string) string {
	_, list, ok := strings.Cut(system, zibRoot)
	if !ok {
		return ""
	}
	if w := zibs[list][code]; w != "" {
		return w
	}
	if w := levels[display]; w != "" {
		return w
	}
	if oneWord.MatchString(display) {
		return strings.ToLower(spaced(display))
	}
	return ""
}

// oneWord is a display of several words written as one.
var oneWord = regexp.MustCompile(`^[A-Z][a-z]+([A-Z][a-z]+)+$`)

// shouted makes the names of medicines' forms and routes, which the Dutch lists
// of medicines write in capitals, words that can be read: a letter that stands
// alone stays, as in hepatitis A.
func shouted(system, s string) string {
	if !strings.Contains(system, "2.16.840.1.113883.2.4.4.") && !strings.HasSuffix(system, "/atc") && !strings.Contains(system, "40.2.9.13") || strings.ToUpper(s) != s || len(s) < 4 {
		return s
	}
	words := strings.Fields(s)
	for i, w := range words {
		if len(strings.Trim(w, ",.")) > 1 && !strings.ContainsAny(w, "0123456789") {
			words[i] = strings.ToLower(w)
		}
	}
	return strings.Join(words, " ")
}

// untagged is a name without the tag of its kind.
func untagged(display string) string {
	if !strings.HasSuffix(display, ")") {
		return display // most are; the expression takes longer to say so
	}
	return semanticTag.ReplaceAllString(display, "")
}

// semanticTag is the kind of concept that SNOMED CT puts behind a name, for those
// who work with codes.
var semanticTag = regexp.MustCompile(` \((verrichting|waarneembare entiteit|bevinding|situatie|aandoening|lichaamsstructuur|kwalificatiewaarde|fysiek object|substantie|product|procedure|finding|observable entity|situation|disorder|body structure|qualifier value|physical object|substance|regime/therapy|morphologic abnormality|person|event|environment|assessment scale|attribute|attribuut|cell|organism|organisme|finding site|functie|religie/filosofie|ethnic group|occupation)\)+$`)
