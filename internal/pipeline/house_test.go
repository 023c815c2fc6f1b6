package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"inzage/internal/dossier"
	"inzage/internal/ledger"
	"inzage/internal/media"
	"inzage/internal/policy"
	"inzage/internal/portal"
	"inzage/internal/report"
	"inzage/internal/seal"
	"inzage/internal/source/folder"
	"inzage/internal/store"
	"inzage/internal/store/s3"
	"inzage/internal/store/storetest"
)

// portals is the folder of the example portals; absolute, for the embedded store
// changes the working folder.
var portals, _ = filepath.Abs("../../fixtures/portals")

// first is the moment of the first night.
var first = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)

// A house is a small organisation: its dossiers, keys, ledger and a real bucket,
// with a proxy before it in which a test can put a fault.
type house struct {
	t      *testing.T
	s      Settings
	source string
	ledger string
	nights int
	bucket *s3.Store // without the proxy
	config s3.Config // of bucket

	mu     sync.Mutex
	fault  func(http.ResponseWriter, *http.Request) bool // answers instead of the store
	change func(*http.Request)
	log    []string // METHOD key
}

func newHouse(t *testing.T, kinds ...policy.Kind) *house {
	t.Helper()
	h := &house{t: t, source: t.TempDir(), ledger: filepath.Join(t.TempDir(), "inzage.db")}
	h.s = settings(t)
	h.s.Kinds, h.s.Portals = kinds, map[string]*portal.Portal{}
	for _, id := range []string{"mijnplan", "thuisgenoten"} {
		p, err := portal.Load(filepath.Join(portals, id))
		if err != nil {
			t.Fatal(err)
		}
		h.s.Portals[id] = p
	}
	_, signer, err := seal.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	h.s.Signer, h.s.Audience = signer, keys(t, 1)[0]
	h.s.Spool, h.s.Limits, h.s.MaxMissing, h.s.Workers, h.s.InFlight = t.TempDir(), media.DefaultLimits(), -1, 2, 64<<20
	h.s.Program, h.s.Language, h.s.Edition = "inzage test", "nl", 1
	h.connect()
	h.openLedger()
	return h
}

// connect puts the proxy before the embedded store.
func (h *house) connect() {
	c := storetest.Config(h.t)
	h.bucket, h.config = storetest.OpenConfig(h.t, c), c
	behind := dialing(c)
	target := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "http", "store", r.In.Host
		},
		Transport: behind,
	}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		fault, change := h.fault, h.change
		h.log = append(h.log, r.Method+" "+h.key(r))
		h.mu.Unlock()
		if fault != nil && fault(w, r) {
			return
		}
		if change != nil {
			change(r)
		}
		target.ServeHTTP(w, r)
	}))
	h.t.Cleanup(func() {
		proxy.Close()
		behind.CloseIdleConnections() // the server waits for them when it stops
	})
	c.Endpoint, c.Socket, c.Attempts = strings.TrimPrefix(proxy.URL, "http://"), "", 2
	h.s.Store = storetest.OpenConfig(h.t, c)
}

func dialing(c s3.Config) *http.Transport {
	return &http.Transport{MaxIdleConnsPerHost: 16, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		if c.Socket != "" {
			return d.DialContext(ctx, "unix", c.Socket)
		}
		return d.DialContext(ctx, "tcp", c.Endpoint)
	}}
}

// key is the key that a request is about.
func (h *house) key(r *http.Request) string {
	_, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return key
}

func (h *house) openLedger() {
	h.t.Helper()
	l, err := ledger.Open(h.ledger)
	if err != nil {
		h.t.Fatal(err)
	}
	h.s.Ledger = l
	h.t.Cleanup(func() { l.Close() })
}

// loseLedger takes the ledger away, or puts an older one in its place.
func (h *house) loseLedger(older []byte) {
	h.t.Helper()
	h.s.Ledger.Close()
	for _, end := range []string{"", "-wal", "-shm"} {
		os.Remove(h.ledger + end)
	}
	if older != nil {
		if err := os.WriteFile(h.ledger, older, 0o600); err != nil {
			h.t.Fatal(err)
		}
	}
	h.openLedger()
}

// saveLedger gives the ledger as a file, whole.
func (h *house) saveLedger() []byte {
	h.t.Helper()
	h.s.Ledger.Close()
	b, err := os.ReadFile(h.ledger)
	if err != nil {
		h.t.Fatal(err)
	}
	h.openLedger()
	return b
}

// night runs the batch, a day later each time.
func (h *house) night() (report.Run, error) {
	h.t.Helper()
	h.s.Now = first.AddDate(0, 0, h.nights)
	h.nights++
	return h.at(h.s.Now)
}

func (h *house) at(now time.Time) (report.Run, error) {
	h.t.Helper()
	src, err := folder.Open(h.source, folder.DefaultLimits())
	if err != nil {
		h.t.Fatal(err)
	}
	defer src.Close()
	h.s.Source, h.s.Now = src, now
	h.s.RunID = now.UTC().Format("20060102t150405z") + fmt.Sprintf("-n%d", h.nights)
	h.mu.Lock()
	h.log = nil
	h.mu.Unlock()
	rep, err := Run(h.t.Context(), h.s)
	if rep.RunID != "" {
		if _, perr := Publish(h.t.Context(), h.s, rep); perr != nil && err == nil {
			h.t.Fatal(perr)
		}
	}
	return rep, err
}

// quiet runs a night that must end without a fault.
func (h *house) quiet() report.Run {
	h.t.Helper()
	rep, err := h.night()
	if err != nil || rep.Failures()+rep.Odd() > 0 {
		h.t.Fatalf("night %d: %v: %+v", h.nights, err, rep.Faults)
	}
	return rep
}

// put writes a dossier into the source.
func (h *house) put(d dossier.Dossier) {
	h.t.Helper()
	h.putAs(string(d.Ref), d)
}

func (h *house) putAs(name string, d dossier.Dossier) {
	h.t.Helper()
	b, err := json.Marshal(d)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(h.source, name+".json"), b, 0o600); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) drop(name string) {
	h.t.Helper()
	if err := os.Remove(filepath.Join(h.source, name+".json")); err != nil {
		h.t.Fatal(err)
	}
}

// keys lists what stands in the bucket under a prefix.
func (h *house) keys(part string) (out []store.Key) {
	h.t.Helper()
	for o, err := range h.bucket.List(h.t.Context(), "") {
		if err != nil {
			h.t.Fatal(err)
		}
		if strings.Contains(string(o.Key), part) {
			out = append(out, o.Key)
		}
	}
	return out
}

// copies are the ciphertexts of a kind that can be fetched.
func (h *house) copies(k policy.Kind) (out []store.Key) {
	h.t.Helper()
	return slices.DeleteFunc(h.keys("/"+string(k)+"/"), func(k store.Key) bool {
		return !strings.HasSuffix(string(k), ".age") || strings.HasSuffix(string(k), ".sleutel.age")
	})
}

// raw is a client of the bucket that is not the program's: who can write the
// bucket has one too.
func (h *house) raw() *minio.Client {
	h.t.Helper()
	behind := dialing(h.config)
	h.t.Cleanup(behind.CloseIdleConnections)
	c, err := minio.New("store", &minio.Options{Creds: credentials.NewStaticV4(h.config.AccessKey, h.config.SecretKey, ""),
		Transport: behind, BucketLookup: minio.BucketLookupPath, Region: "us-east-1"})
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

// write puts bytes under a key, past every guard of the program.
func (h *house) write(k store.Key, body []byte) {
	h.t.Helper()
	if _, err := h.raw().PutObject(h.t.Context(), h.config.Bucket, string(k), bytes.NewReader(body), int64(len(body)), minio.PutObjectOptions{}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) read(k store.Key) []byte {
	h.t.Helper()
	r, _, err := h.bucket.Get(h.t.Context(), k)
	if err != nil {
		h.t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		h.t.Fatal(err)
	}
	return b
}

// rot puts an object of the same size with one bit altered in its place, as a
// disk or who can write the bucket does.
func (h *house) rot(k store.Key) {
	h.t.Helper()
	b := h.read(k)
	b[len(b)/2] ^= 4
	h.write(k, b)
}

func (h *house) remove(k store.Key) {
	h.t.Helper()
	if err := h.bucket.Remove(h.t.Context(), k); err != nil {
		h.t.Fatal(err)
	}
}

// whole checks that the bucket and the ledger say the same: every live copy
// stands there with the bytes of its record, and nothing else does.
func (h *house) whole() {
	h.t.Helper()
	owned := map[store.Key]bool{}
	for e, err := range h.s.Ledger.Live(h.t.Context(), "") {
		if err != nil {
			h.t.Fatal(err)
		}
		owned[e.Key] = true
		for _, p := range append([]ledger.Part{{Key: e.Key, SHA256: e.SHA256}}, e.Parts...) {
			sum, err := Settings{Store: h.bucket}.sumOf(h.t.Context(), p.Key)
			if err != nil || sum != p.SHA256 {
				h.t.Errorf("%s: %v, SHA-256 %.8s, the record has %.8s", p.Key, err, sum, p.SHA256)
			}
		}
	}
	for _, k := range h.keys(".age") {
		if base := partOf(k); base != "" && !owned[base] {
			h.t.Errorf("%s stands there and is in no record", k)
		}
	}
}

// refuse answers every request that a test chooses with an error of S3.
func (h *house) refuse(status int, code string, which func(method, key string) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var one sync.Mutex // which may remember
	h.fault = func(w http.ResponseWriter, r *http.Request) bool {
		one.Lock()
		chosen := which(r.Method, h.key(r))
		one.Unlock()
		if !chosen {
			return false
		}
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		if r.Method != http.MethodHead {
			fmt.Fprintf(w, "<Error><Code>%s</Code><Message>refused by the test</Message></Error>", code)
		}
		return true
	}
}

func (h *house) mendStore() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fault, h.change = nil, nil
}

// Someone of the test's own.
func someone(ref, name, born string) dossier.Person {
	p := dossier.Person{Ref: ref, Name: name}
	if born != "" {
		p.BirthDate = date(born)
	}
	return p
}

// file is a dossier of one client who reads it, with a few items.
func file(ref string, change ...func(*dossier.Dossier)) dossier.Dossier {
	d := dossier.Dossier{
		Schema: dossier.Version, Portal: "thuisgenoten", Ref: dossier.ClientRef(ref), AsOf: date("2026-03-01T22:00:00+01:00"), System: "Proefzorg",
		Client:   someone("p-"+ref, "Janneke Proefmans "+ref, "1951-07-08"),
		Relation: dossier.Relation{Start: date("2021-02-03"), LastChange: date("2026-02-20")},
		Grants: []dossier.Grant{{ID: "g-eigen", Person: someone("p-"+ref, "Janneke Proefmans "+ref, "1951-07-08"), Role: dossier.RoleClient, Holder: true,
			From: date("2021-02-03"), Mobile: true}},
	}
	for i, text := range []string{"Rustige nacht gehad.", "Met de rolstoel naar buiten geweest."} {
		d.Items = append(d.Items, dossier.Item{ID: fmt.Sprintf("r%d", i), Section: "rapportages", Date: date(fmt.Sprintf("2026-02-1%d", i)),
			Body: []dossier.Block{{Kind: "text", Text: text}}, Origin: dossier.OriginProfessional, Visibility: dossier.Visibility{Portal: dossier.Yes}})
	}
	for _, f := range change {
		f(&d)
	}
	return d
}

// ended makes a file that of somebody whose care ended.
func ended(day string) func(*dossier.Dossier) {
	return func(d *dossier.Dossier) {
		d.Relation.Start, d.Relation.End, d.Relation.Ended, d.Relation.LastChange = date("2001-01-05"), date(day), true, date(day)
	}
}

func asked(d *dossier.Dossier) {
	d.Requests = append(d.Requests, dossier.Request{ID: "v1", Received: date("2026-02-25"), Requester: d.Grants[0].Person, Role: dossier.RoleClient,
		IdentityMethod: "balie", IdentityDate: date("2026-02-26")})
}

func changed(d *dossier.Dossier) {
	d.Items[0].Body = []dossier.Block{{Kind: "text", Text: "Rustige nacht gehad, later aangevuld."}}
}

var zero seal.Recipient // no key that stands in for all

// issue makes codes for everyone of one dossier, or of all when it is empty.
func (h *house) issue(path string) {
	h.t.Helper()
	src, err := folder.Open(h.source, folder.DefaultLimits())
	if err != nil {
		h.t.Fatal(err)
	}
	defer src.Close()
	h.s.Source, h.s.Now = src, first.AddDate(0, 0, h.nights)
	n := 0
	err = IssueCodes(h.t.Context(), h.s, Issue{Path: path, Letters: h.t.TempDir()}, func(Issued) { n++ })
	if err != nil || n == 0 {
		h.t.Fatalf("%d codes, %v", n, err)
	}
}

// holderOf is the holder of a client's code.
func (h *house) holderOf(ref string) string {
	h.t.Helper()
	who := h.s.Secret.Pseudonym("thuisgenoten", dossier.ClientRef(ref).Normal())
	for c, err := range h.s.Ledger.Codes(h.t.Context(), "thuisgenoten") {
		if err == nil && c.Pseudonym == who {
			return c.Holder
		}
	}
	h.t.Fatalf("no code of %s", ref)
	return ""
}

func (h *house) revoke(ref string) {
	h.t.Helper()
	if _, err := RevokeCode(h.t.Context(), h.s, h.holderOf(ref), false); err != nil {
		h.t.Fatal(err)
	}
}

// A flipping body has one bit altered.
type flipping struct {
	io.ReadCloser
	done bool
}

func (f *flipping) Read(p []byte) (int, error) {
	n, err := f.ReadCloser.Read(p)
	if n > 0 && !f.done {
		f.done = true
		p[n/2] ^= 1
	}
	return n, err
}

// reindex makes the ledger again from the bucket.
func (h *house) reindex() {
	h.t.Helper()
	h.s.Ledger.Close()
	if r, err := ledger.Rebuild(h.t.Context(), h.ledger, h.s.Book()); err != nil || len(r.Bad) > 0 {
		h.t.Fatalf("%v, %v", err, r.Bad)
	}
	h.openLedger()
}
