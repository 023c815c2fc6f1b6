package cli_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"inzage/internal/fact"
	"inzage/internal/ledger"
	"inzage/internal/seal"
	"inzage/internal/store"
	"inzage/internal/store/embedded"
	"inzage/internal/store/s3"
)

// bucket opens the store of a place as somebody who can write it, while no
// program runs there.
func (p place) bucket(use func(*s3.Store)) {
	p.t.Helper()
	here, err := os.Getwd() // the embedded store leaves it
	if err != nil {
		p.t.Fatal(err)
	}
	defer os.Chdir(here)
	srv, err := embedded.Start(p.t.Context(), filepath.Join(p.dir, "store"))
	if err != nil {
		p.t.Fatal(err)
	}
	defer srv.Close()
	s, err := s3.Open(p.t.Context(), srv.Config())
	if err != nil {
		p.t.Fatal(err)
	}
	defer s.Close()
	use(s)
}

// swapKeys puts an attacker's public key into every code. He has the secret too,
// and a key of his own to sign with; not ours.
func (p place) swapKeys(his seal.Recipient) (swapped []string) {
	p.t.Helper()
	ctx := p.t.Context()
	secret, err := seal.ParseSecret(string(read(p.t, p.dir, "secret")))
	if err != nil {
		p.t.Fatal(err)
	}
	_, signer, err := seal.NewSigner()
	if err != nil {
		p.t.Fatal(err)
	}
	p.bucket(func(s *s3.Store) {
		b := fact.Book{Store: s, Secret: secret, Signer: signer}
		for in, err := range s.List(ctx, "") {
			if err != nil {
				p.t.Fatal(err)
			}
			if !in.Key.IsCode() {
				continue
			}
			r, _, err := s.Get(ctx, in.Key)
			if err != nil {
				p.t.Fatal(err)
			}
			body, err := io.ReadAll(r)
			r.Close()
			if err != nil {
				p.t.Fatal(err)
			}
			c, err := ledger.ParseCode(secret, body)
			if err != nil {
				p.t.Fatal(err)
			}
			c.Recipient = his.String()
			forged, err := c.Marshal(secret)
			if err != nil {
				p.t.Fatal(err)
			}
			if err := b.Replace(ctx, store.Object{Key: in.Key}, forged); err != nil {
				p.t.Fatal(err)
			}
			swapped = append(swapped, string(in.Key))
		}
	})
	return swapped
}

// opening counts the bundles that open with a key.
func (p place) opening(key string) (open, all int) {
	p.t.Helper()
	for _, path := range p.bundles("") {
		if strings.HasSuffix(path, ".sleutel.age") {
			continue
		}
		all++
		if code, _ := p.run("open", "--key", key, "--out", p.t.TempDir(), path); code == 0 {
			open++
		}
	}
	return open, all
}

// Who can write the bucket swaps the public keys of the readers: with the ledger
// there and with one that is made from that bucket, nothing opens with his.
func TestSwappedKeysOpenNothing(t *testing.T) {
	p, _, _ := homed(t)
	p.must("code", "issue", "--all", "--now", now, "--letters", t.TempDir())
	p.must("run", "--now", now)
	identity, his, err := seal.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(p.private, "his")
	if err := os.WriteFile(key, []byte(identity+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	swapped := p.swapKeys(his)
	if len(swapped) != 2 {
		t.Fatalf("%d codes", len(swapped))
	}
	check := func(when string, want int) {
		if open, all := p.opening(key); open != 0 || all < want {
			t.Errorf("%s: %d of %d bundles open with his key", when, open, all)
		}
	}
	p.run("run", "--now", "2026-03-16T03:00:00+01:00")
	check("with the ledger", 4)

	p.swapKeys(his) // the run may have stated them again
	code, out := p.run("reindex")
	for _, key := range swapped {
		if code != 2 || !strings.Contains(out, "left out: "+key) || strings.Contains(out, "not available") {
			t.Errorf("exit %d, %s is not named:\n%s", code, key, out)
		}
	}
	p.run("run", "--now", "2026-03-17T03:00:00+01:00")
	check("with a ledger made from the bucket", 1)
	if out := p.must("code", "list"); strings.Count(out, "\n") != 3 {
		t.Errorf("the codes: %s", out)
	}
	p.must("code", "issue", "--all", "--again", "--now", "2026-03-17T04:00:00+01:00", "--letters", t.TempDir())
	p.run("run", "--now", "2026-03-18T03:00:00+01:00")
	check("with new codes", 3)
}

// A ledger that is lost, a store that is away, a bucket that is another's, and one
// without signatures: what reindex says and leaves.
func TestReindexSaysWhatItFinds(t *testing.T) {
	p, _, _ := homed(t)
	p.must("code", "issue", "--all", "--now", now, "--letters", t.TempDir())
	p.must("run", "--now", now)
	want := p.must("inspect", "--stage", "ledger", "--json")
	config := string(read(t, p.dir, "inzage.yaml"))

	other := strings.Replace(config, "secret_file: secret", "secret_file: other", 1)
	p.must("key", "secret", "--out", "other")
	p.write("inzage.yaml", other)
	if code, out := p.run("reindex"); code != 1 || !strings.Contains(out, "secret") {
		t.Errorf("another secret: exit %d: %s", code, out)
	}
	p.write("inzage.yaml", strings.Replace(config, "store: {dir: store}", `store: {endpoint: "127.0.0.1:9", bucket: b, insecure: true}`, 1))
	if code, out := p.run("reindex"); code != 3 && code != 1 {
		t.Errorf("no store: exit %d: %s", code, out)
	}
	p.write("inzage.yaml", config)
	if got := p.must("inspect", "--stage", "ledger", "--json"); got != want {
		t.Errorf("the ledger was touched:\n%s", got)
	}
	if out := p.must("reindex"); strings.Contains(out, "not signed") {
		t.Errorf("signed: %s", out)
	}
	unsigned := newPlace(t, "")
	unsigned.must("run", "--now", now)
	if out := unsigned.must("reindex"); !strings.Contains(out, "not signed") {
		t.Errorf("unsigned: %s", out)
	}
	unsigned.must("key", "signing", "--out", "signing", "--add", "signers", "--principal", "test@inzage", "--now", now)
	config = string(read(t, unsigned.dir, "inzage.yaml"))
	unsigned.write("inzage.yaml", strings.Replace(config, "keys: {", "keys: {signing: signing, ", 1))
	if code, out := unsigned.run("reindex"); code == 0 || !strings.Contains(out, "not signed") {
		t.Errorf("a first signing key: exit %d: %s", code, out)
	}
	if out := unsigned.must("reindex", "--sign-unsigned"); !strings.Contains(out, "facts signed") {
		t.Errorf("signed afterwards: %s", out)
	}
	unsigned.must("reindex")
}
