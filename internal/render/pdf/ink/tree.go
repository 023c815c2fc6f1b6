package ink

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"unicode/utf16"
)

// structure writes the structure tree, its parent tree and the link annotations,
// and gives the number of the tree's root.
func (w *Writer) structure(o *objects) (int, error) {
	root := o.reserve()
	all := number(o, w.root.kids[0].child, nil)
	key := len(w.pages)
	for _, a := range w.annots {
		if err := w.annotate(o, a, key); err != nil {
			return 0, err
		}
		key++
	}
	w.root.object = root
	ids := noteIDs(all)
	for _, e := range all {
		o.set(e.object, w.element(e))
	}
	var nums bytes.Buffer
	for i, p := range w.pages {
		fmt.Fprintf(&nums, "%d [", i)
		for _, e := range p.marked {
			fmt.Fprintf(&nums, "%d 0 R ", e.object)
		}
		nums.WriteString("] ")
	}
	for _, a := range w.annots {
		fmt.Fprintf(&nums, "%d %d 0 R ", a.key, a.elem.object)
	}
	parents := o.addf("<</Nums [%s]>>\n", nums.Bytes())
	named := ""
	if len(ids) > 0 {
		named = fmt.Sprintf(" /IDTree %d 0 R", o.addf("<</Names [%s]>>\n", ids))
	}
	o.set(root, fmt.Appendf(nil, "<</Type /StructTreeRoot /K %d 0 R /ParentTree %d 0 R /ParentTreeNextKey %d%s>>\n", all[0].object, parents, key, named))
	return root, nil
}

// noteIDs gives every Note an identifier of its own (ISO 14289-1, 7.9) and the
// names of the tree that finds them, in order (ISO 32000-1, 7.9.6).
func noteIDs(all []*element) []byte {
	var names []byte
	for i, e := range all {
		if e.tag == "Note" {
			e.id = fmt.Sprintf("(n%06d)", i)
			names = fmt.Appendf(names, "%s %d 0 R ", e.id, e.object)
		}
	}
	return names
}

// number gives every element an object, in reading order.
func number(o *objects, e *element, all []*element) []*element {
	e.object = o.reserve()
	all = append(all, e)
	for _, k := range e.kids {
		if k.child != nil {
			all = number(o, k.child, all)
		}
	}
	return all
}

// annotate writes one link annotation with the words that it stands on.
func (w *Writer) annotate(o *objects, a *annot, key int) error {
	a.key = key
	var action string
	if a.to.url != "" {
		action = "/A <</Type /Action /S /URI /URI " + textString(a.to.url) + ">>"
	} else {
		p, ok := w.places[a.to.anchor]
		if !ok {
			return fmt.Errorf("ink: a link leads to an anchor that is not there")
		}
		action = "/Dest " + w.dest(p)
	}
	a.object = o.addf("<</Type /Annot /Subtype /Link /F 4 /Border [0 0 0] /Rect [%.2f %.2f %.2f %.2f] /StructParent %d /Contents %s %s>>\n",
		a.x1, w.o.Height-a.y2, a.x2, w.o.Height-a.y1, key, textString(a.to.words), action)
	return nil
}

// element is one structure element as an object.
func (w *Writer) element(e *element) []byte {
	b := fmt.Appendf(nil, "<</Type /StructElem /S /%s /P %d 0 R", e.tag, e.parent.object)
	if e.id != "" {
		b = append(b, " /ID "+e.id...)
	}
	if e.attr.Alt != "" {
		b = append(b, " /Alt "+textString(e.attr.Alt)...)
	}
	if e.attr.Lang != "" {
		b = append(b, " /Lang "+textString(e.attr.Lang)...)
	}
	if e.attr.Scope != "" {
		b = append(b, " /A <</O /Table /Scope /"+e.attr.Scope+">>"...)
	}
	if x := e.attr.Box; x != [4]float64{} {
		b = fmt.Appendf(b, " /A <</O /Layout /Placement /Block /BBox [%.2f %.2f %.2f %.2f]>>", x[0], w.o.Height-x[1]-x[3], x[0]+x[2], w.o.Height-x[1])
	}
	return append(w.kids(b, e), ">>\n"...)
}

func (w *Writer) kids(b []byte, e *element) []byte {
	home := -1
	for _, k := range e.kids {
		if k.child == nil && k.annot == nil {
			home = k.page
			b = fmt.Appendf(b, " /Pg %d 0 R", pageObject(home))
			break
		}
	}
	if len(e.kids) == 0 {
		return b
	}
	b = append(b, " /K ["...)
	for _, k := range e.kids {
		switch {
		case k.child != nil:
			b = fmt.Appendf(b, "%d 0 R ", k.child.object)
		case k.annot != nil:
			b = fmt.Appendf(b, "<</Type /OBJR /Obj %d 0 R /Pg %d 0 R>> ", k.annot.object, pageObject(k.annot.page))
		case k.page == home:
			b = fmt.Appendf(b, "%d ", k.mcid)
		default:
			b = fmt.Appendf(b, "<</Type /MCR /Pg %d 0 R /MCID %d>> ", pageObject(k.page), k.mcid)
		}
	}
	return append(b, ']')
}

// embed writes the subset of one font and gives the number of its Type0 object.
func embed(o *objects, f *font) (int, error) {
	program, err := f.face.Subset(f.glyph)
	if err != nil {
		return 0, err
	}
	c := f.face
	name := subsetTag(f) + "+" + c.Name
	file := o.add(stream(fmt.Sprintf("/Length1 %d", len(program)), program, true))
	desc := o.addf("<</Type /FontDescriptor /FontName /%s /Flags %d /FontBBox [%d %d %d %d] /ItalicAngle %g /Ascent %d /Descent %d /CapHeight %d /StemV %d /FontFile2 %d 0 R>>\n",
		name, c.Flags, c.BBox[0], c.BBox[1], c.BBox[2], c.BBox[3], c.Italic, c.Ascent, c.Descent, c.CapHeight, c.StemV, file)
	var widths []byte
	for _, g := range f.glyph {
		widths = fmt.Appendf(widths, "%d ", (int(g.Advance)*1000+c.UnitsPerEm/2)/c.UnitsPerEm)
	}
	cid := o.addf("<</Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /FontDescriptor %d 0 R /CIDToGIDMap /Identity /DW 600 /W [0 [%s]]>>\n",
		name, desc, widths)
	unicode := o.add(stream("", toUnicode(f), true))
	return o.addf("<</Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R>>\n", name, cid, unicode), nil
}

// subsetTag is six letters that differ for each set of characters (ISO 32000-1, 9.6.4).
func subsetTag(f *font) string {
	seen := []byte(f.face.Name)
	for n, g := range f.glyph {
		seen = append(fmt.Append(seen, g), string(f.text(n))...)
	}
	sum := sha256.Sum256(seen)
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return string(tag)
}

// toUnicode maps glyph numbers to characters, exactly (ISO 32000-1, 9.10.3).
func toUnicode(f *font) []byte {
	b := []byte("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	const perBlock = 100
	for from := 1; from < len(f.runes); from += perBlock {
		to := min(from+perBlock, len(f.runes))
		b = fmt.Appendf(b, "%d beginbfchar\n", to-from)
		for i := from; i < to; i++ {
			b = append(b, '<')
			b = appendHex(b, uint16(i))
			b = append(b, "> <"...)
			for _, u := range utf16.Encode(f.text(i)) {
				b = appendHex(b, u)
			}
			b = append(b, ">\n"...)
		}
		b = append(b, "endbfchar\n"...)
	}
	return append(b, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"...)
}
