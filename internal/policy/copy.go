package policy

import (
	"fmt"
	"slices"

	"inzage/internal/dossier"
)

// CopySchema is the name of the format of dossier.json.
const CopySchema = "inzage/copy/v1"

// What follows is dossier.json, field by field: a field of the native format that
// is not named here is in no copy. The words are those of the native format.
type copied struct {
	Schema   string           `json:"schema"`
	Portal   string           `json:"portal"`
	AsOf     dossier.Date     `json:"asOf"`
	System   string           `json:"system,omitempty"`
	Client   copiedPerson     `json:"client"`
	Relation dossier.Relation `json:"relation"`
	Items    []copiedItem     `json:"items"`
	View     copiedView       `json:"view"`
}

type copiedPerson struct {
	Name      string       `json:"name"`
	CallName  string       `json:"callName,omitempty"`
	BirthDate dossier.Date `json:"birthDate,omitzero"`
	BSN       string       `json:"bsn,omitempty"`
}

type copiedItem struct {
	ID          string               `json:"id"`
	Section     dossier.Section      `json:"section"`
	Kind        string               `json:"kind,omitempty"`
	Discipline  string               `json:"discipline,omitempty"`
	Title       string               `json:"title,omitempty"`
	Date        dossier.Date         `json:"date,omitzero"`
	Until       dossier.Date         `json:"until,omitzero"`
	RecordedAt  dossier.Date         `json:"recordedAt,omitzero"`
	Author      dossier.Author       `json:"author,omitzero"`
	OnBehalfOf  string               `json:"onBehalfOf,omitempty"`
	Body        []dossier.Block      `json:"body,omitempty"`
	Status      dossier.Status       `json:"status,omitempty"`
	Supersedes  string               `json:"supersedes,omitempty"`
	Corrects    string               `json:"corrects,omitempty"`
	RelatesTo   string               `json:"relatesTo,omitempty"`
	Origin      dossier.Origin       `json:"origin,omitempty"`
	Sources     []dossier.Source     `json:"sources,omitempty"`
	Attachments []copiedAttachment   `json:"attachments,omitempty"`
	Measurement *dossier.Measurement `json:"measurement,omitempty"`
	Alert       bool                 `json:"alert,omitempty"`

	// In the archive's copy alone; elsewhere policy has left them empty.
	ClientRef    dossier.ClientRef  `json:"clientRef,omitempty"`
	Visibility   dossier.Visibility `json:"vis,omitzero"`
	Participants []string           `json:"participants,omitempty"`
	AboutPerson  string             `json:"aboutPerson,omitempty"`
}

// copiedAttachment says what a file is to a reader; where it lies in the bag, and
// its digest, stand in the manifest.
type copiedAttachment struct {
	ID          string       `json:"id"`
	Name        string       `json:"name"`
	MIME        string       `json:"mime"`
	ShowsOthers dossier.Flag `json:"showsOthers,omitempty"`
	Caption     string       `json:"caption,omitempty"`
	TakenAt     dossier.Date `json:"takenAt,omitzero"`
}

type copiedView struct {
	Kind         Kind              `json:"kind"`
	Name         string            `json:"name,omitempty"`
	Role         dossier.Role      `json:"role,omitempty"`
	Audience     dossier.Audience  `json:"audience,omitempty"`
	Language     string            `json:"language"`
	Sections     []dossier.Section `json:"sections"`
	Withheld     []Withheld        `json:"withheld,omitempty"`
	Unreadable   []Unreadable      `json:"unreadable,omitempty"`
	OnlyInPortal int               `json:"picturesOnlyInPortal,omitempty"`
	Waiting      int               `json:"waitingForReview,omitempty"`
	TermsSeen    bool              `json:"termsSeen"`
}

func (v View) copied() copied {
	w, who := v.Work(), v.Client()
	c := copied{
		Schema: CopySchema, Portal: w.Portal, AsOf: v.AsOf(), System: v.System(), Relation: v.Relation(),
		Client: copiedPerson{Name: who.Name, CallName: who.CallName, BirthDate: who.BirthDate, BSN: who.BSN},
		Items:  []copiedItem{},
		View: copiedView{
			Kind: w.Kind, Name: w.Recipient.Person.Name, Role: w.Recipient.Role, Audience: w.Recipient.Audience, Language: w.Recipient.Language,
			Sections: v.Sections(), Withheld: v.told(), Unreadable: v.Unreadable(), OnlyInPortal: v.ImagesOnlyInPortal(),
			Waiting: v.Waiting(), TermsSeen: v.TermsSeen(),
		},
	}
	for _, sec := range v.Sections() {
		for _, it := range v.Items(sec) {
			c.Items = append(c.Items, copiedOf(&it))
		}
	}
	return c
}

func copiedOf(it *dossier.Item) copiedItem {
	c := copiedItem{
		ID: it.ID, Section: it.Section, Kind: it.Kind, Discipline: it.Discipline, Title: it.Title,
		Date: it.Date, Until: it.Until, RecordedAt: it.RecordedAt, Author: it.Author, OnBehalfOf: it.OnBehalfOf,
		Body: it.Body, Status: it.Status, Supersedes: it.Supersedes, Corrects: it.Corrects, RelatesTo: it.RelatesTo,
		Origin: it.Origin, Sources: it.Sources, Measurement: it.Measurement, Alert: it.Alert,
		ClientRef: it.ClientRef, Visibility: it.Visibility, Participants: it.Participants, AboutPerson: it.AboutPerson,
	}
	for _, a := range it.Attachments {
		c.Attachments = append(c.Attachments, copiedAttachment{ID: a.ID, Name: a.Name, MIME: a.MIME, ShowsOthers: a.ShowsOthers, Caption: a.Caption, TakenAt: a.TakenAt})
	}
	return c
}

// MarshalJSON is dossier.json: what is shown, and what this reader may know of the
// rest. See docs/formats.md, inzage/copy/v1.
func (v View) MarshalJSON() ([]byte, error) {
	if v.v == nil {
		return []byte("null"), nil
	}
	return slices.Clone(v.v.canonical), nil
}

// Canonical is the view as bytes for a digest: all that a bundle made from it
// depends on, and no clock but the moment of the data. Beside dossier.json that is
// what the record says of the files, which no copy tells.
func (v View) Canonical() []byte {
	b, _ := v.MarshalJSON() // fails in Decide or not at all
	for _, s := range v.Sections() {
		for _, it := range v.Items(s) {
			for _, a := range it.Attachments {
				b = fmt.Appendf(b, "\n%q %q %q %d %q", it.ID, a.ID, a.Path, a.Size, a.SHA256)
			}
		}
	}
	return b
}
