package document

import "testing"

func TestANameDoesNotTurnASentenceRound(t *testing.T) {
	for s, want := range map[string]bool{
		"":                      false,
		"12 maart":              false,
		"Kopie van het dossier": false,
		"فاطمة الزهراء":         true,
		"فاطمة الزهراء, geboren in 1951":  false,
		"فاطمة الزهراء بنت محمد, cliënt":  false,
		"שלום עולם.":                      true,
		"Mevrouw الزهراء wilde naar huis": false,
		"الزهراء gaf er een de fles":      false,
		"أرسلت البريد إلى MijnPlan أمس":   true,
		"(12) שלום": true,
	} {
		if got := RightToLeft(s); got != want {
			t.Errorf("RightToLeft(%q) = %v", s, got)
		}
	}
}
