package pdf

// A box is one thing that is never split: a line of text, a table row, a picture.
// Page breaking knows nothing else.
type box struct {
	height        float64
	before, after float64 // space asked for; the larger of two neighbours' counts, none at a page head
	head          float64 // height of what is repeated above it when it opens a page
	keep          bool    // no page ends after it
	fresh         bool    // it starts a page
	late          bool    // it starts a page when the one before it is full enough to leave

	page int     // filled in by paginate, from 0
	y    float64 // its top, points from the top of the page
}

// A flow is the boxes of a document in order and what draws them. Drawing follows
// reading order, which is not always the order of boxes: a painter goes to the
// page of each box it draws.
type flow struct {
	boxes   []box
	paint   []func(*canvas)
	pending float64 // space before the next box
	heads   float64 // repeated height for boxes now added
}

// add appends a box and gives its index.
func (f *flow) add(b box) int {
	b.before = max(b.before, f.pending)
	b.head += f.heads
	f.pending = 0
	f.boxes = append(f.boxes, b)
	return len(f.boxes) - 1
}

// space asks for at least v points before the next box.
func (f *flow) space(v float64) { f.pending = max(f.pending, v) }

// draw adds a painter.
func (f *flow) draw(fn func(*canvas)) { f.paint = append(f.paint, fn) }

// keepLast ties the last box to the next.
func (f *flow) keepLast() {
	if n := len(f.boxes); n > 0 {
		f.boxes[n-1].keep = true
	}
}

// height is the height of boxes [i,j) set on one endless page.
func (f *flow) height(i, j int) float64 {
	var h, after float64
	for k := i; k < j; k++ {
		b := &f.boxes[k]
		if k > i {
			h += max(after, b.before)
		}
		h += b.height
		after = b.after
	}
	return h
}

// paginate gives every box its page and place between top and bottom and returns
// the number of pages, counting on from first. Boxes that keep together move
// together; a chain longer than a page breaks where the page is full.
func (f *flow) paginate(first int, top, bottom float64) int {
	page, y, after := first, top, 0.0
	for i := 0; i < len(f.boxes); {
		j := f.chain(i, bottom-top)
		atTop := y == top
		gap := max(after, f.boxes[i].before)
		leave := f.boxes[i].fresh || f.boxes[i].late && y-top > (bottom-top)*enough
		if !atTop && (leave || y+gap+f.height(i, j) > bottom+slack) {
			page, y, atTop = page+1, top, true
		}
		for k := i; k < j; k++ {
			b := &f.boxes[k]
			if !atTop {
				y += max(after, b.before)
				if k > i && y+b.height > bottom+slack {
					page, y, atTop = page+1, top, true
				}
			}
			if atTop {
				y += b.head
			}
			b.page, b.y = page, y
			y, after, atTop = y+b.height, b.after, false
		}
		i = j
	}
	return page + 1
}

// pullTogether sees to it that no page of a few left-over lines stands before a
// fresh page or at the end: it starts that page earlier, at the widest gap in the
// lower half of the page before. Boxes have been paginated; reports whether they
// have to be again.
func (f *flow) pullTogether(top, bottom float64) bool {
	moved := false
	for i := 1; i <= len(f.boxes); i++ {
		if i < len(f.boxes) && !f.boxes[i].fresh {
			continue
		}
		first := i - 1
		for first > 0 && f.boxes[first-1].page == f.boxes[i-1].page {
			first--
		}
		b := &f.boxes[i-1]
		if first == 0 || b.y+b.height-f.boxes[first].y > stub || f.boxes[first].fresh {
			continue
		}
		if k := f.widest(first, top+(bottom-top)/2); k > 0 {
			f.boxes[k].fresh, moved = true, true
		}
	}
	return moved
}

// stub is the height of left-over lines that want company.
const stub = 130.0

// company is the least height that is worth moving to them.
const company = 60.0

// widest gives the box after the widest gap on the page before box first, below y
// and company above its end, the lowest of equals; 0 when there is none.
func (f *flow) widest(first int, y float64) int {
	best, widest := 0, 0.0
	last := &f.boxes[first-1]
	for k := first - 1; k > 0 && f.boxes[k].page == last.page && f.boxes[k].y > y; k-- {
		if f.boxes[k-1].keep || last.y+last.height-f.boxes[k].y < company {
			continue
		}
		if gap := max(f.boxes[k].before, f.boxes[k-1].after); gap > widest {
			best, widest = k, gap
		}
	}
	return best
}

// enough is the part of a page that, filled, may be left for a section that wants
// a page: a page with a few left-over lines looks like a mistake.
const enough = 0.4

// slack forgives rounding when a page is filled to the point.
const slack = 0.01

// chain gives the end of the boxes from i that stay together: at most a page of
// them.
func (f *flow) chain(i int, page float64) int {
	j := i + 1
	for j < len(f.boxes) && f.boxes[j-1].keep && !f.boxes[j].fresh && !f.boxes[j].late {
		j++
	}
	if j-i > 1 && f.boxes[i].head+f.height(i, j) > page {
		return i + 1
	}
	return j
}

// A span is the part of boxes [i,j) that stands on one page.
type span struct {
	page        int
	top, bottom float64
}

// spans gives where boxes [i,j) stand, page by page.
func (f *flow) spans(i, j int) []span {
	var out []span
	for k := i; k < j; k++ {
		b := &f.boxes[k]
		if n := len(out); n > 0 && out[n-1].page == b.page {
			out[n-1].bottom = max(out[n-1].bottom, b.y+b.height)
			continue
		}
		out = append(out, span{page: b.page, top: b.y, bottom: b.y + b.height})
	}
	return out
}
