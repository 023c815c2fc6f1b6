package html

import (
	"math"
	"strconv"
	"strings"

	"inzage/internal/document"
)

// fewColumns is how many columns fit a telephone with words that wrap. A table
// with more can be scrolled within itself, so that the page never is.
const fewColumns = 3

func (p *page) table(t document.Table) {
	p.line()
	p.scroll(t.Caption, len(t.Columns) > fewColumns)
	p.open("table", class(look(t.Columns)))
	p.caption(t.Caption, t.ShowCaption)
	p.widths(t.Columns)
	p.columns(t.Columns)
	decimals := p.decimals(t)
	for _, g := range t.Groups {
		p.open("tbody")
		if g.Head != "" {
			p.open("tr")
			p.leaf("th", g.Head, class("group"), attr{"colspan", strconv.Itoa(max(1, len(t.Columns)))}, attr{"scope", "rowgroup"}, dir(g.Head))
			p.close("tr")
		}
		for _, row := range g.Rows {
			p.row(t.Columns, row, decimals)
		}
		p.close("tbody")
	}
	p.close("table", "div")
}

// look sets a narrow table of numbers close together: over the whole width the
// eye would lose the row.
func look(columns []document.Column) string {
	if len(columns) < 2 || len(columns) > fewColumns {
		return ""
	}
	for _, c := range columns[1:] {
		if c.Align == document.Left {
			return ""
		}
	}
	return "snug"
}

// scroll opens the area around a table. A wide one can be reached and moved
// with the keyboard, and says what it is.
func (p *page) scroll(label string, wide bool) {
	if !wide || label == "" {
		p.open("div", class("scroll wide"))
		return
	}
	p.labels[label]++
	if n := p.labels[label]; n > 1 {
		label += " (" + strconv.Itoa(n) + ")"
	}
	p.open("div", class("scroll wide"), attr{"role", "region"}, attr{"aria-label", label}, attr{"tabindex", "0"})
}

func (p *page) caption(words string, show bool) {
	switch {
	case words == "":
	case show:
		p.leaf("caption", words)
	default:
		p.leaf("caption", words, class("unseen"))
	}
}

// widths gives the columns their share, in steps of five hundredths.
func (p *page) widths(columns []document.Column) {
	total := 0.0
	for _, c := range columns {
		if !(c.Weight > 0) || math.IsInf(c.Weight, 0) {
			return // left to the browser
		}
		total += c.Weight
	}
	if len(columns) == 0 {
		return
	}
	p.open("colgroup")
	for _, c := range columns {
		share := 5 * min(19, max(1, int(math.Round(c.Weight/total*20))))
		p.open("col", class("w"+strconv.Itoa(share)))
	}
	p.close("colgroup")
}

// columns writes the head of a table; a table without words for it has none.
func (p *page) columns(columns []document.Column) {
	words := 0
	for _, c := range columns {
		words += len(c.Head)
	}
	if words == 0 {
		return
	}
	p.open("thead")
	p.open("tr")
	for _, c := range columns {
		if c.Head == "" {
			p.open("td")
			p.close("td")
			continue
		}
		p.leaf("th", c.Head, class(numeric(c)), attr{"scope", "col"}, dir(c.Head))
	}
	p.close("tr", "thead")
}

func numeric(c document.Column) string {
	if c.Align == document.Left {
		return ""
	}
	return "num"
}

func (p *page) row(columns []document.Column, row []document.Cell, decimals []int) {
	p.open("tr")
	for i, cell := range row {
		c := document.Column{}
		if i < len(columns) {
			c = columns[i]
		}
		look := numeric(c)
		if c.Align == document.Decimal {
			look += p.pad(cell, decimals[i])
		}
		if c.RowHead {
			p.within("th", cell.Text, class(look), attr{"scope", "row"}, along(cell.Text))
		} else {
			p.within("td", cell.Text, class(look), along(cell.Text))
		}
	}
	p.close("tr")
	p.line()
}

// decimals counts for each column the most digits after the comma, at most four.
func (p *page) decimals(t document.Table) []int {
	most := make([]int, len(t.Columns))
	for _, g := range t.Groups {
		for _, row := range g.Rows {
			for i, cell := range row {
				if i < len(most) && t.Columns[i].Align == document.Decimal {
					most[i] = max(most[i], p.digits(cell))
				}
			}
		}
	}
	return most
}

// digits counts the digits after the comma, or point in other languages.
func (p *page) digits(cell document.Cell) int {
	comma := ","
	if !strings.HasPrefix(p.doc.Lang, "nl") {
		comma = "."
	}
	_, after, _ := strings.Cut(document.PlainText(cell.Text), comma)
	n := 0
	for n < len(after) && n < 4 && after[n] >= '0' && after[n] <= '9' {
		n++
	}
	return n
}

// pad names the room to leave at the right of a number, so that commas stand
// below each other.
func (p *page) pad(cell document.Cell, most int) string {
	n := p.digits(cell)
	look := ""
	if short := most - n; short > 0 {
		look = " d" + strconv.Itoa(short)
	}
	if n == 0 && most > 0 {
		look += " nc"
	}
	return look
}
