// Package chart lays out one series of measured values over time: where the
// line runs, which ticks it has and which values are named on it.
//
// It is geometry only. It draws nothing, knows no colours and no output format,
// so that the page on screen and the page on paper show the same chart. It
// refuses values that cannot be drawn (NaN, infinite, beyond 1e15): they are
// left out of the line, and the table that follows every chart still has them.
package chart

import (
	"math"
	"slices"

	"inzage/internal/document"
)

// Sizes of type and distances, in the unit of width and height (points).
const (
	tickSize  = 8.5  // type of the ticks, the unit and the words of the band
	labelSize = 9.5  // type of the values named on the line
	inset     = 8.0  // from the edge of the plot to the first and last point
	headRoom  = 20.0 // line above the plot for the unit
	beside    = 7.0  // from a point to a value set beside it
	footRoom  = 16.0 // line below the plot for the ticks of time
	limit     = 1e15 // values beyond it cannot be told apart on paper
)

// A Drawing is a chart as shapes. Coordinates are in points from the top left
// corner, y down. Everything lies within Width and Height.
type Drawing struct {
	Width, Height float64
	Plot          Rect    // the area the line lies in
	Unit          *Label  // above the axis of values; nil when there is no unit
	Band          *Rect   // reference range, to be filled pale; nil when there is none
	BandLabel     *Label  // the words of the range
	XTicks        []Tick  // moments, left to right; At is an x
	YTicks        []Tick  // values, from the bottom up; At is a y
	Line          []XY    // through the values in order of time; thinned when there are very many
	Dots          []XY    // one on each value, or only on the named ones when they would touch
	Labels        []Label // the first, last, highest and lowest value, where there is room
}

// An XY is a point.
type XY struct{ X, Y float64 }

// A Rect has its top left corner at X, Y.
type Rect struct{ X, Y, W, H float64 }

// A Tick is a place on an axis with its words.
type Tick struct {
	At    float64
	Label Label
}

// A Label is a line of type whose baseline runs through Y.
type Label struct {
	X, Y   float64
	Size   float64
	Anchor Anchor
	Text   string
}

// An Anchor says which end of a label stands at its X.
type Anchor uint8

// The anchors of a label.
const (
	Start Anchor = iota
	Middle
	End
)

// Layout lays out c in an area of width by height points. measure gives the
// width of a text at a size; it decides what fits. A chart without a value that
// can be drawn gives a Drawing with nothing in it but its size.
func Layout(c document.Chart, width, height float64, measure func(text string, size float64) float64) Drawing {
	d := Drawing{Width: width, Height: height}
	points := drawable(c.Points)
	if len(points) == 0 || !(width > 60) || !(height > 50) || width > limit || height > limit {
		return d
	}
	l := &layout{chart: c, points: points, measure: measure, d: d}
	l.values()
	l.room()
	l.times()
	l.band()
	l.line()
	l.name()
	l.nameBand()
	return l.d
}

// layout is a drawing in the making.
type layout struct {
	chart    document.Chart
	points   []document.Point
	measure  func(string, float64) float64
	d        Drawing
	aside    float64 // from the last point to the right edge of the plot
	low      float64 // value at the foot of the plot
	high     float64 // value at its head
	from, to int64   // Unix seconds of the first and last point
	at       []XY    // place of each point
	taken    []Rect  // areas with words in them
}

// drawable keeps the points that can be drawn, in order of time.
func drawable(in []document.Point) []document.Point {
	out := make([]document.Point, 0, len(in))
	for _, p := range in {
		if finite(p.Value) {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b document.Point) int { return a.At.Compare(b.At) })
	return out
}

func finite(v float64) bool { return math.Abs(v) <= limit } // false for NaN

// x is the place of a moment. One moment alone stands in the middle.
func (l *layout) x(at int64) float64 {
	p := l.d.Plot
	if l.to == l.from {
		return p.X + p.W/2
	}
	share := (float64(at) - float64(l.from)) / (float64(l.to) - float64(l.from))
	return p.X + inset + share*(p.W-inset-l.aside)
}

// room keeps the right edge of the plot free for the last value, which readers
// look for first, unless that would take a quarter of it.
func (l *layout) room() {
	l.aside = inset
	w := l.measure(l.points[len(l.points)-1].Label, labelSize) + beside + 4
	if w < l.d.Plot.W/4 {
		l.aside = max(inset, w)
	}
}

// y is the place of a value, kept within the plot.
func (l *layout) y(v float64) float64 {
	p := l.d.Plot
	share := (v - l.low) / (l.high - l.low)
	return p.Y + p.H*(1-min(1, max(0, share)))
}

// band places the reference range. A range without a lower or upper end runs on
// to the edge of the plot.
func (l *layout) band() {
	low, high := l.low, l.high
	if l.chart.Low != nil && !math.IsNaN(*l.chart.Low) {
		low = *l.chart.Low
	}
	if l.chart.High != nil && !math.IsNaN(*l.chart.High) {
		high = *l.chart.High
	}
	if (l.chart.Low == nil && l.chart.High == nil) || low > high {
		return
	}
	top, foot := l.y(high), l.y(low)
	if foot-top < 0.5 { // wholly outside the plot, or no height to see
		return
	}
	l.d.Band = &Rect{l.d.Plot.X, top, l.d.Plot.W, foot - top}
}
