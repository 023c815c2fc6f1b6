package policy

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// declared is the name of every test and fuzz target in the tree.
func declared(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	name := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w*)\(`)
	err := filepath.WalkDir("../..", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, "_test.go") {
			return err
		}
		src, err := os.ReadFile(p)
		for _, m := range name.FindAllSubmatch(src, -1) {
			out[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEveryRuleIsListed(t *testing.T) {
	doc, err := os.ReadFile("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range []struct {
		letter string
		n      int
	}{{"A", 12}, {"B", 13}, {"C", 21}} {
		for i := 1; i <= group.n; i++ {
			row := fmt.Sprintf("\n| %s%d |", group.letter, i)
			if strings.Count(string(doc), row) != 1 {
				t.Errorf("docs/rules.md does not have one row for %s%d", group.letter, i)
			}
		}
	}
	have := declared(t)
	for _, m := range regexp.MustCompile("`((?:Test|Fuzz)\\w+)`").FindAllSubmatch(doc, -1) {
		if !have[string(m[1])] {
			t.Errorf("docs/rules.md names %s, which is in no _test.go file", m[1])
		}
	}
}

// Every code stands in docs/rules.md, and every code of a refusal or a warning has
// words for the report in both languages.
func TestEveryCodeHasItsWords(t *testing.T) {
	codes := regexp.MustCompile(`Code\s+= "([a-z0-9-]+)"|Code += "([a-z0-9-]+)"`)
	read := func(name string) string {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	refusals, grounds, _ := strings.Cut(read("policy.go"), "// On what ground an item is held back.")
	rules, n := read("../../docs/rules.md"), 0
	for _, src := range []string{refusals, grounds, read("warnings.go")} {
		for _, m := range codes.FindAllStringSubmatch(src, -1) {
			code := m[1] + m[2]
			n++
			if !strings.Contains(rules, code) {
				t.Errorf("docs/rules.md does not know %s", code)
			}
			for _, lang := range []string{"nl", "en"} {
				if _, reasons, _ := strings.Cut(read("../../templates/messages/"+lang+".yaml"), "\nrunReason:"); src != grounds && !strings.Contains(reasons, "\n  "+code+": ") {
					t.Errorf("%s.yaml has no words for %s", lang, code)
				}
			}
		}
	}
	if n < 35 {
		t.Errorf("only %d codes found", n)
	}
}
