package pipeline

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"inzage/internal/dossier"
	"inzage/internal/ledger"
	"inzage/internal/policy"
	"inzage/internal/report"
	"inzage/internal/seal"
	"inzage/internal/source/folder"
	"inzage/internal/store"
)

// codes are the reason codes of a list of counts.
func codes(list []report.CodeCount) string {
	var out []string
	for _, c := range list {
		out = append(out, fmt.Sprintf("%s %d", c.Code, c.Count))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// One object's error is that object's: the others are made and withdrawn, the run
// ends, and the fault is told.
func TestOneObjectsErrorStopsItself(t *testing.T) {
	isCopy := func(key string) bool {
		return strings.Contains(key, "/portaalkopie/") && strings.HasSuffix(key, ".age")
	}
	for name, c := range map[string]struct {
		spoil  func(h *house, key store.Key) // before the second night; key of a copy that has to go
		failed bool
	}{
		"a put that is refused": {func(h *house, _ store.Key) {
			one := ""
			h.refuse(400, "InvalidArgument", func(method, key string) bool {
				if method == http.MethodPut && isCopy(key) && one == "" {
					one = key
				}
				return method == http.MethodPut && key == one
			})
		}, true},
		"a store that is busy with one object": {func(h *house, _ store.Key) {
			one := ""
			h.refuse(503, "SlowDown", func(method, key string) bool {
				if method == http.MethodPut && isCopy(key) && one == "" {
					one = key
				}
				return method == http.MethodPut && key == one
			})
		}, true},
		"a put that is denied": {func(h *house, _ store.Key) {
			one := ""
			h.refuse(403, "AccessDenied", func(method, key string) bool {
				if method == http.MethodPut && isCopy(key) && one == "" {
					one = key
				}
				return method == http.MethodPut && key == one
			})
		}, true},
		"a delete that is denied": {func(h *house, gone store.Key) {
			h.refuse(403, "AccessDenied", func(method, key string) bool { return method == http.MethodDelete && key == string(gone) })
		}, true},
		"a term that is over": {func(h *house, _ store.Key) { h.put(file("oud", ended("2003-01-01"))) }, false},
		"a bit that is altered on the way": {func(h *house, _ store.Key) {
			done := false
			h.change = func(r *http.Request) {
				h.mu.Lock()
				defer h.mu.Unlock()
				if r.Method == http.MethodPut && isCopy(h.key(r)) && !done {
					done = true
					r.Body = &flipping{ReadCloser: r.Body}
				}
			}
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, policy.Portaalkopie, policy.Archief)
			for i := range 4 {
				h.put(file(fmt.Sprintf("C-%d", i)))
			}
			h.put(file("weg"))
			h.quiet()
			was := h.copies(policy.Portaalkopie)
			h.drop("weg")
			for i := range 4 {
				h.put(file(fmt.Sprintf("C-%d", i), changed))
			}
			c.spoil(h, h.goneOf(was))
			rep, err := h.night()
			if err != nil {
				t.Fatalf("the run ended: %v", err)
			}
			if bad := rep.Failures()+rep.Odd() > 0; bad != c.failed {
				t.Errorf("told as a fault: %v, want %v; %+v", bad, c.failed, rep.Faults)
			}
			if made := rep.Kinds[0].Made; made < 3 {
				t.Errorf("%d copies made, want the others at least", made)
			}
			h.mendStore()
			rep = h.quiet()
			h.whole()
			if n := len(h.copies(policy.Portaalkopie)); n != 4 {
				t.Errorf("%d copies after the store was mended, want 4", n)
			}
		})
	}
}

// goneOf is the copy that the next run must take away.
func (h *house) goneOf(keys []store.Key) store.Key {
	h.t.Helper()
	who := h.s.Secret.Pseudonym("thuisgenoten", dossier.ClientRef("weg").Normal())
	for e, err := range h.s.Ledger.Live(h.t.Context(), "") {
		if err == nil && e.Pseudonym == who && slices.Contains(keys, e.Key) {
			return e.Key
		}
	}
	h.t.Fatal("no copy of the client who goes")
	return ""
}

// What must go goes before anything is made, also when nothing can be made.
func TestWithdrawalComesFirst(t *testing.T) {
	h := newHouse(t, policy.Portaalkopie, policy.Terugval)
	for i := range 3 {
		h.put(file(fmt.Sprintf("C-%d", i)))
	}
	h.put(file("weg"))
	h.quiet()
	h.put(file("weg", func(d *dossier.Dossier) { d.Relation.Died, d.Relation.Deceased = true, date("2026-03-02") }))
	for i := range 3 {
		h.put(file(fmt.Sprintf("C-%d", i), changed))
	}
	h.refuse(400, "InvalidArgument", func(method, key string) bool { return method == http.MethodPut && strings.HasSuffix(key, ".age") })
	rep, err := h.night()
	if err != nil || rep.Failures() == 0 {
		t.Fatalf("%v, %d failures", err, rep.Failures())
	}
	if got := codes(rep.Kinds[0].Withdrawn) + codes(rep.Kinds[1].Withdrawn); got != "toegang-geeindigd 1toegang-geeindigd 1" {
		t.Errorf("withdrawn: %s", got)
	}
	put := slices.IndexFunc(h.log, func(l string) bool { return strings.HasPrefix(l, "PUT ") && strings.HasSuffix(l, ".age") })
	del := slices.IndexFunc(h.log, func(l string) bool { return strings.HasPrefix(l, "DELETE ") && strings.HasSuffix(l, ".age") })
	if put < 0 || del < 0 || put < del {
		t.Errorf("first removal at request %d, first copy at %d", del, put)
	}
}

// Only what cannot be served at all ends a run.
func TestAStoreThatServesNothingEndsTheRun(t *testing.T) {
	for code, status := range map[string]int{"InvalidAccessKeyId": 403, "NoSuchBucket": 404, "XMinioStorageFull": 507, "SlowDown": 503} {
		h := newHouse(t, policy.Portaalkopie)
		h.put(file("C-1"))
		h.refuse(status, code, func(string, string) bool { return true })
		if _, err := h.night(); err == nil || !fatal(err) && !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// A ledger that was lost is never evidence that a bucket is empty.
func TestALostLedgerRefusesAndTakesNothingAway(t *testing.T) {
	h := newHouse(t, policy.Portaalkopie, policy.Terugval, policy.Archief)
	h.put(file("C-1"))
	h.put(file("C-2", ended("2026-01-15")))
	h.quiet()
	before := h.keys("")
	h.loseLedger(nil)
	if rep, err := h.night(); !errors.Is(err, ErrBehind) || rep.RunID != "" {
		t.Errorf("%v", err)
	}
	if after := h.keys(""); !slices.Equal(before, after) {
		t.Errorf("the bucket changed:\n%q\n%q", before, after)
	}
	h.reindex()
	if rep := h.quiet(); rep.Kinds[0].Made+rep.Kinds[1].Made+rep.Kinds[2].Made != 0 {
		t.Errorf("made again: %+v", rep.Kinds)
	}
	h.whole()
}

// A ledger from before is brought up to date by the facts in the bucket.
func TestFactsInTheBucketGoBeforeAnOlderLedger(t *testing.T) {
	h := newHouse(t, policy.Portaalkopie, policy.Terugval)
	h.s.Audience = zero
	h.put(file("C-1"))
	h.put(file("C-2"))
	h.issue("C-1.json")
	h.issue("C-2.json")
	h.quiet()
	older := h.saveLedger()
	holder := h.holderOf("C-2")
	h.s.Now = h.s.Now.Add(time.Hour)
	if _, err := RevokeCode(t.Context(), h.s, holder, true); err != nil {
		t.Fatal(err)
	}
	h.put(file("C-1", changed))
	h.quiet()
	live := h.livePaths()
	h.loseLedger(older)
	rep, err := h.night()
	if err != nil || rep.TakenIn == 0 || rep.Odd() > 0 {
		t.Errorf("%v, %d facts taken in, %+v", err, rep.TakenIn, rep.Faults)
	}
	if got := h.livePaths(); !maps.Equal(got, live) {
		t.Errorf("live copies %v, want %v", got, live)
	}
	h.whole()
	for e := range h.s.Ledger.Live(t.Context(), "") {
		if e.Pseudonym == h.s.Secret.Pseudonym("thuisgenoten", dossier.ClientRef("C-2").Normal()) {
			t.Errorf("the revoked reader has %s", e.Key)
		}
	}
}

func (h *house) livePaths() map[store.Key]string {
	out := map[store.Key]string{}
	for e, err := range h.s.Ledger.Live(h.t.Context(), "") {
		if err != nil {
			h.t.Fatal(err)
		}
		out[e.Key] = e.SHA256
	}
	return out
}

// What the bucket lost or altered is told and made again: a fallback copy in the
// next run, all else within a week.
func TestTheBucketIsHeldAgainstTheLedger(t *testing.T) {
	for name, spoil := range map[string]func(h *house, e ledger.Entry){
		"gone":               func(h *house, e ledger.Entry) { h.remove(e.Key) },
		"altered":            func(h *house, e ledger.Entry) { h.rot(e.Key) },
		"the slot gone":      func(h *house, e ledger.Entry) { h.remove(store.SlotKey(e.Key)) },
		"the slot altered":   func(h *house, e ledger.Entry) { h.rot(store.SlotKey(e.Key)) },
		"another in place":   func(h *house, e ledger.Entry) { h.write(e.Key, []byte("other bytes")) },
		"everything removed": func(h *house, e ledger.Entry) { h.removeAll(e) },
	} {
		for _, kind := range []policy.Kind{policy.Terugval, policy.Portaalkopie, policy.AVGInzage} {
			t.Run(name+" "+string(kind), func(t *testing.T) {
				h := newHouse(t, kind)
				h.s.Audience = zero
				h.put(file("C-1", asked))
				h.issue("C-1.json")
				h.quiet()
				for e := range h.s.Ledger.Live(t.Context(), "") {
					spoil(h, e)
				}
				nights, told := 0, 0
				for told == 0 && nights < 7 {
					rep, err := h.night()
					if err != nil || rep.Failures() > 0 {
						t.Fatalf("%v: %+v", err, rep.Faults)
					}
					told += report.Sum(rep.Mended)
					nights++
				}
				if told == 0 || kind == policy.Terugval && nights > 1 {
					t.Errorf("%d told in %d nights", told, nights)
				}
				h.whole()
				h.quiet()
			})
		}
	}
}

func (h *house) removeAll(e ledger.Entry) {
	h.remove(e.Key)
	h.remove(store.SlotKey(e.Key))
	for _, p := range e.Parts {
		h.remove(p.Key)
	}
}

// A copy that was taken away and is put back goes again, and is told.
func TestACopyThatIsPutBackGoesAgain(t *testing.T) {
	h := newHouse(t, policy.Portaalkopie)
	h.put(file("C-1"))
	h.put(file("C-2"))
	h.quiet()
	key := h.livePathOf("C-2")
	body := h.read(key)
	h.drop("C-2")
	h.quiet()
	h.write(key, body)
	rep, err := h.night()
	if err != nil || codes(rep.Mended) != "kopie-teruggezet 1" {
		t.Errorf("%v, %s", err, codes(rep.Mended))
	}
	h.whole()
}

func (h *house) livePathOf(ref string) store.Key {
	h.t.Helper()
	who := h.s.Secret.Pseudonym("thuisgenoten", dossier.ClientRef(ref).Normal())
	for e := range h.s.Ledger.Live(h.t.Context(), "") {
		if e.Pseudonym == who {
			return e.Key
		}
	}
	h.t.Fatalf("no copy of %s", ref)
	return ""
}

// A listing or a head that lies about a copy takes nothing away.
func TestAStoreThatContradictsItselfIsTold(t *testing.T) {
	h := newHouse(t, policy.Terugval)
	h.put(file("C-1"))
	h.quiet()
	before := h.livePaths()
	h.refuse(404, "NoSuchKey", func(method, key string) bool {
		return method == http.MethodHead && strings.HasSuffix(key, ".age")
	})
	rep, err := h.night()
	if err != nil || codes(rep.Troubles) != "opslag-spreekt-tegen 1" {
		t.Errorf("%v, %+v", err, rep.Faults)
	}
	h.mendStore()
	h.quiet()
	if got := h.livePaths(); !maps.Equal(got, before) {
		t.Errorf("live copies %v, want %v", got, before)
	}
}

// The same record gives the same archive copy for ever.
func TestAHundredNightsAddNoArchiveCopy(t *testing.T) {
	h := newHouse(t, policy.Archief)
	dates := []string{"2024-05-06", "2026-02-28"}
	for i, day := range dates {
		h.put(file(fmt.Sprintf("A-%d", i), ended(day)))
	}
	h.quiet()
	one := h.keys("/archief/")
	nights := 100
	if testing.Short() {
		nights = 60
	}
	for night := range nights {
		for i, day := range dates {
			h.put(file(fmt.Sprintf("A-%d", i), ended(day), func(d *dossier.Dossier) {
				d.AsOf = dossier.DateAt(first.AddDate(0, 0, night))
				d.Grants[0].LastLogin = dossier.DateAt(first.AddDate(0, 0, night))
			}))
		}
		switch night {
		case 30:
			h.s.Officers = append(h.s.Officers, keys(t, 1)...)
		case 40:
			h.s.Program = "inzage of the next year"
		case 50:
			p := *h.s.Portals["thuisgenoten"]
			p.Digest = strings.Repeat("a", 64)
			h.s.Portals["thuisgenoten"] = &p
		}
		h.quiet()
	}
	if got := h.keys("/archief/"); !slices.Equal(got, one) {
		t.Errorf("%d objects after a hundred nights, %d after one:\n%q", len(got), len(one), got)
	}
	h.put(file("A-0", ended(dates[0]), changed))
	if rep := h.quiet(); rep.Kinds[0].Made != 1 {
		t.Errorf("%d made of a record that changed, want 1", rep.Kinds[0].Made)
	}
}

// A retention term that is over needs no lock: the copy is due at once.
func TestATermThatIsOverIsDue(t *testing.T) {
	h := newHouse(t, policy.Archief)
	h.put(file("oud", ended("2001-02-03")))
	h.put(file("nieuw", ended("2026-02-03")))
	for night := range 2 {
		if rep := h.quiet(); rep.Kinds[0].Due != 1 || rep.Kinds[0].Made != 2-2*night {
			t.Errorf("night %d: %+v", night, rep.Kinds[0])
		}
	}
	free := 0
	for e := range h.s.Ledger.Live(t.Context(), "") {
		in, err := h.bucket.Head(t.Context(), e.Key)
		if err != nil || in.Lock.IsZero() != e.Lock.IsZero() {
			t.Errorf("%v, lock %+v, recorded %+v", err, in.Lock, e.Lock)
		}
		if in.Lock.IsZero() {
			free++
		}
	}
	if free != 1 {
		t.Errorf("%d copies without a lock, want 1", free)
	}
}

// A client who stands twice in the source is exported from neither file, however
// the reference is written, and loses what not both give.
func TestAClientInTwoFilesIsExportedFromNeither(t *testing.T) {
	dead := func(d *dossier.Dossier) { d.Relation.Died, d.Relation.Deceased = true, date("2026-02-01") }
	for _, other := range []string{"C-77", "c-77", "C 77", "C77", "Ｃ-77", "C\u201177", " c-77 "} {
		runs := 6
		if testing.Short() {
			runs = 2
		}
		for run := range runs {
			h := newHouse(t, policy.Portaalkopie)
			h.put(file("ander"))
			h.putAs("een", file("C-77"))
			if run%2 == 1 {
				h.quiet() // there was a copy of the living
			}
			h.putAs("twee", file(other, dead))
			rep, err := h.night()
			if err != nil || codes(rep.Unread) != "client-dubbel 2" {
				t.Errorf("%q: %v, %s", other, err, codes(rep.Unread))
			}
			if n := len(h.copies(policy.Portaalkopie)); n != 1 {
				t.Errorf("%q: %d copies, want the other client's alone", other, n)
			}
		}
	}
	t.Run("yesterday's copy stays while both files give it", func(t *testing.T) {
		h := newHouse(t, policy.Portaalkopie)
		h.putAs("een", file("C-77"))
		h.quiet()
		h.putAs("twee", file("C-77", changed, func(d *dossier.Dossier) { d.Ref = "c77" }))
		if rep, err := h.night(); err != nil || report.Sum(rep.Unread) != 2 || len(h.copies(policy.Portaalkopie)) != 1 {
			t.Errorf("%v, %+v", err, rep)
		}
	})
}

// A moment before the latest fact in the bucket is refused: what had to go since
// would come back.
func TestAClockThatWasSetBackRefuses(t *testing.T) {
	for name, happen := range map[string]func(h *house){
		"a run":        func(h *house) { h.quiet() },
		"a withdrawal": func(h *house) { h.drop("C-2"); h.quiet() },
		"a ledger from before, and a run": func(h *house) {
			older := h.saveLedger()
			h.put(file("C-1", changed))
			h.quiet()
			h.loseLedger(older)
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, policy.Portaalkopie)
			h.put(file("C-1"))
			h.put(file("C-2"))
			h.quiet()
			happen(h)
			before := h.livePaths()
			objects := h.copies(policy.Portaalkopie)
			if _, err := h.at(h.s.Now.Add(-time.Hour)); !errors.Is(err, ErrEarlier) {
				t.Errorf("%v", err)
			}
			if got := h.copies(policy.Portaalkopie); !slices.Equal(got, objects) {
				t.Errorf("copies %q, want %q", got, objects)
			}
			_ = before
			h.s.AllowEarlier = true
			if _, err := h.at(h.s.Now.Add(-time.Hour)); err != nil {
				t.Errorf("allowed: %v", err)
			}
		})
	}
}

// Copies of every kind go, with all that lies beside them, whatever ends the
// access: kinds × reasons.
func TestEveryKindEndsForEveryReason(t *testing.T) {
	reasons := map[string]func(h *house){
		"died":    func(h *house) { h.put(file("C-1", asked, func(d *dossier.Dossier) { d.Relation.Died = true })) },
		"gone":    func(h *house) { h.drop("C-1") },
		"revoked": func(h *house) { h.revoke("C-1") },
		"another": func(h *house) {
			h.put(file("C-1", asked, func(d *dossier.Dossier) { d.Grants, d.Requests = nil, nil }))
		},
		"answered": func(h *house) { h.put(file("C-1", asked, answered)); h.nights += 400 },
	}
	for reason, happen := range reasons {
		for _, kind := range policy.Withdrawable() {
			t.Run(reason+" "+kind, func(t *testing.T) {
				if reason == "answered" && kind != string(policy.AVGInzage) {
					t.Skip("only a request is answered")
				}
				h := newHouse(t, policy.Kind(kind))
				h.s.Audience = zero
				h.put(file("C-1", asked))
				h.put(file("C-2", asked))
				h.issue("C-1.json")
				h.issue("C-2.json")
				h.quiet()
				mine := h.partsOf("C-1")
				if len(mine) < 2 {
					t.Fatalf("only %q", mine)
				}
				happen(h)
				h.quiet()
				for _, k := range mine {
					if n, err := h.bucket.Versions(t.Context(), k); err != nil || n > 0 {
						t.Errorf("%s: %d versions, %v", k, n, err)
					}
				}
				h.whole()
			})
		}
	}
}

// An answer stands while its request is open, and for a term after it was answered.
func TestAnAnswerStandsForItsTerm(t *testing.T) {
	h := newHouse(t, policy.AVGInzage)
	h.put(file("C-1", asked))
	h.quiet()
	h.put(file("C-1", asked, answered))
	for range 20 {
		h.quiet()
	}
	if n := len(h.copies(policy.AVGInzage)); n != 1 {
		t.Errorf("%d answers after 20 days, want 1", n)
	}
}

func answered(d *dossier.Dossier) { d.Requests[0].Answered = true }

// partsOf are the objects of a client's copies.
func (h *house) partsOf(ref string) (out []store.Key) {
	h.t.Helper()
	who := h.s.Secret.Pseudonym("thuisgenoten", dossier.ClientRef(ref).Normal())
	for e := range h.s.Ledger.Live(h.t.Context(), "") {
		if e.Pseudonym == who {
			out = append(out, e.Key, store.SlotKey(e.Key))
			for _, p := range e.Parts {
				out = append(out, p.Key)
			}
		}
	}
	return out
}

// What a lock keeps that somebody put on a bucket is hidden and told, and the
// others go.
func TestWithdrawalGoesOnPastWhatIsLocked(t *testing.T) {
	h := newHouse(t, policy.Portaalkopie)
	for _, ref := range []string{"C-1", "C-2", "C-3"} {
		h.put(file(ref))
	}
	h.quiet()
	locked := h.livePathOf("C-1")
	in, err := h.bucket.Head(t.Context(), locked)
	if err != nil {
		t.Fatal(err)
	}
	lock := store.Lock{Mode: store.Governance, Until: time.Now().AddDate(1, 0, 0)}
	if err := h.bucket.SetLock(t.Context(), locked, in.VersionID, lock); err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{"C-1", "C-2"} {
		h.drop(ref)
	}
	rep, err := h.night()
	if err != nil || codes(rep.Troubles) != "niet-verwijderd 1" {
		t.Errorf("%v, %+v", err, rep.Faults)
	}
	if left := h.copies(policy.Portaalkopie); len(left) != 1 {
		t.Errorf("can be fetched: %q", left)
	}
	h.quiet()
}

// A run that ended between a new fallback copy and the withdrawal of the one
// before leaves two records of one name; the next run knows which one stands.
func TestAFallbackCopyThatWasOverwrittenIsWithdrawn(t *testing.T) {
	h := newHouse(t, policy.Terugval)
	h.s.Audience = zero
	h.put(file("C-1"))
	h.issue("C-1.json")
	h.quiet()
	h.put(file("C-1", changed))
	h.refuse(500, "InternalError", func(method, key string) bool {
		return method == http.MethodPut && strings.Contains(key, ".withdrawn.json")
	})
	if rep, err := h.night(); err != nil || rep.Kinds[0].Made != 1 || codes(rep.Troubles) != "niet-verwijderd 1" {
		t.Fatalf("%v, %+v", err, rep)
	}
	h.mendStore()
	rep := h.quiet()
	if codes(rep.Kinds[0].Withdrawn) != "vervangen 1" {
		t.Errorf("withdrawn: %s", codes(rep.Kinds[0].Withdrawn))
	}
	h.whole()
}

// A first run that was killed before its ledger knew anything is gone on with; a
// ledger that was lost is not.
func TestAFirstRunThatWasKilledIsGoneOnWith(t *testing.T) {
	h := newHouse(t, policy.Portaalkopie)
	h.put(file("C-1"))
	h.quiet()
	h.loseLedger(nil)
	if err := h.s.Ledger.Join(t.Context(), h.s.Book(), first); err != nil { // as far as it came
		t.Fatal(err)
	}
	if rep, err := h.night(); err != nil || rep.TakenIn == 0 || rep.Kinds[0].Made != 0 {
		t.Errorf("%v, %+v", err, rep)
	}
	h.whole()
}

// Whatever cannot be stated in one night is stated in the next: no record is left
// of a copy that is not there.
func TestNoRecordOutlivesItsCopy(t *testing.T) {
	for name, at := range map[string]func(method, key string) bool{
		"no withdrawal": func(method, key string) bool {
			return method == http.MethodPut && strings.Contains(key, ".withdrawn.json")
		},
		"no record": func(method, key string) bool {
			return method == http.MethodPut && strings.HasSuffix(key, ".json") && !strings.Contains(key, "/codes/") && !strings.HasPrefix(key, "runs/")
		},
		"no signature": func(method, key string) bool { return method == http.MethodPut && strings.HasSuffix(key, ".json.sig") },
	} {
		for _, kind := range policy.Withdrawable() {
			for code, status := range map[string]int{"PreconditionFailed": 412, "InternalError": 500, "AccessDenied": 403} {
				if testing.Short() && code != "PreconditionFailed" {
					continue
				}
				t.Run(fmt.Sprint(name, " ", kind, " ", code), func(t *testing.T) {
					h := newHouse(t, policy.Kind(kind))
					h.s.Audience = zero
					for _, ref := range []string{"C-1", "C-2", "C-3"} {
						h.put(file(ref, asked))
						h.issue(ref + ".json")
					}
					h.quiet()
					h.put(file("C-1", asked, changed))
					h.drop("C-2")
					h.remove(h.livePathOf("C-3"))
					h.refuse(status, code, at)
					if rep, err := h.night(); err != nil || rep.Failures()+rep.Odd() == 0 {
						t.Fatalf("%v, told nothing", err)
					}
					h.mendStore()
					h.night()
					h.quiet()
					h.whole()
					h.records()
				})
			}
		}
	}
}

// records checks that every record of the bucket is of a copy that stands there,
// or has a withdrawal beside it.
func (h *house) records() {
	h.t.Helper()
	live := map[store.Key]bool{}
	for e, err := range h.s.Ledger.Live(h.t.Context(), "") {
		if err != nil {
			h.t.Fatal(err)
		}
		live[e.RecordKey] = true
	}
	withdrawn := map[store.Key]bool{}
	var all []store.Key
	for _, k := range h.keys(".json") {
		if k.IsWithdrawal() {
			withdrawn[k.Record()] = true
		} else if k.IsRecord() {
			all = append(all, k)
		}
	}
	for _, k := range all {
		if live[k] == withdrawn[k] {
			h.t.Errorf("%s: live %v, withdrawn %v", k, live[k], withdrawn[k])
		}
	}
	if len(all) == 0 {
		h.t.Error("no records")
	}
}

// Two machines with ledgers of their own that take turns: what the one stated anew
// the other takes in, and nothing is stated again from an older ledger.
func TestTwoLedgersOfOneBucketAgree(t *testing.T) {
	h := newHouse(t, policy.Portaalkopie, policy.Terugval)
	h.s.Audience = zero
	h.put(file("C-1", asked))
	h.issue("C-1.json")
	h.quiet()
	other := h.saveLedger()
	h.reissue() // the same content for another code: the records are stated anew, and are as long
	h.quiet()
	mine := h.saveLedger()
	for turn := range 4 {
		h.loseLedger(other)
		if rep := h.quiet(); rep.Kinds[0].Made+rep.Kinds[1].Made != 0 {
			t.Errorf("turn %d: made again: %+v", turn, rep.Kinds)
		}
		h.whole()
		h.records()
		mine, other = h.saveLedger(), mine
	}
}

// A bundle of which something failed once is made a second time: the record is of
// what stands, and a copy for a new code never keeps the old one's ciphertext.
func TestASecondTryLeavesOneCopy(t *testing.T) {
	for name, at := range map[string]func(method, key string) bool{
		"the copy": func(method, key string) bool {
			return method == http.MethodPut && partOf(store.Key(key)) != "" && !strings.Contains(key, "sleutel") && strings.HasSuffix(key, ".age")
		},
		"the slot": func(method, key string) bool {
			return method == http.MethodPut && strings.HasSuffix(key, ".sleutel.age")
		},
		"the page": func(method, key string) bool {
			return method == http.MethodPut && strings.HasSuffix(key, ".html") && !strings.HasPrefix(key, "runs/")
		},
		"the record":            func(method, key string) bool { return method == http.MethodPut && store.Key(key).IsRecord() },
		"what reads the record": func(method, key string) bool { return method == http.MethodHead && store.Key(key).IsRecord() },
	} {
		for _, kind := range policy.Withdrawable() {
			tries := 3
			if testing.Short() {
				tries = 1
			}
			for skip := range tries {
				t.Run(fmt.Sprint(name, " ", kind, " ", skip), func(t *testing.T) {
					h := newHouse(t, policy.Kind(kind))
					h.s.Audience = zero
					h.put(file("C-1", asked))
					h.issue("C-1.json")
					h.quiet()
					h.reissue()
					seen := 0
					h.refuse(400, "InvalidArgument", func(method, key string) bool {
						if at(method, key) {
							seen++
						}
						return at(method, key) && seen == skip+1
					})
					h.night()
					h.mendStore()
					h.night()
					h.quiet()
					h.whole()
					h.records()
					for e := range h.s.Ledger.Live(t.Context(), "") {
						c, _, err := h.s.Ledger.LastCode(t.Context(), h.holderOf("C-1"))
						k, kerr := seal.ParseRecipient(c.Recipient)
						if err != nil || kerr != nil || e.Audience != k.ID() || !h.opensFor(e, 2) {
							t.Errorf("%s is not for the new code", e.Key)
						}
					}
				})
			}
		}
	}
}

// opensFor reports whether a copy has as many stanzas as its record names keys, and
// was put after the last code was issued.
func (h *house) opensFor(e ledger.Entry, keys int) bool {
	head, _, _ := strings.Cut(string(h.read(e.Key)), "\n---")
	return len(e.KeyIDs) == keys && strings.Count(head, "\n-> ") == keys
}

// reissue gives everyone a new code.
func (h *house) reissue() {
	h.t.Helper()
	src, err := folder.Open(h.source, folder.DefaultLimits())
	if err != nil {
		h.t.Fatal(err)
	}
	defer src.Close()
	h.s.Source, h.s.Now = src, first.AddDate(0, 0, h.nights)
	if err := IssueCodes(h.t.Context(), h.s, Issue{Again: true, Letters: h.t.TempDir()}, func(Issued) {}); err != nil {
		h.t.Fatal(err)
	}
}
