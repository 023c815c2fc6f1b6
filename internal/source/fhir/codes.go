package fhir

// codeWords are the codes of FHIR's own required value sets in words, by
// "element=code"; the bare code serves all elements of codeNames.
var codeWords = map[string]string{
	"gender=male": "man", "gender=female": "vrouw", "gender=other": "anders", "gender=unknown": "onbekend",
	"use=home":     "thuis",
	"use=work":     "werk",
	"use=mobile":   "mobiel",
	"use=old":      "oud",
	"use=temp":     "tijdelijk",
	"use=official": "officieel",
	"use=usual":    "gebruikelijk",
	"active":       "loopt", "inactive": "niet meer actueel", "completed": "afgerond", "finished": "afgerond",
	"cancelled": "afgezegd", "final": "definitief",
	"in-progress": "bezig",
	"in_progress": "bezig",
	"planned":     "gepland",
	"on-hold":     "onderbroken",
	"onhold":      "onderbroken",
	"suspended":   "onderbroken",
	"stopped":     "gestopt",
	"unknown":     "onbekend",
	"draft":       "concept", "preliminary": "voorlopig", "registered": "aangemeld", "amended": "aangepast",
	"corrected": "verbeterd", "partial": "nog niet volledig",
	"entered-in-error": "foutief ingevoerd",
	"nullified":        "foutief ingevoerd",
	"not-done":         "niet gedaan",
	"not-taken":        "niet gebruikt",
	"not-started":      "nog niet begonnen",
	"proposed":         "voorgesteld",
	"accepted":         "akkoord",
	"rejected":         "niet akkoord",
	"revoked":          "ingetrokken",
	"waitlist":         "op de wachtlijst",
	"scheduled":        "afgesproken",
	"booked":           "afgesproken",
	"pending":          "wacht op antwoord",
	"arrived":          "aangekomen",
	"fulfilled":        "geweest",
	"noshow":           "niet verschenen",
	"checked-in":       "aangemeld",
	"appended":         "aangevuld",
	"superseded":       "vervangen",
	"current":          "actueel",
	"retired":          "vervallen",
	"abandoned":        "afgebroken",
	"intended":         "gepland",
	"aborted":          "afgebroken",
	"achieved":         "bereikt",
	"ontarget":         "op schema",
	"ahead":            "voor op schema",
	"late":             "later dan gepland",
	"sustained":        "volgehouden",
	"behind":           "achter op schema",
	"needs-action":     "actie nodig",
	"tentative":        "voorlopig",
	"declined":         "afgewezen",
	"low":              "laag", "high": "hoog", "unable-to-assess": "niet te beoordelen", "mild": "licht", "moderate": "matig",
	"severe":      "ernstig",
	"food":        "voedsel",
	"medication":  "medicijn",
	"environment": "omgeving",
	"biologic":    "biologische stof",
	"allergy":     "allergie",
	"intolerance": "overgevoeligheid",
	"routine":     "gewoon", "urgent": "dringend", "asap": "zo snel mogelijk", "stat": "meteen",
	"order":          "opdracht",
	"plan":           "plan",
	"proposal":       "voorstel",
	"option":         "keuze",
	"directive":      "aanwijzing",
	"original-order": "opdracht",
	"reflex-order":   "vervolgopdracht",
	"filler-order":   "opdracht",
	"instance-order": "opdracht",
	"required":       "verplicht", "optional": "niet verplicht", "information-only": "ter informatie", "triaged": "beoordeeld",
	"onleave": "met verlof",
	"permit":  "JA, dit mag", "deny": "NEE, dit mag niet",
	"questionnaireStatus=stopped": "gestopt",
	"actuality=actual":            "gebeurd",
	"actuality=potential":         "bijna gebeurd",
	"mode=working":                "werklijst",
	"mode=snapshot":               "momentopname",
	"mode=changes":                "lijst van wijzigingen",
	"type=allergy":                "allergie", "type=intolerance": "overgevoeligheid",
	"periodUnit=d":   "dag",
	"periodUnit=wk":  "week",
	"periodUnit=mo":  "maand",
	"periodUnit=h":   "uur",
	"periodUnit=min": "minuut",
	"periodUnit=a":   "jaar",
	"periodUnit=s":   "seconde",
	"action=C":       "aangemaakt", "action=R": "bekeken", "action=U": "gewijzigd", "action=D": "verwijderd", "action=E": "uitgevoerd",
	"outcome=0": "gelukt", "outcome=4": "kleine fout", "outcome=8": "ernstige fout", "outcome=12": "grote fout",
	"country=NL": "Nederland", "country=BE": "België", "country=DE": "Duitsland", "country=US": "Verenigde Staten",
	"country=AT": "Oostenrijk", "country=FR": "Frankrijk", "country=GB": "Verenigd Koninkrijk",
	"country=NLD": "Nederland", "country=BEL": "België", "country=DEU": "Duitsland", "country=USA": "Verenigde Staten",
	"country=AUT": "Oostenrijk", "country=FRA": "Frankrijk", "country=GBR": "Verenigd Koninkrijk",
	"country=CH": "Zwitserland", "country=CHE": "Zwitserland", "country=TR": "Turkije", "country=MA": "Marokko",
	"country=SR": "Suriname", "country=CW": "Curaçao", "country=AW": "Aruba", "country=PL": "Polen", "country=CA": "Canada",
}

// codeNames are the elements that hold such codes.
var codeNames = set("status", "intent", "priority", "gender", "severity", "criticality", "category", "type", "mode", "lifecycleStatus", "docStatus",
	"clinicalStatus", "verificationStatus", "achievementStatus", "use", "participantStatus", "required", "outcome", "action", "actuality", "country", "periodUnit")

// set makes a set of names.
func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// codeWord is the word for a code of an element; empty when we have none.
func codeWord(name, code string) string {
	if w := codeWords[name+"="+code]; w != "" {
		return w
	}
	if codeNames[name] {
		return codeWords[code]
	}
	return ""
}

// countryWord is a country in Dutch (ISO 3166, two or three letters); a name stays.
func countryWord(s string) string {
	if w := codeWords["country="+s]; w != "" {
		return w
	}
	return s
}

// tables are value sets in words, by the last part of the code system's name.
var tables = map[string]map[string]string{
	"data-absent-reason": {"unknown": "onbekend", "asked-unknown": "gevraagd, niet bekend", "temp-unknown": "nog niet bekend", "not-asked": "niet gevraagd", "asked-declined": "wil dit niet zeggen",
		"masked": "afgeschermd", "not-applicable": "niet van toepassing", "unsupported": "niet ondersteund", "error": "fout", "not-performed": "niet gedaan", "not-permitted": "mag niet", "as-text": "als tekst", "not-a-number": "geen getal"},
	"condition-clinical": {
		"active": "bestaat nu", "recurrence": "terug", "relapse": "teruggevallen", "inactive": "nu geen last van",
		"remission": "rustig geworden", "resolved": "over",
	},
	"condition-ver-status": {
		"unconfirmed": "nog niet zeker", "provisional": "voorlopig", "differential": "een van de mogelijkheden",
		"confirmed": "bevestigd", "refuted": "weerlegd: dit is het niet", "entered-in-error": "foutief ingevoerd",
	},
	"allergyintolerance-clinical": {"active": "bestaat nu", "inactive": "nu geen last van", "resolved": "over"},
	"allergyintolerance-verification": {
		"unconfirmed": "nog niet zeker", "presumed": "vermoed", "confirmed": "bevestigd", "refuted": "weerlegd: dit is het niet",
		"entered-in-error": "foutief ingevoerd",
	},
	"goal-achievement": {
		"in-progress": "bezig", "improving": "gaat beter", "worsening": "gaat slechter", "no-change": "geen verandering",
		"achieved": "bereikt", "sustaining": "volgehouden", "not-achieved": "niet bereikt", "no-progress": "geen vooruitgang",
		"not-attainable": "niet haalbaar",
	},
	"goal-priority":      {"high-priority": "hoog", "medium-priority": "gewoon", "low-priority": "laag"},
	"condition-category": {"problem-list-item": "op de problemenlijst", "encounter-diagnosis": "bij een bezoek vastgesteld"},
	"observation-category": {
		"vital-signs": "lichaamsmetingen", "laboratory": "laboratorium", "social-history": "leefomstandigheden",
		"survey": "vragenlijst", "exam": "onderzoek", "imaging": "beeldonderzoek", "procedure": "behandeling", "therapy": "therapie",
		"activity": "activiteit",
	},
	"v3-ActCode": {"IMP": "opname", "AMB": "bezoek", "HH": "bezoek thuis", "EMER": "spoed", "VR": "op afstand", "ACUTE": "opname met spoed", "NONAC": "opname zonder spoed", "PRENC": "voorbereiding van een opname", "SS": "korte opname", "OBSENC": "observatie", "FLD": "ter plaatse",
		"INFA": "toegang tot gegevens", "INFAO": "inzien van gegevens"},
	"v3-ParticipationType": {
		"ATND": "behandelaar", "PPRF": "uitvoerder", "SPRF": "mede-uitvoerder", "CON": "consulent", "REF": "verwijzer",
		"ADM": "opnemend behandelaar", "DIS": "ontslaand behandelaar", "PART": "deelnemer", "IRCP": "ontvanger van gegevens",
	},
	"v3-RoleCode": {
		"RESPRSN": "verantwoordelijke", "CONSENTER": "geeft toestemming", "SPS": "echtgenoot of partner", "DAU": "dochter",
		"SON": "zoon", "MTH": "moeder", "FTH": "vader", "BRO": "broer", "SIS": "zus", "DAUC": "dochter", "SONC": "zoon",
		"CHILD": "kind", "PRN": "ouder", "NBOR": "buur", "FRND": "vriend", "GRPRN": "grootouder", "DOMPART": "partner",
		"GUARD": "voogd", "HUSB": "echtgenoot", "WIFE": "echtgenote", "UNCLE": "oom", "AUNT": "tante", "COUSN": "neef of nicht",
	},
	"v3-MaritalStatus": {
		"M": "getrouwd", "S": "alleenstaand", "D": "gescheiden", "W": "weduwe of weduwnaar", "U": "niet getrouwd",
		"T": "geregistreerd partnerschap", "L": "van tafel en bed gescheiden", "P": "meer dan één partner",
		"A": "huwelijk nietig verklaard", "I": "scheiding loopt", "UNK": "onbekend",
	},
	"v3-NullFlavor": {
		"UNK": "onbekend", "OTH": "anders", "NI": "geen informatie", "NA": "niet van toepassing", "ASKU": "gevraagd, niet bekend",
		"NASK": "niet gevraagd", "MSK": "afgeschermd", "NINF": "min oneindig", "PINF": "oneindig",
	},
	"v3-ObservationInterpretation": {
		"N": "normaal", "H": "hoog", "L": "laag", "HH": "veel te hoog", "LL": "veel te laag", "A": "afwijkend",
		"AA": "sterk afwijkend", "POS": "positief", "NEG": "negatief", "IND": "niet te bepalen", "R": "ongevoelig", "S": "gevoelig",
		"I": "matig gevoelig", "U": "stijging van belang", "D": "daling van belang",
	},
	"v2-0131": {
		"N": "naaste familie", "C": "te bellen bij nood", "E": "werkgever", "F": "overheid", "I": "verzekeraar", "S": "overheid",
		"U": "onbekend", "CP": "contactpersoon", "EP": "te bellen bij nood", "PR": "verwijzer",
	},
	"v2-0443": {
		"AP": "gegeven door", "OP": "voorgeschreven door", "PP": "uitgevoerd door", "RP": "verwezen door", "CP": "geraadpleegd",
		"AT": "behandelaar",
	},
	"contactentity-type": {
		"BILL": "rekeningen", "ADMIN": "administratie", "HR": "personeel", "PAYOR": "betaler", "PATINF": "informatie voor patiënten",
		"PRESS": "pers",
	},
	"dose-rate-type": {"ordered": "voorgeschreven", "calculated": "berekend"},
	"medicationrequest-category": {
		"inpatient": "tijdens opname", "outpatient": "zonder opname", "community": "thuis", "discharge": "bij ontslag",
	},
	"medication-statement-category": {
		"inpatient": "tijdens opname", "outpatient": "zonder opname", "community": "thuis", "patientspecified": "door cliënt gemeld",
	},
	"immunization-recommendation-status": {
		"due": "nodig", "overdue": "had al gemoeten", "immune": "beschermd", "contraindicated": "niet toegestaan",
		"complete": "klaar",
	},
	"coverage-selfpay": {"pay": "betaalt zelf"},
	"subscriber-relationship": {
		"self": "zelf", "spouse": "partner", "child": "kind", "parent": "ouder", "other": "anders", "common": "partner",
		"injured": "gewonde",
	},
	"consentscope": {
		"adr": "wilsverklaring", "treatment": "behandeling", "patient-privacy": "privacy", "research": "onderzoek",
	},
	"consentcategorycodes": {
		"acd": "wilsverklaring", "dnr": "niet reanimeren", "emrgonly": "alleen in nood", "npp": "privacyverklaring",
		"polst": "behandelaanwijzing",
	},
	"consentaction": {
		"collect": "verzamelen", "access": "inzien", "use": "gebruiken", "disclose": "delen", "correct": "verbeteren",
	},
	"flag-category": {
		"diet": "voeding", "drug": "medicijn", "lab": "laboratorium", "admin": "administratie", "contact": "contact",
		"clinical": "gezondheid", "behavioral": "gedrag", "research": "onderzoek", "advance-directive": "wilsverklaring",
		"safety": "veiligheid",
	},
	"list-order": {
		"user": "zelf gekozen", "system": "door het systeem", "event-date": "op datum", "priority": "op belang",
	},
	"appointment-cancellation-reason": {
		"pat": "door cliënt", "pat-crs": "door cliënt", "prov": "door zorgverlener", "prov-pers": "zorgverlener verhinderd",
		"oth": "anders",
	},
	"communication-category": {
		"alert": "waarschuwing", "notification": "bericht", "reminder": "herinnering", "instruction": "instructie",
	},
	"diagnostic-service-sections": {
		"LAB": "laboratorium", "RAD": "röntgen", "CH": "bloedonderzoek", "HM": "bloedonderzoek", "MB": "microbiologie",
		"PAT": "weefselonderzoek", "CT": "CT-scan", "IMG": "beeldonderzoek",
	},
	"v3-Confidentiality": {
		"N": "normaal", "R": "vertrouwelijk", "V": "zeer vertrouwelijk", "L": "laag", "M": "matig", "U": "niet vertrouwelijk",
	},
	"2.16.840.1.113883.2.4.3.11.22.472": {
		"01": "eerste contactpersoon", "02": "tweede contactpersoon", "03": "curator", "04": "financieel gemachtigde",
		"05": "financieel toetser", "06": "leefeenheid", "07": "hulpverlener", "08": "specialist", "09": "anders", "10": "ouder",
		"11": "voogd", "12": "partner", "13": "pleegouder", "14": "bewindvoerder", "15": "mentor", "19": "buur", "20": "vriend",
		"21": "cliëntondersteuner", "22": "huisarts", "23": "contactpersoon", "24": "wettelijk vertegenwoordiger",
		"100001": "mantelzorger",
	},
	"TreatmentPermitted":    {"JA": "JA", "NEE": "NEE", "JA_MAAR": "JA, maar met voorwaarden"},
	"PermissionOfTreatment": {"JA": "JA", "NEE": "NEE", "JA_MAAR": "JA, maar met voorwaarden"},
	"v3-LanguageAbilityMode": {
		"ESP": "spreken", "EWR": "schrijven", "RSP": "verstaan", "RWR": "lezen", "ESGN": "gebaren maken", "RSGN": "gebaren begrijpen",
	},
	"v3-LanguageAbilityProficiency":             {"E": "heel goed", "G": "goed", "F": "redelijk", "P": "slecht"},
	"2.16.840.1.113883.2.4.4.9":                 {"9": "via de mond", "6": "via de neus"},
	"2.16.840.1.113883.2.4.3.11.60.40.2.9.13.2": {"2": "in een spier"},
	"2.16.840.1.113883.2.4.3.11.60.40.4.27":     {"1": "kaart met haken", "2": "kaart met letters (Snellen)"},
	"organization-type":                         {"prov": "zorgaanbieder", "dept": "afdeling", "team": "team", "govt": "overheid", "ins": "verzekeraar", "pay": "betaler", "edu": "onderwijs", "reli": "kerk of moskee", "bus": "bedrijf", "other": "anders"},
	"ActStatus": {
		"active": "bestaat nu", "completed": "afgerond", "aborted": "gestopt", "suspended": "onderbroken", "cancelled": "vervallen",
		"held": "onderbroken", "new": "nieuw", "nullified": "foutief ingevoerd", "obsolete": "vervallen",
	},
	"participation-mode": {"ELECTRONIC": "elektronisch", "VERBAL": "mondeling", "WRITTEN": "schriftelijk"},
	"sct":                snomed,
	"loinc.org":          loinc,
}

// aliases are the names by which STU3 and older messages know the same value sets.
var aliases = map[string]string{"0078": "v3-ObservationInterpretation", "ObservationInterpretation": "v3-ObservationInterpretation", "v2-0074": "diagnostic-service-sections", "0074": "diagnostic-service-sections", "0131": "v2-0131", "0443": "v2-0443",
	"RoleCode": "v3-RoleCode", "MaritalStatus": "v3-MaritalStatus", "marital-status": "v3-MaritalStatus",
	"NullFlavor": "v3-NullFlavor", "Confidentiality": "v3-Confidentiality", "ActCode": "v3-ActCode",
	"ParticipationType": "v3-ParticipationType", "LanguageAbilityMode": "v3-LanguageAbilityMode",
	"LanguageAbilityProficiency": "v3-LanguageAbilityProficiency",
	"allergy-clinical-status":    "allergyintolerance-clinical", "allergy-verification-status": "allergyintolerance-verification", "condition-clinical-status": "condition-clinical", "condition-ver": "condition-ver-status"}

// table is the word for a code in a value set; empty when there is none.
func table(name, code string) string { return tables[name][code] }

// tableOf finds the value set by the code system's URI.
func tableOf(system, code string) string {
	if system = tail(system); aliases[system] != "" {
		system = aliases[system]
	}
	if t := tables[system]; t != nil {
		if w := t[code]; w != "" {
			return w
		}
		if len(code) == 1 && system == "2.16.840.1.113883.2.4.3.11.22.472" { // STU3 wrote "1"
			return t["0"+code]
		}
	}
	return ""
}
