package compose

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"inzage/internal/dossier"
	"inzage/internal/policy"
	"inzage/templates"
)

// families are the parts of the catalogue that are looked up by an id of the data.
var families = []string{"section", "label", "status", "statusNote", "kind", "role", "kin", "missing", "ground", "law", "fileType", "copy", "copyKind", "runReason"}

func inFamily(k key) bool {
	f, _, _ := strings.Cut(string(k), ".")
	return slices.Contains(families, f)
}

func TestEveryLanguageHasItsFileAndNoOther(t *testing.T) {
	files, err := fs.Glob(templates.Messages, "messages/*.yaml")
	if err != nil || len(files) != len(languages) {
		t.Fatalf("%d files for %d languages, %v", len(files), len(languages), err)
	}
}

func TestLanguagesHoldTheSameMessages(t *testing.T) {
	nl, en := catalogues()["nl"], catalogues()["en"]
	if len(nl.messages) < 200 {
		t.Fatalf("only %d messages: the catalogue is not read", len(nl.messages))
	}
	for _, pair := range [][2]*catalogue{{nl, en}, {en, nl}} {
		for k := range pair[0].messages {
			if _, ok := pair[1].messages[k]; !ok {
				t.Errorf("%s: key %s is missing", pair[1].lang, k)
			}
		}
	}
}

func TestLanguagesHoldTheSamePlaceholders(t *testing.T) {
	nl, en := catalogues()["nl"], catalogues()["en"]
	for k, m := range nl.messages {
		o := en.messages[k]
		if (m.one == nil) != (o.one == nil) {
			t.Errorf("%s: one language counts and the other does not", k)
		}
		if a, b := names(m), names(o); !slices.Equal(a, b) {
			t.Errorf("%s: nl has %v, en has %v", k, a, b)
		}
	}
}

func TestNoMessageIsEmptyOrLeavesABraceOpen(t *testing.T) {
	for lang, c := range catalogues() {
		for k, m := range c.messages {
			for _, parts := range [][]part{m.other, m.one} {
				s := fill(parts, nil)
				if parts != nil && strings.TrimSpace(s) == "" {
					t.Errorf("%s: %s is empty", lang, k)
				}
				if strings.Count(s, "{") != strings.Count(s, "}") {
					t.Errorf("%s: %s: brace without its pair: %q", lang, k, s)
				}
			}
		}
	}
}

// names are the placeholders of a message, sorted.
func names(m message) []string {
	set := map[string]bool{}
	for _, p := range append(slices.Clone(m.other), m.one...) {
		if p.name != "" {
			set[p.name] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func TestKeysOfCodeAndCatalogueAreTheSame(t *testing.T) {
	consts := keyConstants(t)
	if len(consts) < 150 {
		t.Fatalf("only %d constants found", len(consts))
	}
	inCode := map[key]bool{}
	for name, k := range consts {
		inCode[k] = true
		if _, ok := catalogues()["nl"].messages[k]; !ok {
			t.Errorf("%s = %q is not in the catalogue", name, k)
		}
	}
	for k := range catalogues()["nl"].messages {
		if !inFamily(k) && !inCode[k] {
			t.Errorf("message %s is used by no constant", k)
		}
	}
}

func TestEveryKeyIsUsed(t *testing.T) {
	used := map[string]bool{}
	eachFile(t, func(name string, f *ast.File) {
		if name == "keys.go" {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				used[id.Name] = true
			}
			return true
		})
	})
	for name := range keyConstants(t) {
		if !used[name] {
			t.Errorf("%s is used nowhere: take it and its messages out", name)
		}
	}
}

// Every call that names its key and its placeholders fills all of them.
func TestEveryCallFillsItsPlaceholders(t *testing.T) {
	consts := keyConstants(t)
	calls := 0
	eachFile(t, func(_ string, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || call.Ellipsis != token.NoPos {
				return true
			}
			keys, given := calledWith(sel.Sel.Name, call.Args)
			for _, name := range keys {
				k, known := consts[name]
				if !known {
					continue
				}
				calls++
				if want := names(catalogues()["nl"].messages[k]); !slices.Equal(want, given) {
					t.Errorf("%s(%s): gives %v, the message has %v", sel.Sel.Name, name, given, want)
				}
			}
			return true
		})
	})
	if calls < 100 {
		t.Fatalf("only %d calls found", calls)
	}
}

// calledWith gives the keys of a call and the placeholders that it fills, sorted.
func calledWith(method string, args []ast.Expr) (keys, given []string) {
	rest := 0
	switch method {
	case "say":
		rest = 1
	case "count":
		rest, given = 2, []string{"n"}
	case "choose":
		rest = 2
	case "dated":
		return nil, nil
	case "inline":
		if len(args) > 1 {
			given = append(given, literal(args[1]))
		}
		rest = 3
	default:
		return nil, nil
	}
	for i, a := range args {
		if id, ok := a.(*ast.Ident); ok && i < rest && strings.HasPrefix(id.Name, "k") {
			keys = append(keys, id.Name)
		}
		if i >= rest && (i-rest)%2 == 0 {
			given = append(given, literal(a))
		}
	}
	slices.Sort(given)
	return keys, given
}

func literal(e ast.Expr) string {
	if l, ok := e.(*ast.BasicLit); ok {
		s, _ := strconv.Unquote(l.Value)
		return s
	}
	return "?"
}

func keyConstants(t *testing.T) map[string]key {
	t.Helper()
	out := map[string]key{}
	eachFile(t, func(name string, f *ast.File) {
		if name != "keys.go" {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok {
				out[v.Names[0].Name] = key(literal(v.Values[0]))
			}
			return true
		})
	})
	return out
}

func eachFile(t *testing.T, see func(name string, f *ast.File)) {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		see(e.Name(), f)
	}
}

func TestEverySectionHasItsWords(t *testing.T) {
	for lang, c := range catalogues() {
		for _, s := range dossier.Sections() {
			if _, ok := c.word("section", string(s)+".title"); !ok {
				t.Errorf("%s: section %s has no title", lang, s)
			}
		}
		for _, s := range dossier.ItemSections() {
			if m := c.messages[key("section."+string(s)+".count")]; m.one == nil {
				t.Errorf("%s: section %s cannot be counted", lang, s)
			}
			if got := names(c.messages[key("section."+string(s)+".empty")]); !slices.Equal(got, []string{"record"}) {
				t.Errorf("%s: section %s: empty sentence has %v", lang, s, got)
			}
		}
	}
}

// grounds are the officer's recorded grounds and those of policy.
var grounds = []string{
	"avg-15-4", "uavg-41-1-i", "bw-7-456", "bw-7-457-3", "bw-7-458a", "anders",
	string(policy.NotShared), string(policy.Internal), string(policy.NotRelatives), string(policy.Shielded), string(policy.ThirdParty),
	string(policy.Confidential), string(policy.WaitsForReview), string(policy.WithOthers), string(policy.EnteredInError), string(policy.Draft),
	string(policy.Removed), string(policy.Replaced), string(policy.NoRight), string(policy.NotAsked), string(policy.OutsideRequest), string(policy.OtherClient),
}

func TestEveryCodeOfTheVocabularyHasItsWord(t *testing.T) {
	known := map[string][]string{
		"status": {string(dossier.StatusDraft), string(dossier.StatusAmended), string(dossier.StatusEnteredInError), string(dossier.StatusCancelled), string(dossier.StatusRemoved)},
		"role": {string(dossier.RoleClient), string(dossier.RoleRepresentative), string(dossier.RoleCurator), string(dossier.RoleMentor), string(dossier.RoleGuardian),
			string(dossier.RoleAdministrator), string(dossier.RoleAuthorised), string(dossier.RoleParent), string(dossier.RoleFirstContact), string(dossier.RoleContact)},
		"missing": {string(dossier.MissingFile), string(dossier.MissingOutside), string(dossier.MissingTooLarge), string(dossier.MissingWrongType), string(dossier.MissingWrongHash),
			string(dossier.MissingTooManyPx), string(dossier.MissingBroken), string(dossier.MissingEncrypted), string(dossier.MissingEmpty), string(dossier.MissingUnreadable), "onbekend"},
		"ground": grounds,
		"label": {string(dossier.LabelInternal), string(dossier.LabelNotRelatives), string(dossier.LabelOwnNotes), string(dossier.LabelThirdParty),
			string(dossier.LabelReview), string(dossier.LabelRestricted)},
		"law": {"avg-15-4", "uavg-41-1-i", "bw-7-456", "bw-7-457-3", "bw-7-458a"},
	}
	for lang, c := range catalogues() {
		for family, ids := range known {
			for _, id := range ids {
				if _, ok := c.word(family, id); !ok {
					t.Errorf("%s: %s.%s has no word", lang, family, id)
				}
			}
		}
	}
}
