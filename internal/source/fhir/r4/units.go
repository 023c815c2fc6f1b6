package r4

// units are UCUM codes, and what systems write instead of them, in words that
// a lay person knows. A unit that is not here stands as the source writes it.
var units = map[string]string{
	"": "", "1": "", "{score}": "punten", "{Score}": "punten", "{Number}": "", "{#}": "",
	"kg": "kg", "g": "gram", "gram": "gram", "mg": "mg", "MG": "mg", "milligram": "mg", "ug": "microgram", "mcg": "microgram", "ng": "nanogram",
	"L": "liter", "l": "liter", "dL": "deciliter", "dl": "deciliter", "mL": "ml", "ml": "ml", "milliliter": "ml", "uL": "microliter",
	"m": "meter", "cm": "cm", "mm": "mm", "[in_i]": "inch", "[ft_i]": "voet", "[lb_av]": "pond (0,45 kg)", "[oz_av]": "ounce (28 gram)",
	"kg/m2": "kg per vierkante meter", "m2": "vierkante meter", "cm2": "vierkante cm",
	"mm[Hg]": "mmHg", "mmHg": "mmHg", "kPa": "kPa",
	"Cel": "graden Celsius", "C": "graden Celsius", "°C": "graden Celsius", "[degF]": "graden Fahrenheit", "deg": "graden", "graden": "graden",
	"%": "procent", "/min": "per minuut", "{beats}/min": "slagen per minuut", "1/min": "per minuut", "{breaths}/min": "ademhalingen per minuut",
	"s": "seconden", "min": "minuten", "h": "uur", "d": "dagen", "day": "dagen", "Day": "dagen", "wk": "weken", "mo": "maanden", "a": "jaar", "ms": "milliseconden",
	"/d": "per dag", "/wk": "per week", "/h": "per uur", "mL/h": "ml per uur", "L/min": "liter per minuut", "mL/min": "ml per minuut", "mg/d": "mg per dag", "g/d": "gram per dag", "mL/d": "ml per dag",
	"mmol/L": "millimol per liter", "mmol/l": "millimol per liter", "umol/L": "micromol per liter", "micromol/l": "micromol per liter",
	"nmol/L": "nanomol per liter", "pmol/L": "picomol per liter", "mmol/mol": "millimol per mol", "mg/mmol": "mg per millimol",
	"mg/dL": "mg per deciliter", "g/dL": "gram per deciliter", "g/L": "gram per liter", "mg/L": "mg per liter", "mg/g": "mg per gram",
	"ug/L": "microgram per liter", "ug/dL": "microgram per deciliter", "ng/mL": "nanogram per ml", "ng/L": "nanogram per liter", "ng/dL": "nanogram per deciliter", "pg/mL": "picogram per ml",
	"U/L": "eenheden per liter", "[IU]/L": "eenheden per liter", "U": "eenheden", "[IU]": "internationale eenheden", "[iU]": "internationale eenheden", "m[IU]/L": "milli-eenheden per liter", "u[IU]/mL": "micro-eenheden per ml",
	"10*9/L": "miljard per liter", "10*12/L": "biljoen per liter", "10*3/uL": "duizend per microliter", "10*6/uL": "miljoen per microliter", "fL": "femtoliter", "pg": "picogram", "mm/h": "mm per uur",
	"mL/min/{1.73_m2}": "ml per minuut (omgerekend naar 1,73 vierkante meter)", "ml/min/1,73m2": "ml per minuut (omgerekend naar 1,73 vierkante meter)",
	"[diop]": "dioptrie", "[p'diop]": "prismadioptrie", "dB": "decibel", "[drp]": "druppels", "{tbl}": "tablet", "{puff}": "pufjes", "{pufs}": "pufjes",
	"meq/L": "milli-equivalent per liter", "mosm/kg": "milliosmol per kg", "kcal": "kilocalorieën", "{w}": "weken", "{PackYears}": "pakjaren", "[APGAR'U]": "punten", "[ppm]": "delen per miljoen", "T": "T",
}
