package document

import "time"

// A Letter is what one person gets on paper: a page, or two when the
// organisation has much to say. It is for printing; there is no HTML of it.
type Letter struct {
	Lang         string // BCP 47
	Title        string // neutral, without a name
	ID           string
	Made         time.Time
	Theme        Theme
	Organisation string
	Window       Window
	To           []string // name and address, as on an envelope
	Date         string
	Subject      string
	Intro        []Block // what this is
	Before       []Part  // how to use the code
	Code         CodeBox
	After        []Part // what to do when it does not work, how to keep it
	Words        Words
}

// A Part of a letter is a heading with what stands beside it.
type Part struct {
	Title  string
	Blocks []Block
}

// A Window is where the address shows through the envelope, in millimetres from
// the top left of the sheet.
type Window struct{ Left, Top, Width, Height float64 }

// A CodeBox is an access code, in large type and as a square that a phone reads.
type CodeBox struct {
	Label string
	Lines []string // the code's groups, on one or two lines
	Scan  string   // what the square holds
	Alt   string   // text alternative of the square
	Note  string   // under the code
}
