package media

import (
	"image"
	"image/draw"
)

// bounded is the size of a picture with no side longer than edge.
func bounded(w, h, edge int) (int, int) {
	if long := max(w, h); long > edge {
		return max(1, int(int64(w)*int64(edge)/int64(long))), max(1, int(int64(h)*int64(edge)/int64(long)))
	}
	return w, h
}

// strip is how many rows are turned into plain colours at a time.
const strip = 16

// fit copies a picture into 8-bit RGBA with no side longer than edge. Every new
// pixel is the mean of the surface that it stands for: nothing is skipped, and
// beside the two pictures it takes a few rows of memory, however large they are.
func fit(src image.Image, edge int) *image.NRGBA {
	from := src.Bounds()
	w, h := bounded(from.Dx(), from.Dy(), edge)
	dst := image.NewNRGBA(image.Rect(0, 0, w, h))
	same := w == from.Dx() && h == from.Dy()
	if plain, ok := src.(*image.NRGBA); ok && same {
		for y := range h {
			copy(dst.Pix[y*dst.Stride:][:4*w], plain.Pix[plain.PixOffset(from.Min.X, from.Min.Y+y):])
		}
		return dst
	}
	rows := image.NewRGBA(image.Rect(0, 0, from.Dx(), min(strip, from.Dy())))
	m := &mean{dst: dst, in: int64(from.Dy()), across: shares(from.Dx(), w), sums: make([][4]int64, w)}
	for y := 0; y < from.Dy(); y += strip {
		n := min(strip, from.Dy()-y)
		part := image.Rect(0, 0, from.Dx(), n)
		draw.Draw(rows, part, src, image.Pt(from.Min.X, from.Min.Y+y), draw.Src)
		for i := range n {
			if same {
				plainRow(dst.Pix[(y+i)*dst.Stride:][:4*w], rows.Pix[i*rows.Stride:])
			} else {
				m.row(rows.Pix[i*rows.Stride:][:4*from.Dx()])
			}
		}
	}
	return dst
}

// A share says into which new pixel an old one goes, and how much of it into the
// one after that; all in parts of the new width.
type share struct {
	to          int
	first, next int64
}

// shares divides a row of n pixels over one of w, w being less.
func shares(n, w int) []share {
	out := make([]share, n)
	for x := range out {
		begin, end := int64(x)*int64(w), int64(x+1)*int64(w) // in parts of which a new pixel has n
		to := begin / int64(n)
		edge := min(end, (to+1)*int64(n))
		out[x] = share{int(to), edge - begin, end - edge}
	}
	return out
}

// A mean adds up old rows until a new one is full.
type mean struct {
	dst    *image.NRGBA
	in     int64 // old rows
	across []share
	sums   [][4]int64
	y      int   // the new row
	filled int64 // of it, in parts of which a new row has in
}

// row adds an old row; one that lies over the border of two new ones is divided.
func (m *mean) row(pix []byte) {
	h := int64(m.dst.Rect.Dy())
	part := min(h, m.in-m.filled)
	m.add(pix, part)
	if m.filled += part; m.filled == m.in {
		m.flush()
	}
	if rest := h - part; rest > 0 {
		m.add(pix, rest)
		m.filled += rest
	}
}

func (m *mean) add(pix []byte, part int64) {
	for x, s := range m.across {
		p := pix[4*x : 4*x+4 : 4*x+4]
		sum := &m.sums[s.to]
		k := s.first * part
		for c := range 4 {
			sum[c] += int64(p[c]) * k
		}
		if s.next > 0 {
			sum, k = &m.sums[s.to+1], s.next*part
			for c := range 4 {
				sum[c] += int64(p[c]) * k
			}
		}
	}
}

// flush writes a new row, its colours no longer multiplied by how far they cover.
func (m *mean) flush() {
	total := m.in * int64(len(m.across))
	row := m.dst.Pix[m.y*m.dst.Stride:]
	for x, s := range m.sums {
		p := row[4*x : 4*x+4]
		p[3] = byte((s[3] + total/2) / total)
		for c := range 3 {
			if p[3] != 0 {
				p[c] = byte(min(255, (s[c]*255+s[3]/2)/s[3]))
			}
		}
		m.sums[x] = [4]int64{}
	}
	m.y, m.filled = m.y+1, 0
}

// plainRow takes the covering out of a row that keeps its size.
func plainRow(dst, pix []byte) {
	for i := 0; i < len(dst); i += 4 {
		a := int(pix[i+3])
		dst[i+3] = pix[i+3]
		if a == 255 {
			copy(dst[i:i+3], pix[i:i+3])
			continue
		}
		for c := range 3 {
			if a != 0 {
				dst[i+c] = byte(min(255, (int(pix[i+c])*255+a/2)/a))
			}
		}
	}
}
