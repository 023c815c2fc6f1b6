package seal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"

	"inzage/internal/seal"
)

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func newCode(t testing.TB) seal.Code {
	t.Helper()
	c, err := seal.NewCode()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func parse(t *testing.T, text string) seal.Code {
	t.Helper()
	c, _, err := seal.ParseCode(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// plain is a code without its dashes, as bytes to spoil.
func plain(c seal.Code) []byte { return []byte(strings.ReplaceAll(c.Text(), "-", "")) }

// other is a symbol n further (1 to 31) in the alphabet.
func other(symbol byte, n int) byte {
	return alphabet[(strings.IndexByte(alphabet, symbol)+n)%32]
}

func TestHowACodeIsTypedDoesNotMatter(t *testing.T) {
	const text = "0123-4567-89AB-CDEF-GHJK-MNPQ-R" // 25 symbols
	c := parse(t, complete(t, text))
	want := c.Text()
	for _, typed := range []string{
		strings.ToLower(want),
		strings.ReplaceAll(want, "-", ""),
		strings.ReplaceAll(want, "-", " \u00a0"),
		strings.ReplaceAll(want, "-", "–") + "\r\n",
		strings.ReplaceAll(want, "-", "."),
		"\ufeff" + strings.ReplaceAll(want, "-", "\u200b−\u00ad"),
		strings.ReplaceAll(want, "0", "O"),
		strings.ReplaceAll(want, "0", "o"),
		strings.ReplaceAll(want, "1", "I"),
		strings.ReplaceAll(want, "1", "l"),
		strings.ReplaceAll(want, "1", "L"),
	} {
		got, corrected, err := seal.ParseCode(typed)
		if err != nil || corrected != 0 || got.Text() != want {
			t.Errorf("%q: %q, corrected %d, %v", typed, got.Text(), corrected, err)
		}
	}
}

// complete finds the three check symbols of 25 data symbols by trying: any two
// wrong symbols are seen, so only the right three give no correction.
func complete(t *testing.T, data string) string {
	t.Helper()
	for i := range 32 * 32 * 32 {
		text := data + string([]byte{alphabet[i>>10], alphabet[i>>5&31], alphabet[i&31]})
		if _, corrected, err := seal.ParseCode(text); err == nil && corrected == 0 {
			return text
		}
	}
	t.Fatal("no check symbols fit")
	return ""
}

func TestEverySingleErrorIsCorrected(t *testing.T) {
	c := newCode(t)
	n := 0
	for at := range 28 {
		for d := 1; d < 32; d++ {
			b := plain(c)
			b[at] = other(b[at], d)
			got, corrected, err := seal.ParseCode(string(b))
			if err != nil || got.Text() != c.Text() || corrected != at/4+1 {
				t.Fatalf("symbol %d by %d: %v, group %d", at, d, err, corrected)
			}
			n++
		}
	}
	if n != 868 {
		t.Errorf("%d errors tried, want 868", n)
	}
}

func TestEveryDoubleErrorIsSeen(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	c := newCode(t)
	for range 20_000 {
		b := plain(c)
		i, j := rnd.IntN(28), rnd.IntN(27)
		if j >= i {
			j++
		}
		b[i], b[j] = other(b[i], 1+rnd.IntN(31)), other(b[j], 1+rnd.IntN(31))
		if _, _, err := seal.ParseCode(string(b)); !errors.Is(err, seal.ErrCodeTwo) {
			t.Fatalf("symbols %d and %d: %v", i, j, err)
		}
	}
	for i := range 27 { // neighbours swapped
		b := plain(c)
		if b[i] == b[i+1] {
			continue
		}
		b[i], b[i+1] = b[i+1], b[i]
		if _, _, err := seal.ParseCode(string(b)); !errors.Is(err, seal.ErrCodeTwo) {
			t.Errorf("symbols %d and %d swapped: %v", i, i+1, err)
		}
	}
}

func TestWhatIsWrongWithACodeIsSaid(t *testing.T) {
	text := newCode(t).Text()
	for _, c := range []struct {
		typed, says string
		want        error
	}{
		{"", "0 of 28", seal.ErrCodeLength},
		{text[:19], "16 of 28", seal.ErrCodeLength},
		{text + "0", "29 of 28", seal.ErrCodeLength},
		{"U" + text[1:], "character 1", seal.ErrCodeSymbol},
		{text[:5] + "é" + text[6:], "character 5", seal.ErrCodeSymbol},
		{text[:5] + "\xff" + text[6:], "character 5", seal.ErrCodeSymbol},
	} {
		_, _, err := seal.ParseCode(c.typed)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v, want %q", err, c.says)
		}
		if err != nil && strings.Contains(err.Error(), text[:4]) {
			t.Error("the error repeats the code")
		}
	}
}

func TestACodeShowsInNoOutput(t *testing.T) {
	c := newCode(t)
	h := holder(t, c)
	key := identityText(t, h)
	type letter struct {
		code   seal.Code
		Code   *seal.Code
		Holder seal.Holder
		holder seal.Holder
	}
	l := letter{c, &c, h, h}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+verb+verb+"\n", c, h, l)
	}
	fmt.Fprintln(&out, c.String(), h.String())
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "code", c, "letter", l, "holder", h)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "code", c, "letter", l, "holder", h)
	if b, err := json.Marshal(l); err == nil {
		out.Write(b)
	}
	shown := strings.ReplaceAll(out.String(), "-", "")
	for name, secret := range map[string]string{"code": string(plain(c)), "code in hex": fmt.Sprintf("%x", plain(c)), "key": strings.ReplaceAll(key, "-", "")} {
		if strings.Contains(strings.ToUpper(shown), strings.ToUpper(secret)) {
			t.Errorf("the %s is shown", name)
		}
	}
	if strings.Contains(shown, "[") && strings.Contains(shown, fmt.Sprint(values(c))) {
		t.Error("the values of the code are shown")
	}
}

// values are the numbers of a code, as %v would show its array.
func values(c seal.Code) (out []int) {
	for _, b := range plain(c) {
		out = append(out, strings.IndexByte(alphabet, b))
	}
	return out
}

func FuzzParseCode(f *testing.F) {
	f.Add("0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV")
	f.Add(" o0Il—\u200b")
	if c, err := seal.NewCode(); err == nil {
		f.Add(c.Text())
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, corrected, err := seal.ParseCode(text)
		if err != nil {
			if c.Valid() || corrected != 0 {
				t.Error("an error and a code")
			}
			return
		}
		again, n, err := seal.ParseCode(c.Text())
		if err != nil || n != 0 || again.Text() != c.Text() || corrected < 0 || corrected > 7 {
			t.Errorf("a code that is not read back: %v", err)
		}
	})
}
