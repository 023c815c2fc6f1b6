package chart

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// values chooses the scale of values and its ticks, and with the widest of
// their labels the plot.
func (l *layout) values() {
	low, high := l.span()
	step := niceStep((high - low) / 4)
	if l.whole() {
		step = max(step, 1) // there is no half a point
	}
	l.low, l.high = math.Floor(low/step)*step, math.Ceil(high/step)*step
	if l.high <= l.low {
		l.high = l.low + step
	}
	n := int(math.Round((l.high - l.low) / step))
	texts := make([]string, 0, n+1)
	room := 0.0
	for i := 0; i <= n && i < 10; i++ {
		t := l.number(l.low+float64(i)*step, step)
		texts, room = append(texts, t), max(room, l.measure(t, tickSize))
	}
	room = min(room, l.d.Width/3)
	l.d.Plot = Rect{room + 8, headRoom, l.d.Width - room - 8, l.d.Height - headRoom - footRoom}
	for i, t := range texts {
		y := l.y(l.low + float64(i)*step)
		l.d.YTicks = append(l.d.YTicks, Tick{y, Label{room, y + tickSize*0.35, tickSize, End, t}})
	}
	if l.chart.Unit != "" {
		l.d.Unit = &Label{0, tickSize, tickSize, Start, l.chart.Unit}
	}
}

// whole says that every value is a whole number.
func (l *layout) whole() bool {
	for _, p := range l.points {
		if p.Value != math.Trunc(p.Value) {
			return false
		}
	}
	return true
}

// span is the range of values to show: all values, and the reference range
// unless it would press them flat.
func (l *layout) span() (low, high float64) {
	low, high = l.points[0].Value, l.points[0].Value
	for _, p := range l.points {
		low, high = min(low, p.Value), max(high, p.Value)
	}
	reach := 2 * max(high-low, 0.1*max(math.Abs(low), math.Abs(high)))
	if e := l.chart.Low; e != nil && finite(*e) && *e > low-reach {
		low = min(low, *e)
	}
	if e := l.chart.High; e != nil && finite(*e) && *e < high+reach {
		high = max(high, *e)
	}
	if high-low <= 1e-9*max(math.Abs(low), math.Abs(high)) {
		pad := max(0.05*math.Abs(low), 1e-6)
		if low == 0 {
			pad = 1
		}
		return low - pad, high + pad
	}
	return low, high
}

// niceStep is the smallest of 1, 2 and 5 times a power of ten that is not less
// than raw.
func niceStep(raw float64) float64 {
	if !(raw > 0) {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5} {
		if raw <= m*unit*(1+1e-9) {
			return m * unit
		}
	}
	return 10 * unit
}

// number writes a value of the scale with as many decimals as the step needs.
func (l *layout) number(v, step float64) string {
	decimals := 0
	if step < 1 {
		decimals = min(9, int(math.Ceil(-math.Log10(step)-1e-9)))
	}
	if math.Abs(v) < step/2 {
		v = 0
	}
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if l.chart.Labels.Decimal != "" {
		s = strings.Replace(s, ".", l.chart.Labels.Decimal, 1)
	}
	return strings.Replace(s, "-", "−", 1)
}

// times chooses the ticks of time: the closest round number of months or years
// whose words do not touch.
func (l *layout) times() {
	l.from, l.to = l.points[0].At.Unix(), l.points[len(l.points)-1].At.Unix()
	for _, months := range []int{1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200} {
		if months < 12 && l.chart.Labels.Months[0] == "" {
			continue // no words for months
		}
		ticks := l.months(months)
		if len(ticks) >= 2 && l.apart(ticks) {
			l.d.XTicks = ticks
			return
		}
	}
	l.ends()
}

// months gives a tick at every so many months; nil when there would be very many.
func (l *layout) months(step int) []Tick {
	first, last := l.points[0].At, l.points[len(l.points)-1].At
	zone := first.Location()
	m, end := month(first), month(last.In(zone))
	if (end-m)/step > 40 {
		return nil
	}
	m += (step - m%step) % step
	if m%step != 0 { // before the year 0
		return nil
	}
	var out []Tick
	for ; m <= end; m += step {
		at := time.Date(m/12, time.Month(m%12+1), 1, 0, 0, 0, 0, zone).Unix()
		if at < l.from || at > l.to {
			continue
		}
		x := l.x(at)
		out = append(out, Tick{x, l.foot(x, l.monthName(m, step, len(out) == 0))})
	}
	return out
}

// month counts the months since the year 0.
func month(t time.Time) int { return t.Year()*12 + int(t.Month()) - 1 }

// monthName names a month: with its year where it is the first or a January,
// and the year alone where the ticks are years.
func (l *layout) monthName(m, step int, first bool) string {
	year, name := strconv.Itoa(m/12), l.chart.Labels.Months[m%12]
	switch {
	case step%12 == 0:
		return year
	case first || m%12 < step && m%12 == 0:
		return name + " " + year
	}
	return name
}

// foot is a label under the plot, moved in from the edges.
func (l *layout) foot(x float64, text string) Label {
	w := l.measure(text, tickSize)
	x = min(max(x, l.d.Plot.X+w/2), l.d.Width-w/2)
	return Label{x, l.d.Height - 3, tickSize, Middle, text}
}

// apart says that the words of the ticks do not touch and are not too many.
func (l *layout) apart(ticks []Tick) bool {
	if len(ticks) > 9 {
		return false
	}
	edge := math.Inf(-1)
	for _, t := range ticks {
		w := l.measure(t.Label.Text, tickSize)
		if t.Label.X-w/2 < edge+10 {
			return false
		}
		edge = t.Label.X + w/2
	}
	return edge <= l.d.Width+0.01
}

// ends names the days of the first and last point: for a few weeks, or when
// nothing rounder fits.
func (l *layout) ends() {
	first, last := l.points[0], l.points[len(l.points)-1]
	x := l.x(l.from)
	a := Tick{x, l.foot(x, first.When)}
	if first.When != "" {
		l.d.XTicks = append(l.d.XTicks, a)
	}
	x = l.x(l.to)
	b := Tick{x, l.foot(x, last.When)}
	if l.to != l.from && last.When != "" && l.apart([]Tick{a, b}) {
		l.d.XTicks = append(l.d.XTicks, b)
	}
}
