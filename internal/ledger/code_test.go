package ledger_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"inzage/internal/ledger"
	"inzage/internal/seal"
)

// issue makes a real code and gives what may be known of it, and the code.
func issue(t testing.TB, name string, edition int) (ledger.Code, seal.Code) {
	t.Helper()
	c, err := seal.NewCode()
	if err != nil {
		t.Fatal(err)
	}
	h, err := c.Holder(seal.Edition{Deployment: "voorbeeld", Number: edition})
	if err != nil {
		t.Fatal(err)
	}
	slots := map[string][]byte{}
	for _, kind := range []string{"portaalkopie", "terugval"} {
		if slots[kind], err = h.Slot(name); err != nil {
			t.Fatal(err)
		}
	}
	return ledger.Code{Holder: name, Portal: "mijnplan", Pseudonym: "ghjk", Edition: edition, Recipient: h.Recipient().String(),
		Locator: h.Locator(), Slots: slots, Lang: "nl", IssuedAt: made}, c
}

func codes(t testing.TB, l *ledger.Ledger, portal string) (out []ledger.Code) {
	t.Helper()
	for c, err := range l.Codes(t.Context(), portal) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

func TestTheLastCodeCounts(t *testing.T) {
	l, _ := open(t)
	b := bookOf(t)
	ctx := t.Context()
	first, code := issue(t, "bcdf", 1)
	second, _ := issue(t, "bcdf", 2)
	elsewhere, _ := issue(t, "klmn", 1)
	elsewhere.Portal = "thuisgenoten"
	state(t, l, b, first, first, elsewhere)
	if c, ok, err := l.CodeFor(ctx, "bcdf"); !ok || err != nil || !reflect.DeepEqual(c, first) {
		t.Fatalf("%+v, %v, %v", c, ok, err)
	}
	body, _ := get(t, b, first.StandsAt())
	for _, part := range []string{code.Text(), strings.ReplaceAll(code.Text(), "-", ""), first.Locator, first.Pseudonym, first.Recipient[:20]} {
		if strings.Contains(string(body), part) {
			t.Errorf("the public text holds %s", part)
		}
	}
	if _, _, err := seal.OpenSlot(codes(t, l, "mijnplan")[0].Slot("terugval"), code); err != nil {
		t.Errorf("the slot does not open to the code: %v", err)
	}
	other := first
	other.Locator = second.Locator
	if err := l.State(ctx, b, other); !errors.Is(err, ledger.ErrOther) {
		t.Errorf("another code of the same edition: %v", err)
	}
	state(t, l, b, second)
	if c, ok, _ := l.CodeFor(ctx, "bcdf"); !ok || c.Edition != 2 {
		t.Errorf("edition %d, %v", c.Edition, ok)
	}
	at := made.Add(time.Hour)
	for range 2 { // the first moment stays
		state(t, l, b, ledger.Revocation{Holder: "bcdf", Portal: "mijnplan", Edition: 2, At: at})
		at = at.Add(time.Hour)
	}
	if _, ok, err := l.CodeFor(ctx, "bcdf"); ok || err != nil {
		t.Errorf("a revoked code is current; %v", err)
	}
	if c, ok, _ := l.LastCode(ctx, "bcdf"); !ok || c.Edition != 2 || !c.RevokedAt.Equal(made.Add(time.Hour)) || !c.Readable() {
		t.Errorf("last code %d of %v", c.Edition, c.RevokedAt)
	}
	if cs := codes(t, l, "mijnplan"); len(cs) != 2 || !cs[0].RevokedAt.IsZero() {
		t.Errorf("%d codes of the portal", len(cs))
	}
	if cs := codes(t, l, ""); len(cs) != 3 {
		t.Errorf("%d codes", len(cs))
	}
	if _, ok, err := l.CodeFor(ctx, "none"); ok || err != nil {
		t.Errorf("nobody's code: %v, %v", ok, err)
	}
}
