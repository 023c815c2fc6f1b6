// Package pdfcheck reads a PDF file by itself and says where it breaks the
// rules of an archive that everyone can read: PDF/A-3a (ISO 19005-3) and PDF/UA-1
// (ISO 14289-1).
//
// It knows nothing of the program that wrote the file, so that the two cannot be
// wrong in the same way. It reads the part of PDF that our files use (ISO
// 32000-1: cross-reference streams, object streams, Flate); what it cannot read
// it refuses, since a check that looks away is worse than none. It quotes no text
// of the file. It judges form, never whether an alternative text is a good one.
package pdfcheck

import (
	"fmt"
	"slices"
	"strconv"
)

// A Fault is one place where a file breaks a rule.
type Fault struct {
	Rule   string // a name of [Rules]
	Clause string // where the rule is written: "ISO 14289-1, 7.3"
	Where  string // "page 3", "object 17"
	What   string // what is wrong there, without text of the file
}

func (f Fault) String() string {
	return fmt.Sprintf("%s: %s: %s (%s)", f.Rule, f.Where, f.What, f.Clause)
}

// most is how many faults are told: a broken file can have one for each letter.
const most = 500

// Check gives the faults of a file, in the order in which they are found, or nil.
// It accepts any bytes.
func Check(b []byte) []Fault {
	c := newChecker()
	f, err := open(b)
	if err != nil {
		c.fault("readable", "file", "%v", err)
		return c.faults
	}
	c.read(f)
	c.wholeFile(b)
	c.catalogEntries()
	c.matchMarks()
	c.annotations()
	c.structure()
	c.bookmarks()
	c.everyObject()
	for _, n := range f.broken {
		c.fault("readable", object(n), "it cannot be read")
	}
	return c.faults
}

// A checker is one file on its way through the rules.
type checker struct {
	f       *file
	catalog dict
	pages   []*page
	pageOf  map[ref]int
	root    []kid         // what the structure tree holds
	elems   []*elem       // in reading order
	elemOf  map[ref]*elem // by their objects
	parents map[int]any   // the parent tree
	fonts   map[ref]*font
	faults  []Fault
	told    map[Fault]bool
	nested  bool // marked content without a number stands in tagged content
}

func newChecker() *checker {
	return &checker{told: map[Fault]bool{}, pageOf: map[ref]int{}, elemOf: map[ref]*elem{}, fonts: map[ref]*font{}}
}

// read takes in the pages, the structure tree, the parent tree and the content.
func (c *checker) read(f *file) {
	c.f = f
	c.catalog = f.dict(f.trailer["Root"])
	c.readPages()
	c.readTree()
	c.readParents()
	for i := range c.pages {
		c.content(i)
	}
}

// fault notes that a rule is broken; the same fault is told once.
func (c *checker) fault(rule, where, what string, args ...any) {
	f := Fault{rule, clause(rule), where, fmt.Sprintf(what, args...)}
	if !c.told[f] && len(c.faults) < most {
		c.told[f] = true
		c.faults = append(c.faults, f)
	}
}

func object(n int) string   { return "object " + strconv.Itoa(n) }
func onPage(i int) string   { return "page " + strconv.Itoa(i+1) }
func (r ref) where() string { return object(int(r)) }

// A Rule is something that a file must keep to.
type Rule struct{ Name, Clause string }

// Rules are all rules, in the order of the standards.
func Rules() []Rule { return slices.Clone(rules) }

const (
	iso  = "ISO 32000-1, " // PDF 1.7
	pdfA = "ISO 19005-3, " // PDF/A-3
	ua   = "ISO 14289-1, " // PDF/UA-1
)

var rules = []Rule{
	{"readable", iso + "7.5"},
	{"header", pdfA + "6.1.2"},
	{"id", pdfA + "6.1.3"},
	{"encrypted", pdfA + "6.1.3"},
	{"operator", pdfA + "6.2.2"},
	{"output-intent", pdfA + "6.2.3"},
	{"colour", pdfA + "6.2.4"},
	{"xobject", pdfA + "6.2.9"},
	{"font-embedded", pdfA + "6.2.11.4"},
	{"glyph-missing", pdfA + "6.2.11.4.1"},
	{"glyph-width", pdfA + "6.2.11.5"},
	{"to-unicode", ua + "7.21.7"},
	{"private-use", pdfA + "6.2.11.7.3"},
	{"glyph-zero", pdfA + "6.2.11.8"},
	{"annotation-flags", pdfA + "6.3.2"},
	{"action", pdfA + "6.5.1"},
	{"xmp", pdfA + "6.6.2"},
	{"xmp-version", pdfA + "6.6.4"},
	{"marked", pdfA + "6.7.2.2"},
	{"embedded-file", pdfA + "6.8"},
	{"balance", iso + "14.6"},
	{"mcid-parent", iso + "14.7.4.4"},
	{"mcid-twice", iso + "14.7.4.3"},
	{"kid-page", iso + "14.7.4.3"},
	{"parent-tree", iso + "14.7.4.4"},
	{"tree", iso + "14.7.2"},
	{"role", ua + "7.1"},
	{"painted-outside", ua + "7.1"},
	{"artifact-nesting", ua + "7.1"},
	{"display-title", ua + "7.1"},
	{"language", ua + "7.2"},
	{"list-shape", ua + "7.2"},
	{"table-shape", ua + "7.2"},
	{"figure-alt", ua + "7.3"},
	{"figure-box", iso + "14.8.5.4.3"},
	{"heading-order", ua + "7.4.2"},
	{"table-scope", ua + "7.5"},
	{"note-id", ua + "7.9"},
	{"id-tree", iso + "14.7.2"},
	{"bookmark", ua + "7.17"},
	{"annotation-parent", ua + "7.18.1"},
	{"tabs", ua + "7.18.3"},
	{"link", ua + "7.18.5"},
	{"link-contents", ua + "7.18.5"},
	{"link-target", iso + "12.3.2"},
}

// clause is where a rule is written.
func clause(rule string) string {
	for _, r := range rules {
		if r.Name == rule {
			return r.Clause
		}
	}
	panic("pdfcheck: no rule " + rule) // a fault of this package, met by its first test
}
