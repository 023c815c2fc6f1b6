package ledger_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"inzage/internal/fact"
	"inzage/internal/ledger"
	"inzage/internal/seal"
	"inzage/internal/store"
	"inzage/internal/store/s3"
	"inzage/internal/store/storetest"
)

// A history is what happened in a bucket, at random.
type history struct {
	t       testing.TB
	l       *ledger.Ledger
	b       fact.Book
	rand    *rand.Rand
	now     time.Time
	copies  []ledger.Entry
	codes   []ledger.Code
	rewraps map[store.Key]int
	count   map[string]int
}

func newHistory(t testing.TB, l *ledger.Ledger, b fact.Book, seed uint64) *history {
	return &history{t: t, l: l, b: b, rand: rand.New(rand.NewPCG(seed, 1)), now: made, rewraps: map[store.Key]int{}, count: map[string]int{}}
}

// step lets one thing happen.
func (h *history) step(n int) {
	h.now = h.now.Add(time.Duration(h.rand.IntN(3)) * time.Hour) // some at one moment
	steps := []struct {
		name string
		do   func(int) bool
	}{{"made", h.make}, {"withdrawn", h.withdraw}, {"made again", h.again}, {"issued", h.issue}, {"revoked", h.revoke}, {"rewrapped", h.rewrap}, {"made", h.make}}
	s := steps[h.rand.IntN(len(steps))]
	if s.do(n) {
		h.count[s.name]++
	}
}

func (h *history) make(n int) bool {
	e := entryOf([]string{"archief", "portaalkopie", "terugval"}[h.rand.IntN(3)], fmt.Sprint("content ", n))
	e.MadeAt = h.now
	if e.Kind == "terugval" {
		e.Key = store.FallbackKey(e.Portal, digest(fmt.Sprint(n))[:40])
		e.Parts = nil
	}
	state(h.t, h.l, h.b, e)
	h.copies = append(h.copies, e)
	return true
}

func (h *history) pick() (ledger.Entry, bool) {
	if len(h.copies) == 0 {
		return ledger.Entry{}, false
	}
	e := h.copies[h.rand.IntN(len(h.copies))]
	return e, e.Kind != "archief"
}

func (h *history) withdraw(int) bool {
	e, ok := h.pick()
	if ok {
		state(h.t, h.l, h.b, ledger.Withdrawal{BundleID: e.BundleID, RecordKey: e.RecordKey, At: h.now, Code: "verlopen"})
	}
	return ok
}

// again makes what was taken away again, sometimes in another year.
func (h *history) again(n int) bool {
	e, ok := h.pick()
	if !ok {
		return false
	}
	gone, err := h.l.Withdrawn(h.t.Context(), e.BundleID)
	if err != nil {
		h.t.Fatal(err)
	}
	if !gone {
		return false
	}
	if err := h.l.Clear(h.t.Context(), h.b, e.BundleID); err != nil {
		h.t.Fatal(err)
	}
	e.MadeAt, e.VersionID = h.now, fmt.Sprint("v", n)
	if e.Kind == "portaalkopie" && h.rand.IntN(2) == 0 {
		e.Key = store.BundleKey(e.Portal, e.Kind, e.MadeAt.AddDate(1+h.rand.IntN(3), 0, 0), e.BundleID)
		e.RecordKey, e.Parts = store.RecordKey(e.Key), nil
	}
	state(h.t, h.l, h.b, e)
	h.copies = append(h.copies, e)
	delete(h.rewraps, e.RecordKey)
	return true
}

func (h *history) rewrap(int) bool {
	e, ok := h.pick()
	if !ok {
		return false
	}
	found, ok, err := h.l.Find(h.t.Context(), e.ContentID)
	if err != nil {
		h.t.Fatal(err)
	}
	if !ok {
		return false
	}
	h.rewraps[found.RecordKey] = found.Rewrapped + 1
	r := rewrap(found, found.Rewrapped+1)
	if r.At = h.now; r.Key.IsFallback() {
		r.Parts = nil
	}
	state(h.t, h.l, h.b, r)
	return true
}

func (h *history) issue(int) bool {
	c, _ := issue(h.t, fmt.Sprint("holder", h.rand.IntN(4)), 1)
	if old, ok, _ := h.l.LastCode(h.t.Context(), c.Holder); ok {
		c.Edition = old.Edition + 1
	}
	c.IssuedAt = h.now
	state(h.t, h.l, h.b, c)
	h.codes = append(h.codes, c)
	return true
}

func (h *history) revoke(int) bool {
	if len(h.codes) == 0 {
		return false
	}
	c := h.codes[h.rand.IntN(len(h.codes))]
	state(h.t, h.l, h.b, ledger.Revocation{Holder: c.Holder, Portal: c.Portal, Edition: c.Edition, At: h.now})
	return true
}

// keys are the facts of a bucket.
func keys(t testing.TB, b fact.Book) (out []store.Key) {
	t.Helper()
	for in, err := range b.Store.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if ledger.IsFact(in.Key) {
			out = append(out, in.Key)
		}
	}
	return out
}

// Whatever happened, and in whatever order its facts are read: the ledger that is
// made from the bucket is the ledger that was there.
func TestTheBucketIsTheLedger(t *testing.T) {
	count := map[string]int{}
	for seed := range uint64(4) {
		l, path := open(t)
		b := bookOf(t)
		if err := l.Join(t.Context(), b, made); err != nil {
			t.Fatal(err)
		}
		h := newHistory(t, l, b, seed)
		for n := range 50 {
			h.step(n)
		}
		for name, n := range h.count {
			count[name] += n
		}
		want := all(t, l, h.copies...)

		fresh, _ := open(t)
		list := keys(t, b)
		h.rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		for len(list) > 0 { // as several nights would
			n := 1 + h.rand.IntN(len(list))
			taken, bad, err := fresh.TakeIn(t.Context(), b, list[:n])
			if taken != n || len(bad) > 0 || err != nil {
				t.Fatalf("seed %d: %d of %d taken, %v, %v", seed, taken, n, bad, err)
			}
			list = list[n:]
		}
		if got := all(t, fresh, h.copies...); got != want {
			t.Errorf("seed %d: taken in:\n%s\nwant\n%s", seed, got, want)
		}

		l.Close()
		r, err := ledger.Rebuild(t.Context(), path, b)
		if err != nil || len(r.Bad)+len(r.Lost) > 0 {
			t.Fatalf("seed %d: %+v, %v", seed, r, err)
		}
		again := openAt(t, path)
		if got := all(t, again, h.copies...); got != want {
			t.Errorf("seed %d: rebuilt:\n%s\nwant\n%s", seed, got, want)
		}
		if err := again.Join(t.Context(), b, made); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		if len(live(t, again)) != r.Copies || len(codes(t, again, "")) != r.Codes {
			t.Errorf("seed %d: %d copies, %d codes", seed, r.Copies, r.Codes)
		}
	}
	for _, name := range []string{"made", "withdrawn", "made again", "issued", "revoked", "rewrapped"} {
		if count[name] < 5 {
			t.Errorf("%s only %d times", name, count[name])
		}
	}
}

// spoilt are the ways in which a ledger file is not readable.
var spoilt = map[string]func(t testing.TB, path string){
	"not a database": func(t testing.TB, path string) {
		write(t, path, []byte(strings.Repeat("plain text ", 1000)))
	},
	"cut off": func(t testing.TB, path string) {
		b := read(t, path)
		write(t, path, b[:len(b)/2/4096*4096])
	},
	"overwritten": func(t testing.TB, path string) {
		b := read(t, path)
		for i := 8192; i < len(b); i++ {
			b[i] = 0x5a
		}
		write(t, path, b)
	},
	"older": func(t testing.TB, path string) { setVersion(t, path, 2) },
	"newer": func(t testing.TB, path string) { setVersion(t, path, 99) },
}

// setVersion writes the version of the schema, bytes 60 to 63 of the file.
func setVersion(t testing.TB, path string, n byte) {
	b := read(t, path)
	b[63] = n
	write(t, path, b)
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// However the ledger was lost, it is made again, and what was there is kept aside.
func TestALostLedgerIsMadeAgain(t *testing.T) {
	for name, spoil := range spoilt {
		t.Run(name, func(t *testing.T) {
			l, path := open(t)
			b := bookOf(t)
			for i := range 20 {
				state(t, l, b, entry(fmt.Sprint(i)))
			}
			want := all(t, l)
			l.Close()
			spoil(t, path)
			before := read(t, path)
			if r, err := ledger.Rebuild(t.Context(), path, b); err != nil || r.Copies != 20 || len(r.Lost) > 0 {
				t.Fatalf("%+v, %v", r, err)
			}
			if got := all(t, openAt(t, path)); got != want {
				t.Errorf("%s\nwant\n%s", got, want)
			}
			if string(read(t, path+".old")) != string(before) {
				t.Error("the file that was there is not kept")
			}
			if left, _ := filepath.Glob(path + ".new*"); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}

// A rebuild that fails, at any answer of the store, leaves the good ledger as it was.
func TestAFailedRebuildLeavesTheLedger(t *testing.T) {
	l, path := open(t)
	c := storetest.Config(t)
	b := fact.Book{Store: storetest.OpenConfig(t, c), Secret: secret, Signer: signer(t)}
	if err := l.Join(t.Context(), b, made); err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		state(t, l, b, entry(fmt.Sprint(i)))
	}
	want := all(t, l)
	l.Close()
	before := read(t, path)
	failed := 0
	for after := range 40 {
		var n atomic.Int64
		between := storetest.Between(t, c, func(r *http.Response) error {
			if n.Add(1) > int64(after+1) { // the first is that of opening
				return errors.New("gone")
			}
			return nil
		})
		between.Attempts = 1
		broken := b
		var err error
		if broken.Store, err = s3.Open(t.Context(), between); err != nil {
			t.Fatal(err)
		}
		_, err = ledger.Rebuild(t.Context(), path, broken)
		broken.Store.Close()
		if err == nil {
			break
		}
		failed++
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("after %d answers: %v", after, err)
		}
		if string(read(t, path)) != string(before) {
			t.Fatalf("after %d answers: the ledger was touched", after)
		}
	}
	if failed < 10 {
		t.Errorf("only %d failures", failed)
	}
	for name, other := range map[string]fact.Book{
		"another secret":  {Store: b.Store, Signer: b.Signer},
		"another signer":  {Store: b.Store, Secret: secret, Signer: signer(t)},
		"an empty bucket": {Store: storetest.Open(t), Secret: secret, Signer: b.Signer},
	} {
		if name == "another secret" {
			other.Secret, _ = seal.ParseSecret(strings.Repeat("11", 32))
		}
		_, err := ledger.Rebuild(t.Context(), path, other)
		if err == nil || errors.Is(err, store.ErrUnavailable) || name == "an empty bucket" && !errors.Is(err, ledger.ErrOtherBucket) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := all(t, openAt(t, path)); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// TestMain lets the test binary be the process that is killed below.
func TestMain(m *testing.M) {
	text := os.Getenv("INZAGE_TEST_REBUILD")
	if text == "" {
		storetest.Main(m)
		return
	}
	var job rebuildJob
	if err := json.Unmarshal([]byte(text), &job); err != nil {
		panic(err)
	}
	s, err := s3.Open(context.Background(), job.Config)
	if err != nil {
		panic(err)
	}
	for {
		if _, err := ledger.Rebuild(context.Background(), job.Path, fact.Book{Store: s, Secret: secret}); err != nil {
			panic(err)
		}
	}
}

type rebuildJob struct {
	Config s3.Config
	Path   string
}

// A rebuild that is killed leaves the one ledger or the other, whole.
func TestAKilledRebuildLeavesOneOfTheTwo(t *testing.T) {
	l, path := open(t)
	c := storetest.Config(t)
	b := fact.Book{Store: storetest.OpenConfig(t, c), Secret: secret}
	for i := range 3 {
		state(t, l, b, entry(fmt.Sprint(i)))
	}
	want := all(t, l)
	l.Close()
	for after := 1; after < 120; after += 17 {
		answers := make(chan struct{}, 1000)
		job, err := json.Marshal(rebuildJob{storetest.Between(t, c, func(*http.Response) error {
			answers <- struct{}{}
			return nil
		}), path})
		if err != nil {
			t.Fatal(err)
		}
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "INZAGE_TEST_REBUILD="+string(job))
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		for range after {
			<-answers
		}
		child.Process.Kill()
		child.Wait()
		again, err := ledger.Open(path)
		if err != nil {
			t.Fatalf("killed after %d answers: %v", after, err)
		}
		if got := all(t, again); got != want {
			t.Fatalf("killed after %d answers:\n%s\nwant\n%s", after, got, want)
		}
		again.Close()
	}
}
