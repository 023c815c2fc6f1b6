package pipeline

import (
	"errors"
	"strings"
	"testing"

	"inzage/internal/dossier"
	"inzage/internal/policy"
	"inzage/internal/portal"
	"inzage/internal/seal"
	"inzage/internal/store"
)

func keys(t *testing.T, n int) (out []seal.Recipient) {
	t.Helper()
	for range n {
		_, r, err := seal.NewKey()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

func settings(t *testing.T) Settings {
	t.Helper()
	text, err := seal.NewSecret()
	if err != nil {
		t.Fatal(err)
	}
	secret, err := seal.ParseSecret(text)
	if err != nil {
		t.Fatal(err)
	}
	return Settings{
		Portals: map[string]*portal.Portal{"mijnplan": {ID: "mijnplan"}}, Kinds: []policy.Kind{policy.Archief},
		Officers: keys(t, 1), Archive: keys(t, 2), Secret: secret, LockMode: store.Governance,
	}
}

// A run that could leave an archive that one lost key closes for ever, or that
// nobody can open, does not begin.
func TestARunDoesNotBeginWithoutItsKeys(t *testing.T) {
	if err := settings(t).check(); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(*Settings){
		"no portals":                     func(s *Settings) { s.Portals = nil },
		"no kinds":                       func(s *Settings) { s.Kinds = nil },
		"no officer's key":               func(s *Settings) { s.Officers = nil },
		"no secret":                      func(s *Settings) { s.Secret = seal.Secret{} },
		"two different archive keys":     func(s *Settings) { s.Archive = s.Archive[:1] },
		"at least two different archive": func(s *Settings) { s.Archive[1] = s.Archive[0] },
	} {
		s := settings(t)
		spoil(&s)
		if err := s.check(); !errors.Is(err, ErrSettings) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func somebody() client {
	return client{dossier: &dossier.Dossier{Ref: "T-1"}, portal: &portal.Portal{ID: "p"}}
}

func TestWhoCanOpenWhat(t *testing.T) {
	r := &run{Settings: settings(t)}
	archive, err := r.reader(t.Context(), somebody(), policy.Work{Kind: policy.Archief})
	if err != nil || len(archive.keys) != 3 {
		t.Errorf("archief: %d keys, %v", len(archive.keys), err)
	}
	if _, err := r.reader(t.Context(), somebody(), policy.Work{Kind: policy.Portaalkopie}); !errors.Is(err, errUnknown) {
		t.Errorf("a reader who is nobody: %v", err)
	}
	known := policy.Recipient{Person: dossier.Person{Ref: "p-1"}}
	if _, err := r.reader(t.Context(), somebody(), policy.Work{Kind: policy.Portaalkopie, Recipient: known}); !errors.Is(err, errNoKey) {
		t.Errorf("a reader without a key: %v", err)
	}
	own := keys(t, 1)[0]
	got, err := r.reader(t.Context(), somebody(), policy.Work{Kind: policy.Portaalkopie, Recipient: policy.Recipient{Key: own.String()}})
	if err != nil || len(got.keys) != 2 || got.keys[1].ID() != own.ID() {
		t.Errorf("portaalkopie: %d keys, %v", len(got.keys), err)
	}
	if _, err := r.reader(t.Context(), somebody(), policy.Work{Recipient: policy.Recipient{Key: "age1classic"}}); !errors.Is(err, errBadKey) {
		t.Errorf("a classic key: %v", err)
	}
}

func TestAnUnknownEndIsALegalHold(t *testing.T) {
	r := &run{Settings: settings(t)}
	if lock := r.lock(policy.Work{Kind: policy.Archief, Retention: policy.Retention{Hold: true}}); !lock.Hold || lock.Mode != "" {
		t.Errorf("unknown end: %+v", lock)
	}
	until := r.Now.AddDate(20, 3, 0)
	if lock := r.lock(policy.Work{Kind: policy.Archief, Retention: policy.Retention{Until: until}}); lock.Mode != store.Governance || lock.Until.Before(until) || lock.Until.YearDay() != 1 {
		t.Errorf("known end: %+v", lock)
	}
	if lock := r.lock(policy.Work{Kind: policy.Terugval}); !lock.IsZero() {
		t.Errorf("terugval: %+v", lock)
	}
}

// The order of uploads tells nothing of the order of the source, and holds nobody up.
func TestClientsGoInAnOrderOfTheRun(t *testing.T) {
	var order [2]string
	for i, id := range []string{"r1", "r2"} {
		r := &run{Settings: settings(t)}
		r.Secret, _ = seal.ParseSecret(strings.Repeat("ab", 32))
		r.RunID = id
		var refs []dossier.FileRef
		for c := 'a'; c <= 'z'; c++ {
			refs = append(refs, dossier.FileRef{Path: string(c)})
		}
		r.shuffle(refs)
		for _, ref := range refs {
			order[i] += ref.Path
		}
		if len(order[i]) != 26 || strings.HasPrefix(order[i], "abc") {
			t.Errorf("order %s", order[i])
		}
	}
	if order[0] == order[1] {
		t.Error("two runs go in one order")
	}
}

// The portal decides for its own copies; an answer and an archive hold the record
// as it is.
func TestWhatCanStartSomethingIsLeftOutWhereThePortalSaysSo(t *testing.T) {
	for choice, want := range map[portal.ActiveFiles]bool{portal.ActiveLeaveOut: true, portal.ActiveGive: false, "": true} {
		for _, k := range []policy.Kind{policy.Portaalkopie, policy.Terugval, policy.AVGInzage, policy.Archief} {
			own := k == policy.Portaalkopie || k == policy.Terugval
			if got := (Settings{}).limits(&portal.Portal{ActiveFiles: choice}, k).Inert; got != (want && own) {
				t.Errorf("%q, %s: %v", choice, k, got)
			}
		}
	}
}

// Dossiers and pixels together never have more than the run has, but for the
// least that either needs.
func TestPixelsArePartOfTheMemory(t *testing.T) {
	for _, n := range []int64{-5, 0, 1, 1 << 20, 7 << 20, 192 << 20, 1<<40 + 1} {
		dossiers, pixels := share(n)
		if dossiers < leastRoom || pixels < leastRoom || n >= 2*leastRoom && (dossiers+pixels > n || dossiers+pixels < n-1) {
			t.Errorf("%d is divided into %d and %d", n, dossiers, pixels)
		}
	}
}
