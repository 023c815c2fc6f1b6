package seal_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"inzage/internal/seal"
)

func newKey(t *testing.T) (seal.Identity, seal.Recipient, string) {
	t.Helper()
	text, r, err := seal.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	id, err := seal.ReadIdentity(strings.NewReader("# key\n" + text + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return id, r, text
}

func sealText(t *testing.T, dir, text string, to ...seal.Recipient) seal.Sealed {
	t.Helper()
	s, err := seal.Seal(dir, to, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func readSealed(s seal.Sealed, id seal.Identity) ([]byte, error) {
	f, err := s.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, n, err := seal.Open(f, s.Size(), id)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.NewSectionReader(r, 0, n))
}

func TestEveryRecipientOpensAndNobodyElse(t *testing.T) {
	id1, r1, _ := newKey(t)
	id2, r2, _ := newKey(t)
	other, _, _ := newKey(t)
	s := sealText(t, t.TempDir(), "dossier", r1, r2)
	for _, id := range []seal.Identity{id1, id2} {
		if b, err := readSealed(s, id); err != nil || string(b) != "dossier" {
			t.Errorf("got %q, %v", b, err)
		}
	}
	if _, err := readSealed(s, other); !errors.Is(err, seal.ErrWrongKey) {
		t.Errorf("a stranger's key: %v, want ErrWrongKey", err)
	}
	if got := s.KeyIDs(); len(got) != 2 || got[0] != r1.ID() || got[0] == got[1] {
		t.Errorf("key ids %q", got)
	}
}

func TestOnlyCiphertextTouchesTheSpool(t *testing.T) {
	dir := t.TempDir()
	_, r, _ := newKey(t)
	text := strings.Repeat("CANARY-1 ", 20_000)
	sealed := sealText(t, dir, text, r)
	files, _ := os.ReadDir(dir)
	if len(files) != 1 {
		t.Fatalf("%d files in the spool, want 1", len(files))
	}
	b, _ := os.ReadFile(filepath.Join(dir, files[0].Name()))
	if bytes.Contains(b, []byte("CANARY")) {
		t.Error("plaintext in the spool")
	}
	if err := sealed.Discard(); err != nil || sealed.Valid() {
		t.Errorf("discard: %v, valid %v", err, sealed.Valid())
	}
}

func TestAFailureLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	_, r, _ := newKey(t)
	boom := errors.New("boom")
	_, err := seal.Seal(dir, []seal.Recipient{r}, func(w io.Writer) error {
		w.Write(make([]byte, 1<<20))
		return boom
	})
	if !errors.Is(err, boom) {
		t.Errorf("error %v", err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 0 {
		t.Errorf("%d files left", len(files))
	}
}

func TestNoRecipientsIsRefused(t *testing.T) {
	if _, err := seal.Seal(t.TempDir(), nil, nil); !errors.Is(err, seal.ErrNoRecipients) {
		t.Errorf("error %v", err)
	}
	if _, err := seal.ReadRecipients(strings.NewReader("# none\n\n")); !errors.Is(err, seal.ErrNoRecipients) {
		t.Errorf("error %v", err)
	}
}

func TestClassicKeysAreRefused(t *testing.T) {
	const classic = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
	if _, err := seal.ParseRecipient(classic); !errors.Is(err, seal.ErrClassic) {
		t.Errorf("error %v", err)
	}
}

// Every cut and every altered byte must end in an error, never in less text.
func TestDamageIsAlwaysSeen(t *testing.T) {
	id, r, _ := newKey(t)
	s := sealText(t, t.TempDir(), strings.Repeat("tekst ", 40_000), r)
	f, _ := s.Open()
	whole, _ := io.ReadAll(f)
	f.Close()
	read := func(b []byte) error {
		p, n, err := seal.Open(bytes.NewReader(b), int64(len(b)), id)
		if err == nil {
			_, err = io.Copy(io.Discard, io.NewSectionReader(p, 0, n))
		}
		return err
	}
	if err := read(whole); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 1, 100, len(whole) / 2, len(whole) - 1, len(whole) - 65_552} {
		if err := read(whole[:n]); err == nil {
			t.Errorf("cut at %d of %d bytes: no error", n, len(whole))
		}
	}
	for _, at := range []int{0, 30, 2000, len(whole) / 2, len(whole) - 1} {
		b := bytes.Clone(whole)
		b[at] ^= 1
		if err := read(b); err == nil {
			t.Errorf("byte %d altered: no error", at)
		}
	}
}

func TestTheStockToolOpensIt(t *testing.T) {
	_, r, key := newKey(t)
	dir := t.TempDir()
	s := sealText(t, dir, "dossier", r)
	f, _ := s.Open()
	defer f.Close()
	os.WriteFile(filepath.Join(dir, "key"), []byte(key), 0o600)
	cmd := exec.Command("go", "tool", "age", "-d", "-i", filepath.Join(dir, "key"), f.Name())
	out, err := cmd.Output()
	if err != nil || string(out) != "dossier" {
		t.Errorf("%v: %s", err, out)
	}
}

func TestPseudonymsAreKeyedAndSeparate(t *testing.T) {
	text, err := seal.NewSecret()
	if err != nil {
		t.Fatal(err)
	}
	a, err := seal.ParseSecret(text)
	if err != nil {
		t.Fatal(err)
	}
	text2, _ := seal.NewSecret()
	b, _ := seal.ParseSecret(text2)
	p := a.Pseudonym("mijnplan", "c1")
	if p != a.Pseudonym("mijnplan", "c1") || p == b.Pseudonym("mijnplan", "c1") || p == a.Pseudonym("thuisgenoten", "c1") {
		t.Error("pseudonyms must depend on key, portal and client, and on nothing else")
	}
	if a.ContentID([]byte("ab"), []byte("c")) == a.ContentID([]byte("a"), []byte("bc")) {
		t.Error("two contents with one id")
	}
	if strings.ContainsAny(p, "0123456789aeiou") || len(p) != 16 {
		t.Errorf("pseudonym %q", p)
	}
}

func TestAPublicTextHoldsNoBSN(t *testing.T) {
	const bsn = "999900602" // passes the eleven-test; a test number
	for _, c := range []struct {
		typ, body string
		want      error
	}{
		{"application/json", `{"size":` + bsn + `}`, nil},
		{"application/json", `{"key":"a/` + bsn + `.age"}`, seal.ErrPersonal},
		{"application/json", `{"a":["x",{"` + bsn + `":1}]}`, seal.ErrPersonal},
		{"application/json", `{"sha256":"aa` + bsn + `bb"}`, nil},
		{"text/html", "<p>" + bsn + "</p>", seal.ErrPersonal},
		{"text/html", "<p>999900603</p>", nil},
	} {
		_, err := seal.Publish(c.typ, []byte(c.body))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.body, err, c.want)
		}
	}
	if _, err := seal.Publish("application/json", []byte(`{"a":`)); err == nil {
		t.Error("cut JSON published")
	}
}

func FuzzOpen(f *testing.F) {
	text, r, _ := seal.NewKey()
	id, _ := seal.ReadIdentity(strings.NewReader(text))
	s, _ := seal.Seal(f.TempDir(), []seal.Recipient{r}, func(w io.Writer) error {
		_, err := io.WriteString(w, "x")
		return err
	})
	file, _ := s.Open()
	b, _ := io.ReadAll(file)
	file.Close()
	f.Add(b)
	f.Add([]byte("age-encryption.org/v1\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, n, err := seal.Open(bytes.NewReader(b), int64(len(b)), id)
		if err == nil {
			io.Copy(io.Discard, io.NewSectionReader(p, 0, n))
		}
	})
}

func FuzzReadRecipients(f *testing.F) {
	_, r, _ := seal.NewKey()
	f.Add([]byte("# officers\n" + r.String() + "\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if rs, err := seal.ReadRecipients(bytes.NewReader(b)); err == nil && len(rs) == 0 {
			t.Error("no recipients and no error")
		}
	})
}

// A script is looked at like any text, and only what is named as ours is not.
func TestOnlyWhatIsOursIsPassedOver(t *testing.T) {
	const bsn = "123456782"
	script, data := []byte("var k=["+bsn+"];"), []byte(`{"size":`+bsn+`,"id":"bcdf"}`)
	page := []byte("<p>Kopie</p>" + string(script) + string(data) + "<p>einde</p>")
	for _, typ := range []string{"text/javascript", "text/javascript; charset=utf-8", "text/html; charset=utf-8", "text/plain"} {
		if _, err := seal.Publish(typ, script); !errors.Is(err, seal.ErrPersonal) {
			t.Errorf("%s: %v", typ, err)
		}
	}
	if s, err := seal.PublishProgram("text/html", page, data, script); err != nil || !bytes.Equal(s.Bytes(), page) {
		t.Errorf("a page of ours: %v", err)
	}
	for name, c := range map[string]struct{ page, data, ours []byte }{
		"in the words":        {bytes.Replace(page, []byte("Kopie"), []byte(bsn), 1), data, script},
		"in the data":         {bytes.Replace(page, []byte("bcdf"), []byte(bsn), 1), bytes.Replace(data, []byte("bcdf"), []byte(bsn), 1), script},
		"not said to be ours": {page, data, []byte("<p>Kopie</p>")},
		"a script twice":      {append(bytes.Clone(page), script...), data, script},
	} {
		if _, err := seal.PublishProgram("text/html", c.page, c.data, c.ours); !errors.Is(err, seal.ErrPersonal) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := seal.PublishProgram("text/html", page, data, []byte("another")); !errors.Is(err, seal.ErrProgram) {
		t.Errorf("a part that does not stand in it: %v", err)
	}
}

func FuzzPublish(f *testing.F) {
	f.Add([]byte(`{"a":"999900602"}`))
	f.Fuzz(func(t *testing.T, b []byte) { seal.Publish("application/json", b) })
}

// A narrow secret serves for one thing, and is text that reads back.
func TestANarrowSecretIsOfOneThing(t *testing.T) {
	text, err := seal.NewSecret()
	if err != nil {
		t.Fatal(err)
	}
	s, err := seal.ParseSecret(text)
	if err != nil || s.Text() != text {
		t.Fatal(err)
	}
	seen := map[string]string{text: "itself"}
	for name, n := range map[string]seal.Secret{"1": s.Narrow("a", "1"), "12": s.Narrow("a", "12"), "a1": s.Narrow("a1"), "a": s.Narrow("a"), "a 1 again": s.Narrow("a").Narrow("1")} {
		if before, ok := seen[n.Text()]; ok || !n.Valid() {
			t.Errorf("%s is as %s", name, before)
		}
		seen[n.Text()] = name
	}
	again, err := seal.ParseSecret(s.Narrow("a", "1").Text())
	if err != nil || again.Pseudonym("p", "x") != s.Narrow("a", "1").Pseudonym("p", "x") || again.Pseudonym("p", "x") == s.Pseudonym("p", "x") {
		t.Error("a narrow secret does not read back, or is the secret")
	}
	hidden, err := again.Hide([]byte("k"), []byte("v"), 64)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Reveal([]byte("k"), hidden); !errors.Is(err, seal.ErrPrivate) {
		t.Errorf("the secret opens what is narrower: %v", err)
	}
}
