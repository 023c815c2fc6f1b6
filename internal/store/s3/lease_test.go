package s3_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"inzage/internal/store"
	"inzage/internal/store/s3"
	"inzage/internal/store/storetest"
)

// short is a lease that lives as long as a test waits for.
func short(spool string) s3.LeaseOptions {
	return s3.LeaseOptions{What: "run", Spool: spool, TTL: 2 * time.Second}
}

func lease(t *testing.T, s *s3.Store, spool string) *s3.Lease {
	t.Helper()
	l, err := s.Lease(t.Context(), store.LeaseKey, short(spool))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Many processes at once, each with a client of its own: one holds the lease,
// and the others are told so.
func TestOneOfManyHoldsTheLease(t *testing.T) {
	t.Parallel()
	c := storetest.Config(t)
	storetest.OpenConfig(t, c)
	var mu sync.Mutex
	var held []*s3.Lease
	var wg sync.WaitGroup
	for i := range 6 {
		s := storetest.OpenConfig(t, c)
		wg.Go(func() {
			l, err := s.Lease(t.Context(), store.LeaseKey, short("spool"+string(rune('a'+i))))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				held = append(held, l)
			case !errors.Is(err, store.ErrBusy):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(held) != 1 || held[0].Err() != nil || !held[0].Held() {
		t.Fatalf("%d hold the lease", len(held))
	}
	if err := held[0].Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := storetest.OpenConfig(t, c)
	next := lease(t, s, "spoolz")
	if err := next.Release(t.Context()); err != nil {
		t.Error(err)
	}
	if n, err := s.Versions(t.Context(), store.LeaseKey); err != nil || n != 0 {
		t.Errorf("%d versions are left, %v", n, err)
	}
}

// The lease of an owner that is dead is taken over when it has lived out, and at
// once when the owner had our own spool. Renewals leave no versions behind.
func TestALeaseOfTheDeadIsTakenOver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, spool string }{{"another spool", "other"}, {"the same spool", "mine"}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := storetest.Open(t)
			ctx, kill := context.WithCancel(t.Context())
			o := short("mine")
			if c.spool == "mine" {
				o.TTL = time.Hour // nobody could wait for its end
			}
			dead, err := s.Lease(ctx, store.LeaseKey, o)
			if err != nil {
				t.Fatal(err)
			}
			kill()
			<-dead.Lost()
			l := lease(t, s, c.spool)
			if n, err := s.Versions(t.Context(), store.LeaseKey); err != nil || n != 1 {
				t.Errorf("%d versions, %v; want 1", n, err)
			}
			if err := l.Release(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// A text under the key that is no lease does not stop the program for ever.
func TestALeaseThatIsRottenIsTakenOver(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t)
	if _, err := s.PutStatement(t.Context(), store.Object{Key: store.LeaseKey}, storetest.Statement(t, "text/plain", "{")); err != nil {
		t.Fatal(err)
	}
	if err := lease(t, s, "mine").Release(t.Context()); err != nil {
		t.Error(err)
	}
}

// Whoever changes the lease has it; the owner is told and leaves it alone.
func TestALeaseThatIsTakenIsLost(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t)
	l := lease(t, s, "mine")
	if _, err := s.ReplaceStatement(t.Context(), store.Object{Key: store.LeaseKey}, storetest.Statement(t, "text/plain", "thief")); err != nil {
		t.Fatal(err)
	}
	<-l.Lost()
	if !errors.Is(l.Err(), s3.ErrLeaseLost) || !errors.Is(context.Cause(l.Context()), s3.ErrLeaseLost) {
		t.Errorf("ended with %v", l.Err())
	}
	if err := l.Release(t.Context()); err != nil {
		t.Error(err)
	}
	if got, err := text(t, s, store.LeaseKey); err != nil || got != "thief" {
		t.Errorf("%q, %v: the lease of another was touched", got, err)
	}
}

// A store that no longer takes renewals ends the lease before another may have it.
func TestALeaseThatIsNotRenewedIsLost(t *testing.T) {
	t.Parallel()
	s, behind, _ := broken(t, func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if n > 3 { // the bucket's making, the taking and a renewal
			answer(w, 503, "SlowDown")
			return
		}
		next.ServeHTTP(w, r)
	})
	l := lease(t, s, "mine")
	<-l.Lost()
	if !errors.Is(l.Err(), s3.ErrLeaseLost) || !strings.Contains(l.Err().Error(), "not renewed for") {
		t.Errorf("ended with %v", l.Err())
	}
	next := lease(t, behind, "other")
	if err := next.Release(t.Context()); err != nil {
		t.Error(err)
	}
}

// The answers to a taking and to a renewal are lost: what stands there tells.
func TestALostAnswerLosesNoLease(t *testing.T) {
	t.Parallel()
	renewed := make(chan struct{})
	s, _, _ := broken(t, func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if n == 8 {
			close(renewed)
		}
		if r.Header.Get("If-Match")+r.Header.Get("If-None-Match") == "" || n%2 == 1 {
			next.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(nowhere{http.Header{}}, r)
		panic(http.ErrAbortHandler)
	})
	l := lease(t, s, "mine")
	select {
	case <-renewed:
	case <-l.Lost():
	}
	if l.Err() != nil {
		t.Error(l.Err())
	}
	if err := l.Release(t.Context()); err != nil {
		t.Error(err)
	}
}

type nowhere struct{ h http.Header }

func (n nowhere) Header() http.Header       { return n.h }
func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (nowhere) WriteHeader(int)             {}

// A store that ignores conditions cannot keep a lease, and that is told.
func TestAStoreWithoutConditionsHasNoLease(t *testing.T) {
	t.Parallel()
	c := storetest.Config(t)
	c.AllowWeak = []string{s3.ConditionalReplace}
	s := storetest.OpenConfig(t, c)
	l := lease(t, s, "mine")
	if l.Held() || l.Err() != nil {
		t.Errorf("held %v, %v", l.Held(), l.Err())
	}
	if err := l.Release(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := s.Head(t.Context(), store.LeaseKey); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
}

// The test binary is also a process that takes a lease and is killed.
func TestHoldUntilKilled(t *testing.T) {
	at := os.Getenv("INZAGE_TEST_LEASE_AT")
	if at == "" {
		t.Skip("runs as the child of TestAKilledProcessLosesItsLease only")
	}
	part := strings.Split(at, " ")
	s, err := s3.Open(t.Context(), s3.Config{Endpoint: part[0], Bucket: part[1], AccessKey: part[2], SecretKey: part[3], Insecure: true, PathStyle: true})
	if err != nil {
		t.Fatal(err)
	}
	lease(t, s, "child")
	io.WriteString(os.Stdout, "held\n")
	select {}
}

func TestAKilledProcessLosesItsLease(t *testing.T) {
	t.Parallel()
	c := proxied(t)
	mine := storetest.OpenConfig(t, c)
	cmd := exec.Command(os.Args[0], "-test.run=^TestHoldUntilKilled$", "-test.timeout=60s")
	cmd.Env = append(os.Environ(), "INZAGE_TEST_LEASE_AT="+strings.Join([]string{c.Endpoint, c.Bucket, c.AccessKey, c.SecretKey}, " "))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for line := make([]byte, 5); ; {
		if _, err := io.ReadFull(out, line); err != nil {
			t.Fatal(err)
		}
		if string(line) == "held\n" {
			break
		}
	}
	if _, err := mine.Lease(t.Context(), store.LeaseKey, short("mine")); !errors.Is(err, store.ErrBusy) {
		t.Errorf("while the child lives: %v", err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	if err := lease(t, mine, "mine").Release(t.Context()); err != nil {
		t.Error(err)
	}
}

func text(t *testing.T, s *s3.Store, key store.Key) (string, error) {
	t.Helper()
	r, _, err := s.Get(t.Context(), key)
	if err != nil {
		return "", err
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	return string(b), err
}
