// Package store is the vocabulary of what stands in the bucket: keys, locks,
// receipts and the faults a store can have.
//
// It refuses a key that is not of the fixed shape, so that no name, date of
// birth or number of a person can become part of one. It stores nothing itself;
// [inzage/internal/store/s3] does.
package store

import (
	"errors"
	"time"
)

// The faults of a store. Every error of a store wraps one of these or the error
// of its context.
var (
	// ErrNotFound means that nothing stands under this key.
	ErrNotFound = errors.New("not in the store")
	// ErrConflict means that other content stands under this key. It was not
	// touched; find out which run made it.
	ErrConflict = errors.New("other content stands under this key")
	// ErrLocked means that a retention date or a legal hold forbids the change.
	ErrLocked = errors.New("locked in the store")
	// ErrRejected means that the store refuses this one request: a lock date that
	// is over, a digest that does not fit, no right to this object. It is the
	// failure of this object alone; tell it and go on with the others.
	ErrRejected = errors.New("the store refuses this object")
	// ErrUnavailable means that the store gave no sensible answer after several
	// tries. The same call may succeed later.
	ErrUnavailable = errors.New("the store is not available, try again later")
	// ErrRefused means that nothing can be served: credentials, clock, region,
	// bucket. Trying again does not help; stop the run.
	ErrRefused = errors.New("the store refuses")
	// ErrBusy means that another run works on this bucket. Wait for it to end.
	ErrBusy = errors.New("another run works on this bucket")
	// ErrFull means that there is no room left. Stop the run.
	ErrFull = errors.New("the store is full")
	// ErrWeak means that a store does not do what its protocol promises. Use
	// another, or accept the named weakness in the configuration.
	ErrWeak = errors.New("the store does not keep its promises")
)

// A Mode says who may shorten a retention: nobody (compliance), or a holder of
// a special right (governance).
type Mode string

// The modes of S3 Object Lock. The empty Mode is no retention.
const (
	Governance Mode = "GOVERNANCE"
	Compliance Mode = "COMPLIANCE"
)

// A Lock is what keeps one version of an object from being removed.
type Lock struct {
	Mode  Mode      `json:"mode,omitempty"`
	Until time.Time `json:"until,omitzero"` // whole seconds, UTC; with a Mode only
	Hold  bool      `json:"hold,omitempty"` // legal hold, without an end
}

// IsZero reports whether l locks nothing.
func (l Lock) IsZero() bool { return l.Mode == "" && !l.Hold }

// Normal is l as a store keeps it: in UTC, a broken second rounded up.
func (l Lock) Normal() Lock {
	if l.Mode == "" {
		return Lock{Hold: l.Hold}
	}
	t := l.Until.UTC().Truncate(time.Second)
	if t.Before(l.Until) {
		t = t.Add(time.Second)
	}
	l.Until = t
	return l
}

// Rounded is l until the first moment of the next year in UTC: the day on which
// care ended or somebody died cannot be read from it. It never ends earlier than l.
func (l Lock) Rounded() Lock {
	l = l.Normal()
	year := time.Date(l.Until.Year(), time.January, 1, 0, 0, 0, 0, time.UTC)
	if l.Mode != "" && year.Before(l.Until) {
		l.Until = year.AddDate(1, 0, 0)
	}
	return l
}

// Covers reports whether l is at least as strong as want: held when it must be
// held, and kept at least as long in a mode that is at least as strict.
func (l Lock) Covers(want Lock) bool {
	l, want = l.Normal(), want.Normal()
	if want.Hold && !l.Hold {
		return false
	}
	if want.Mode == "" {
		return true
	}
	strict := l.Mode == want.Mode || l.Mode == Compliance
	return strict && !l.Until.Before(want.Until)
}

// An Object says how something is to be stored. ContentID is the keyed digest
// of its content, by which a second attempt is known to be the same.
type Object struct {
	Key          Key
	ContentID    string
	Lock         Lock
	CacheControl string
}

// A Receipt is the store's word for one object. Existed means that it stood
// there already with the same content; SHA256, Size and VersionID are then of
// what stands there, not of what was offered.
type Receipt struct {
	Key       Key
	VersionID string
	SHA256    string // hex
	ContentID string
	Size      int64
	Lock      Lock
	Existed   bool
}

// An Info is what the store knows of one object. A listing knows only Key, Size,
// ETag and Modified.
type Info struct {
	Key         Key
	VersionID   string
	SHA256      string // hex; empty when the store does not tell
	ContentID   string
	ContentType string
	Caching     string // Cache-Control
	ETag        string // of a listing: another for other bytes; the MD5 of the bytes on most stores
	Size        int64
	Modified    time.Time
	Lock        Lock
}
