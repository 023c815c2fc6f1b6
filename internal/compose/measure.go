package compose

import (
	"slices"
	"strings"

	"inzage/internal/document"
	"inzage/internal/dossier"
	"inzage/internal/prose"
)

// chartFrom is how many numeric points a type needs before a line says something.
const chartFrom = 3

// A series is all measurements of one type, oldest first.
type series struct {
	name  string
	items []*dossier.Item
}

// measurements gives each type its heading, a chart when there are points
// enough, and a table with every value. Items without a value are entries.
func (c *composer) measurements(items []dossier.Item) []document.Block {
	all, other := seriesOf(items)
	var out []document.Block
	for _, s := range all {
		s.name = capital(c.coded(prose.Clean(s.name)))
		out = append(out, heading(2, s.name))
		unit := s.unit()
		if chart, ok := c.chart(s, unit); ok {
			out = append(out, chart)
		}
		out = append(out, c.values(s, unit))
		for _, it := range s.items {
			if len(it.Attachments) > 0 {
				out = append(out, c.entry(it))
			}
		}
	}
	if len(other) > 0 && len(all) > 0 {
		out = append(out, heading(2, c.say(kMeasurementsOther)))
	}
	for _, it := range other {
		out = append(out, c.entry(it))
	}
	return out
}

// seriesOf groups by type, in the order of the alphabet.
func seriesOf(items []dossier.Item) (all []series, other []*dossier.Item) {
	at := map[string]int{}
	for i := range items {
		it := &items[i]
		if it.Measurement == nil || it.Unreadable != "" {
			other = append(other, it)
			continue
		}
		id := strings.ToLower(it.Measurement.Type)
		n, ok := at[id]
		if !ok {
			n = len(all)
			at[id] = n
			all = append(all, series{name: it.Measurement.Type})
		}
		all[n].items = append(all[n].items, it)
	}
	slices.SortStableFunc(all, func(a, b series) int {
		return strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name))
	})
	return all, other
}

// unit is the unit of most values; the earliest of two that are equally common.
func (s series) unit() string {
	n := map[string]int{}
	for _, it := range s.items {
		n[it.Measurement.Unit]++
	}
	best := s.items[0].Measurement.Unit
	for _, it := range s.items {
		if u := it.Measurement.Unit; n[u] > n[best] {
			best = u
		}
	}
	return best
}

// value is a measured value as the record writes it, else in the reader's notation.
func (c *composer) value(m *dossier.Measurement) string {
	if m.Text != "" {
		return prose.Clean(m.Text)
	}
	return c.decimal(m.Value)
}

// numeric reports whether a measurement is one number in the given unit, on a
// date, and not withdrawn: only those make a line.
func (c *composer) numeric(it *dossier.Item, unit string) bool {
	m := it.Measurement
	if it.Date.IsZero() || m.Unit != unit || it.Status == dossier.StatusEnteredInError || c.links.newer[it.ID] != nil {
		return false
	}
	return m.Text == "" || strings.Trim(m.Text, " ") == c.decimal(m.Value)
}

func (c *composer) chart(s series, unit string) (document.Chart, bool) {
	ch := document.Chart{Title: s.name, Unit: prose.Clean(unit), Labels: c.chartLabels()}
	var first *dossier.Measurement
	for _, it := range s.items {
		if !c.numeric(it, unit) {
			continue
		}
		m := it.Measurement
		first = m
		ch.Points = append(ch.Points, document.Point{
			At: it.Date.Start(), Value: m.Value, Label: c.decimal(m.Value), When: c.date(it.Date),
		})
		if m.Low != nil || m.High != nil {
			ch.Low, ch.High = m.Low, m.High // the newest range is the one that holds
		}
	}
	if len(ch.Points) < chartFrom || first == nil {
		return ch, false
	}
	ch.RangeLabel = c.rangeLabel(ch.Low, ch.High, ch.Unit)
	ch.Alt = c.chartAlt(ch)
	return ch, true
}

func (c *composer) chartLabels() document.ChartLabels {
	l := document.ChartLabels{Decimal: c.say(kDecimal)}
	for i, k := range shortMonths {
		l.Months[i] = c.say(k)
	}
	return l
}

var shortMonths = [12]key{
	kShortJanuary, kShortFebruary, kShortMarch, kShortApril, kShortMay, kShortJune,
	kShortJuly, kShortAugust, kShortSeptember, kShortOctober, kShortNovember, kShortDecember,
}

func (c *composer) rangeLabel(low, high *float64, unit string) string {
	switch {
	case low != nil && high != nil:
		return c.say(kMeasurementsRangeBoth, "low", c.decimal(*low), "high", c.quantity(*high, unit))
	case low != nil:
		return c.say(kMeasurementsRangeLow, "low", c.quantity(*low, unit))
	case high != nil:
		return c.say(kMeasurementsRangeHigh, "high", c.quantity(*high, unit))
	}
	return ""
}

// chartAlt says the line in words: how many, over what period, first and last,
// lowest and highest with their dates.
func (c *composer) chartAlt(ch document.Chart) string {
	low, high := ch.Points[0], ch.Points[0]
	for _, p := range ch.Points[1:] {
		if p.Value < low.Value {
			low = p
		}
		if p.Value > high.Value {
			high = p
		}
	}
	first, last := ch.Points[0], ch.Points[len(ch.Points)-1]
	period := first.When
	if last.When != first.When {
		period = c.say(kPeriod, "from", first.When, "until", last.When)
	}
	q := func(p document.Point) string { return c.quantity(p.Value, ch.Unit) }
	alt := c.say(kMeasurementsAlt, "type", ch.Title, "n", c.number(len(ch.Points)), "period", period,
		"first", q(first), "last", q(last), "low", q(low), "lowDate", low.When, "high", q(high), "highDate", high.When)
	if ch.RangeLabel != "" {
		alt += " " + capital(ch.RangeLabel) + "."
	}
	return alt
}

// values is the table with every value, newest first. A column that would be
// empty is left out; a unit that differs stands with its value.
func (c *composer) values(s series, unit string) document.Table {
	head := c.say(kMeasurementsValue)
	if unit != "" {
		head = c.say(kMeasurementsValueUnit, "unit", prose.Clean(unit))
	}
	notes := make([][]document.Inline, len(s.items))
	by := make([]string, len(s.items))
	hasNote, hasBy := false, false
	for i, it := range s.items {
		notes[i], by[i] = c.valueNote(it), strings.Join(c.who(it), ", ")
		hasNote, hasBy = hasNote || len(notes[i]) > 0, hasBy || by[i] != ""
	}
	t := document.Table{Caption: c.say(kMeasurementsCaption, "type", s.name), Columns: []document.Column{
		{Head: c.say(kMeasurementsDate), Weight: 3, RowHead: true}, {Head: head, Align: document.Decimal, Weight: 1.5},
	}}
	if hasBy {
		t.Columns = append(t.Columns, document.Column{Head: c.say(kMeasurementsBy), Weight: 3})
	}
	if hasNote {
		t.Columns = append(t.Columns, document.Column{Head: c.say(kMeasurementsNote), Weight: 4})
	}
	g := document.RowGroup{Rows: make([][]document.Cell, 0, len(s.items))}
	for i := len(s.items) - 1; i >= 0; i-- {
		it := s.items[i]
		v := c.value(it.Measurement)
		if u := it.Measurement.Unit; u != unit {
			v += "\u00a0" + prose.Clean(u)
		}
		row := []document.Cell{cell(c.moment(it.Date)), cell(v)}
		if hasBy {
			row = append(row, cell(by[i]))
		}
		if hasNote {
			row = append(row, document.Cell{Text: notes[i]})
		}
		g.Rows = append(g.Rows, row)
	}
	t.Groups = []document.RowGroup{g}
	return t
}

// valueNote is all that belongs to a value besides the number: marks, how it
// was measured, the parts of a score, what was written with it.
func (c *composer) valueNote(it *dossier.Item) []document.Inline {
	var out []document.Inline
	add := func(in ...document.Inline) {
		if len(out) > 0 {
			out = append(out, document.Break{})
		}
		out = append(out, in...)
	}
	m := it.Measurement
	if tags := append(c.tags(it), c.notes(it)...); len(tags) > 0 {
		add(document.Text(strings.Join(tags, ". ")))
	}
	if it.Title != "" && !strings.EqualFold(it.Title, m.Type) {
		add(document.Text(prose.Clean(it.Title)))
	}
	if m.Method != "" {
		add(document.Text(c.say(kMeasurementsMethod, "method", prose.Clean(m.Method))))
	}
	for _, p := range m.Parts {
		add(document.Text(prose.Clean(p.Label) + ": " + c.decimal(p.Value)))
	}
	if len(it.Body) > 0 {
		if in := flat(c.body(it)); len(in) > 0 {
			add(in...)
		}
	}
	return out
}
