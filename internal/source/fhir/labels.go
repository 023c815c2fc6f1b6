package fhir

import (
	"strings"
	"unicode"
)

// labels are the names of elements for a reader.
var labels = map[string]string{
	"abatement": "Voorbij", "abatementDateTime": "Voorbij sinds", "achievementStatus": "Hoe ver", "action": "Handeling", "activity": "Activiteit", "actor": "Wie", "additive": "Toevoeging", "address": "Adres", "addresses": "Hoort bij", "admitSource": "Kwam van", "agent": "Wie",
	"allDay": "Hele dag", "amount": "Hoeveelheid", "answer": "Antwoord", "appliesTo": "Geldt voor", "appointmentType": "Soort afspraak", "area": "Gebied", "asNeeded": "Zo nodig", "asserter": "Gemeld door", "author": "Door", "authoredOn": "Opgeschreven op", "authority": "Instantie",
	"authorString": "Door", "authorReference": "Door", "availability": "Beschikbaar", "batch": "Partij", "birthDate": "Geboortedatum", "bodySite": "Plaats op het lichaam", "building": "Gebouw", "carrier": "Drager", "category": "Soort", "cause": "Oorzaak", "city": "Plaats", "class": "Soort", "clinicalStatus": "Nu", "code": "Wat",
	"comment": "Opmerking", "communication": "Taal", "complication": "Complicatie", "component": "Onderdeel", "conclusion": "Conclusie", "conclusionCode": "Conclusie", "condition": "Aandoening", "consentPeriod": "Geldig", "contact": "Contact", "contentType": "Soort bestand", "context": "Bij", "country": "Land", "course": "Kuur", "created": "Gemaakt op", "criticality": "Hoe ernstig bij contact", "custodian": "Beheerder",
	"daysSupply": "Voor hoeveel dagen", "deceased": "Overleden", "deceasedBoolean": "Overleden", "deceasedDateTime": "Overleden op", "description": "Omschrijving", "detail": "Uitwerking", "device": "Hulpmiddel", "deviceName": "Naam", "diagnosis": "Diagnose", "dischargeDisposition": "Ging naar", "disposition": "Bestemming", "dispenseRequest": "Te leveren", "display": "Omschrijving", "district": "Wijk", "dateAsserted": "Gemeld op", "date": "Datum",
	"dosage": "Gebruik", "dosageInstruction": "Gebruik", "doseAndRate": "Dosis", "doseQuantity": "Dosis", "dose": "Dosis", "duration": "Duur", "due": "Klaar op", "dueDate": "Klaar op", "education": "Opleiding", "effective": "Periode", "encounter": "Bij contact", "end": "Einde", "entity": "Wat", "entry": "Onderdeel", "evaluation": "Evaluatie", "event": "Gebeurtenis", "evidence": "Waarop het berust", "expectedSupplyDuration": "Voor hoe lang", "expirationDate": "Houdbaar tot", "expressedBy": "Van wie",
	"extent": "Omvang", "focalDevice": "Hulpmiddel", "focus": "Gaat over", "followUp": "Vervolg", "form": "Vorm", "function": "Rol", "gender": "Geslacht", "generalPractitioner": "Huisarts of vaste zorgverlener", "goal": "Doel", "group": "Groep", "hasMember": "Onderdelen", "height": "Hoogte", "hospitalization": "Opname", "identifier": "Nummer", "imaging": "Beelden", "indication": "Reden", "individual": "Wie", "informationSource": "Gemeld door", "ingredient": "Bestanddeel", "inResponseTo": "Antwoord op",
	"instruction": "Instructie", "instructions": "Instructies", "insurance": "Verzekering", "intent": "Bedoeling", "interpretation": "Beoordeling", "isActive": "Actief", "issue": "Kwestie", "issued": "Vrijgegeven op", "item": "Onderdeel", "itemCodeableConcept": "Onderdeel", "language": "Taal", "lastOccurrence": "Laatste keer", "length": "Duur", "level": "Niveau", "lifecycleStatus": "Status", "line": "Straat", "location": "Waar", "lotNumber": "Partijnummer", "managingOrganization": "Organisatie", "manifestation": "Verschijnsel",
	"manufacturer": "Fabrikant", "maritalStatus": "Burgerlijke staat", "material": "Materiaal", "maxDosePerPeriod": "Hoogstens", "measure": "Wat we meten", "media": "Beeld", "medication": "Medicijn", "medicationCodeableConcept": "Medicijn", "medicationReference": "Medicijn", "medium": "Manier", "member": "Wie", "method": "Manier van meten", "mode": "Soort", "modelNumber": "Model", "modifier": "Aanpassing", "name": "Naam", "note": "Opmerking", "notGiven": "Niet gegeven", "numberOfRepeatsAllowed": "Aantal herhalingen", "occurrence": "Wanneer", "occurrenceDateTime": "Wanneer",
	"onBehalfOf": "Namens", "onset": "Begonnen", "onsetDateTime": "Begonnen", "onsetString": "Begonnen", "oralDiet": "Voeding via de mond", "enteralFormula": "Sondevoeding", "supplement": "Aanvullende voeding", "foodPreferenceModifier": "Voorkeur bij voeding", "excludeFoodModifier": "Niet eten", "order": "Nummer", "organization": "Organisatie", "origin": "Herkomst", "outcome": "Uitkomst", "outcomeCode": "Uitkomst", "outcomeCodeableConcept": "Uitkomst", "outcomeReference": "Uitkomst", "packaging": "Verpakking", "participant": "Deelnemer", "patientInstruction": "Uitleg voor u", "payload": "Bericht", "payor": "Betaler", "performed": "Uitgevoerd", "performedPeriod": "Uitgevoerd", "performedDateTime": "Uitgevoerd op",
	"performer": "Uitgevoerd door", "period": "Periode", "photo": "Foto", "physicalType": "Soort plaats", "policy": "Regeling", "position": "Volgorde", "postalCode": "Postcode", "practitioner": "Zorgverlener", "preferred": "Voorkeur", "prescriber": "Voorgeschreven door", "preparation": "Voorbereiding", "priority": "Voorrang", "problem": "Probleem", "product": "Product", "productCodeableConcept": "Product", "progress": "Voortgang", "protocolApplied": "Volgens", "provision": "Afspraak", "purpose": "Doel", "qualification": "Opleiding", "quantity": "Hoeveelheid", "question": "Vraag",
	"rank": "Volgorde", "rate": "Snelheid", "rateQuantity": "Snelheid", "rateRange": "Snelheid", "reaction": "Reactie", "reason": "Reden", "reasonCode": "Reden", "reasonReference": "Reden", "recipient": "Aan", "recommendation": "Advies", "recorder": "Opgeschreven door", "referenceRange": "Gewone waarden", "relatedTo": "Hoort bij", "relationship": "Relatie", "repeat": "Herhaling", "reported": "Gemeld", "requester": "Gevraagd door", "requestedPeriod": "Gewenste periode", "responsibleParty": "Verantwoordelijke", "result": "Uitslag", "role": "Rol", "route": "Manier van toedienen",
	"schedule": "Wanneer", "scheduled": "Wanneer", "scheduledString": "Wanneer", "scheduledPeriod": "Wanneer", "scheduledTiming": "Wanneer", "scope": "Gaat over", "section": "Deel", "sender": "Van", "sent": "Verstuurd op", "received": "Ontvangen op", "sequence": "Volgorde", "serialNumber": "Serienummer", "serviceCategory": "Soort hulp", "serviceProvider": "Organisatie", "serviceType": "Soort hulp", "severity": "Hoe ernstig", "site": "Plaats op het lichaam", "slot": "Tijdvak", "source": "Bron", "specialty": "Vakgebied", "specimen": "Monster", "stage": "Stadium", "start": "Begin", "startDate": "Begonnen op", "state": "Provincie",
	"status": "Status", "statusDate": "Status sinds", "statusReason": "Reden", "statusHistory": "Eerdere status", "strength": "Sterkte", "subscriberId": "Polisnummer", "subPotentReason": "Reden", "substance": "Stof", "substitution": "Vervanging", "summary": "Samenvatting", "supportingInfo": "Meer informatie", "supportingInformation": "Meer informatie", "target": "Streven", "targetDisease": "Tegen", "team": "Team", "telecom": "Bereikbaar", "text": "Tekst", "texture": "Samenstelling", "time": "Tijd", "timing": "Wanneer", "timingPeriod": "Periode", "title": "Titel", "topic": "Onderwerp", "type": "Soort", "typeCode": "Soort", "unit": "Eenheid", "url": "Adres op internet", "use": "Gebruik",
	"usedCodes": "Gebruikt", "usedReference": "Gebruikt", "vaccineCode": "Vaccin", "validityPeriod": "Geldig", "value": "Waarde", "valueString": "Tekst", "verificationStatus": "Zekerheid", "version": "Versie", "view": "Aanzicht", "width": "Breedte", "doseNumber": "Dosis nummer", "doseNumberPositiveInt": "Dosis nummer", "seriesDosesPositiveInt": "Aantal doses", "primarySource": "Zelf gegeven", "isSubpotent": "Te lage dosis", "fastingStatus": "Nuchter", "collection": "Afname", "collected": "Afgenomen op", "collectedDateTime": "Afgenomen op", "container": "Houder", "receivedTime": "Ontvangen op", "dataAbsentReason": "Geen waarde, omdat", "doNotPerform": "Niet doen",
	"report": "Verslag", "proficiency": "Beheersing", "relationshipType": "Relatie", "detailCodeableConcept": "Streven", "detailString": "Streven", "detailQuantity": "Streven", "detailRange": "Streven", "dateCriterion": "Wanneer", "forecastStatus": "Stand", "forecastReason": "Reden", "contraindicatedVaccineCode": "Mag niet", "minutesDuration": "Aantal minuten", "cancelationReason": "Waarom afgezegd", "participantStatus": "Antwoord", "comments": "Opmerking", "coverage": "Verzekering", "beneficiary": "Verzekerde", "policyHolder": "Verzekeringnemer", "subscriber": "Verzekerde", "dependent": "Volgnummer", "network": "Netwerk", "daily": "Per dag", "modeCode": "Manier", "multipleBirth": "Meerling", "multipleBirthBoolean": "Meerling", "multipleBirthInteger": "Meerling, nummer", "contentString": "Bericht", "contentReference": "Verwijzing", "contentAttachment": "Bestand", "statusReasonCodeableConcept": "Reden", "authorizingPrescription": "Recept", "destination": "Naar", "receiver": "Aan", "substitutionType": "Vervanging", "wasSubstituted": "Vervangen", "suspectEntity": "Mogelijke oorzaak", "seriousness": "Hoe ernstig", "resultingCondition": "Gevolg", "detected": "Ontdekt op", "recordedDate": "Opgeschreven op", "actuality": "Gebeurd of bijna gebeurd", "contributor": "Betrokken", "referenceDocument": "Document",
}

// label is the reader's name for an element.
func label(name string) string {
	if l := labels[name]; l != "" {
		return l
	}
	if l := labels[strings.ToLower(name[:min(1, len(name))])+name[min(1, len(name)):]]; l != "" {
		return l
	}
	for _, suffix := range []string{"CodeableConcept", "Reference", "DateTime", "Quantity", "Boolean", "String", "Period", "Integer", "Range", "Ratio", "Date", "Time", "Attachment", "Timing", "Age", "Code", "Coding", "Uri"} {
		if stem, ok := strings.CutSuffix(name, suffix); ok && stem != "" {
			if l := labels[stem]; l != "" {
				return l
			}
			return spaced(stem)
		}
	}
	return spaced(name)
}

// typeNames are types that have no section of their own.
var typeNames = map[string]string{"Claim": "Declaratie", "ExplanationOfBenefit": "Afrekening van de verzekeraar", "OperationOutcome": "Melding van het systeem", "SupplyRequest": "Bestelling", "Group": "Groep", "Endpoint": "Technisch adres", "Substance": "Stof", "MessageHeader": "Bericht tussen systemen", "Parameters": "Technische gegevens"}

func typeName(kind string) string {
	if t := typeNames[kind]; t != "" {
		return t
	}
	return spaced(kind)
}

// spaced makes words of a name in camel case.
func spaced(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch {
		case i == 0:
			r = unicode.ToUpper(r)
		case unicode.IsUpper(r):
			b.WriteByte(' ')
			r = unicode.ToLower(r)
		case r == '-' || r == '_' || r == '.':
			r = ' '
		}
		b.WriteRune(r)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// extensionLabels are the extensions of nl-core, zib and FHIR that a reader meets.
var extensionLabels = map[string]string{
	"ext-Comment": "Toelichting", "Comment": "Toelichting", "ext-AdvanceDirective.Disorder": "Aandoening", "ext-TreatmentDirective2.ReasonForEnding": "Waarom gestopt", "ext-TreatmentDirective2.SpecificationOther": "Afspraak",
	"ext-EpisodeOfCare.EpisodeOfCareName": "Naam", "ext-Payer.BankInformation": "Bankgegevens", "bankName": "Bank", "bankCode": "Bankcode", "accountNumber": "Rekeningnummer", "flag-detail": "Gaat over", "ext-MedicationContraIndication.ReasonClosure": "Waarom gestopt",
	"workflow-reasonReference": "Reden", "ext-Vaccination.PharmaceuticalProduct": "Vaccin", "ext-PharmaceuticalProduct.Description": "Omschrijving", "ext-RenderedDosageInstruction": "Gebruik", "ext-StopType": "Gestopt", "ext-MedicalDevice.HealthProfessional": "Zorgverlener", "bodySite": "Plaats op het lichaam", "ext-AnatomicalLocation.Laterality": "Kant", "Laterality": "Kant",
	"patient-nationality": "Nationaliteit", "patient-religion": "Geloof", "patient-birthPlace": "Geboorteplaats", "birthPlace": "Geboorteplaats", "mothersMaidenName": "Meisjesnaam van de moeder", "us-core-race": "Afkomst", "us-core-ethnicity": "Afkomst", "us-core-birthsex": "Geslacht bij geboorte", "ombCategory": "Groep", "text": "Tekst", "detailed": "Precies", "geolocation": "Plaats op de kaart", "latitude": "Breedtegraad", "longitude": "Lengtegraad",
	"zib-Medication-PeriodOfUse": "Periode van gebruik", "ext-Medication-PeriodOfUse": "Periode van gebruik", "ext-TimeInterval.Period": "Periode van gebruik", "zib-MedicationUse-Duration": "Duur", "zib-MedicationUse-AsAgreedIndicator": "Volgens afspraak", "zib-Medication-AdditionalInformation": "Meer informatie", "zib-Medication-StopType": "Gestopt", "patient-mothersMaidenName": "Meisjesnaam van de moeder",
	"workflow-supportingInfo": "Meer informatie", "resource-pertainsToGoal": "Hoort bij het doel", "condition-dueTo": "Door", "ext-FreedomRestrictingIntervention.LegallyCapable": "Wilsbekwaam", "legallyCapable": "Wilsbekwaam", "legallyCapableComment": "Toelichting", "patient-proficiency": "Beheersing", "level": "Niveau", "observation-bodyPosition": "Houding", "ext-Problem.FurtherSpecificationProblemName": "Nader omschreven", "feedingMethod": "Manier van voeden",
	"code": "Wat", "period": "Periode", "zib-TreatmentDirective-Treatment": "Behandeling", "zib-AdvanceDirective-Disorder": "Aandoening", "goal-relationship": "Hoort bij", "goal-acceptance": "Akkoord", "procedure-progressStatus": "Voortgang", "patient-animal": "Dier", "individual-genderIdentity": "Geslacht (eigen gevoel)", "ext-ContactPerson.Role": "Rol", "condition-related": "Hoort bij", "ext-LegalSituation.DateLegalStatus": "Datum",
}

func extensionLabel(url string) string {
	name := url
	if i := strings.LastIndexByte(url, '/'); i >= 0 {
		name = url[i+1:]
	}
	if l := extensionLabels[name]; l != "" {
		return l
	}
	name = strings.TrimPrefix(strings.TrimPrefix(name, "ext-"), "zib-")
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		name = name[i+1:]
	}
	return label(name)
}

// quiet extensions say how a value was built or coded, which the value itself
// shows; they are on the list of administrative elements.
var quiet = []string{"data-absent-reason", "code-specification", "ext-CodeSpecification", "iso21090-", "humanname-", "ext-AddressInformation.AddressType", "narrativeLink", "practitionerrole-reference", "code-system-", "ordinalValue", "MedicationTreatment", "timing-exact", "TimingExact", "originalText", "rendering-", "translation", "geolocation", "disability-adjusted-life-years", "quality-adjusted-life-years", "_datatype", "us-core-direct"}

func quietExtension(url string) bool {
	for _, q := range quiet {
		if strings.Contains(url, q) {
			return true
		}
	}
	return false
}
