package pipeline

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"inzage/internal/dossier"
	"inzage/internal/fact"
	"inzage/internal/ledger"
	"inzage/internal/media"
	"inzage/internal/policy"
	"inzage/internal/portal"
	"inzage/internal/seal"
	"inzage/internal/source/folder"
	"inzage/internal/store"
	"inzage/internal/store/s3"
	"inzage/internal/store/storetest"
)

// An office is a batch host and an officer's machine, with one bucket that a test
// can cut off from both at any request.
type office struct {
	t       *testing.T
	host    Settings
	officer Rewrapping
	bucket  *s3.Store          // not cut off
	letters []seal.Identity    // what follows from the codes on the client's letters
	others  map[store.Key]bool // records of copies that are not the client's

	mu    sync.Mutex
	cutAt int // the n-th change of the bucket from now; 0: none
	after bool
	n     int
	cut   bool
}

// examplePortals is absolute, for the embedded store changes the working folder.
var examplePortals, _ = filepath.Abs("../../fixtures/portals/mijnplan")

func newOffice(t *testing.T) *office {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if strings.Contains(os.Getenv("INZAGE_MUST_RUN"), "poppler") {
			t.Fatal("pdftotext is not installed")
		}
		t.Skip("the code is read from the letter with pdftotext")
	}
	p, err := portal.Load(examplePortals)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, host: settings(t)}
	h := &o.host
	h.Portals, h.Kinds = map[string]*portal.Portal{"mijnplan": p}, []policy.Kind{policy.Portaalkopie, policy.Terugval, policy.AVGInzage}
	h.Spool, h.Limits, h.MaxMissing, h.Workers, h.InFlight = t.TempDir(), media.DefaultLimits(), -1, 2, 64<<20
	h.Program, h.Language, h.Edition, h.RunID, h.Now = "inzage test", "nl", 1, "r0", time.Date(2026, 3, 16, 2, 0, 0, 0, time.UTC)
	key, recipient, err := seal.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	h.Officers = []seal.Recipient{recipient, h.Officers[0]}
	if o.officer.Officer, err = seal.ReadIdentity(strings.NewReader(key)); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*seal.Signer{&h.Signer, &o.officer.Book.Signer} {
		if _, *s, err = seal.NewSigner(); err != nil {
			t.Fatal(err)
		}
		h.Signers = append(h.Signers, seal.AllowedSigner(*s, "proef", time.Time{}, time.Time{})+"\n"...)
	}
	o.officer.Spool, o.officer.Book.Trusted = t.TempDir(), h.Signers
	o.connect()
	if h.Ledger, err = ledger.Open(filepath.Join(t.TempDir(), "inzage.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Ledger.Close() })
	h.Source = o.source()
	return o
}

// source is one client who looks, asked for everything, and has a neighbour.
func (o *office) source() dossier.Reader {
	o.t.Helper()
	me := dossier.Person{Ref: "p-zelf", Name: "Wubbo Proefpersoon", BirthDate: date("1939-11-12")}
	d := dossier.Dossier{
		Schema: dossier.Version, Portal: "mijnplan", Ref: "R-1", AsOf: date("2026-03-15T02:00:00+01:00"), System: "Proef", Client: me,
		Relation: dossier.Relation{Start: date("2021-01-01"), LastChange: date("2026-03-01")},
		Grants: []dossier.Grant{{ID: "1", Person: me, Role: dossier.RoleClient, Holder: true, From: date("2021-01-01"), Mobile: true},
			{ID: "2", Person: dossier.Person{Ref: "p-buur"}, Role: dossier.RoleContact, Basis: "toestemming-client", From: date("2021-01-01"), Mobile: true,
				Scope: []dossier.Section{dossier.SectionAppointments}}},
		Requests: []dossier.Request{{ID: "1", Received: date("2026-03-01"), Requester: me, Role: dossier.RoleClient, IdentityMethod: "balie", IdentityDate: date("2026-03-02")}},
		Items: []dossier.Item{{ID: "a", Section: dossier.SectionAppointments, Title: "Kapper", Date: date("2026-02-03"), Origin: dossier.OriginProfessional,
			Visibility: dossier.Visibility{Portal: dossier.Yes}, Body: []dossier.Block{{Kind: dossier.BlockText, Text: "Om tien uur."}}}},
	}
	dir := o.t.TempDir()
	b, err := json.Marshal(d)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "d.json"), b, 0o600)
	}
	if err != nil {
		o.t.Fatal(err)
	}
	src, err := folder.Open(dir, folder.DefaultLimits())
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { src.Close() })
	return src
}

// connect puts a proxy before the embedded store.
func (o *office) connect() {
	o.t.Helper()
	c := storetest.Config(o.t)
	o.bucket = storetest.OpenConfig(o.t, c)
	socket := c.Socket
	next := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "http", "store", r.In.Host // the host is signed
		},
		Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		}},
	}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch o.fate(r) {
		case "lost":
			next.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		case "never":
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	}))
	o.t.Cleanup(proxy.Close)
	c.Endpoint, c.Socket, c.Attempts = strings.TrimPrefix(proxy.URL, "http://"), "", 1
	o.host.Store = storetest.OpenConfig(o.t, c)
	o.officer.Book.Store = o.host.Store
}

// fate is what becomes of a request: the one at which the program ends is done or
// not, and after it nothing comes through.
func (o *office) fate(r *http.Request) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.cut:
		return "never"
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		return ""
	}
	if o.n++; o.cutAt == 0 || o.n < o.cutAt {
		return ""
	}
	o.cut = true
	if o.after {
		return "lost"
	}
	return "never"
}

// killed does something of which the n-th change of the bucket is the last, and
// reports whether it came that far.
func (o *office) killed(n int, after bool, do func() error) bool {
	o.t.Helper()
	o.mu.Lock()
	o.cutAt, o.after, o.n, o.cut = n, after, 0, false
	o.mu.Unlock()
	err := do()
	o.mu.Lock()
	cut := o.cut
	o.cutAt, o.cut = 0, false
	o.mu.Unlock()
	for _, dir := range []string{o.host.Spool, o.officer.Spool} { // of a program that is killed they stay; a run clears them
		left, _ := filepath.Glob(filepath.Join(dir, "spool-*"))
		for _, f := range left {
			os.Remove(f)
		}
	}
	if !cut && err != nil {
		o.t.Fatal(err)
	}
	return cut
}

var printedCode = regexp.MustCompile(`[0-9A-Z]{4}(-[0-9A-Z]{4}){3}\s+[0-9A-Z]{4}(-[0-9A-Z]{4}){2}`)

// again issues a new code for the client, and keeps what the letter says.
func (o *office) again() error {
	o.host.Now = o.host.Now.Add(time.Minute)
	dir := o.t.TempDir()
	err := IssueCodes(o.t.Context(), o.host, Issue{Again: true, Grant: "grant:1", Letters: dir}, func(Issued) {})
	letters, _ := filepath.Glob(filepath.Join(dir, "*.pdf"))
	for _, l := range letters {
		text, perr := exec.Command("pdftotext", l, "-").Output()
		code, _, cerr := seal.ParseCode(string(printedCode.Find(text)))
		if perr != nil || cerr != nil {
			o.t.Fatal(perr, cerr)
		}
		h, err := code.Holder(seal.Edition{Deployment: "mijnplan", Number: 1})
		if err != nil {
			o.t.Fatal(err)
		}
		o.letters = append(o.letters, h.Identity())
	}
	return err
}

func (o *office) rewrap() (Rewrapped, error) {
	o.host.Now = o.host.Now.Add(time.Minute)
	o.officer.Now = o.host.Now
	out, err := Rewrap(o.t.Context(), o.officer)
	for _, bad := range out.Bad {
		o.t.Error(bad)
	}
	return out, err
}

// takeIn lets the host's ledger know what an officer stated.
func (o *office) takeIn() {
	o.t.Helper()
	var keys []store.Key
	for in, err := range o.bucket.List(o.t.Context(), "") {
		if err != nil {
			o.t.Fatal(err)
		}
		known, err := o.host.Ledger.Knows(o.t.Context(), in.Key)
		if err != nil {
			o.t.Fatal(err)
		}
		if in.Key.IsFact() && !known {
			keys = append(keys, in.Key)
		}
	}
	b := o.host.Book()
	b.Store = o.bucket
	if _, bad, err := o.host.Ledger.TakeIn(o.t.Context(), b, keys); err != nil || len(bad) > 0 {
		o.t.Fatal(bad, err)
	}
}

func (o *office) night() {
	o.t.Helper()
	o.takeIn()
	o.host.Now = o.host.Now.Add(time.Minute)
	o.host.RunID += "x"
	if rep, err := Run(o.t.Context(), o.host); err != nil || len(rep.Faults) > 0 {
		o.t.Fatal(rep.Faults, err)
	}
}

// opens reports which of the client's codes opens bytes, the first being 0, or -1.
func (o *office) opens(cipher []byte) int {
	for i := len(o.letters) - 1; i >= 0; i-- {
		if _, _, err := seal.Open(bytes.NewReader(cipher), int64(len(cipher)), o.letters[i]); err == nil {
			return i
		}
	}
	return -1
}

// audit checks the bucket with nothing but the facts in it: each copy that is
// stated stands, in the version and with the bytes that are stated, and what who
// fetches it gets opens with a code that is on a letter. It gives the lowest such
// code, and the objects of copies that no fact speaks of.
func (o *office) audit(when string) (lowest int, stray []store.Key) {
	o.t.Helper()
	records, objects, copies := map[store.Key]int{}, map[store.Key]bool{}, 0 // of a record, how often its copy was rewrapped
	for in, err := range o.bucket.List(o.t.Context(), "") {
		if err != nil {
			o.t.Fatal(err)
		}
		if in.Key.IsRecord() {
			records[in.Key] += 0
		} else if in.Key.IsRewrap() {
			records[in.Key.Record()]++
		} else if strings.Count(string(in.Key), "/") == 3 && !in.Key.IsFact() && !strings.HasSuffix(string(in.Key), ".sig") {
			objects[in.Key] = true
		}
	}
	lowest, others := len(o.letters), map[store.Key]bool{}
	for key, rewraps := range records {
		e := o.stated(key, rewraps)
		for _, p := range append([]ledger.Part{{Key: e.Key, VersionID: e.VersionID, Size: e.Size, SHA256: e.SHA256}}, e.Parts...) {
			delete(objects, p.Key)
			if b := o.version(p.Key, p.VersionID); int64(len(b)) != p.Size || sumHex(b) != p.SHA256 {
				o.t.Errorf("%s: %s is not what is stated", when, p.Key)
			}
		}
		if o.others[key] {
			continue // what opens it does not change
		}
		if who := o.opens(o.version(e.Key, "")); who >= 0 {
			copies++
			lowest = min(lowest, who)
		} else if o.others != nil {
			o.t.Errorf("%s: nobody opens %s", when, e.Key)
		} else {
			others[key] = true
		}
	}
	if copies != 3 {
		o.t.Fatalf("%s: %d of the client's 3 copies open with a code of theirs", when, copies)
	}
	if o.others == nil {
		o.others = others
	}
	for k := range objects {
		stray = append(stray, k)
	}
	return lowest, stray
}

func sumHex(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// stated is a copy as its record and the last rewrap say.
func (o *office) stated(key store.Key, n int) ledger.Entry {
	o.t.Helper()
	b := o.host.Book()
	b.Store = o.bucket
	body, err := b.Get(o.t.Context(), key)
	if err != nil {
		o.t.Fatal(err)
	}
	e, err := ledger.ParseRecord(o.host.Secret, body)
	if err != nil {
		o.t.Fatal(err)
	}
	if n == 0 {
		return e
	}
	if body, err = b.Get(o.t.Context(), store.RewrapKey(key, n)); err != nil {
		o.t.Fatal(err)
	}
	r, err := ledger.ParseRewrap(o.host.Secret, body)
	if err != nil {
		o.t.Fatal(err)
	}
	e.Key, e.VersionID, e.Size, e.SHA256, e.Parts = r.Key, r.VersionID, r.Size, r.SHA256, r.Parts
	return e
}

func (o *office) version(key store.Key, version string) []byte {
	o.t.Helper()
	r, _, err := o.bucket.GetVersion(o.t.Context(), key, version)
	if err != nil {
		o.t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		o.t.Fatal(err)
	}
	return b
}

func (o *office) lists() (out []store.Key) {
	for in, err := range o.bucket.List(o.t.Context(), "") {
		if err == nil && in.Key.IsWorkList() {
			out = append(out, in.Key)
		}
	}
	return out
}

// begin gives everyone a code and makes the copies.
func (o *office) begin() {
	o.t.Helper()
	if err := o.again(); err != nil {
		o.t.Fatal(err)
	}
	if err := IssueCodes(o.t.Context(), o.host, Issue{Grant: "2", Letters: o.t.TempDir()}, func(Issued) {}); err != nil {
		o.t.Fatal(err)
	}
	o.night()
	if _, stray := o.audit("the first night"); len(stray) > 0 {
		o.t.Fatalf("stray: %v", stray)
	}
}

// Whenever a new code or the rewrapping of its copies is killed, every copy that is
// stated stands and opens with an old or the new code; the same command again, or
// the next run, ends with all of them open to the new one.
func TestKilledAtAnyMomentNothingIsLost(t *testing.T) {
	if testing.Short() {
		t.Skip("every change of the bucket in turn: not in the short form")
	}
	o := newOffice(t)
	o.begin()
	kills, runs := 0, 0
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			when := fmt.Sprintf("issue killed at change %d, done %v", n, after)
			cut := o.killed(n, after, o.again)
			o.audit(when)
			if !cut {
				break
			}
			kills++
			if err := o.again(); err != nil {
				t.Fatal(when, err)
			}
		}
		for n := 1; ; n++ {
			when := fmt.Sprintf("rewrap killed at change %d, done %v", n, after)
			cut := o.killed(n, after, func() error { _, err := o.rewrap(); return err })
			o.audit(when)
			if cut && n%6 == 0 {
				runs++
				o.night()
			} else if _, err := o.rewrap(); err != nil {
				t.Fatal(when, err)
			}
			o.takeIn()
			lowest, stray := o.audit(when + ", and finished")
			if lowest != len(o.letters)-1 || len(stray) > 0 || len(o.lists()) > 0 {
				t.Fatalf("%s, and finished: code %d of %d, stray %v, lists %v", when, lowest+1, len(o.letters), stray, o.lists())
			}
			if !cut {
				break
			}
			kills++
			if err := o.again(); err != nil {
				t.Fatal(when, err)
			}
		}
	}
	if kills < 30 || runs < 2 {
		t.Fatalf("%d kills, %d runs: too few to say anything", kills, runs)
	}
	t.Logf("%d kills, %d of them mended by a run", kills, runs)
}

// A work list is followed only when it is of a trusted signer, for its own place,
// and for the code that is registered there.
func TestAForgedWorkListIsNotFollowed(t *testing.T) {
	o := newOffice(t)
	o.begin()
	if err := o.again(); err != nil {
		t.Fatal(err)
	}
	key := o.lists()[0]
	genuine := o.version(key, "")
	l, err := readList(o.officer.Book, o.officer.Officer, key, genuine)
	if err != nil || len(l.Copies) != 3 {
		t.Fatalf("%d copies, %v", len(l.Copies), err)
	}
	if len(genuine)%4 == 0 && bytes.Contains(genuine, []byte(l.Holder)) {
		t.Error("the list shows whom it is about")
	}
	_, his, err := seal.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	_, other, err := seal.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		spoil  func(*workList)
		signer seal.Signer
	}{
		"his key, his signature": {func(l *workList) { l.Recipient = his.String() }, other},
		"his key, unsigned":      {func(l *workList) { l.Recipient = his.String() }, seal.Signer{}},
		"of another place":       {func(l *workList) { l.StandsAt = "mijnplan/codes/x-1.rewrap.age" }, o.host.Signer},
		"of another code":        {func(l *workList) { l.Code = strings.Repeat("0", 64) }, o.host.Signer},
		"of another holder":      {func(l *workList) { l.Holder = "x" }, o.host.Signer},
	} {
		bad := l
		c.spoil(&bad)
		text, _ := json.Marshal(bad)
		s := signed{Text: text}
		if c.signer.Valid() {
			s.Signature, _ = c.signer.Sign(text)
		}
		plain, _ := json.Marshal(s)
		sealed, err := seal.Seal(t.TempDir(), o.host.Officers, func(w io.Writer) error { _, err := w.Write(plain); return err })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.bucket.ReplaceSealed(t.Context(), store.Object{Key: key, ContentID: "c0ffee"}, sealed); err != nil {
			t.Fatal(err)
		}
		o.officer.Now = o.host.Now
		out, err := Rewrap(t.Context(), o.officer)
		if err != nil || out.Copies != 0 || len(out.Bad) != 1 {
			t.Errorf("%s: %+v, %v", name, out, err)
		}
		if lowest, stray := o.audit(name); lowest != 0 || len(stray) > 0 {
			t.Errorf("%s: code %d, stray %v", name, lowest, stray)
		}
	}
}

// A copy that was altered, a revoked code and a copy that was withdrawn are left
// as they are; without signatures nothing is done.
func TestWhatIsNotRewrapped(t *testing.T) {
	o := newOffice(t)
	o.begin()
	if err := o.again(); err != nil {
		t.Fatal(err)
	}
	bare := o.officer
	bare.Book.Signer = seal.Signer{}
	if _, err := Rewrap(t.Context(), bare); !errors.Is(err, ErrSettings) {
		t.Errorf("no signer: %v", err)
	}
	bare = o.officer
	bare.Now = o.host.Now.AddDate(-1, 0, 0)
	if out, err := Rewrap(t.Context(), bare); err != nil || len(out.Bad) != 3 || !errors.Is(out.Bad[0], errClock) {
		t.Errorf("clock: %+v, %v", out, err)
	}
	var withdrawn ledger.Entry
	for e, err := range o.host.Ledger.Live(t.Context(), "mijnplan", string(policy.AVGInzage)) {
		if err != nil {
			t.Fatal(err)
		}
		withdrawn = e
	}
	r := &run{Settings: o.host, tally: newTally()}
	if err := r.remove(t.Context(), withdrawn, whyAccessEnded, false); err != nil {
		t.Fatal(err)
	}
	out, err := o.rewrap()
	if err != nil || out.Copies != 2 || out.Anew != 1 {
		t.Errorf("withdrawn: %+v, %v", out, err)
	}
	o.takeIn()
	if err := o.again(); err != nil {
		t.Fatal(err)
	}
	for c, err := range o.host.Ledger.Codes(t.Context(), "mijnplan") {
		if err != nil {
			t.Fatal(err)
		}
		if c.Edition != 3 {
			continue
		}
		// The copies open with the code before the one that is revoked.
		if n, err := RevokeCode(t.Context(), o.host, c.Holder, true); err != nil || n != 2 {
			t.Errorf("%d copies withdrawn, %v; want 2", n, err)
		}
	}
	if out, err := o.rewrap(); err != nil || out.Copies+out.Anew != 0 {
		t.Errorf("revoked: %+v, %v", out, err)
	}
}

func FuzzParseList(f *testing.F) {
	_, signer, err := seal.NewSigner()
	if err != nil {
		f.Fatal(err)
	}
	key := store.WorkListKey(store.CodeKey("p", "bcdf", 2))
	text, _ := json.Marshal(workList{Head: fact.Head{Format: formatWorkList, StandsAt: key, At: time.Unix(1, 0).UTC()}, Portal: "p", Holder: "bcdf", Edition: 2})
	sig, _ := signer.Sign(text)
	plain, _ := json.Marshal(signed{text, sig})
	f.Add(plain)
	f.Fuzz(func(t *testing.T, body []byte) {
		l, err := parseList(fact.Book{Signer: signer}, key, body)
		if err == nil && (l.Holder != "bcdf" || l.Edition != 2) {
			t.Fatal("a list that nobody signed")
		}
	})
}
