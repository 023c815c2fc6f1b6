// Package document is the vocabulary of a document: what a page says and how it
// is built up, for any renderer. It knows nothing of care, rules or files.
//
// The set of blocks and inlines is closed: a renderer that handles every type
// below handles every document. Text is plain Unicode; there is no markup, no
// HTML and no style in it.
package document

import "time"

// A Document is one whole document, ready to be drawn as pages or as HTML.
// Two renderers that draw the same Document must say the same.
type Document struct {
	Lang      string    // BCP 47 tag of the whole: "nl" or "en"
	Title     string    // neutral, without a name; becomes the PDF and HTML title
	ID        string    // bundle id; shown at the end, never a person
	Made      time.Time // moment of making; the only clock in the document
	Theme     Theme
	Furniture Furniture
	Cover     Cover
	Sections  []Section // in reading order; the cover is not one of them
	Words     Words     // fixed words that renderers add themselves
}

// A Theme is the organisation's look.
type Theme struct {
	Accent     Colour // on white, at least 4.5:1
	AccentDark Colour // on #16171B, at least 4.5:1
	Logo       *Image // nil: the organisation's name is set in type
}

// A Colour is 0xRRGGBB.
type Colour uint32

// Furniture is what stands at the head and foot of every page but the cover.
type Furniture struct {
	Kind   string // "Kopie van uw dossier"
	Portal string // "MijnThuisgenotenDossier"
	Date   string // "12 maart 2026"
	Page   string // format with %d of %d: "Pagina %d van %d"
}

// Words are the fixed words of the document's language that renderers need.
type Words struct {
	Contents    string // "Inhoud"
	SkipToText  string // "Ga naar de tekst"
	Continued   string // "vervolg", at the head of a table or entry that goes on
	Page        string // "pagina", in references: "zie pagina 12"
	Sections    string // label of the navigation landmark
	OlderMonths string // summary of folded months: "Ouder dan een jaar"
	Attachment  string // "bijlage"
	ChartTable  string // "De waarden staan in de tabel hieronder."
}

// A Cover is the first page: what this is, whose, for whom, as of when.
type Cover struct {
	Organisation string
	Kind         string   // large type: "Kopie van uw dossier"
	Lead         []Inline // one sentence below it, may be empty
	Facts        []Field  // whose, for whom, as of, made on, terms version… in this order
	PagesLabel   string   // label of the page count, "Aantal bladzijden"; PDF fills the number in, HTML leaves the row out
	Questions    *Callout // "Vragen?" with role, name, phone
	Emergency    *Callout // "Spoed? Bel …"; nil where the portal has none
}

// A Section is a part with its own heading. Level 1 sections are listed in the
// table of contents.
type Section struct {
	ID     string // anchor, ASCII, unique in the document
	Title  string
	Role   SectionRole
	Blocks []Block
	Count  string // shown beside the title in the contents: "600 rapportages"; may be empty
	// OwnPage asks for a fresh page. Otherwise a section starts a page only when it
	// is longer than half a page.
	OwnPage bool
	// Narrow sets the text in the 124 mm column with an accent bar: the own-risk page.
	Narrow bool
}

// A SectionRole tells renderers what a section is for; it never changes the words.
type SectionRole string

const (
	RoleOwnRisk   SectionRole = "own-risk"
	RoleGuide     SectionRole = "guide"    // how to read, ask, correct, complain
	RoleOverview  SectionRole = "overview" // at a glance
	RoleContents  SectionRole = "contents" // holds one Contents block
	RoleRecord    SectionRole = "record"   // a section of the dossier
	RoleFiles     SectionRole = "files"    // the attachments that are not pictures
	RoleMissing   SectionRole = "missing"  // what is not in here and why
	RoleArticle15 SectionRole = "article-15"
	RoleTerms     SectionRole = "terms"
	RoleSafe      SectionRole = "safe"  // how to keep this safe
	RoleAbout     SectionRole = "about" // about this copy: versions, digests
)

// A Block is one of: Heading, Para, List, Fields, Table, Chart, Figures, Entry,
// Callout, Quote, Contents, Timeline, Notice.
type Block interface{ block() }

// A Heading inside a section. Level 2 is a month or group, 3 and 4 lie below it.
// Section titles are level 1 and are not Headings.
type Heading struct {
	Level int    // 2, 3 or 4, without gaps
	ID    string // anchor; may be empty
	Text  string
	// Fold lets HTML fold what follows up to the next heading of this level (older than a year).
	Fold bool
	// NewPage asks for a fresh page, as for the sheet of an attachment.
	NewPage bool
}

// A Para is a paragraph.
type Para struct {
	Text  []Inline
	Small bool // secondary text: a note, a source
	Lead  bool // introduction, set a little larger or in secondary ink
}

// A List is ordered or not; each item holds blocks.
type List struct {
	Ordered bool
	Start   int // first number of an ordered list; 0 means 1
	Items   [][]Block
}

// Fields are label and value pairs on the two-column grid.
type Fields struct{ Items []Field }

// A Field is one label with its value.
type Field struct {
	Label string
	Value []Inline
}

// A Table has a caption for those who cannot see it, columns, and groups of rows.
type Table struct {
	Caption     string // always set; renderers may hide it from sight
	ShowCaption bool
	Columns     []Column
	Groups      []RowGroup
}

// A Column of a table. Units stand in the head.
type Column struct {
	Head    string
	Align   Align
	Weight  float64 // relative width; 0 lets the renderer choose by content
	RowHead bool    // the cells of this column are the heads of their rows
}

// Align is how a column's cells are set.
type Align uint8

const (
	Left    Align = iota
	Right         // right-aligned
	Decimal       // on the decimal comma
)

// A RowGroup is rows that belong together, with an optional head across.
type RowGroup struct {
	Head string
	Rows [][]Cell
}

// A Cell is a table cell.
type Cell struct{ Text []Inline }

// A Chart is one series of measured values over time, with a text alternative.
// The table with all values follows it as its own block.
type Chart struct {
	Title      string
	Unit       string
	Alt        string // whole text alternative in a sentence or two
	Points     []Point
	Low, High  *float64 // reference range
	RangeLabel string   // its words: "normaal: 60 tot 80 kg"
	Labels     ChartLabels
}

// A Point of a chart; points are in order of time.
type Point struct {
	At    time.Time
	Value float64
	Label string // the value in the reader's notation: "72,4"
	When  string // the date in the reader's notation
}

// ChartLabels are formats of the reader's language.
type ChartLabels struct {
	Months  [12]string // "jan"…
	Decimal string     // "," or "."
}

// Figures are pictures that stand together, two to a row when small.
type Figures struct{ Items []Figure }

// A Figure is a picture with its caption.
type Figure struct {
	Image   *Image
	Alt     string
	Caption []Inline
}

// An Image is a picture that has been decoded, stripped of its metadata, bounded
// and encoded again: JPEG (grey or RGB) or PNG (8 bit, not interlaced).
type Image struct {
	MIME          string // image/jpeg or image/png
	Data          []byte
	Width, Height int    // pixels
	SHA256        string // hex, of Data; the renderers' key for sharing
}

// An Entry is one dated thing on the two-column grid: left when and who, right
// what.
type Entry struct {
	ID     string   // anchor
	When   string   // "12 maart 2025"; "zonder datum" when there is none
	Time   string   // "14.30 uur"; may be empty
	Who    []string // lines: role, name
	Title  string   // level 3 heading; may be empty
	Tags   []string // in words: "Door uw dochter toegevoegd"
	Blocks []Block
	Files  []FileLine
	Notes  []string // "Eerdere tekst vervangen op …"
}

// A FileLine names an attachment where it belongs.
type FileLine struct {
	Name    string // the reader's name for it
	Note    string // "PDF, 3 bladzijden, 1,2 MB, in de map bijlagen" or why it is missing
	Path    string // relative path in the bundle, from the place of dossier.html; empty when missing
	Missing bool
	Sheet   Ref // the sheet of the file in this document; zero: none
}

// A Callout is a box of text with a kind that is also said in words.
type Callout struct {
	Kind   CalloutKind
	Title  string
	Blocks []Block
}

// A CalloutKind chooses the mark of a callout; the words carry the meaning.
type CalloutKind string

const (
	CalloutWarning   CalloutKind = "warning"   // allergies, directives
	CalloutEmergency CalloutKind = "emergency" // Spoed? Bel …
	CalloutQuestion  CalloutKind = "question"  // Vragen?
	CalloutInfo      CalloutKind = "info"
	CalloutWithheld  CalloutKind = "withheld" // dotted hairline: something is not here
)

// A Quote is text kept as it was written, such as a letter's.
type Quote struct{ Blocks []Block }

// Contents is where the table of contents stands. Renderers make it from the
// sections: with page numbers in PDF, with links in HTML.
type Contents struct{}

// A Timeline is the years and months of a record with what happened in them.
type Timeline struct {
	Alt  string
	Rows []TimelineRow
}

// A TimelineRow is one kind of thing over the months of the timeline.
type TimelineRow struct {
	Label string         // "Rapportages"
	Cells []TimelineCell // one for each month, oldest first; the same months in each row
	Total string         // "600"
}

// A TimelineCell is the number of things in one month.
type TimelineCell struct {
	Month string // "2025-03"
	Label string // "maart 2025"
	Count int
}

// A Notice is one line instead of a section's content: "Er staan geen
// vragenlijsten in uw dossier."
type Notice struct{ Text []Inline }

func (Heading) block()  {}
func (Para) block()     {}
func (List) block()     {}
func (Fields) block()   {}
func (Table) block()    {}
func (Chart) block()    {}
func (Figures) block()  {}
func (Entry) block()    {}
func (Callout) block()  {}
func (Quote) block()    {}
func (Contents) block() {}
func (Timeline) block() {}
func (Notice) block()   {}

// An Inline is one of: Text, Strong, Emph, Code, Break, Link, Ref, Lang.
type Inline interface{ inline() }

// Text is a run of plain text.
type Text string

// Strong is text of importance.
type Strong struct{ Text []Inline }

// Emph is stressed text.
type Emph struct{ Text []Inline }

// Code is text in a fixed-width face: a digest, a key.
type Code string

// Break is a line break within a paragraph.
type Break struct{}

// A Link leads outside. Only https, mailto and tel addresses of the portal
// folder become Links; addresses in client text stay text.
type Link struct {
	URL  string
	Text []Inline
}

// A Ref leads to an anchor in this document. PDF adds the page number:
// "Wat hier niet in staat (pagina 12)".
type Ref struct {
	ID   string
	Text []Inline
}

// Lang is text in another language than the document's.
type Lang struct {
	Tag  string
	Text []Inline
}

func (Text) inline()   {}
func (Strong) inline() {}
func (Emph) inline()   {}
func (Code) inline()   {}
func (Break) inline()  {}
func (Link) inline()   {}
func (Ref) inline()    {}
func (Lang) inline()   {}
