package chart

import (
	"math"
	"slices"
)

// A value gets a dot of its own while the dots stand this far apart on average.
const dotRoom = 7.0

// line places the points, thins the line where there are more points than can
// be seen, and sets the dots.
func (l *layout) line() {
	for _, p := range l.points {
		l.at = append(l.at, XY{l.x(p.At.Unix()), l.y(p.Value)})
	}
	l.d.Line = thin(l.at, 0.75)
	if float64(len(l.at))*dotRoom <= l.d.Plot.W {
		l.d.Dots = slices.Clone(l.at)
	}
}

// thin keeps of the points in each column of the given width the first, the
// highest, the lowest and the last, so that no peak is lost.
func thin(at []XY, column float64) []XY {
	var out []XY
	for i := 0; i < len(at); {
		end := i + 1
		for end < len(at) && at[end].X-at[i].X < column {
			end++
		}
		out = append(out, corners(at[i:end])...)
		i = end
	}
	return out
}

func corners(at []XY) []XY {
	if len(at) <= 4 {
		return at
	}
	top, foot := 0, 0
	for i, p := range at {
		if p.Y < at[top].Y {
			top = i
		}
		if p.Y > at[foot].Y {
			foot = i
		}
	}
	keep := []int{0, top, foot, len(at) - 1}
	slices.Sort(keep)
	var out []XY
	for _, i := range slices.Compact(keep) {
		out = append(out, at[i])
	}
	return out
}

// name sets the last, highest, lowest and first value beside the line, in that
// order, and leaves out what finds no room. Each named value has its dot. The
// highest is named above it, the lowest below it, so that no name seems to belong
// to another point.
func (l *layout) name() {
	high, low := 0, 0
	for i, p := range l.points {
		if p.Value > l.points[high].Value {
			high = i
		}
		if p.Value < l.points[low].Value {
			low = i
		}
	}
	every, last := len(l.d.Dots) > 0, len(l.points)-1
	var done []int
	for _, i := range []int{last, high, low, 0} {
		if slices.Contains(done, i) || len(done) >= 1 && i != 0 && l.said(done, i) {
			continue
		}
		done = append(done, i)
		named := l.nameOne(i, side{above: i != low || high == low, below: i != high || high == low, right: i == last && l.to > l.from})
		if !every && (named || i == 0 || i == last) {
			l.d.Dots = append(l.d.Dots, l.at[i])
		}
	}
}

// said says that the same value has been named already.
func (l *layout) said(done []int, i int) bool {
	for _, j := range done {
		if l.points[j].Value == l.points[i].Value {
			return true
		}
	}
	return false
}

// A side is where the name of a point may stand, besides left and right of it.
type side struct{ above, below, right bool }

// far are the distances from a point at which its name is tried, above and below.
var far = [...]float64{0, 6, 12, 18}

// nameOne names one point where the name crosses no line and, if it can, no tick:
// above or below it, then beside it, then a little farther off. The last point has
// room of its own at its right. A name that would lie over the line is left out;
// the table has it.
func (l *layout) nameOne(i int, s side) bool {
	p, text := l.at[i], l.points[i].Label
	if text == "" {
		return false
	}
	w := l.measure(text, labelSize)
	best, least := Label{}, math.Inf(1)
	for k, try := range places(p, text, s) {
		r := box(try, w)
		n, free := l.crossings(r)
		cost := float64(k)
		if l.onTick(r) {
			cost += 8
		}
		if free && n == 0 && cost < least {
			best, least = try, cost
		}
	}
	if math.IsInf(least, 1) {
		return false
	}
	l.d.Labels, l.taken = append(l.d.Labels, best), append(l.taken, box(best, w))
	return true
}

// places are where the name of a point may stand, the best first.
func places(p XY, text string, s side) []Label {
	var out []Label
	middle := p.Y + labelSize*0.35
	if s.right {
		for _, d := range []float64{0, -5, 5} {
			out = append(out, Label{p.X + beside, middle + d, labelSize, Start, text})
		}
	}
	for _, d := range far {
		var ys []float64
		if s.above {
			ys = append(ys, p.Y-6-d)
		}
		if s.below {
			ys = append(ys, p.Y+5+labelSize*0.8+d)
		}
		for _, y := range ys {
			out = append(out, Label{p.X, y, labelSize, Middle, text})
		}
		for _, y := range ys {
			out = append(out, Label{p.X + 3, y, labelSize, Start, text}, Label{p.X - 3, y, labelSize, End, text})
		}
		if d == 0 {
			out = append(out, Label{p.X + beside, middle, labelSize, Start, text}, Label{p.X - beside, middle, labelSize, End, text})
		}
	}
	return out
}

// onTick says that the line of a tick runs through r.
func (l *layout) onTick(r Rect) bool {
	for _, t := range l.d.YTicks {
		if t.At > r.Y && t.At < r.Y+r.H {
			return true
		}
	}
	return false
}

// nameBand sets the words of the range in a corner of the band where they cross
// nothing, or else above the plot.
func (l *layout) nameBand() {
	b, text := l.d.Band, l.chart.RangeLabel
	if b == nil || text == "" {
		return
	}
	w := l.measure(text, tickSize)
	left, right := b.X+4, b.X+b.W-4
	top, foot := b.Y+tickSize+2, b.Y+b.H-4
	for _, try := range []Label{
		{right, top, tickSize, End, text}, {left, top, tickSize, Start, text},
		{right, foot, tickSize, End, text}, {left, foot, tickSize, Start, text},
	} {
		r := box(try, w)
		n, free := l.crossings(r)
		if free && n == 0 && b.H > tickSize+6 && r.X >= b.X {
			l.d.BandLabel = &try
			return
		}
	}
	l.d.BandLabel = &Label{l.d.Width, tickSize, tickSize, End, text}
}

// box is the area of a label that is w wide.
func box(t Label, w float64) Rect {
	r := Rect{t.X, t.Y - t.Size*0.8, w, t.Size}
	switch t.Anchor {
	case Middle:
		r.X -= w / 2
	case End:
		r.X -= w
	}
	return r
}

// crossings counts the pieces of line that run through r; free is false when r
// lies outside the drawing or touches other words.
func (l *layout) crossings(r Rect) (n int, free bool) {
	p := l.d.Plot
	if r.X < p.X || r.X+r.W > p.X+p.W+0.01 || r.Y < 0 || r.Y+r.H > p.Y+p.H {
		return 0, false
	}
	if u := l.d.Unit; u != nil && overlap(r, box(*u, l.measure(u.Text, u.Size)), 2) {
		return 0, false
	}
	for _, t := range l.taken {
		if overlap(r, t, 3) {
			return 0, false
		}
	}
	for i := 1; i < len(l.d.Line); i++ {
		if hits(l.d.Line[i-1], l.d.Line[i], r) {
			n++
		}
	}
	return n, true
}

// overlap says that two areas lie closer than gap to each other.
func overlap(a, b Rect, gap float64) bool {
	return a.X < b.X+b.W+gap && b.X < a.X+a.W+gap && a.Y < b.Y+b.H+gap && b.Y < a.Y+a.H+gap
}

// hits says that the piece of line from a to b runs through r (Liang–Barsky).
func hits(a, b XY, r Rect) bool {
	t0, t1 := 0.0, 1.0
	dx, dy := b.X-a.X, b.Y-a.Y
	for _, e := range [4][2]float64{{-dx, a.X - r.X}, {dx, r.X + r.W - a.X}, {-dy, a.Y - r.Y}, {dy, r.Y + r.H - a.Y}} {
		switch {
		case e[0] == 0 && e[1] < 0:
			return false
		case e[0] < 0:
			t0 = max(t0, e[1]/e[0])
		case e[0] > 0:
			t1 = min(t1, e[1]/e[0])
		}
	}
	return t0 <= t1
}
