package fhir

import (
	"regexp"
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

// reasons why nothing can be made of a resource.
const (
	reasonShape  = "fhir-geen-object"
	reasonNoType = "fhir-zonder-soort"
	reasonLine   = "fhir-onleesbare-regel"
	reasonGap    = dossier.IncompleteDelivery
)

// plain statuses say nothing more than that all is well.
var plain = set("active", "completed", "final", "finished", "current", "amended", "corrected", "appended", "booked", "fulfilled", "available", "unknown")

// standing reads the status, a modifier of nearly every type: it decides whether
// the item may stand as a fact.
func (c *cx) standing() {
	n := c.n()
	c.intent()
	for _, name := range []string{"status", "lifecycleStatus", "docStatus"} {
		node := n.Get(name)
		if node == nil || !node.Leaf() {
			c.whyNot(name)
			continue
		}
		code := node.String()
		word := c.statusWord(name, node)
		switch code {
		case "entered-in-error", "nullified":
			c.it.Status = dossier.StatusEnteredInError
		case "draft":
			c.it.Status = dossier.StatusDraft
		case "cancelled":
			c.it.Status = dossier.StatusCancelled
			if c.it.Section == dossier.SectionAppointments {
				c.warnCancelled(word)
			}
			continue
		case "revoked", "abandoned", "aborted", "noshow", "rejected":
			c.it.Status = dossier.StatusCancelled
			c.warnCancelled(word)
			continue
		case "amended", "corrected":
			c.it.Status = dossier.StatusAmended
		}
		if codeWord("status", code) == "" && code != "available" {
			c.stop("status-onbekend")
		}
		if c.s.status || !plain[code] {
			c.add("Status", []string{word})
		}
	}
}

// intent: a proposal or an option is no agreement, and must not read as one (a
// modifier of FHIR R4). A plan tells its own.
func (c *cx) intent() {
	n := c.n().Get("intent")
	if c.res.kind == "CarePlan" || !n.Leaf() {
		return
	}
	switch s := n.String(); s {
	case "order", "plan", "original-order", "reflex-order", "filler-order", "instance-order", "directive":
	case "proposal", "option":
		c.warn("Voorstel", "Dit is een voorstel en nog geen afspraak.")
	default:
		c.add("Bedoeling", []string{s})
	}
}

// whyNot: a status that is not there, with the reason the source gives.
func (c *cx) whyNot(name string) {
	if s := c.absent(c.n().Get("_" + name)); s != "" {
		c.add("Status", []string{s})
	}
}

// statusWord is the word for a status. Only an appointment is called off; a resource
// that is cancelled has lapsed.
func (c *cx) statusWord(name string, node *tree.Node) string {
	words := c.value(c.n(), name)
	if node.Peek() == "cancelled" && c.it.Section != dossier.SectionAppointments {
		return "vervallen"
	}
	if len(words) > 0 {
		return words[0]
	}
	return shown(node.Peek())
}

// warnCancelled: what does not go on must be seen not to go on.
func (c *cx) warnCancelled(word string) {
	if c.it.Section == dossier.SectionAppointments {
		c.it.Title = "Gaat niet door: " + c.it.Title
	}
	c.add("Status", []string{word})
}

// narrative is shown only where it says what the fields do not. FHIR R4 section 2.4.2.
func (c *cx) narrative() {
	t := c.n().Get("text")
	status, div := t.Get("status").Peek(), t.Get("div")
	if div == nil || empty(div.Peek()) {
		return
	}
	untold := len(c.it.Body) == 0 && c.it.Measurement == nil && len(c.it.Attachments) == 0 && c.it.Title == upper(c.s.kind)
	if status == "additional" || untold && status != "empty" {
		c.it.Body = append(c.it.Body, dossier.Block{Kind: dossier.BlockText, Format: dossier.HTML, Text: scrubBSN(div.Peek())})
	}
}

var tags = regexp.MustCompile(`<[^>]*>`)

// empty reports whether a narrative holds no words.
func empty(div string) bool {
	return strings.TrimSpace(strings.ReplaceAll(tags.ReplaceAllString(div, ""), "&#160;", "")) == ""
}

var nineDigits = regexp.MustCompile(`\b\d{9}\b|\b\d{4}\.\d{2}\.\d{3}\b`)

// scrubBSN takes numbers that pass the check of a BSN out of running text
// (UAVG art. 46); the number has its own place, where policy masks it.
func scrubBSN(s string) string {
	return nineDigits.ReplaceAllStringFunc(s, func(n string) string {
		if validBSN(strings.ReplaceAll(n, ".", "")) {
			return "*********"
		}
		return n
	})
}

// validBSN is the elfproef: 9a+8b+…+2h−i divides by 11.
func validBSN(s string) bool {
	sum := 0
	for i, r := range s {
		w := 9 - i
		if i == 8 {
			w = -1
		}
		sum += w * int(r-'0')
	}
	return sum%11 == 0 && s != "000000000"
}
