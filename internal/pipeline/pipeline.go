// Package pipeline knows the order of the stages: for one work item (one
// client, one audience, one kind), and for a batch over many.
//
// It refuses to begin when a portal, a key or the store is not as it must be,
// and it never lets one dossier stop the others. It prints nothing and reads no
// clock; what it has to tell is in the [report.Run] it returns.
package pipeline

import (
	"errors"
	"log/slog"
	"time"

	"inzage/internal/dossier"
	"inzage/internal/ledger"
	"inzage/internal/media"
	"inzage/internal/policy"
	"inzage/internal/portal"
	"inzage/internal/seal"
	"inzage/internal/store"
	"inzage/internal/store/s3"
)

// Settings is everything a batch needs. All of it is shared by the workers and
// none of it changes during a run, so one terms version is pinned for the whole run.
type Settings struct {
	Portals map[string]*portal.Portal // by id
	Source  dossier.Reader
	Kinds   []policy.Kind

	Officers []seal.Recipient // can open every bundle
	Archive  []seal.Recipient // can open archief; at least two
	Audience seal.Recipient   // for grants without a key of their own; zero: such a grant is refused
	Secret   seal.Secret
	Signer   seal.Signer // signs manifests and records; zero: nothing is signed
	Signers  []byte      // the list of allowed signers that is published; may be nil

	// Deployment and Edition stand in the salt of access codes; an empty
	// Deployment is the portal's own id.
	Deployment string
	Edition    int

	Store    *s3.Store
	Sync     func() error // makes what is stored durable; nil where the store does so itself
	Ledger   *ledger.Ledger
	Spool    string // folder for ciphertext in flight
	LockMode store.Mode

	Limits     media.Limits
	MaxMissing int // more attachments missing than this fails the client; negative: never
	Workers    int
	InFlight   int64 // bytes of dossiers that may be held at once

	Now          time.Time
	AllowEarlier bool // a run at a moment before the latest fact in the bucket, for tests
	RunID        string
	Program      string // name and version, goes into every bundle and id
	Language     string // of the run report: "nl" or "en"

	Log      *slog.Logger
	Progress func(Progress) // called from one goroutine; may be nil
}

// deployment is the name in the salt of a portal's codes.
func (s Settings) deployment(portal string) string {
	if s.Deployment != "" {
		return s.Deployment + "." + portal
	}
	return portal
}

// Progress is how far a run is.
type Progress struct {
	Clients, Done  int // clients in the source, and finished
	Made, Failed   int
	Refused, Fresh int // Fresh: nothing had changed
}

// MinArchiveKeys is how many people must be able to open an archief bundle, so
// that one lost key does not lose the archive.
const MinArchiveKeys = 2

var (
	// ErrSettings means that the run cannot begin; the text says what to set.
	ErrSettings = errors.New("configuration")
	// ErrStopped means that the run ended early; what was made stays, and running
	// the same command again goes on where it stopped.
	ErrStopped = errors.New("stopped before the end")
)

// check refuses settings with which a run must not begin.
func (s Settings) check() error {
	switch {
	case len(s.Portals) == 0:
		return settingsError("no portals; set portals: in the configuration")
	case len(s.Kinds) == 0:
		return settingsError("no kinds; set kinds: in the configuration")
	case len(s.Officers) == 0:
		return settingsError("no officer's key; set keys.officers: in the configuration")
	case !s.Secret.Valid():
		return settingsError("no secret; set secret_file: or INZAGE_SECRET")
	case len(s.Signers) > 0 && !s.Signer.Valid():
		return settingsError("keys.signers is set and keys.signing is not: what this machine states would not be believed; set keys.signing")
	case s.has(policy.Archief) && distinct(s.Archive) < MinArchiveKeys:
		return settingsError("archief needs at least two different archive keys; set keys.archive: in the configuration")
	}
	return nil
}

func settingsError(text string) error { return &settingsFault{text} }

type settingsFault struct{ text string }

func (e *settingsFault) Error() string { return e.text }
func (e *settingsFault) Unwrap() error { return ErrSettings }

func (s Settings) has(k policy.Kind) bool {
	for _, have := range s.Kinds {
		if have == k {
			return true
		}
	}
	return false
}

func distinct(rs []seal.Recipient) int {
	ids := map[string]bool{}
	for _, r := range rs {
		ids[r.ID()] = true
	}
	return len(ids)
}

// pinTerms takes the terms in force now, once for each portal.
func (s Settings) pinTerms() (map[string]portal.Terms, error) {
	pinned := make(map[string]portal.Terms, len(s.Portals))
	for id, p := range s.Portals {
		t, err := p.TermsAt(s.Now)
		if err != nil {
			return nil, err
		}
		pinned[id] = t
	}
	return pinned, nil
}

// A client is one dossier on its way, with what opens its attachments.
type client struct {
	ref     dossier.FileRef
	dossier *dossier.Dossier
	opener  dossier.Opener
	portal  *portal.Portal
}
