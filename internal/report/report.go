// Package report is the vocabulary of what a run did: counts and reason codes.
//
// It holds nobody's name, number or file, in any field that can be written out;
// what an operator needs beyond that stays on the operator's screen.
package report

import (
	"time"

	"inzage/internal/dossier"
	"inzage/internal/policy"
)

// Schema is the name of the format of run.json.
const Schema = "inzage/run/v1"

// A Run is what a run did, in numbers and reason codes. It names nobody and
// may be read by all.
type Run struct {
	Schema   string             `json:"schema"`
	RunID    string             `json:"runId"`
	Now      time.Time          `json:"now"`
	Program  string             `json:"program"`
	Finished bool               `json:"finished"`
	Clients  int                `json:"clients"` // in the source
	Done     int                `json:"done"`
	Kinds    []Kind             `json:"kinds"`
	Unread   []CodeCount        `json:"dossiersFailed,omitempty"` // whole dossiers that could not be read or planned
	Doubts   []CodeCount        `json:"doubtfulFacts,omitempty"`  // what dossiers say and cannot be so
	Doubtful []Fault            `json:"-"`                        // the same by file and field, for the operator's own screen
	Portals  []Portal           `json:"portals"`
	Review   int                `json:"waitingForReview"`
	Missing  int                `json:"attachmentsMissing"`
	Starting int                `json:"attachmentsThatStart"`        // can start something when they are opened; given, or left out for it
	Swept    int                `json:"swept"`                       // half-made objects of an earlier run, cleared away
	TakenIn  int                `json:"factsTakenIn,omitempty"`      // facts that the bucket had and the ledger lacked
	Troubles []CodeCount        `json:"bucketTroubles,omitempty"`    // what is wrong in the bucket and could not be put right
	Mended   []CodeCount        `json:"bucketMended,omitempty"`      // what was wrong in the bucket and was put right
	Unsigned bool               `json:"withoutSigningKey,omitempty"` // nothing that stands in the bucket is signed
	Pages    int                `json:"pages"`
	Bytes    int64              `json:"bytes"`
	Stages   map[string]float64 `json:"secondsByStage"`
	Faults   []Fault            `json:"faults,omitempty"`        // by source file; no client text
	NoViewer bool               `json:"withoutViewer,omitempty"` // built without the viewer: no self-opening pages, no fallback page
}

// A Kind counts the work items of one kind.
type Kind struct {
	Kind      policy.Kind `json:"kind"`
	Made      int         `json:"made"`
	Unchanged int         `json:"unchanged"`
	Refused   []CodeCount `json:"refused,omitempty"`
	Failed    []CodeCount `json:"failed,omitempty"`
	Withdrawn []CodeCount `json:"withdrawn,omitempty"`
	Due       int         `json:"due,omitempty"` // archive copies of which the retention term is over: to be destroyed
}

// A CodeCount is how often a reason code occurred.
type CodeCount struct {
	Code  string `json:"code"`
	Count int    `json:"count"`
}

// A Portal says under which terms a portal's bundles were made, and how
// many holders have a copy ready for when the portal is down (rule B11).
type Portal struct {
	Portal    string       `json:"portal"`
	Name      string       `json:"name"`
	Terms     string       `json:"termsVersion"`
	ValidFrom dossier.Date `json:"termsValidFrom"`
	SHA256    string       `json:"termsSha256"`
	Holders   int          `json:"fallbackHolders"`           // may have a fallback copy
	Ready     int          `json:"fallbackReady"`             // have one
	Lacking   []string     `json:"fallbackLacking,omitempty"` // pseudonyms
	Warnings  []string     `json:"warnings,omitempty"`
}

// A Fault tells the operator which dossier failed, by its file.
type Fault struct {
	File string `json:"-"` // for the operator's own screen, never in the bucket: a file may be named after a client
	Kind string `json:"kind,omitempty"`
	Code string `json:"code"`
	Text string `json:"-"`
}

// Odd is how many things in the bucket were not as they must be, put right or
// not: somebody must look.
func (r Run) Odd() int { return Sum(r.Troubles) + Sum(r.Mended) }

// Failures is how many dossiers and work items failed.
func (r Run) Failures() int {
	n := Sum(r.Unread)
	for _, k := range r.Kinds {
		n += Sum(k.Failed)
	}
	return n
}

// Sum adds up a list of counts.
func Sum(list []CodeCount) (n int) {
	for _, c := range list {
		n += c.Count
	}
	return n
}
