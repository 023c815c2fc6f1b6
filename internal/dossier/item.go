package dossier

// An Item is one thing in the record: a report, a goal, a measurement, a message.
type Item struct {
	ID      string  `json:"id"`
	Section Section `json:"section"`
	// Kind says what it is within its section, in the source's word, such as
	// "doel", "actie", "evaluatie", "allergie", "wilsverklaring", "meting".
	Kind       string   `json:"kind,omitempty"`
	Discipline string   `json:"discipline,omitempty"` // "verzorging", "arts", "begeleiding"…
	Title      string   `json:"title,omitempty"`
	Date       Date     `json:"date,omitzero"`       // when it happened or holds from; may be partial or absent
	Until      Date     `json:"until,omitzero"`      // end of a period: an appointment, a medicine, a measure
	RecordedAt Date     `json:"recordedAt,omitzero"` // when it was written down
	Author     Author   `json:"author,omitzero"`
	OnBehalfOf string   `json:"onBehalfOf,omitempty"`
	Body       []Block  `json:"body,omitempty"`
	Status     Status   `json:"status,omitempty"`
	Supersedes string   `json:"supersedes,omitempty"` // id of the item that this one replaces
	Corrects   string   `json:"corrects,omitempty"`   // id of the item that this one corrects
	RelatesTo  string   `json:"relatesTo,omitempty"`  // id of the goal or thread it belongs to
	Origin     Origin   `json:"origin,omitempty"`
	Sources    []Source `json:"sources,omitempty"`
	// ClientRef is whose item it is, when the source says so. Another client's item is never shown.
	ClientRef   ClientRef    `json:"clientRef,omitempty"`
	Visibility  Visibility   `json:"vis,omitzero"`
	Attachments []Attachment `json:"attachments,omitempty"`
	Measurement *Measurement `json:"measurement,omitempty"`
	// Participants are refs of the persons in a message thread; messages are shown to them alone.
	Participants []string `json:"participants,omitempty"`
	// AboutPerson is the ref of the person that a row in "contactpersonen" describes.
	AboutPerson string `json:"aboutPerson,omitempty"`
	// Alert marks a warning that belongs on the overview page: an allergy, a directive, a risk.
	Alert bool `json:"alert,omitempty"`
	// Unreadable is set by a source that could not read this item: the reason, without client text.
	Unreadable string `json:"unreadable,omitempty"`
}

// An Author is who wrote an item.
type Author struct {
	Role         string `json:"role,omitempty"`
	Name         string `json:"name,omitempty"`
	Organisation string `json:"organisation,omitempty"`
}

// A Status is where an item stands in its life.
type Status string

const (
	StatusFinal          Status = "" // the usual case
	StatusDraft          Status = "concept"
	StatusAmended        Status = "gewijzigd"
	StatusEnteredInError Status = "foutief-ingevoerd"
	StatusCancelled      Status = "vervallen"
	StatusRemoved        Status = "verwijderd" // taken away by the organisation or the user
)

// An Origin says who put an item into the record.
type Origin string

const (
	OriginProfessional Origin = "zorgverlener"
	OriginClient       Origin = "client"
	OriginRelative     Origin = "naaste"
	OriginSystem       Origin = "systeem"
)

// A Source says where an item came from.
type Source struct {
	System  string `json:"system,omitempty"`
	Type    string `json:"type,omitempty"`
	ID      string `json:"id,omitempty"`
	Version string `json:"version,omitempty"`
	SHA256  string `json:"sha256,omitempty"`
}

// A Flag is a yes, a no, or nothing said.
type Flag string

const (
	Unsaid Flag = ""
	Yes    Flag = "ja"
	No     Flag = "nee"
)

// Visibility is what the record system says about who may see an item.
// Nothing said means: not in a portal copy.
type Visibility struct {
	Portal   Flag       `json:"portal,omitempty"`
	Audience []Audience `json:"audience,omitempty"` // empty: no narrower than Portal says
	Labels   []Label    `json:"labels,omitempty"`
	// ShieldedFrom is the moment from which the client's request to shield the item was accepted.
	ShieldedFrom Date `json:"shieldedFrom,omitzero"`
	// Refusal is the officer's recorded ground for holding the item back from an avg-inzage copy.
	Refusal *Refusal `json:"refusal,omitempty"`
}

// An Audience is a kind of reader.
type Audience string

const (
	AudienceClient         Audience = "client"
	AudienceRepresentative Audience = "vertegenwoordiger"
	AudienceContact        Audience = "contact"
)

// A Label is a mark on an item that narrows who may see it.
type Label string

const (
	LabelInternal     Label = "intern"            // for colleagues (Thuisgenoten art. 7)
	LabelNotRelatives Label = "niet-voor-naasten" // confidential, not meant for family (Thuisgenoten art. 11)
	LabelOwnNotes     Label = "werkaantekening"   // a professional's own notes: a human decides
	LabelThirdParty   Label = "derden"            // about somebody else (AVG art. 15 lid 4)
	LabelReview       Label = "beoordelen"        // a human must look first
	LabelRestricted   Label = "vertrouwelijk"     // FHIR confidentiality R or V
)

// A Refusal is a recorded decision to hold an item back.
type Refusal struct {
	Ground    string `json:"ground"` // avg-15-4, uavg-41-1-i, bw-7-456, bw-7-457-3, bw-7-458a
	DecidedBy string `json:"decidedBy"`
	Date      Date   `json:"date"`
	Review    Date   `json:"review,omitzero"`
	Silent    bool   `json:"silent,omitempty"` // telling would defeat the ground
}

// A BlockKind says what a Block holds.
type BlockKind string

const (
	BlockText    BlockKind = "text"    // Text in Format
	BlockField   BlockKind = "field"   // Label and Text (plain)
	BlockTable   BlockKind = "table"   // Columns and Rows (plain cells)
	BlockList    BlockKind = "list"    // Entries (plain)
	BlockWarning BlockKind = "warning" // Text (plain)
)

// A Block is a piece of an item's content. Image and document references are
// the item's Attachments.
type Block struct {
	Kind    BlockKind  `json:"kind"`
	Format  Format     `json:"format,omitempty"` // of Text, for BlockText; empty means plain
	Label   string     `json:"label,omitempty"`
	Text    string     `json:"text,omitempty"`
	Columns []string   `json:"columns,omitempty"`
	Rows    [][]string `json:"rows,omitempty"`
	Entries []string   `json:"entries,omitempty"`
}

// A Format is how a text is written.
type Format string

const (
	Plain    Format = "plain"
	Markdown Format = "markdown"
	HTML     Format = "html" // reduced to blocks by an allow-list, never passed on
)

// An Attachment is a file beside the dossier. The bytes are opened by the source.
type Attachment struct {
	ID          string `json:"id"`
	Path        string `json:"path"`                  // relative to the dossier file, slashes, inside its folder
	Name        string `json:"name"`                  // the name a reader knows
	MIME        string `json:"mime"`                  // as the record says; checked against the bytes
	Size        int64  `json:"size,omitempty"`        // bytes, as the record says; 0 means not said
	SHA256      string `json:"sha256,omitempty"`      // hex, as the record says
	ShowsOthers Flag   `json:"showsOthers,omitempty"` // other clients in the picture (Humanitas art. 15)
	Caption     string `json:"caption,omitempty"`
	TakenAt     Date   `json:"takenAt,omitzero"`
}

// A Measurement is one measured value. Series are made of items with the same Type.
type Measurement struct {
	Type   string      `json:"type"` // "gewicht", "bloeddruk"…: the reader's word
	Value  float64     `json:"value"`
	Text   string      `json:"text,omitempty"` // the value as written, when it is more than a number ("120/80")
	Unit   string      `json:"unit,omitempty"`
	Low    *float64    `json:"low,omitempty"` // reference range
	High   *float64    `json:"high,omitempty"`
	Method string      `json:"method,omitempty"`
	Parts  []ScorePart `json:"parts,omitempty"` // of a score such as Barthel or MUST
}

// A ScorePart is one question of a score.
type ScorePart struct {
	Label string  `json:"label"`
	Value float64 `json:"value"`
}
