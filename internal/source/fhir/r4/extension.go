package r4

import (
	"strings"

	"inzage/internal/source/fhir/tree"
)

// extension gives one extension as "label: words", also when it holds others.
func (m *mapping) extension(n *tree.Node) string {
	url := n.Peek("url").Str()
	if administrative(url) {
		n.UseAll()
		return ""
	}
	label := extensionLabel(url)
	var parts []string
	for c := range n.Members() {
		if strings.HasPrefix(c.Key, "value") || strings.HasPrefix(c.Key, "_value") {
			parts = append(parts, m.value(c))
		}
	}
	for _, c := range n.Peek("extension").List() {
		parts = append(parts, m.extension(c))
	}
	s := join("; ", parts...)
	if s == "" || label == "" {
		return s
	}
	return label + ": " + s
}

// value gives a value[x] in words by the type that its name tells.
func (m *mapping) value(n *tree.Node) string {
	switch n.Key {
	case "valueDateTime", "valueDate", "valueInstant":
		return m.dateWords(n)
	case "valueCode":
		return m.code(n)
	case "valueDecimal":
		return decimal(n.Str())
	case "valueTime":
		return n.Str()
	}
	if strings.HasPrefix(n.Key, "_") {
		return m.absent(n)
	}
	return m.words(n)
}

// extensions gives all extensions inside a datatype, behind its words.
func (m *mapping) extensions(n *tree.Node) string {
	if n == nil || n.Kind != tree.Object {
		return ""
	}
	var parts []string
	for _, e := range n.Peek("extension").List() {
		parts = append(parts, m.extension(e))
	}
	return join("; ", parts...)
}

// administrative are extensions that say nothing to a reader: links inside the
// file, parts of a name or street that the whole already shows, codes behind a
// word, and the grouping of records by a system.
func administrative(url string) bool {
	for _, tail := range []string{"narrativeLink", "iso21090-EN-qualifier", "humanname-own-name", "humanname-own-prefix", "humanname-partner-name", "humanname-partner-prefix",
		"humanname-assembly-order", "iso21090-ADXP-streetName", "iso21090-ADXP-houseNumber", "iso21090-ADXP-buildingNumberSuffix", "iso21090-ADXP-additionalLocator", "iso21090-ADXP-unitID",
		"ext-AddressInformation.AddressType", "zib-AddressInformation-AddressType", "zib-Medication-MedicationTreatment", "ext-PharmaceuticalTreatment.Identifier", "ext-Context-EpisodeOfCare", "geolocation",
		"disability-adjusted-life-years", "quality-adjusted-life-years", "ext-CopyIndicator", "zib-Medication-CopyIndicator", "originalText", "translation", "ordinalValue", "lastupdatedby", "practitionerrole-reference", "nl-core-address-official", "code-specification"} {
		if strings.HasSuffix(url, tail) {
			return true
		}
	}
	return false
}

// extensionLabel is the Dutch word for an extension, or the last part of its
// address split into words.
func extensionLabel(url string) string {
	tail := url[strings.LastIndexByte(url, '/')+1:]
	if i := strings.LastIndexByte(tail, '.'); i >= 0 && i+1 < len(tail) {
		tail = tail[i+1:]
	}
	for _, prefix := range []string{"ext-", "zib-", "extension-", "patient-", "observation-", "condition-", "us-core-", "workflow-", "flag-"} {
		tail = strings.TrimPrefix(tail, prefix)
	}
	if i := strings.LastIndexByte(tail, '-'); i >= 0 && i+1 < len(tail) && labels[lower(tail[i+1:])] != "" {
		tail = tail[i+1:]
	}
	if tail == "text" {
		return ""
	}
	return labelOf(lower(tail))
}

func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// labelOf is the Dutch word for an element; one that is not in the list is
// split at its capitals.
func labelOf(key string) string {
	key = strings.TrimPrefix(key, "_")
	if l := labels[key]; l != "" {
		return l
	}
	for _, x := range []string{"CodeableConcept", "Reference", "DateTime", "Period", "Quantity", "String", "Boolean", "Range", "Attachment", "Date", "Age", "Uri", "Url", "Code", "Integer", "Decimal", "Timing", "Coding"} {
		if base, ok := strings.CutSuffix(key, x); ok && base != "" {
			return labelOf(base)
		}
	}
	var b strings.Builder
	for i, r := range key {
		switch {
		case r >= 'A' && r <= 'Z' && i > 0:
			b.WriteByte(' ')
			b.WriteRune(r + 'a' - 'A')
		case r == '-' || r == '_':
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	s := strings.TrimSpace(b.String())
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// labels are the words for elements and extensions wherever they stand.
var labels = map[string]string{
	"comment": "Toelichting", "note": "Toelichting", "status": "Stand", "category": "Soort", "type": "Soort", "code": "Wat", "reason": "Reden", "reasonCode": "Reden", "reasonReference": "Reden",
	"period": "Periode", "start": "Van", "end": "Tot en met", "value": "Waarde", "description": "Omschrijving", "location": "Plaats", "performer": "Door", "author": "Schrijver", "recorder": "Vastgelegd door", "asserter": "Volgens",
	"bodySite": "Plaats op het lichaam", "laterality": "Kant", "anatomicalLocation": "Plaats op het lichaam", "method": "Manier", "device": "Hulpmiddel", "encounter": "Bij contact", "basedOn": "Op grond van", "partOf": "Deel van",
	"issued": "Uitgegeven", "priority": "Voorrang", "participant": "Deelnemer", "organization": "Organisatie", "managingOrganization": "Organisatie", "serviceProvider": "Zorgaanbieder", "telecom": "Bereikbaar", "address": "Adres", "name": "Naam",
	"identifier": "Nummer", "gender": "Geslacht", "birthDate": "Geboortedatum", "deceased": "Overleden", "maritalStatus": "Burgerlijke staat", "multipleBirth": "Meerling", "communication": "Taal", "language": "Taal", "preferred": "Voorkeur", "generalPractitioner": "Huisarts",
	"contact": "Contactpersoon", "relationship": "Relatie", "photo": "Foto", "link": "Hoort bij", "disorder": "Bij aandoening", "reasonForEnding": "Reden van einde", "reasonClosure": "Reden van einde", "detail": "Gaat over", "outcome": "Uitkomst", "result": "Uitslag",
	"legallyCapable": "Wilsbekwaam", "legallyCapableComment": "Toelichting op wilsbekwaamheid", "assent": "Instemming", "legalCriterion": "Wettelijke grond", "healthProfessional": "Zorgverlener", "proficiency": "Taalbeheersing", "level": "Niveau",
	"nationality": "Nationaliteit", "birthPlace": "Geboorteplaats", "mothersMaidenName": "Geboortenaam van de moeder", "birthsex": "Geslacht bij geboorte", "race": "Afkomst", "ethnicity": "Etniciteit", "episodeOfCareName": "Naam van de zorgperiode", "furtherSpecificationProblemName": "Nadere omschrijving",
	"bodyPosition": "Houding", "sOAPLineCode": "Regel", "dueTo": "Door", "assertedDate": "Vastgesteld op", "stage": "Stadium", "evidence": "Aanwijzing", "severity": "Ernst", "abatement": "Voorbij sinds", "onset": "Begonnen", "recordedDate": "Vastgelegd op", "clinicalStatus": "Stand", "verificationStatus": "Zekerheid",
	"dosageInstruction": "Gebruik", "renderedDosageInstruction": "Gebruik", "dispenseRequest": "Aflevering", "substitution": "Vervanging", "intent": "Bedoeling", "reported": "Volgens opgave", "medication": "Medicijn", "ingredient": "Bevat", "form": "Vorm", "batch": "Partij", "lotNumber": "Partijnummer", "expirationDate": "Houdbaar tot", "manufacturer": "Fabrikant", "amount": "Hoeveelheid", "strength": "Sterkte",
	"requester": "Aangevraagd door", "informationSource": "Volgens", "dateAsserted": "Vastgelegd op", "effective": "Wanneer", "periodOfUse": "Gebruiksperiode", "duration": "Duur", "stopType": "Soort stop", "whenPrepared": "Klaargemaakt", "whenHandedOver": "Afgeleverd", "quantity": "Hoeveelheid", "daysSupply": "Voor hoeveel dagen", "numberOfRepeatsAllowed": "Aantal herhalingen", "validityPeriod": "Geldig", "initialFill": "Eerste keer", "expectedSupplyDuration": "Voor hoe lang", "allowed": "Toegestaan",
	"referenceRange": "Gewone waarden", "interpretation": "Beoordeling", "specimen": "Monster", "component": "Onderdelen", "hasMember": "Bestaat uit", "derivedFrom": "Afgeleid van", "dataAbsentReason": "Waarom geen waarde", "conclusion": "Conclusie", "conclusionCode": "Conclusie", "presentedForm": "Verslag", "media": "Beeld", "supportingInfo": "Hoort bij", "supportingInformation": "Hoort bij", "focus": "Gaat over",
	"activity": "Acties", "addresses": "Voor", "goal": "Doelen", "target": "Streven", "measure": "Wat", "dueDate": "Streefdatum", "due": "Streefdatum", "achievementStatus": "Behaald", "expressedBy": "Gezegd door", "statusReason": "Reden van de stand", "statusDate": "Stand sinds", "careTeam": "Team", "contributor": "Meegewerkt", "created": "Gemaakt", "progress": "Voortgang", "replaces": "Vervangt", "doNotPerform": "NIET doen", "scheduled": "Wanneer", "dailyAmount": "Per dag", "kind": "Soort", "outcomeCodeableConcept": "Uitkomst", "outcomeReference": "Uitkomst",
	"payor": "Verzekeraar", "policyHolder": "Verzekeringnemer", "subscriber": "Verzekerde", "subscriberId": "Verzekerdennummer", "order": "Volgorde", "network": "Netwerk", "class": "Soort", "dependent": "Volgnummer", "diagnosis": "Diagnose", "hospitalization": "Opname", "admitSource": "Gekomen van", "dischargeDisposition": "Gegaan naar", "origin": "Vandaan", "destination": "Naar", "reAdmission": "Heropname", "serviceType": "Soort zorg", "length": "Duur", "appointment": "Afspraak", "episodeOfCare": "Zorgperiode", "referralRequest": "Verwijzing", "individual": "Wie", "role": "Rol", "onBehalfOf": "Namens", "member": "Wie", "specialty": "Specialisme", "practitioner": "Zorgverlener", "function": "Rol", "actor": "Wie", "availableTime": "Werkt op", "daysOfWeek": "Dagen", "qualification": "Bevoegdheid", "alias": "Ook genoemd", "mode": "Manier", "physicalType": "Soort plek", "position": "Ligging",
	"reaction": "Reactie", "manifestation": "Verschijnselen", "substance": "Stof", "exposureRoute": "Gekregen via", "criticality": "Hoe gevaarlijk", "lastOccurrence": "Laatste keer", "vaccineCode": "Vaccin", "doseQuantity": "Dosis", "route": "Manier", "site": "Plaats op het lichaam", "protocolApplied": "Schema", "targetDisease": "Tegen", "doseNumber": "Dosisnummer", "seriesDoses": "Aantal doses", "series": "Reeks", "authority": "Volgens", "primarySource": "Uit eerste hand", "isSubpotent": "Dosis werkte onvoldoende", "forecastStatus": "Advies", "dateCriterion": "Data", "recommendation": "Advies", "education": "Uitleg", "publicationDate": "Uitgave", "presentationDate": "Gegeven op", "reportOrigin": "Volgens",
	"udiCarrier": "Herkenningsnummer", "deviceIdentifier": "Apparaatnummer", "serialNumber": "Serienummer", "modelNumber": "Model", "manufactureDate": "Gemaakt op", "deviceName": "Naam", "distinctIdentifier": "Nummer", "safety": "Veiligheid", "owner": "Eigenaar", "carrierHRF": "Streepjescode (tekst)", "carrierAIDC": "Streepjescode", "issuer": "Uitgegeven door", "version": "Versie", "timing": "Wanneer", "recordedOn": "Vastgelegd op", "bodySiteCode": "Plaats op het lichaam",
	"oralDiet": "Voeding", "texture": "Dikte", "modifier": "Aanpassing", "nutrient": "Voedingsstof", "fluidConsistencyType": "Dikte van drinken", "instruction": "Uitleg", "supplement": "Aanvulling", "productName": "Product", "enteralFormula": "Sondevoeding", "foodPreferenceModifier": "Voorkeur", "excludeFoodModifier": "Niet eten", "allergyIntolerance": "Allergie", "orderer": "Voorgeschreven door", "schedule": "Wanneer", "foodType": "Soort eten", "volume": "Volume", "baseFormulaType": "Soort voeding", "baseFormulaProductName": "Product", "caloricDensity": "Voedingswaarde", "routeofAdministration": "Manier", "administration": "Toedienen", "rate": "Snelheid", "administrationInstruction": "Uitleg", "maxVolumeToDeliver": "Hoogstens",
	"sent": "Verzonden", "received": "Ontvangen", "sender": "Van", "recipient": "Aan", "payload": "Bericht", "topic": "Onderwerp", "about": "Gaat over", "medium": "Via", "inResponseTo": "Antwoord op", "content": "Inhoud", "docStatus": "Stand van het stuk", "custodian": "Bewaard door", "authenticator": "Bevestigd door", "relatesTo": "Hoort bij", "context": "Samenhang", "event": "Gebeurtenis", "facilityType": "Soort plek", "practiceSetting": "Vakgebied", "sourcePatientInfo": "Gegevens van de cliënt", "related": "Hoort bij", "format": "Opmaak", "attachment": "Bestand", "securityLabel": "Merk", "view": "Aanzicht", "operator": "Gemaakt door", "height": "Hoogte (beeldpunten)", "width": "Breedte (beeldpunten)", "frames": "Beelden", "modality": "Soort opname",
	"questionnaire": "Vragenlijst", "authored": "Ingevuld", "source": "Bron", "item": "Vragen", "answer": "Antwoord", "text": "Tekst", "title": "Titel", "subtitle": "Ondertitel", "section": "Deel", "entry": "Bevat", "attester": "Bevestigd door", "confidentiality": "Vertrouwelijkheid", "emptyReason": "Waarom leeg", "orderedBy": "Volgorde", "provision": "Afspraak", "scope": "Onderwerp", "policy": "Volgens regeling", "policyRule": "Volgens regeling", "verification": "Bevestigd", "verified": "Bevestigd", "verifiedWith": "Bevestigd met", "verificationDate": "Bevestigd op", "dateTime": "Datum", "date": "Datum", "purpose": "Doel", "data": "Gegevens", "action": "Wat mag", "specificationOther": "Anders, namelijk", "treatmentPermitted": "Mag de behandeling?", "sourceAttachment": "Bron", "sourceReference": "Bron", "dataPeriod": "Over de periode", "uri": "Adres",
	"actuality": "Echt gebeurd", "suspectEntity": "Mogelijke oorzaak", "resultingCondition": "Gevolg", "seriousness": "Hoe ernstig", "contributingCondition": "Droeg bij", "detected": "Ontdekt", "subjectMedicalHistory": "Voorgeschiedenis", "study": "Onderzoek", "referenceDocument": "Stuk", "instance": "Wat", "causality": "Oorzaak", "assessment": "Beoordeling", "agent": "Wie", "entity": "Wat", "recorded": "Vastgelegd", "purposeOfEvent": "Waarom", "outcomeDesc": "Uitkomst", "who": "Wie", "what": "Wat", "observer": "Door systeem", "altId": "Naam in het systeem", "requestor": "Begon zelf", "lifecycle": "Stap", "occurred": "Wanneer", "signature": "Handtekening", "subtype": "Soort",
	"minutesDuration": "Minuten", "slot": "Tijdvak", "requestedPeriod": "Gewenste tijd", "cancelationReason": "Reden van afzeggen", "cancellationReason": "Reden van afzeggen", "patientInstruction": "Uitleg voor u", "appointmentType": "Soort afspraak", "serviceCategory": "Soort zorg", "required": "Nodig",
	"occurrence": "Wanneer", "performed": "Gedaan op", "orderDetail": "Bijzonderheden", "asNeeded": "Zo nodig", "authoredOn": "Aangevraagd op", "insurance": "Verzekering", "locationCode": "Plaats", "relevantHistory": "Geschiedenis", "performerType": "Door", "collection": "Afname", "collector": "Afgenomen door", "collected": "Afgenomen", "fastingStatus": "Nuchter", "container": "Buis", "condition": "Staat", "processing": "Bewerking", "receivedTime": "Ontvangen", "complication": "Complicatie", "followUp": "Daarna", "focalDevice": "Hulpmiddel", "usedReference": "Gebruikt", "usedCode": "Gebruikt", "report": "Verslag", "manipulated": "Wat",
	"contentType": "Soort bestand", "url": "Adres", "size": "Grootte", "active": "Actief", "valueSet": "Keuzelijst", "deleted": "Vervallen", "flag": "Merk",
}
