package pdf

import (
	"math"
	"strings"

	"inzage/internal/document"
)

// measure chooses the columns' widths so that they fill w: as wide as their text
// wants when there is room, else shared by what they need, never below their
// longest word unless nothing else fits. Cells beyond the last column get columns
// without a head.
func (l *layout) measure(b document.Table, rows [][][]text, w float64) *grid {
	g := &grid{line: l.cell.line}
	n := len(b.Columns)
	for _, group := range rows {
		for _, row := range group {
			n = max(n, len(row))
		}
	}
	g.cols = make([]gridColumn, n)
	least, want := make([]float64, n), make([]float64, n)
	for i := range g.cols {
		if i < len(b.Columns) {
			g.cols[i].Column = b.Columns[i]
			g.cols[i].head = plain(b.Columns[i].Head, l.cellHead)
			least[i], want[i] = longest(g.cols[i].head)
			want[i] = min(want[i], max(least[i], 90)) // a long head may break
		}
	}
	l.wants(g, rows, least, want)
	gap := cellGap
	if n > 1 {
		gap = min(cellGap, w/float64(n)/4)
	}
	share(g.cols, least, want, w-gap*float64(n-1))
	x := l.x
	if l.hangs() {
		x = left
	}
	for i := range g.cols {
		c := &g.cols[i]
		c.x = x
		x += c.w + gap
		c.headLine = breakLines(c.head, c.w)
	}
	return g
}

// wants collects the longest word and the longest line of every column.
func (l *layout) wants(g *grid, rows [][][]text, least, want []float64) {
	comma := byte('.')
	if strings.HasPrefix(l.doc.Lang, "nl") || l.doc.Lang == "" {
		comma = ','
	}
	whole := make([]float64, len(g.cols))
	for _, group := range rows {
		for _, row := range group {
			for i, t := range row {
				lo, hi := longest(t)
				least[i], want[i] = max(least[i], lo), max(want[i], hi)
				if g.cols[i].Align == document.Decimal && len(t.runs) == 1 {
					at := decimal(t.s, comma)
					frac := t.runs[0].style.width(t.s[at:])
					g.cols[i].frac = max(g.cols[i].frac, frac)
					whole[i] = max(whole[i], hi-frac)
				}
			}
		}
	}
	for i := range g.cols {
		if g.cols[i].Align == document.Decimal {
			want[i] = max(want[i], whole[i]+g.cols[i].frac)
			least[i] = max(least[i], min(want[i], 80))
		}
	}
}

// longest gives the widths of a text's longest word and longest line.
func longest(t text) (word, whole float64) {
	if t.s == "" {
		return 0, 0
	}
	b := breaker{t: t, limit: math.Inf(1)}
	for i := 0; i < len(t.s); {
		if t.s[i] == ' ' || t.s[i] == '\n' {
			if t.s[i] == '\n' {
				b.close(i + 1)
			}
			i++
			continue
		}
		j := wordEnd(t.s, i)
		word = max(word, b.width(i, j))
		b.word(i, j)
		i = j
	}
	b.close(len(t.s))
	for _, l := range b.lines {
		whole = max(whole, l.width)
	}
	return word, whole
}

// share gives each column its width; together they are w.
func share(cols []gridColumn, least, want []float64, w float64) {
	if len(cols) == 0 {
		return
	}
	weigh(cols, want, w)
	var lo, hi float64
	for i := range cols {
		least[i] = min(least[i]+0.1, w*0.5)
		want[i] = max(want[i]+0.1, least[i])
		lo, hi = lo+least[i], hi+want[i]
	}
	switch {
	case hi <= w:
		spread(cols, want, min(w-hi, max(hi*0.6, 60))) // a date and a value stay in one glance
	case lo >= w:
		for i := range cols {
			cols[i].w = max(least[i]*w/lo, 1)
		}
	default:
		squeeze(cols, least, want, w)
	}
}

// squeeze gives columns less than they want: first the wide ones, so that a date
// or a number stays on one line while a long remark takes more of them.
func squeeze(cols []gridColumn, least, want []float64, w float64) {
	const short = 92.0
	var narrow, lo, hi float64
	for i := range cols {
		if want[i] <= short {
			narrow += want[i] - least[i]
		}
		lo, hi = lo+least[i], hi+want[i]
	}
	if lo+narrow < w {
		for i := range cols {
			if want[i] <= short {
				least[i] = want[i]
			}
		}
		lo += narrow
	}
	for i := range cols {
		cols[i].w = least[i]
		if hi > lo {
			cols[i].w += (want[i] - least[i]) * (w - lo) / (hi - lo)
		}
	}
}

// weigh replaces what columns with a weight want by their part of the width.
func weigh(cols []gridColumn, want []float64, w float64) {
	var sum float64
	for i := range cols {
		if v := cols[i].Weight; v > 0 && !math.IsInf(v, 0) {
			sum += v
		}
	}
	for i := range cols {
		if v := cols[i].Weight; v > 0 && !math.IsInf(v, 0) && !math.IsInf(sum, 0) {
			want[i] = w * v / sum
		}
	}
}

// spread divides spare width over the columns set left, by what they want, or over
// all when none is.
func spread(cols []gridColumn, want []float64, spare float64) {
	var sum float64
	for i := range cols {
		if cols[i].Align == document.Left {
			sum += want[i]
		}
	}
	for i := range cols {
		cols[i].w = want[i]
		switch {
		case sum > 0 && cols[i].Align == document.Left:
			cols[i].w += spare * want[i] / sum
		case sum == 0:
			cols[i].w += spare / float64(len(cols))
		}
	}
}
