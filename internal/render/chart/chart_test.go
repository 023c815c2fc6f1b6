package chart

import (
	"math"
	"strconv"
	"testing"
	"time"
	"unicode/utf8"

	"inzage/internal/document"
)

var dutch = document.ChartLabels{Decimal: ",", Months: [12]string{"jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"}}

// half is a type whose every letter is half its size wide.
func half(text string, size float64) float64 {
	return float64(utf8.RuneCountInString(text)) * size / 2
}

// series is a chart with a value at every step from 1 March 2025.
func series(step time.Duration, values ...float64) document.Chart {
	c := document.Chart{Title: "Gewicht", Unit: "kg", Labels: dutch}
	at := time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, v := range values {
		c.Points = append(c.Points, document.Point{At: at, Value: v, Label: strconv.FormatFloat(v, 'f', 1, 64), When: at.Format("2-1-2006")})
		at = at.Add(step)
	}
	return c
}

const day = 24 * time.Hour

func lay(c document.Chart) Drawing { return Layout(c, 459, 147, half) }

func texts(ticks []Tick) (out []string) {
	for _, t := range ticks {
		out = append(out, t.Label.Text)
	}
	return out
}

func names(d Drawing) map[string]bool {
	out := map[string]bool{}
	for _, l := range d.Labels {
		out[l.Text] = true
	}
	return out
}

func same(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// sound checks what holds for every drawing: all within the area, no words over
// other words or over the line, no number that is not one.
func sound(t testing.TB, d Drawing) {
	t.Helper()
	in := func(what string, x, y float64) {
		if !(x >= -0.01 && x <= d.Width+0.01 && y >= -0.01 && y <= d.Height+0.01) {
			t.Errorf("%s at %g, %g lies outside %g by %g", what, x, y, d.Width, d.Height)
		}
	}
	for _, p := range append(append([]XY{}, d.Line...), d.Dots...) {
		in("point", p.X, p.Y)
	}
	if d.Band != nil {
		in("band", d.Band.X, d.Band.Y)
		in("band", d.Band.X+d.Band.W, d.Band.Y+d.Band.H)
	}
	for i, a := range d.Labels {
		ra := box(a, half(a.Text, a.Size))
		in("label", ra.X, ra.Y)
		in("label", ra.X+ra.W, ra.Y+ra.H)
		for _, b := range d.Labels[:i] {
			if overlap(ra, box(b, half(b.Text, b.Size)), 0) {
				t.Errorf("labels %q and %q overlap", a.Text, b.Text)
			}
		}
		for k := 1; k < len(d.Line); k++ {
			if hits(d.Line[k-1], d.Line[k], ra) {
				t.Errorf("the line runs through label %q", a.Text)
			}
		}
	}
	if len(d.XTicks) > 9 || len(d.YTicks) > 10 {
		t.Errorf("%d and %d ticks are not few", len(d.XTicks), len(d.YTicks))
	}
}

func TestWholeNumbersHaveAScaleOfWholeNumbers(t *testing.T) {
	d := lay(series(30*day, 2, 1, 1, 0, 1, 0, 2, 1))
	sound(t, d)
	if got := texts(d.YTicks); !same(got, []string{"0", "1", "2"}) {
		t.Errorf("values %q", got)
	}
}

func TestValuesThatGoUpAndDownAreNamedBesideTheLine(t *testing.T) {
	values := make([]float64, 66)
	for i := range values {
		values[i] = 64 + 1.4*math.Sin(float64(i*i))
	}
	d := lay(series(15*day, values...))
	sound(t, d)
	if len(d.Labels) < 3 {
		t.Errorf("%d values are named: %v", len(d.Labels), d.Labels)
	}
}

func TestAYearOfWeights(t *testing.T) {
	c := series(30*day, 72.4, 71.8, 70.2, 69.5, 70.1, 71, 73.3, 73.1, 72.6, 72.9)
	low, high := 60.0, 80.0
	c.Low, c.High, c.RangeLabel = &low, &high, "normaal: 60 tot 80 kg"
	d := lay(c)
	sound(t, d)
	if got := texts(d.YTicks); !same(got, []string{"60", "65", "70", "75", "80"}) {
		t.Errorf("values %q", got)
	}
	if got := texts(d.XTicks); len(got) < 4 || got[0] != "mrt 2025" {
		t.Errorf("moments %q", got)
	}
	for _, want := range []string{"72.4", "72.9", "73.3", "69.5"} {
		if !names(d)[want] {
			t.Errorf("%s is not named", want)
		}
	}
	if d.Band == nil || math.Abs(d.Band.H-d.Plot.H) > 0.01 || d.BandLabel == nil || len(d.Dots) != 10 {
		t.Errorf("band %v, label %v, %d dots", d.Band, d.BandLabel, len(d.Dots))
	}
}

func TestOneValueStandsInTheMiddle(t *testing.T) {
	d := lay(series(day, 72.4))
	sound(t, d)
	if len(d.Line) != 1 || math.Abs(d.Line[0].X-(d.Plot.X+d.Plot.W/2)) > 0.01 || !names(d)["72.4"] || len(d.XTicks) != 1 {
		t.Errorf("%+v", d)
	}
}

func TestEqualValuesRunLevel(t *testing.T) {
	for _, v := range []float64{0, 72.4, -3, 1e-7, 1e15} {
		d := lay(series(10*day, v, v, v))
		sound(t, d)
		if len(d.Line) != 3 || d.Line[0].Y != d.Line[2].Y || len(d.Labels) != 2 {
			t.Errorf("%g: line %v, labels %v", v, d.Line, d.Labels)
		}
	}
}

func TestGapsOfYearsKeepTheirLength(t *testing.T) {
	c := series(30*day, 70, 71, 72)
	c.Points = append(c.Points, document.Point{At: time.Date(2033, 3, 1, 0, 0, 0, 0, time.UTC), Value: 60, Label: "60,0"})
	d := lay(c)
	sound(t, d)
	if gap := d.Line[3].X - d.Line[2].X; gap < 0.9*(d.Plot.W-2*inset) {
		t.Errorf("eight years are %g wide", gap)
	}
	if got := texts(d.XTicks); len(got) < 3 || len(got[0]) != 4 {
		t.Errorf("moments %q", got)
	}
}

func TestWhatCannotBeDrawnIsLeftOut(t *testing.T) {
	d := lay(series(day, 1, math.NaN(), math.Inf(1), math.Inf(-1), 2, 1e300))
	sound(t, d)
	if len(d.Line) != 2 {
		t.Errorf("%d points", len(d.Line))
	}
	if d := lay(series(day, math.NaN())); d.Line != nil || d.Width != 459 {
		t.Errorf("a chart of nothing has %+v", d)
	}
}

func TestThousandsOfValuesAreThinnedButKeepTheirPeaks(t *testing.T) {
	values := make([]float64, 3000)
	for i := range values {
		values[i] = 70 + math.Sin(float64(i)/40)
	}
	values[1234] = 99
	d := lay(series(6*time.Hour, values...))
	sound(t, d)
	if len(d.Line) >= 2500 || len(d.Dots) > 4 || !names(d)["99.0"] {
		t.Errorf("%d pieces, %d dots, %v", len(d.Line), len(d.Dots), d.Labels)
	}
}

func TestAFarRangeDoesNotPressTheLineFlat(t *testing.T) {
	c := series(30*day, 70, 71, 72)
	high := 5000.0
	c.High, c.RangeLabel = &high, "onder 5000"
	d := lay(c)
	sound(t, d)
	if math.Abs(d.Line[0].Y-d.Line[2].Y) < d.Plot.H/4 {
		t.Errorf("the line is %g high", math.Abs(d.Line[0].Y-d.Line[2].Y))
	}
}

func TestWithoutWordsForMonthsOnlyYearsAndDaysAreNamed(t *testing.T) {
	c := series(30*day, 70, 71, 72)
	c.Labels = document.ChartLabels{}
	d := lay(c)
	sound(t, d)
	if got := texts(d.XTicks); !same(got, []string{"1-3-2025", "30-4-2025"}) {
		t.Errorf("moments %q", got)
	}
}

func FuzzLayoutIsSound(f *testing.F) {
	f.Add(70.0, 80.0, 60.0, int64(30*24*3600), 60.0, 80.0, 459.0)
	f.Add(0.0, 0.0, 0.0, int64(0), 0.0, -1.0, 100.0)
	f.Add(1e14, -1e14, math.NaN(), int64(1)<<40, math.Inf(1), 2.0, 320.0)
	f.Fuzz(func(t *testing.T, a, b, c float64, step int64, low, high, width float64) {
		if !(width < 5000) {
			return
		}
		x := series(0, a, b, c)
		x.Low, x.High, x.RangeLabel = &low, &high, "normaal"
		for i := range x.Points {
			x.Points[i].At = time.Unix(step%(1<<45)*int64(i), 0).UTC()
			x.Points[i].Label = "12,3"
		}
		sound(t, Layout(x, width, 147, half))
	})
}
