package r4

import "strings"

const absentSystem = "http://terminology.hl7.org/CodeSystem/data-absent-reason"

// simple are the words for the plain codes of FHIR value sets. Codes that mean
// something else in another element are not here but at their row.
var simple = map[string]string{
	"active": "actief", "inactive": "niet meer actief", "completed": "afgerond", "stopped": "gestopt", "on-hold": "onderbroken",
	"cancelled": "vervallen", "draft": "concept", "final": "definitief", "preliminary": "voorlopig", "amended": "gewijzigd",
	"corrected": "verbeterd", "appended": "aangevuld", "registered": "geregistreerd", "partial": "gedeeltelijk", "unknown": "onbekend",
	"entered-in-error": "foutief ingevoerd", "revoked": "ingetrokken", "planned": "gepland", "proposed": "voorgesteld",
	"in-progress": "bezig", "finished": "afgerond", "arrived": "aangekomen", "triaged": "beoordeeld", "onleave": "tijdelijk afwezig",
	"accepted": "aanvaard", "rejected": "afgewezen", "not-done": "niet gedaan", "preparation": "in voorbereiding", "suspended": "opgeschort",
	"aborted": "afgebroken", "resolved": "voorbij", "remission": "in remissie", "recurrence": "teruggekeerd", "relapse": "teruggekeerd",
	"confirmed": "bevestigd", "unconfirmed": "niet bevestigd", "provisional": "voorlopig", "differential": "een van de mogelijkheden", "refuted": "weerlegd",
	"booked": "afgesproken", "pending": "nog niet bevestigd", "fulfilled": "geweest", "noshow": "niet verschenen", "checked-in": "aangemeld", "waitlist": "op de wachtlijst",
	"waiting": "wacht", "tentative": "onder voorbehoud", "declined": "afgezegd", "needs-action": "nog geen antwoord",
	"current": "geldig", "superseded": "vervangen", "not-started": "nog niet begonnen", "scheduled": "gepland",
	"intended": "voorgenomen", "not-taken": "niet gebruikt", "in-use": "in gebruik", "available": "beschikbaar", "unavailable": "niet beschikbaar",
	"proposal": "voorstel", "plan": "plan", "order": "opdracht", "original-order": "opdracht", "instance-order": "opdracht", "reflex-order": "vervolgopdracht", "option": "keuze", "directive": "richtlijn",
	"routine": "gewoon", "urgent": "dringend", "asap": "zo snel mogelijk", "stat": "meteen",
	"low": "laag", "high": "hoog", "unable-to-assess": "niet te beoordelen", "mild": "licht", "moderate": "matig", "severe": "ernstig",
	"allergy": "allergie", "intolerance": "overgevoeligheid", "food": "voeding", "medication": "medicijn", "environment": "omgeving", "biologic": "biologisch middel",
	"male": "man", "female": "vrouw", "other": "anders", "true": "ja", "false": "nee",
	"permit": "JA", "deny": "NEE", "working": "lopend", "waived": "vervallen", "optional": "naar keuze", "required": "verplicht", "information-only": "ter informatie",
	"actual": "echt gebeurd", "potential": "had kunnen gebeuren", "snapshot": "momentopname", "changes": "wijzigingen",
	"generated": "opgemaakt", "official": "officieel", "primary": "eerste", "secondary": "tweede", "temp": "tijdelijk",
	"improving": "gaat vooruit", "worsening": "gaat achteruit", "no-change": "blijft gelijk", "achieved": "gehaald", "not-achieved": "niet gehaald", "sustaining": "wordt volgehouden",
	"asserted": "volgens opgave", "nurse": "verpleegkundig", "self": "zelf", "any": "zoals het uitkomt", "created": "aangemaakt",
	"transposed": "overgezet", "aggregate": "samengevoegd", "c": "gemaakt", "r": "gelezen", "u": "gewijzigd", "d": "verwijderd", "e": "uitgevoerd",
	"replaces": "vervangt", "transforms": "omzetting van", "signs": "ondertekent", "appends": "vult aan", "personal": "persoonlijk", "professional": "beroepsmatig", "legal": "juridisch",
	"community": "buiten het ziekenhuis", "inpatient": "opgenomen", "outpatient": "poliklinisch",
	"contact:phone": "telefoon", "contact:email": "e-mail", "contact:fax": "fax", "contact:sms": "sms", "contact:pager": "pieper", "contact:url": "website",
	"use:home": "thuis", "use:work": "werk", "use:mobile": "mobiel", "use:temp": "tijdelijk", "use:old": "oud", "use:billing": "voor rekeningen",
	"name:nickname": "roepnaam", "name:maiden": "geboortenaam", "name:old": "vroegere naam", "name:anonymous": "schuilnaam", "name:temp": "tijdelijk",
}

// known is our word for a code of a system, or "". The plain words serve
// HL7's own systems, whose displays are English by definition.
func known(system, code string) string {
	if code == "" {
		return ""
	}
	if table := systems[system]; table != nil {
		return table[code]
	}
	if english(system) && system != "http://loinc.org" {
		return simple[strings.ToLower(code)]
	}
	return ""
}

var roleCodes = map[string]string{
	"01": "eerste contactpersoon", "1": "eerste contactpersoon", "02": "tweede contactpersoon", "2": "tweede contactpersoon",
	"03": "curator", "3": "curator", "04": "financieel gemachtigde", "4": "financieel gemachtigde", "05": "financieel toetser", "06": "leefeenheid",
	"07": "hulpverlener", "09": "anders", "10": "voogd", "11": "voogd", "14": "bewindvoerder", "15": "mentor", "19": "zaakwaarnemer", "20": "buur", "21": "vriend(in) of kennis", "23": "contactpersoon", "24": "wettelijk vertegenwoordiger",
	"100001": "mantelzorger",
}

var legalCodes = map[string]string{"6": "voogdij", "7": "bewind", "8": "mentorschap", "9": "curatele", "10": "zaakwaarneming"}

var interpretations = map[string]string{
	"N": "normaal", "A": "afwijkend", "AA": "sterk afwijkend", "H": "te hoog", "HH": "veel te hoog", "L": "te laag", "LL": "veel te laag", "HU": "sterk verhoogd", "LU": "sterk verlaagd",
	"POS": "aangetoond", "NEG": "niet aangetoond", "S": "gevoelig", "R": "ongevoelig", "I": "tussen gevoelig en ongevoelig", "IND": "onbepaald", "D": "gedaald", "U": "gestegen", "B": "beter", "W": "slechter",
}

// loinc are the codes of LOINC that a care record measures most, in Dutch.
var loinc = map[string]string{
	"29463-7": "Gewicht", "3141-9": "Gewicht", "8302-2": "Lengte", "39156-5": "BMI (gewicht in verhouding tot lengte)", "8310-5": "Lichaamstemperatuur", "8867-4": "Hartslag", "9279-1": "Ademhaling",
	"85354-9": "Bloeddruk", "55284-4": "Bloeddruk", "8480-6": "Bovendruk", "8462-4": "Onderdruk", "8478-0": "Gemiddelde bloeddruk", "2708-6": "Zuurstof in het bloed", "59408-5": "Zuurstof in het bloed", "20564-1": "Zuurstof in het bloed",
	"9843-4": "Hoofdomtrek", "8287-5": "Hoofdomtrek", "8280-0": "Buikomtrek", "56086-2": "Buikomtrek", "9269-2": "Glasgow-comaschaal", "2339-0": "Glucose", "2345-7": "Glucose", "4548-4": "HbA1c (gemiddelde bloedsuiker)", "718-7": "Hemoglobine", "4544-3": "Hematocriet", "20570-8": "Hematocriet",
	"2951-2": "Natrium", "2947-0": "Natrium", "2823-3": "Kalium", "6298-4": "Kalium", "2075-0": "Chloride", "2069-3": "Chloride", "2160-0": "Creatinine (nieren)", "38483-4": "Creatinine (nieren)", "33914-3": "Nierfunctie (eGFR)", "62238-1": "Nierfunctie (eGFR)", "3094-0": "Ureum", "6299-2": "Ureum",
	"2093-3": "Cholesterol", "18262-6": "LDL-cholesterol", "2085-9": "HDL-cholesterol", "2571-8": "Triglyceriden", "72514-3": "Pijnscore", "38208-5": "Pijnscore", "72166-2": "Roken", "96761-2": "Barthel-index", "8884-9": "Hartritme", "8361-8": "Houding bij het meten",
	"8277-6": "Lichaamsoppervlak", "9274-2": "Apgar-score na 5 minuten", "9272-6": "Apgar-score na 1 minuut", "9271-8": "Apgar-score na 10 minuten", "6690-2": "Witte bloedcellen", "789-8": "Rode bloedcellen", "777-3": "Bloedplaatjes",
	"39126-8": "Lengte van de wond", "39125-0": "Breedte van de wond", "39127-6": "Diepte van de wond", "89236-5": "Laatste keer verband gewisseld", "38228-3": "Wond",
}

// systems are the common Dutch value sets and those of HL7 that a dossier shows.
var systems = map[string]map[string]string{
	absentSystem: {"unknown": "onbekend", "asked-unknown": "gevraagd, niet bekend", "temp-unknown": "nog niet bekend", "not-asked": "niet gevraagd", "asked-declined": "wil de cliënt niet zeggen", "masked": "afgeschermd",
		"not-applicable": "niet van toepassing", "unsupported": "niet beschikbaar", "as-text": "alleen als tekst", "error": "fout", "not-a-number": "geen getal", "negative-infinity": "oneindig klein", "positive-infinity": "oneindig groot", "not-performed": "niet gedaan", "not-permitted": "niet toegestaan"},
	"http://loinc.org":                                                   loinc,
	"urn:oid:2.16.840.1.113883.2.4.3.11.22.472":                          roleCodes,
	"urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.23.1":                    roleCodes,
	"urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.20.1":                    legalCodes,
	"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation": interpretations,
	"http://hl7.org/fhir/v2/0078":                                        interpretations,
	"urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.14.1":                    {"NR": "niet-reanimerenverklaring", "VOL": "volmacht", "EU": "euthanasieverzoek", "DO": "donorcodicil", "LW": "levenswensverklaring", "VW": "verklaring verzwakte wil"},
	"urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4":                         {"JA": "JA", "JA_MAAR": "JA, MAAR", "NEE": "NEE", "ANDERS": "ANDERS"},
	"http://terminology.hl7.org/CodeSystem/v3-NullFlavor":                {"UNK": "onbekend", "OTH": "anders", "NI": "geen informatie", "NA": "niet van toepassing", "ASKU": "gevraagd, niet bekend", "NASK": "niet gevraagd", "MSK": "afgeschermd", "NAV": "nog niet bekend"},
	"http://terminology.hl7.org/CodeSystem/v3-ActCode": {"AMB": "zonder opname", "IMP": "opname", "EMER": "spoed", "HH": "thuis", "VR": "op afstand", "ACUTE": "acute opname", "NONAC": "niet-acute opname", "SS": "kort verblijf", "FLD": "op locatie",
		"EHCPOL": "zorgverzekering", "PUBLICPOL": "wettelijke regeling"},
	"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus":              {"M": "gehuwd", "S": "ongehuwd", "D": "gescheiden", "W": "weduwe of weduwnaar", "L": "gescheiden van tafel en bed", "T": "geregistreerd partnerschap", "P": "polygaam", "A": "huwelijk nietig verklaard", "UNK": "onbekend"},
	"http://terminology.hl7.org/CodeSystem/v3-RoleCode":                   {"WIFE": "echtgenote", "HUSB": "echtgenoot", "SPS": "partner", "DOMPART": "partner", "DAU": "dochter", "DAUC": "dochter", "SON": "zoon", "SONC": "zoon", "MTH": "moeder", "FTH": "vader", "PRN": "ouder", "SIS": "zus", "BRO": "broer", "SIB": "broer of zus", "CHILD": "kind", "GRPRN": "grootouder", "GRMTH": "oma", "GRFTH": "opa", "UNCLE": "oom", "AUNT": "tante", "FRND": "vriend(in)", "NBOR": "buur", "NIECE": "nicht", "NEPHEW": "neef", "COUSN": "neef of nicht", "GUARD": "voogd", "STPCHLD": "stiefkind", "GRDDAU": "kleindochter", "GRDSON": "kleinzoon", "RESPRSN": "vertegenwoordiger", "CONSENTER": "geeft toestemming", "DAUINLAW": "schoondochter", "SONINLAW": "schoonzoon"},
	"http://terminology.hl7.org/CodeSystem/consentscope":                  {"adr": "vooraf vastgelegde wens over zorg", "treatment": "behandeling", "research": "onderzoek", "patient-privacy": "delen van gegevens"},
	"http://terminology.hl7.org/CodeSystem/consentcategorycodes":          {"acd": "wilsverklaring", "dnr": "niet reanimeren", "emrgonly": "alleen bij nood", "hcd": "wensen voor de zorg", "npp": "privacyverklaring", "polst": "afspraken over behandeling", "research": "onderzoek", "rsdid": "onderzoek zonder naam", "rsreid": "onderzoek met naam"},
	"http://terminology.hl7.org/CodeSystem/observation-category":          {"vital-signs": "lichaamsfuncties", "laboratory": "laboratorium", "survey": "vragenlijst of score", "social-history": "leefsituatie", "exam": "onderzoek", "imaging": "beeldvorming", "procedure": "verrichting", "therapy": "behandeling", "activity": "activiteit"},
	"http://terminology.hl7.org/CodeSystem/condition-category":            {"problem-list-item": "aandoening op de lijst", "encounter-diagnosis": "diagnose bij contact"},
	"http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender":       {"M": "man", "F": "vrouw", "UN": "niet vast te stellen", "UNK": "onbekend"},
	"http://terminology.hl7.org/CodeSystem/v3-LanguageAbilityProficiency": {"E": "uitstekend", "G": "goed", "F": "redelijk", "P": "matig"},
	"http://terminology.hl7.org/CodeSystem/v3-LanguageAbilityMode":        {"ESP": "spreken", "EWR": "schrijven", "RSP": "verstaan", "RWR": "lezen", "RSGN": "gebarentaal verstaan", "ESGN": "gebarentaal spreken"},
	"http://terminology.hl7.org/CodeSystem/v2-0443":                       {"AP": "toegediend door", "OP": "voorgeschreven door"},
	"http://terminology.hl7.org/CodeSystem/v3-ParticipationType":          {"ATND": "behandelaar", "PPRF": "uitvoerder", "SPRF": "tweede uitvoerder", "PART": "deelnemer", "ADM": "opnemend arts", "REF": "verwijzer", "CON": "consulent", "DIS": "ontslaand arts"},
	"http://terminology.hl7.org/CodeSystem/medicationrequest-category":    {"community": "thuis", "inpatient": "tijdens opname", "outpatient": "poliklinisch", "discharge": "bij ontslag"},
}
