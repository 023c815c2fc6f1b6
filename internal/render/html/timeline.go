package html

import (
	"strconv"

	"inzage/internal/document"
)

// timeline writes the months of a record as a calm table: for each kind of thing
// its name, a bar for each month and its total. The bars are for the eye; who
// cannot see them has the caption and the totals.
func (p *page) timeline(t document.Timeline) {
	if len(t.Rows) == 0 {
		return
	}
	p.line()
	p.open("div", class("scroll wide"))
	p.open("table", class("timeline"))
	p.caption(t.Alt, false)
	p.open("tbody")
	for _, r := range t.Rows {
		p.open("tr")
		p.leaf("th", r.Label, attr{"scope", "row"}, dir(r.Label))
		p.open("td", class("strip"))
		p.strip(r.Cells)
		p.close("td")
		p.leaf("td", r.Total, class("num"))
		p.close("tr")
		p.line()
	}
	p.monthRow(t.Rows[0].Cells)
	p.close("tbody", "table", "div")
}

// monthRow names the first and last month below the bars.
func (p *page) monthRow(cells []document.TimelineCell) {
	if len(cells) == 0 {
		return
	}
	p.open("tr", class("months"), attr{"aria-hidden", "true"})
	p.open("td")
	p.close("td")
	p.open("td")
	p.open("div")
	p.leaf("span", cells[0].Label)
	if last := cells[len(cells)-1].Label; len(cells) > 1 {
		p.leaf("span", last)
	}
	p.close("div", "td")
	p.open("td")
	p.close("td", "tr")
}

// strip draws a bar for each month, as high as its share of the fullest month.
// A month with anything in it has a bar that can be seen.
func (p *page) strip(cells []document.TimelineCell) {
	const high, step = 24.0, 10
	most := 1
	for _, c := range cells {
		most = max(most, c.Count)
	}
	p.open("svg", attr{"viewBox", "0 0 " + strconv.Itoa(step*max(1, len(cells))) + " " + number(high)},
		attr{"preserveAspectRatio", "none"}, attr{"aria-hidden", "true"})
	for i, c := range cells {
		if c.Count <= 0 {
			continue
		}
		h := max(3, high*float64(c.Count)/float64(most))
		p.open("rect", class("dot"), attr{"x", strconv.Itoa(i*step + 1)}, attr{"y", number(high - h)},
			attr{"width", strconv.Itoa(step - 2)}, attr{"height", number(h)})
		p.leaf("title", c.Label+": "+strconv.Itoa(c.Count))
		p.close("rect")
	}
	p.close("svg")
}
