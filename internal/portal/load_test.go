package portal_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"inzage/internal/portal"
)

// copyOf copies a fixture folder, so that a test may break it.
func copyOf(t *testing.T, id string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), id)
	if err := os.CopyFS(dir, os.DirFS("../../fixtures/portals/"+id)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// edit replaces one text in a file that must hold it.
func edit(t *testing.T, dir, file, from, to string) {
	t.Helper()
	name := filepath.Join(dir, file)
	b, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(b), from) {
		t.Fatalf("%s does not hold %q (%v)", file, from, err)
	}
	if err := os.WriteFile(name, []byte(strings.Replace(string(b), from, to, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFaults(t *testing.T) {
	const y = "portal.yaml"
	newest := "voorwaarden/2026-01-01.md"
	tests := []struct {
		name           string
		file, from, to string // an edit; from "" writes to as the file, "-" removes it
		want           string // one line of the error
	}{
		{"unknown key", y, "name: MijnPlan\n", "name: MijnPlan\ncolour: red\n", `portal.yaml:6: unknown key "colour"`},
		{"no emergency phone", y, "emergency_phone: 088-000 10 01\n", "", "portal.yaml:2: emergency_phone: missing (access.emergency_required is true"},
		{"no explainer", y, "  role: persoonlijk begeleider of trajectbegeleider\n", "", "explainer.role: missing"},
		{"an English word for nothing", y, "  klachtenfunctionaris: complaints", "  klachtenfunctionaresse: complaints", "in_english: a key must be phone_hours, a role"},
		{"no privacy statement", y, "privacy_url: https://www.example.nl/humanitas-dmh/privacy\n", "", "privacy_url: missing"},
		{"http", y, "url: https://www.example.nl/mijnplan", "url: http://www.example.nl/mijnplan", "portal.yaml:7: url: must be an https address"},
		{"section", y, "  mijn-team:", "  mijn-ploeg:", `unknown section "mijn-ploeg"`},
		{"section absent", y, "  mijn-team:", "  mijn-ploeg:", "sections.mijn-team: missing"},
		{"rule", y, "contacts: eigen", "contacts: soms", "sections.contactpersonen.contacts: must be one of"},
		{"colour", y, "#7A3B69", "plum", "theme.accent: must be a colour"},
		{"tail", y, "tail_days: 7", "tail_days: week", "access.tail_days: must be a whole number"},
		{"answer", y, "tail_days: 7", "tail_days: 7\n  answer_days: 0", "access.answer_days: must be a whole number from 1 to 366"},
		{"files that start", y, "staff: ", "attachments: {active: pages}\nstaff: ", "attachments.active: must be one of leave_out, give"},
		{"files, no choice", y, "staff: ", "attachments: {}\nstaff: ", "attachments.active: missing"},
		{"files, other key", y, "staff: ", "attachments: {active: give, pdf: give}\nstaff: ", `unknown key "attachments.pdf"`},
		{"key twice", y, "name: MijnPlan\n", "name: MijnPlan\nname: MijnPlan\n", "portal.yaml:6: not readable as YAML"},
		{"not YAML", y, "schema: portal/v1", "schema: [portal/v1", "not readable as YAML"},
		{"two defaults", y, "  - id: wmo\n", "  - id: wmo\n    default: true\n", "exactly one class must be the default"},
		{"logo broken", "logo.png", "", "\x89PNG no", "logo.png: logo is not a PNG"},
		{"logo absent", "logo.png", "-", "", "theme.logo: file not in the folder"},
		{"no disclaimer", "eigen-risico.md", "-", "", "eigen-risico.md: missing"},
		{"empty disclaimer", "eigen-risico.md", "", "# Voordat u verder leest\n\n", "eigen-risico.md:1: no text"},
		{"no art. 15 text", "artikel-15/g-herkomst.md", "-", "", "no text for part g of AVG art. 15"},
		{"no text", "teksten/bewaren.md", "-", "", "teksten/bewaren.md: missing"},
		{"other day", newest, "valid_from: 2026-01-01", "valid_from: 2026-02-01", newest + ":3: valid_from: differs from the file's name"},
		{"two for one day", "voorwaarden/x.md", "", "---\nversion: a\nvalid_from: 2026-01-01\nlanguage: nl\n---\n# T\n\ntekst", "voorwaarden/x.md: holds from the same day as " + newest},
		{"language", newest, "language: nl", "language: fy", newest + ":4: language: must be one of nl, en"},
		{"no front matter", newest, "---\nversion", "version", newest + ":1: no front matter"},
		{"C17", newest, "Dit geldt niet bij opzet of bewuste roekeloosheid", "Dit geldt altijd", newest + ":76: excludes liability without the exception"},
		{"stray file", "teksten/groet.md", "", "# Dag\n\ntekst", `unknown text "groet"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := copyOf(t, "mijnplan")
			switch name := filepath.Join(dir, tt.file); tt.from {
			case "":
				if err := os.WriteFile(name, []byte(tt.to), 0o600); err != nil {
					t.Fatal(err)
				}
			case "-":
				if err := os.Remove(name); err != nil {
					t.Fatal(err)
				}
			default:
				edit(t, dir, tt.file, tt.from, tt.to)
			}
			p, err := portal.Load(dir)
			if p != nil || !errors.Is(err, portal.ErrPortal) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v\nwant a line with %q", err, tt.want)
			}
		})
	}
}

func TestNoTerms(t *testing.T) {
	dir := copyOf(t, "thuisgenoten")
	if err := os.RemoveAll(filepath.Join(dir, "voorwaarden")); err != nil {
		t.Fatal(err)
	}
	if _, err := portal.Load(dir); err == nil || !strings.Contains(err.Error(), "voorwaarden: no terms of use") {
		t.Error(err)
	}
}

func TestEveryFaultAtOnce(t *testing.T) {
	dir := copyOf(t, "mijnplan")
	edit(t, dir, "portal.yaml", "emergency_phone: 088-000 10 01\n", "")
	edit(t, dir, "portal.yaml", "#7A3B69", "plum")
	if err := os.Remove(filepath.Join(dir, "eigen-risico.md")); err != nil {
		t.Fatal(err)
	}
	var f *portal.Faults
	if _, err := portal.Load(dir); !errors.As(err, &f) || len(f.List) < 3 {
		t.Errorf("got %v", err)
	}
}

func TestDarkenedAccent(t *testing.T) {
	dir := copyOf(t, "mijnplan")
	edit(t, dir, "portal.yaml", "#7A3B69", "#FFCC00")
	p, err := portal.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if c := portal.Contrast(p.Theme.Accent, 0xFFFFFF); c < 4.5 {
		t.Errorf("accent has %.2f:1 on white", c)
	}
	if c := portal.Contrast(p.Theme.AccentDark, 0x16171B); c < 4.5 {
		t.Errorf("dark accent has %.2f:1", c)
	}
	if !warned(p, "darkened") {
		t.Error("no warning")
	}
}

func warned(p *portal.Portal, word string) bool {
	for _, w := range p.Warnings {
		if strings.Contains(w.Text, word) {
			return true
		}
	}
	return false
}

func TestDigestFollowsEveryByte(t *testing.T) {
	dir := copyOf(t, "mijnplan")
	before := mustLoad(t, "mijnplan").Digest
	if p, err := portal.Load(dir); err != nil || p.Digest != before {
		t.Fatal("a copy has another digest", err)
	}
	edit(t, dir, "teksten/lezen.md", "overzicht", "Overzicht")
	if p, err := portal.Load(dir); err != nil || p.Digest == before {
		t.Error("a changed text has the same digest", err)
	}
}

func TestTermsAt(t *testing.T) {
	p := mustLoad(t, "mijnplan")
	first := p.Terms[1].ValidFrom.Start()
	if at, _ := p.TermsAt(first); at.Version != "2026-01" {
		t.Error("the new version must hold from midnight in Amsterdam")
	}
	if at, _ := p.TermsAt(first.Add(-1)); at.Version != "2023-05" {
		t.Error("the old version must hold until midnight")
	}
	if _, err := p.TermsAt(p.Terms[0].ValidFrom.Start().Add(-1)); !errors.Is(err, portal.ErrNoTerms) {
		t.Error(err)
	}
}

func TestAnAnswerStandsForItsDays(t *testing.T) {
	if days := mustLoad(t, "mijnplan").Access.AnswerDays; days != 90 {
		t.Errorf("an answer stands %d days where the portal says nothing", days)
	}
	dir := copyOf(t, "mijnplan")
	edit(t, dir, "portal.yaml", "tail_days: 7", "tail_days: 7\n  answer_days: 30")
	if p, err := portal.Load(dir); err != nil || p.Access.AnswerDays != 30 {
		t.Errorf("%v", err)
	}
}
