package fhir

import (
	"math/big"
	"strings"
)

// units are the units of UCUM in words that a lay person knows. Those that are
// not here are shown as the source wrote them.
var units = map[string]string{
	"1": "", "{score}": "punten", "{#}": "", "{count}": "", "%": "%",
	"kg": "kg", "g": "gram", "mg": "mg", "ug": "microgram", "mcg": "microgram", "ng": "nanogram", "[lb_av]": "Engelse pond",
	"m": "m", "cm": "cm", "mm": "mm", "km": "km", "[in_i]": "inch", "[ft_i]": "voet",
	"L": "liter", "l": "liter", "dL": "dl", "mL": "ml", "ml": "ml", "uL": "microliter",
	"a": "jaar", "mo": "maanden", "wk": "weken", "w": "weken", "{w}": "weken", "d": "dagen", "h": "uur", "min": "minuten",
	"s": "seconden", "ms": "milliseconden",
	"/min": "per minuut", "{beats}/min": "slagen per minuut", "{Beats}/min": "slagen per minuut", "{breaths}/min": "ademhalingen per minuut",
	"/d": "per dag", "/wk": "per week", "/h": "per uur", "1/d": "per dag", "/a": "per jaar",
	"mm[Hg]": "mmHg", "cm[H2O]": "cm water", "kPa": "kPa", "Cel": "°C", "[degF]": "°F",
	"kg/m2": "kg/m²", "m2": "m²", "kcal": "kcal", "kJ": "kJ", "dB": "decibel", "dB[HL]": "decibel", "[diop]": "dioptrie", "deg": "graden",
	"mmol/L":              "mmol per liter",
	"mmol/l":              "mmol per liter",
	"umol/L":              "micromol per liter",
	"nmol/L":              "nmol per liter",
	"pmol/L":              "pmol per liter",
	"mmol/mol":            "mmol per mol",
	"mmol/mol{Hb}":        "mmol per mol",
	"g/L":                 "gram per liter",
	"g/dL":                "gram per deciliter",
	"mg/dL":               "mg per deciliter",
	"mg/L":                "mg per liter",
	"ug/L":                "microgram per liter",
	"ng/mL":               "nanogram per ml",
	"pg/mL":               "picogram per ml",
	"mg/g":                "mg per gram",
	"ug/dL":               "microgram per deciliter",
	"ug/mL":               "microgram per ml",
	"U/L":                 "eenheden per liter",
	"[IU]/L":              "eenheden per liter",
	"[iU]/L":              "eenheden per liter",
	"[IU]":                "internationale eenheden",
	"[iU]":                "internationale eenheden",
	"U":                   "eenheden",
	"mU/L":                "duizendste eenheden per liter",
	"k[IU]/L":             "duizend eenheden per liter",
	"10*9/L":              "miljard per liter",
	"10*12/L":             "biljoen per liter",
	"10*3/uL":             "duizend per microliter",
	"10*6/uL":             "miljoen per microliter",
	"fL":                  "femtoliter",
	"pg":                  "picogram",
	"meq/L":               "milli-equivalent per liter",
	"mEq/L":               "milli-equivalent per liter",
	"mL/min":              "ml per minuut",
	"mL/min/{1.73_m2}":    "ml per minuut per 1,73 m²",
	"L/min":               "liter per minuut",
	"mL/h":                "ml per uur",
	"ml/h":                "ml per uur",
	"mL/d":                "ml per dag",
	"mL/kg":               "ml per kg",
	"mg/kg":               "mg per kg",
	"{tbl}":               "tablet",
	"{tablet}":            "tablet",
	"{capsule}":           "capsule",
	"[drp]":               "druppels",
	"{puff}":              "pufjes",
	"{pack}/d":            "pakjes per dag",
	"ml/min/1,73m2":       "ml per minuut per 1,73 m²",
	"mL/min/1.73m2":       "ml per minuut per 1,73 m²",
	"mL/min/1.73 m2":      "ml per minuut per 1,73 m²",
	"ml/min/1.73m2":       "ml per minuut per 1,73 m²",
	"micromol/l":          "micromol per liter",
	"umol/l":              "micromol per liter",
	"mg/mmol":             "mg per mmol",
	"g/l":                 "gram per liter",
	"mg/l":                "mg per liter",
	"U/l":                 "eenheden per liter",
	"ng/dL":               "nanogram per deciliter",
	"ng/L":                "nanogram per liter",
	"u[IU]/mL":            "micro-eenheden per ml",
	"m[IU]/L":             "duizendste eenheden per liter",
	"mU/l":                "duizendste eenheden per liter",
	"PackYears":           "pakjaren",
	"{PackYears}":         "pakjaren",
	"cigarettepacks/week": "pakjes per week",
	"glasses/week":        "glazen per week",
	"{glasses}/wk":        "glazen per week",
	"{nominal}":           "",
	"{T}":                 "",
}

// one is the word after the number 1.
var one = map[string]string{"glazen per week": "glas per week", "pakjes per week": "pakje per week", "pakjaren": "pakjaar",
	"jaar": "jaar", "maanden": "maand", "weken": "week", "dagen": "dag", "uur": "uur", "minuten": "minuut", "seconden": "seconde", "punten": "punt", "eenheden": "eenheid", "pufjes": "pufje", "druppels": "druppel"}

// unitFor is a unit after a number: singular after 1.
func unitFor(unit, value string) string {
	if w, ok := one[unit]; ok && value == "1" {
		return w
	}
	return unit
}

// decimal is a number with a comma. Digits are as written; of more than six
// decimals three significant ones are shown, since they come from a computer's
// conversion and not from an instrument.
func decimal(s string) string {
	if s == "" {
		return ""
	}
	if whole, frac, ok := strings.Cut(s, "."); ok && len(frac) > 6 || strings.ContainsAny(s, "eE") {
		f, _, err := big.ParseFloat(s, 10, 200, big.ToNearestEven)
		if err != nil {
			return s
		}
		places := 2
		if strings.Trim(whole, "-0") == "" {
			places = 4
		}
		if e := f.MantExp(nil); e > 100 || e < -30 {
			return strings.Replace(s, ".", ",", 1)
		}
		s = f.Text('f', places)
		if strings.Contains(s, ".") {
			s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
		}
	}
	return strings.Replace(s, ".", ",", 1)
}
