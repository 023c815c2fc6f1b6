package fhir

import (
	"strings"

	"inzage/internal/source/fhir/tree"
)

// A writer puts elements of one resource into words. What it reads is marked as
// read in the tree; what stays unread is reported as left over.
type writer struct {
	rec *record
	res *resource
	// use is told of every resource that the words point at.
	use func(*resource)
}

// words puts any element into words, by its shape: FHIR's data types can be told
// apart by their members. FHIR R4 section 2.24 (data types).
func (w *writer) words(n *tree.Node) string {
	switch {
	case n == nil || n.Kind == tree.Null:
		return ""
	case n.Leaf():
		return w.leaf(n, nil)
	case n.Kind == tree.List:
		return join("; ", w.every(n.Each()))
	}
	for _, s := range shapes {
		if s.fits(n) {
			if text := s.write(w, n); text != "" || n.Get("reference").Leaf() && n.Get("documentType") == nil {
				return text
			}
		}
	}
	return w.members(n)
}

// every puts each of a list into words.
func (w *writer) every(list []*tree.Node) []string {
	var out []string
	for _, n := range list {
		if s := w.words(n); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// A shape is one data type: how it is known and how it is written.
type shape struct {
	fits  func(n *tree.Node) bool
	write func(w *writer, n *tree.Node) string
}

var shapes []shape

func init() { // in a function, since the writers call words again
	byName = map[string]func(*writer, *tree.Node) string{"dosageInstruction": (*writer).dosage, "dosage": (*writer).dosage, "timing": (*writer).timing}
	shapes = []shape{
		{has("coding"), (*writer).concept},
		{isExtension, (*writer).extension},
		{has("reference"), (*writer).reference},
		{both("numerator", "denominator"), (*writer).ratio},
		{isAnnotation, (*writer).annotation},
		{isQuantity, (*writer).quantity},
		{isPeriod, (*writer).period},
		{isRange, (*writer).rangeOf},
		{either("repeat", "event"), (*writer).timing},
		{either("doseAndRate", "asNeededBoolean", "doseQuantity", "additionalInstruction"), (*writer).dosage},
		{either("family", "given"), (*writer).humanName},
		{either("line", "city", "postalCode"), (*writer).address},
		{either("contentType", "data"), (*writer).attachment},
		{isTelecom, (*writer).telecom},
		{isCoding, (*writer).coding},
		{isIdentifier, (*writer).identifier},
		{isReference, (*writer).reference},
		{isText, (*writer).onlyText},
	}
}

// has, both and either know a data type by members that no other has.
func has(name string) func(*tree.Node) bool {
	return func(n *tree.Node) bool { return n.Get(name) != nil }
}

func both(a, b string) func(*tree.Node) bool {
	return func(n *tree.Node) bool { return n.Get(a) != nil && n.Get(b) != nil }
}

func either(names ...string) func(*tree.Node) bool {
	return func(n *tree.Node) bool {
		for _, name := range names {
			if n.Get(name) != nil {
				return true
			}
		}
		return false
	}
}

// only reports whether an element has no members but these, ids and extensions.
func only(n *tree.Node, names ...string) bool {
	for i := range n.Kids() {
		name := n.Kids()[i].Name
		found := name == "id" || name == "extension" || strings.HasPrefix(name, "_")
		for _, ok := range names {
			found = found || name == ok
		}
		if !found {
			return false
		}
	}
	return true
}

// The data types that are known by their members (FHIR R4 section 2.24): Annotation,
// Quantity, Period, Range, ContactPoint, Coding, Identifier, Reference and Extension.
func isAnnotation(n *tree.Node) bool {
	return n.Get("text").Leaf() && (n.Choice("author") != nil || n.Get("time") != nil) && only(n, "text", "time", "authorReference", "authorString")
}
func isQuantity(n *tree.Node) bool {
	v := n.Get("value")
	return v != nil && (v.Kind == tree.Number || n.Get("unit") != nil || n.Get("comparator") != nil) && only(n, "value", "comparator", "unit", "system", "code")
}
func isPeriod(n *tree.Node) bool {
	return (n.Get("start").Leaf() || n.Get("end").Leaf()) && only(n, "start", "end")
}
func isRange(n *tree.Node) bool {
	return (n.Get("low") != nil || n.Get("high") != nil) && only(n, "low", "high")
}
func isTelecom(n *tree.Node) bool {
	return n.Get("value").Leaf() && only(n, "system", "value", "use", "rank", "period") && telecomKinds[n.Get("system").Peek()] != ""
}
func isCoding(n *tree.Node) bool {
	return (n.Get("code") != nil || n.Get("display") != nil) && only(n, "system", "version", "code", "display", "userSelected")
}
func isIdentifier(n *tree.Node) bool {
	return n.Get("value").Leaf() && n.Get("value").Kind == tree.String && only(n, "use", "type", "system", "value", "period", "assigner")
}
func isReference(n *tree.Node) bool {
	return (n.Get("display") != nil || n.Get("identifier") != nil) && only(n, "display", "identifier", "type", "reference")
}
func isText(n *tree.Node) bool { return n.Get("text").Leaf() && only(n, "text", "coding") }
func isExtension(n *tree.Node) bool {
	u := n.Get("url")
	return u.Leaf() && (n.Choice("value") != nil || n.Get("extension") != nil) && len(n.Kids()) <= 4
}

// onlyText is a concept of which there is nothing but the text.
func (w *writer) onlyText(n *tree.Node) string { return shown(n.Text("text")) }

// annotation is a remark with who made it and when.
func (w *writer) annotation(n *tree.Node) string {
	text := shown(n.Text("text"))
	by := join(", ", []string{w.words(n.Choice("author")), dateWords(n.Text("time"))})
	if by == "" || text == "" {
		return text + by
	}
	return text + " (" + by + ")"
}

// leaf puts a bare value into words. The sibling is the "_name" of FHIR's JSON
// format, section 2.1.4.5: it can say why a value is not there or make it precise.
func (w *writer) leaf(n, sibling *tree.Node) string {
	if better := w.specified(sibling); better != "" && !strings.HasSuffix(better, bare) && (n == nil || n.Name != "gender") {
		n.Read()
		return better
	}
	text := n.String()
	switch {
	case n == nil:
		return w.absent(sibling)
	case n.Kind == tree.Bool || text == "true" || text == "false":
		return yesNo(text)
	case n.Kind == tree.Number:
		return decimal(text)
	case isDateName(n.Name):
		return dateWords(text)
	}
	if word := table(clinical[n.Name], text); word != "" {
		return word
	}
	if word := codeWord(n.Name, text); word != "" {
		return word
	}
	return shown(text)
}

// clinical are the elements that STU3 gives as a bare code and R4 as a concept.
var clinical = map[string]string{"clinicalStatus": "condition-clinical", "verificationStatus": "condition-ver-status"}

// yesNo is a boolean in words.
func yesNo(s string) string {
	if s == "true" {
		return "ja"
	}
	return "nee"
}

// specified is the Dutch concept that a code of the standard was mapped from
// (the extension code-specification of nl-core).
func (w *writer) specified(sibling *tree.Node) string {
	for _, e := range sibling.Each() {
		for _, x := range e.All("extension") {
			if strings.HasSuffix(x.Get("url").Peek(), "code-specification") || strings.HasSuffix(x.Get("url").Peek(), "ext-CodeSpecification") {
				x.Text("url")
				return w.words(x.Get("valueCodeableConcept"))
			}
		}
	}
	return ""
}

// absent says why a value is not there (the extension data-absent-reason).
func (w *writer) absent(sibling *tree.Node) string {
	for _, e := range sibling.Each() {
		for _, x := range e.All("extension") {
			if !strings.HasSuffix(x.Get("url").Peek(), "data-absent-reason") {
				continue
			}
			x.Text("url")
			code := x.Choice("value").String()
			if word := table("data-absent-reason", code); word != "" {
				return word
			}
			return "onbekend"
		}
	}
	return ""
}

// value is all that stands under a name, with its sibling, as a list of words.
func (w *writer) value(parent *tree.Node, name string) []string {
	n, sibling := parent.Get(name), parent.Get("_"+name)
	if n == nil {
		if s := w.absent(sibling); s != "" {
			return []string{s}
		}
		return w.extensions(sibling)
	}
	if n.Leaf() {
		out := []string{}
		if s := w.leaf(n, sibling); s != "" {
			out = append(out, s)
		}
		return append(out, w.extensions(sibling)...)
	}
	if n.Kind == tree.List && len(n.Each()) > 0 && n.Each()[0].Leaf() {
		return w.leaves(name, n, sibling)
	}
	if write := byName[name]; write != nil {
		var out []string
		for _, e := range n.Each() {
			out = append(out, some(write(w, e))...)
		}
		return out
	}
	return w.every(n.Each())
}

// byName are the elements whose name tells their type, also where their members do not.
var byName map[string]func(*writer, *tree.Node) string

// leaves are the members of a list of bare values; null keeps its place, since
// the sibling list counts along.
func (w *writer) leaves(name string, n, sibling *tree.Node) []string {
	var out []string
	for i := range n.Kids() {
		k := &n.Kids()[i]
		var sib *tree.Node
		if sibling != nil && i < len(sibling.Kids()) {
			sib = &sibling.Kids()[i]
		}
		if k.Kind == tree.Null {
			k = nil
		} else if k.Name == "" {
			k.Rename(name)
		}
		if s := w.leaf(k, sib); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// extensions are the unread extensions of an element, each with its label.
func (w *writer) extensions(n *tree.Node) []string {
	var out []string
	for _, e := range n.Each() {
		for _, x := range e.All("extension") {
			if x.Unread() && !quietExtension(x.Get("url").Peek()) {
				out = append(out, w.labelled(x))
			} else {
				x.Read()
			}
		}
	}
	return out
}

// labelled is an extension with its name.
func (w *writer) labelled(x *tree.Node) string {
	return join(": ", []string{extensionLabel(x.Text("url")), w.extension(x)})
}

// extension is the value of an extension, or its inner extensions with labels.
func (w *writer) extension(n *tree.Node) string {
	n.Text("url")
	if v := n.Choice("value"); v != nil {
		return w.words(v)
	}
	var out []string
	inner := n.All("extension")
	if len(inner) == 1 {
		return w.extension(inner[0])
	}
	for _, x := range inner {
		out = append(out, w.labelled(x))
	}
	return join("; ", out)
}

// members writes an object that is no data type of its own: each member with its label.
func (w *writer) members(n *tree.Node) string {
	var out []string
	for i := range n.Kids() {
		k := &n.Kids()[i]
		name := k.Name
		switch {
		case name == "id" || name == "_id":
			k.Read()
		case name == "extension":
			out = append(out, w.extensions(n)...)
		case name == "modifierExtension": // stays unread: it stops the item
		case strings.HasPrefix(name, "_"):
			if n.Get(name[1:]) == nil {
				out = append(out, labelText(label(name[1:]), w.value(n, name[1:]))...)
			}
		default:
			out = append(out, labelText(label(name), w.value(n, name))...)
		}
	}
	return join("; ", out)
}

// labelText is "label: a, b" as a list of one, or none.
func labelText(label string, values []string) []string {
	if len(values) == 0 {
		return nil
	}
	return []string{label + ": " + join(", ", values)}
}

// join puts the parts that are not empty together.
func join(sep string, parts []string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, sep)
}

// shown is a text as a reader sees it: without space around it and without the
// zero-width characters that terminologies put into long names.
func shown(s string) string {
	s = strings.TrimSpace(s)
	if s == "n/a" || s == "N/A" {
		return "niet van toepassing"
	}
	if strings.ContainsAny(s, "\u200b\u2060\ufeff") {
		s = zeroWidth.Replace(s)
	}
	return s
}

var zeroWidth = strings.NewReplacer("\u200b", "", "\u2060", "", "\ufeff", "")
