package pdf

import "inzage/internal/document"

// Measures of pictures in points.
const (
	pixel     = 72.0 / 150 // a picture is drawn at 150 pixels to the inch
	smallest  = 40.0       // the least width of a picture
	tallest   = 150 * mm
	figureGap = 4 * mm
	pairWidth = (column - figureGap) / 2
)

// A placed figure is a picture with its size and the lines of its caption.
type placed struct {
	document.Figure
	x, w, h float64
	caption text
	lines   []line
}

// figures sets pictures under each other, two to a row when both are small.
func (l *layout) figures(items []document.Figure) {
	half := (l.w - figureGap) / 2
	for i := 0; i < len(items); {
		one := l.place(items[i], l.x, l.w)
		if i+1 < len(items) && half >= smallest {
			next := l.place(items[i+1], l.x, l.w)
			if one.w <= half+60 && next.w <= half+60 {
				a := l.place(items[i], l.x, half)
				l.figureRow(a, l.place(items[i+1], l.x+half+figureGap, half))
				i += 2
				continue
			}
		}
		l.figureRow(one)
		i++
	}
}

// place sizes one picture for a column.
func (l *layout) place(f document.Figure, x, width float64) placed {
	p := placed{Figure: f, x: x, caption: l.weave(f.Caption, l.small)}
	if f.Image != nil && f.Image.Width > 0 && f.Image.Height > 0 {
		ratio := float64(f.Image.Height) / float64(f.Image.Width)
		p.w = min(max(float64(f.Image.Width)*pixel, smallest), width, column)
		p.h = p.w * ratio
		if p.h > tallest {
			p.w, p.h = max(tallest/ratio, 0.1), tallest
		}
	}
	p.lines = breakLines(p.caption, min(width, column))
	return p
}

// figureRow sets pictures beside each other with their captions under them.
func (l *layout) figureRow(row ...placed) {
	high, most := 0.0, 0
	for _, p := range row {
		high, most = max(high, p.h), max(most, len(p.lines))
	}
	if high == 0 && most == 0 {
		return
	}
	l.space(10)
	at := l.add(box{height: high + 5, keep: most > 0})
	first := l.lines(most, l.small.line)
	l.draw(func(c *canvas) {
		for _, p := range row {
			c.figure(p, at, first)
		}
	})
	l.space(14)
}
