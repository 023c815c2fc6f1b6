package seal_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"inzage/internal/seal"
)

var signed = time.Date(2026, 3, 15, 2, 0, 0, 0, time.UTC)

func newSigner(t testing.TB) (seal.Signer, string) {
	t.Helper()
	text, s, err := seal.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	return s, text
}

func sign(t testing.TB, s seal.Signer, msg string) []byte {
	t.Helper()
	sig, err := s.Sign([]byte(msg))
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

func TestASignatureFitsOneTextAndOneKey(t *testing.T) {
	s, text := newSigner(t)
	other, _ := newSigner(t)
	again, err := seal.ReadSigner(strings.NewReader(text))
	if err != nil || again.Fingerprint() != s.Fingerprint() {
		t.Fatalf("read back: %v", err)
	}
	const msg = `{"schema":"inzage/manifest/v1"}`
	sig := sign(t, s, msg)
	if !bytes.Equal(sig, sign(t, again, msg)) {
		t.Error("two signatures of one text differ")
	}
	list := []byte("# keys\n\n" + seal.AllowedSigner(other, "een", time.Time{}, time.Time{}) + "\n" +
		seal.AllowedSigner(s, "Zorg in Voorbeeld", signed.AddDate(-1, 0, 0), signed.AddDate(1, 0, 0)) + "\n")
	if !bytes.Contains(list, []byte("\nZorg-in-Voorbeeld namespaces=")) {
		t.Errorf("line %s", list)
	}
	for name, c := range map[string]struct {
		list, msg string
		sig       []byte
		at        time.Time
		want      error
	}{
		"good":            {string(list), msg, sig, signed, nil},
		"other text":      {string(list), msg + " ", sig, signed, seal.ErrSignature},
		"no signature":    {string(list), msg, nil, signed, seal.ErrUnsigned},
		"damaged":         {string(list), msg, sig[:len(sig)/2], signed, seal.ErrSignature},
		"no list":         {"", msg, sig, signed, seal.ErrSigner},
		"too early":       {string(list), msg, sig, signed.AddDate(-2, 0, 0), seal.ErrSigner},
		"too late":        {string(list), msg, sig, signed.AddDate(2, 0, 0), seal.ErrSigner},
		"other namespace": {`a namespaces="file" ` + s.Public(), msg, sig, signed, seal.ErrSigner},
		"shut out":        {`a namespaces="*,!inzage-*" ` + s.Public(), msg, sig, signed, seal.ErrSigner},
		"pattern":         {`"a b" namespaces="git,inzage-*" ` + s.Public(), msg, sig, signed, nil},
		"any namespace":   {`a,b ` + s.Public() + " comment", msg, sig, signed, nil},
		"day only":        {`a valid-after="20260315" ` + s.Public(), msg, sig, signed, nil},
		"an authority":    {`a cert-authority ` + s.Public(), msg, sig, signed, seal.ErrSigner},
		"unknown option":  {`a else="x" ` + s.Public(), msg, sig, signed, seal.ErrSigner},
		"bad date":        {`a valid-before="2027" ` + s.Public(), msg, sig, signed, seal.ErrSigner},
		"no principal":    {s.Public(), msg, sig, signed, seal.ErrSigner},
	} {
		fp, err := seal.Verify([]byte(c.list), []byte(c.msg), c.sig, c.at)
		if !errors.Is(err, c.want) || (err == nil || c.want == seal.ErrSigner) != (fp == s.Fingerprint()) {
			t.Errorf("%s: %q, %v", name, fp, err)
		}
	}
}

func TestASigningKeyShowsInNoOutput(t *testing.T) {
	s, text := newSigner(t)
	type config struct {
		signer seal.Signer
		Signer seal.Signer
	}
	var out string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		out += fmt.Sprintf(verb+verb, s, config{s, s})
	}
	if !strings.Contains(out, s.Fingerprint()) || strings.Contains(out, "PRIVATE") || strings.Contains(out, strings.Split(text, "\n")[3]) || strings.Contains(out, "ed25519.PrivateKey") {
		t.Error(out)
	}
	for _, bad := range []string{"", "text", strings.Replace(text, "b3Bl", "b3Bm", 1), text[:100]} {
		if _, err := seal.ReadSigner(strings.NewReader(bad)); !errors.Is(err, seal.ErrSignerKey) {
			t.Errorf("%v", err)
		}
	}
}

// keygen runs OpenSSH's ssh-keygen.
func keygen(t *testing.T, stdin []byte, args ...string) ([]byte, error) {
	t.Helper()
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		if strings.Contains(os.Getenv("INZAGE_MUST_RUN"), "ssh-keygen") {
			t.Fatal("ssh-keygen is not installed")
		}
		t.Skip("ssh-keygen is not installed (package openssh-client)")
	}
	cmd := exec.Command("ssh-keygen", args...)
	cmd.Stdin = bytes.NewReader(stdin)
	return cmd.CombinedOutput()
}

func TestOpenSSHVerifiesItAndWeVerifyOpenSSH(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	s, text := newSigner(t)
	const msg = "manifest\n"
	line := seal.AllowedSigner(s, "zorg@voorbeeld", signed.AddDate(-1, 0, 0), signed.AddDate(1, 0, 0)) + "\n"
	args := []string{"-Y", "verify", "-f", file("allowed", line), "-I", "zorg@voorbeeld", "-n", seal.Namespace,
		"-s", file("sig", string(sign(t, s, msg)))}
	if out, err := keygen(t, []byte(msg), append(args, "-Overify-time=20260315020000Z")...); err != nil {
		t.Errorf("ssh-keygen: %v: %s", err, out)
	}
	for name, c := range map[string][2]string{"late": {msg, "20300101"}, "altered": {msg + "x", "20260315"}} {
		if out, err := keygen(t, []byte(c[0]), append(args, "-Overify-time="+c[1])...); err == nil {
			t.Errorf("%s: ssh-keygen accepts: %s", name, out)
		}
	}
	in := file("msg", msg)
	if out, err := keygen(t, nil, "-Y", "sign", "-f", file("key", text), "-n", seal.Namespace, in); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	sig, _ := os.ReadFile(in + ".sig")
	if fp, err := seal.Verify([]byte(line), []byte(msg), sig, signed); err != nil || fp != s.Fingerprint() {
		t.Errorf("a signature by ssh-keygen: %s, %v", fp, err)
	}
}

func FuzzVerify(f *testing.F) {
	s, _ := newSigner(f)
	f.Add([]byte(seal.AllowedSigner(s, "a", signed, signed)), sign(f, s, "x"))
	f.Add([]byte(`"a b" namespaces="!x,*",valid-after="2026" `+s.Public()), []byte("-----BEGIN SSH SIGNATURE-----\n"))
	f.Fuzz(func(t *testing.T, list, sig []byte) {
		if _, err := seal.Verify(list, []byte("y"), sig, signed); err == nil {
			t.Error("a signature over another text passes")
		}
	})
}

func FuzzReadSigner(f *testing.F) {
	_, text := newSigner(f)
	f.Add(text)
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := seal.ReadSigner(strings.NewReader(text)); err == nil && !s.Valid() {
			t.Error("no key and no error")
		}
	})
}
