package fhir

import "inzage/internal/dossier"

// Section 10: aids, implants and food.
var aidSpecs = map[string]*spec{
	"Device": {section: dossier.SectionAids, kind: "hulpmiddel", title: []string{"deviceName.name", "type"}, date: []string{"manufactureDate"},
		fields: []string{"type", "manufacturer", "modelNumber", "serialNumber", "lotNumber", "expirationDate", "udiCarrier", "owner", "location", "safety"}, admin: []string{"deviceName", "distinctIdentifier", "parent", "definition", "contact", "url", "version", "specialization", "property", "status"}},
	"DeviceUseStatement": {
		section: dossier.SectionAids, kind: "hulpmiddel",
		title: []string{"device"}, date: []string{"timing[x]", "recordedOn"}, recorded: []string{"recordedOn"},
		author: []string{"source", "ext:MedicalDevice.HealthProfessional"}, shape: aid,
		fields: []string{
			"bodySite", "reasonCode", "reasonReference", "timing[x]=Wanneer", "ext:MedicalDevice.Location=Waar",
			"ext:resource-pertainsToGoal",
		},
		admin: []string{"derivedFrom"},
	},
	"DeviceRequest": {
		section: dossier.SectionAids, kind: "aanvraag hulpmiddel",
		title: []string{"code[x]"}, date: []string{"occurrence[x]", "authoredOn"}, author: []string{"requester"}, shape: forbidden,
		status: true,
		fields: []string{"reasonCode"},
	},
	"SupplyDelivery": {
		section: dossier.SectionAids, kind: "levering",
		title: []string{"suppliedItem.item[x]", "type"}, date: []string{"occurrence[x]"}, status: true,
		fields: []string{"suppliedItem", "supplier", "destination"},
	},
	"NutritionOrder": {
		section: dossier.SectionAids, kind: "voeding",
		title: []string{"oralDiet.type", "enteralFormula.baseFormulaType", "supplement.type"}, date: []string{"dateTime"},
		author: []string{"orderer"},
		fields: []string{"oralDiet.type=Dieet", "oralDiet.texture.modifier=Hoe dik of fijn", "oralDiet.fluidConsistencyType=Hoe dik het drinken is", "oralDiet.instruction=Uitleg", "oralDiet.schedule=Wanneer", "supplement", "enteralFormula", "foodPreferenceModifier", "excludeFoodModifier", "allergyIntolerance", "ext:workflow-reasonReference=Reden"}, admin: []string{"intent"}, status: true},
	"VisionPrescription": {
		section: dossier.SectionAids, kind: "bril of lenzen",
		title: []string{"kind"}, date: []string{"dateWritten", "created"}, author: []string{"prescriber"},
		fields: []string{"lensSpecification"},
	},
}

// aid adds the thing itself to the statement that it is used.
func aid(c *cx) {
	to := c.rec.find(c.n().Get("device"), c.res)
	if to == nil || !to.part {
		return
	}
	c.uses(to)
	o := &writer{rec: c.rec, res: to, use: c.uses}
	o.deviceName(to.node)
	for _, f := range []string{"type", "manufacturer", "modelNumber", "serialNumber", "lotNumber", "expirationDate", "note"} {
		if s := o.texts(to.node, f); join("; ", s) != c.it.Title {
			c.add(label(f), s)
		}
	}
	for _, f := range []string{"udiCarrier", "distinctIdentifier", "status", "deviceName", "patient", "owner", "url"} {
		to.node.Get(f).Read()
	}
}
