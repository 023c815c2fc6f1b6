package embedded_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"inzage/internal/store"
	"inzage/internal/store/embedded"
	"inzage/internal/store/s3"
	"inzage/internal/store/storetest"
)

// The test binary is also the program that is killed.
func TestMain(m *testing.M) {
	if os.Getenv("INZAGE_TEST_WRITE_TO") != "" {
		m.Run() // runs until it is killed; see TestWriteUntilKilled
		return
	}
	os.Exit(m.Run())
}

func start(t testing.TB, dir string) (*embedded.Server, *s3.Store) {
	t.Helper()
	server, err := embedded.Start(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := s3.Open(t.Context(), server.Config())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(); server.Close() })
	return server, s
}

func keyOf(i int) store.Key {
	return store.BundleKey("p", "archief", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), fmt.Sprintf("b%06d", i))
}

func TestWhatIsStoredSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	server, s := start(t, dir)
	want, err := s.PutSealed(t.Context(), store.Object{Key: keyOf(1), ContentID: "c1", Lock: store.Lock{Hold: true}}, storetest.Sealed(t, "x"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := embedded.Start(t.Context(), t.TempDir()); !errors.Is(err, embedded.ErrRunning) {
		t.Errorf("a second server: %v", err)
	}
	s.Close()
	at := time.Now()
	if err := server.Close(); err != nil || time.Since(at) > 8*time.Second {
		t.Errorf("close: %v after %v", err, time.Since(at))
	}
	_, s = start(t, dir)
	in, err := s.Head(t.Context(), keyOf(1))
	if err != nil || in.SHA256 != want.SHA256 || in.VersionID != want.VersionID || !in.Lock.Hold {
		t.Errorf("%+v, %v", in, err)
	}
}

func TestNothingIsPrinted(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	keep := os.Stdout
	os.Stdout = w
	defer func() { os.Stdout = keep }()
	server, s := start(t, t.TempDir())
	_, perr := s.Probe(t.Context())
	s.Close()
	server.Close()
	os.Stdout = keep
	w.Close()
	if b, _ := io.ReadAll(r); len(b) > 0 || perr != nil {
		t.Errorf("printed %q; probe %v", b, perr)
	}
}

func TestTheWayOfKeepingMetadataIsNotMixed(t *testing.T) {
	dir := t.TempDir()
	server, s := start(t, dir)
	s.Close()
	server.Close()
	marker := filepath.Join(dir, "inzage-store.txt")
	way, err := os.ReadFile(marker)
	if err != nil {
		t.Fatal(err)
	}
	if way := strings.TrimSpace(string(way)); way != "xattr" && way != "sidecar" {
		t.Errorf("marker %q", way)
	}
	os.WriteFile(marker, []byte("other\n"), 0o600)
	if _, err := embedded.Start(t.Context(), dir); !errors.Is(err, embedded.ErrMixed) {
		t.Errorf("an unknown way: %v", err)
	}
	os.Remove(marker)
	if _, err := embedded.Start(t.Context(), dir); !errors.Is(err, embedded.ErrMixed) {
		t.Errorf("data without a marker: %v", err)
	}
}

// A folder for a file system without extended attributes works in full.
func TestSidecar(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "inzage-store.txt"), []byte("sidecar\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, s := start(t, dir)
	storetest.Run(t, "sidecar", func(*testing.T) *s3.Store { return s })
}

// TestWriteUntilKilled is the program of TestKilledInTheMiddle.
func TestWriteUntilKilled(t *testing.T) {
	dir := os.Getenv("INZAGE_TEST_WRITE_TO")
	if dir == "" {
		t.Skip("runs as the child of TestKilledInTheMiddle only")
	}
	first, _ := strconv.Atoi(os.Getenv("INZAGE_TEST_FIRST"))
	_, s := start(t, dir)
	b := storetest.Sealed(t, strings.Repeat("dossier ", 12_000))
	var mu sync.Mutex
	next := first
	for range 4 {
		go func() {
			for {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				r, err := s.PutSealed(t.Context(), store.Object{Key: keyOf(i), ContentID: "c", Lock: store.Lock{Hold: true}}, b)
				if err == nil {
					fmt.Printf("ack %d %s\n", i, r.SHA256) // one write: a line is whole or absent
				}
			}
		}()
	}
	select {}
}

// Three times a writer is killed at work; every object that it was told to be
// stored is there, whole and locked.
func TestKilledInTheMiddle(t *testing.T) {
	dir := t.TempDir()
	acked := map[int]string{}
	for round := range 3 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestWriteUntilKilled$", "-test.timeout=60s")
		cmd.Env = append(os.Environ(), "INZAGE_TEST_WRITE_TO="+dir, fmt.Sprintf("INZAGE_TEST_FIRST=%d", round*100_000))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		guard := time.AfterFunc(30*time.Second, func() { cmd.Process.Kill() })
		sc := bufio.NewScanner(out)
		for n := 0; sc.Scan(); {
			var i int
			var sum string
			if _, err := fmt.Sscanf(sc.Text(), "ack %d %s", &i, &sum); err != nil {
				continue
			}
			acked[i] = sum
			if n++; n == 60+round*17 {
				cmd.Process.Kill() // SIGKILL; what is in the pipe is still read
			}
		}
		guard.Stop()
		cmd.Wait()
	}
	if len(acked) < 180 {
		t.Fatalf("%d objects acknowledged", len(acked))
	}
	_, s := start(t, dir)
	for i, sum := range acked {
		in, err := s.Head(t.Context(), keyOf(i))
		if err != nil || in.SHA256 != sum || !in.Lock.Hold {
			t.Errorf("object %d: %+v, %v", i, in, err)
		}
		if err := whole(t, s, keyOf(i), sum); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d acknowledged objects are whole", len(acked))
}
