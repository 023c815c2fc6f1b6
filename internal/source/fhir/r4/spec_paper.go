package r4

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"path"
	"strconv"
	"strings"

	"inzage/internal/dossier"
	"inzage/internal/source/fhir/tree"
)

func init() {
	add(map[string]spec{
		"Communication": {section: dossier.SectionMessages, kind: "bericht", title: []string{"topic", "category"}, date: []string{"sent", "received"}, author: []string{"sender"}, rows: []row{
			{path: "category"}, {label: "Aan", path: "recipient"}, {path: "about"}, {path: "received", as: (*mapping).dateWords}, {path: "medium"}, {path: "reasonCode"}, {path: "reasonReference"}, {path: "priority", as: (*mapping).code}, {path: "statusReason"}, {path: "note", shape: dossier.BlockText},
		}, quiet: []string{"basedOn", "partOf"}, extra: message},
		"DocumentReference": {section: dossier.SectionDocuments, kind: "document", title: []string{"description", "type", "category"}, date: []string{"context.period", "date"}, recorded: []string{"date"}, author: []string{"author"}, rows: []row{
			{path: "type"}, {path: "category"}, {path: "docStatus", as: (*mapping).code}, {path: "relatesTo"}, {path: "authenticator"}, {path: "context.event", label: "Gebeurtenis"}, {path: "context.practiceSetting"}, {path: "context.facilityType"}, {path: "content.format"},
		}, quiet: []string{"masterIdentifier", "custodian", "content.format", "context.encounter", "context.sourcePatientInfo", "context.related", "securityLabel"}, extra: document},
		"DocumentManifest": {section: dossier.SectionDocuments, kind: "document", title: []string{"description", "type"}, date: []string{"created"}, author: []string{"author"}, rows: []row{{path: "type"}, {path: "content", label: "Bevat"}, {path: "recipient"}}, quiet: []string{"masterIdentifier", "source"}},
		"Binary":           {section: dossier.SectionDocuments, kind: "bestand", extra: binary},
		"Media": {section: dossier.SectionImages, kind: "foto", title: []string{"content.title", "type", "view"}, date: []string{"created[x]", "issued"}, author: []string{"operator"}, rows: []row{
			{path: "type"}, {path: "view"}, {path: "modality"}, {path: "bodySite"}, {path: "reasonCode"}, {path: "deviceName"}, {path: "device"}, {path: "note", shape: dossier.BlockText},
		}, quiet: []string{"basedOn", "partOf", "height", "width", "frames", "duration", "issued"}, extra: files("content")},
		"Composition": {section: dossier.SectionReports, kind: "verslag", title: []string{"title", "type"}, date: []string{"date"}, author: []string{"author"}, rows: []row{
			{path: "category"}, {path: "event"}, {path: "attester"}, {path: "relatesTo"},
		}, quiet: []string{"custodian", "type", "confidentiality"}, extra: composition},
		"Basic": {section: dossier.SectionDocuments, kind: "overig", title: []string{"code"}, date: []string{"created"}, author: []string{"author"}},
		"List":  {section: dossier.SectionDocuments, kind: "lijst", title: []string{"title", "code"}, date: []string{"date"}, author: []string{"source"}, rows: []row{{path: "mode", as: (*mapping).code}, {path: "emptyReason"}, {path: "note", shape: dossier.BlockText}}, quiet: []string{"orderedBy"}, extra: list},
	})
}

// attachment reads an Attachment. The second result says why there is none,
// for the reader, when the bytes lie where this program never goes.
func attachment(m *mapping, at string, i int, n *tree.Node) (dossier.Attachment, string) {
	title, mime, url := n.Peek("title").Str(), n.Peek("contentType").Str(), n.Peek("url").Str()
	size, _ := strconv.ParseInt(n.Peek("size").Look(), 10, 64)
	a := dossier.Attachment{ID: fmt.Sprintf("%s-%d", at, i), MIME: mime, Size: max(size, 0), ShowsOthers: dossier.Unsaid}
	a.TakenAt, _ = dossier.ParseDate(n.Peek("creation").Look())
	a.Name = orElse(title, "bijlage")
	data := n.Peek("data")
	n.UseAll()
	switch {
	case !data.Empty():
		a.Path = ref(m.res.Key, at, i)
		a.Size = 0 // the stated size is often wrong, and the bytes are at hand
	case url == "":
		return a, a.Name + ": er staat niet bij waar het bestand is"
	default:
		return m.linked(a, url)
	}
	return a, ""
}

// ref is the path by which the source finds inline bytes again.
func ref(key, at string, i int) string { return "fhir/" + key + "/" + at + "/" + strconv.Itoa(i) }

// linked follows an address: to a Binary of the set, a contained one, or a
// file beside the input. A remote one is never fetched.
func (m *mapping) linked(a dossier.Attachment, url string) (dossier.Attachment, string) {
	if b := m.set.Find(m.res, url); b != nil && b.Type == "Binary" {
		if b.parent == nil {
			m.used = append(m.used, b)
			a.Path = ref(b.Key, "data", 0)
		} else {
			a.Path = ref(m.res.Key, "contained."+b.ID, 0)
		}
		a.MIME = orElse(a.MIME, b.Node.Peek("contentType").Look())
		return a, ""
	}
	local := strings.TrimPrefix(url, "file://")
	switch {
	case strings.Contains(local, ":"):
		m.note("bijlage-elders")
		return a, a.Name + ": staat op een andere computer en is niet opgehaald"
	case path.IsAbs(local) || strings.HasPrefix(path.Clean(local), ".."):
		m.note("bijlage-buiten-map")
		a.Path = local // the opener refuses it and says why
	case strings.HasPrefix(url, "#"), strings.HasPrefix(url, "Binary/"):
		m.note("bijlage-ontbreekt")
		a.Path = "ontbreekt/" + strings.TrimPrefix(url, "#")
	default:
		a.Path = local
	}
	return a, ""
}

// Bytes gives the inline bytes that an attachment path of this package means,
// and the SHA-1 that the record states for them ("" when it states none).
func Bytes(set *Set, p string) (data []byte, sha1 string, ok bool) {
	parts := strings.Split(strings.TrimPrefix(p, "fhir/"), "/")
	if len(parts) != 4 || !strings.HasPrefix(p, "fhir/") {
		return nil, "", false
	}
	var r *Resource
	for _, x := range set.All {
		if x.Key == parts[0]+"/"+parts[1] {
			r = x
		}
	}
	i, err := strconv.Atoi(parts[3])
	if r == nil || err != nil {
		return nil, "", false
	}
	if id, held := strings.CutPrefix(parts[2], "contained."); held {
		r = contained(r, id)
		parts[2] = "data"
	}
	if r == nil {
		return nil, "", false
	}
	n := r.Node.Peek("data")
	if parts[2] != "data" {
		all := (&mapping{set: set, res: r}).find(parts[2])
		if i < 0 || i >= len(all) {
			return nil, "", false
		}
		sha1 = all[i].Peek("hash").Look()
		n = all[i].Peek("data")
	}
	data, err = decode(n.Look())
	return data, fromBase64(sha1), err == nil
}

// decode reads base64 with or without padding and white space.
func decode(s string) ([]byte, error) {
	if strings.ContainsAny(s, " \r\n\t") {
		s = strings.Join(strings.Fields(s), "")
	}
	return base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
}

func fromBase64(s string) string {
	b, err := decode(s)
	if err != nil || len(b) != 20 {
		return ""
	}
	return hex.EncodeToString(b)
}

func binary(m *mapping) {
	root := m.res.Node
	mime := root.Peek("contentType").Str()
	m.item.Attachments = append(m.item.Attachments, dossier.Attachment{ID: "data-0", Path: ref(m.res.Key, "data", 0), Name: "bestand", MIME: mime})
	root.Peek("data").UseAll()
	root.Peek("securityContext").UseAll()
}

// document takes the files of a DocumentReference.
func document(m *mapping) {
	files("content.attachment")(m)
	for _, l := range m.find("relatesTo") {
		if l.Peek("code").Look() == "replaces" {
			if old := m.set.Find(m.res, l.Path("target", "reference").Look()); old != nil {
				m.item.Supersedes = old.Key
			}
		}
	}
	if codeOf(m.res.Node.Peek("status")) == "superseded" {
		m.item.Status = dossier.StatusCancelled
	}
}

// message gives the contents of a Communication and its place in a thread.
func message(m *mapping) {
	for i, p := range m.res.Node.Peek("payload").List() {
		for c := range p.Members() {
			switch c.Key {
			case "contentString":
				m.add(dossier.BlockText, "", c.Str())
			case "contentAttachment":
				m.attach("payload.contentAttachment", i, c)
			case "contentReference":
				m.add("", "Verwijst naar", m.words(c))
			}
		}
	}
	for _, r := range m.res.Node.Peek("inResponseTo").List() {
		if t := m.set.Find(m.res, r.Peek("reference").Look()); t != nil {
			m.item.RelatesTo = t.Key
			r.UseAll()
		}
	}
	m.participants()
}

// participants are the keys of those who wrote and got the message.
func (m *mapping) participants() {
	for _, p := range append(m.find("sender"), m.find("recipient")...) {
		if t := m.set.Find(m.res, p.Peek("reference").Look()); t != nil {
			m.item.Participants = append(m.item.Participants, t.Key)
		}
	}
}

// list gives the entries of a List; one that was taken out says so.
func list(m *mapping) {
	var entries []string
	for _, e := range m.res.Node.Peek("entry").List() {
		s := join(", ", m.words(e.Peek("item")), m.words(e.Peek("flag")), m.dateWords(e.Peek("date")))
		if d := e.Peek("deleted"); d != nil && d.True() {
			s = "Vervallen: " + s
		}
		entries = append(entries, s)
	}
	if len(entries) > 0 {
		m.item.Body = append(m.item.Body, dossier.Block{Kind: dossier.BlockList, Entries: entries})
	}
}
