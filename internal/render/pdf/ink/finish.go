package ink

import (
	"bytes"
	"fmt"
	"strings"
)

// Finish closes the file and gives its bytes.
func (w *Writer) Finish() ([]byte, error) {
	for i, p := range w.pages {
		if p.open != nil {
			w.GoTo(i)
			w.unmark(p)
			w.raw()
		}
	}
	switch {
	case w.err != nil:
		return nil, w.err
	case w.at != w.root:
		return nil, fmt.Errorf("ink: element %s is not closed", w.at.tag)
	case len(w.root.kids) != 1 || w.root.kids[0].child == nil:
		return nil, fmt.Errorf("ink: the structure tree wants one element at its root")
	}
	w.pdf.SetPage(len(w.pages)) // fpdf writes pages up to the current one
	var skeleton bytes.Buffer
	if err := w.pdf.Output(&skeleton); err != nil {
		return nil, fmt.Errorf("ink: %w", err)
	}
	o, err := parse(skeleton.Bytes())
	if err != nil {
		return nil, err
	}
	if err := w.complete(o); err != nil {
		return nil, err
	}
	o.canonical()
	return o.bytes(), nil
}

// pageObject is the object of a page, from 0: fpdf writes pages and their
// contents in turn, from object 3 on.
func pageObject(i int) int { return 3 + 2*i }

// complete replaces and adds what an archive file needs.
func (w *Writer) complete(o *objects) error {
	if err := w.embedFonts(o); err != nil {
		return err
	}
	tree, err := w.structure(o)
	if err != nil {
		return err
	}
	if err := w.finishPages(o); err != nil {
		return err
	}
	if err := checkImages(o); err != nil {
		return err
	}
	return w.catalog(o, tree)
}

// embedFonts puts the subsets into the resources that all pages share.
func (w *Writer) embedFonts(o *objects) error {
	var list strings.Builder
	for _, f := range w.fonts.list {
		n, err := embed(o, f)
		if err != nil {
			return err
		}
		fmt.Fprintf(&list, "/%s %d 0 R\n", f.res, n)
	}
	return o.replace(2, "/Font <<\n", "/Font <<\n"+list.String())
}

// finishPages ties pages to the structure tree and to their links, and deflates
// their content.
func (w *Writer) finishPages(o *objects) error {
	links := make([]string, len(w.pages))
	for _, a := range w.annots {
		links[a.page] += fmt.Sprintf("%d 0 R ", a.object)
	}
	for i := range w.pages {
		n := pageObject(i)
		if n+1 > len(o.body) || !bytes.HasPrefix(o.get(n), []byte("<</Type /Page\n")) || !isStream(o.get(n+1)) {
			return fmt.Errorf("%w: page %d", ErrSkeleton, i+1)
		}
		add := fmt.Sprintf("/StructParents %d\n/Tabs /S\n", i)
		if links[i] != "" {
			add += "/Annots [" + links[i] + "]\n"
		}
		if err := o.replace(n, "/Resources 2 0 R\n", "/Resources 2 0 R\n"+add); err != nil {
			return err
		}
		content := o.get(n + 1)
		_, body, ok := bytes.Cut(content, []byte("stream\n"))
		body, ok2 := bytes.CutSuffix(body, []byte("\nendstream\n"))
		if !ok || !ok2 || bytes.Contains(content[:len(content)-len(body)-len("\nendstream\n")], []byte("/Filter")) {
			return fmt.Errorf("%w: content of page %d", ErrSkeleton, i+1)
		}
		o.set(n+1, stream("", body, true))
	}
	return nil
}

// checkImages refuses what an archive file may not hold: pictures in CMYK.
func checkImages(o *objects) error {
	for _, b := range o.body {
		if bytes.Contains(b[:min(len(b), 400)], []byte("/DeviceCMYK")) {
			return fmt.Errorf("ink: a picture is in CMYK")
		}
	}
	return nil
}

// catalog writes the catalog, the metadata and the document information anew.
func (w *Writer) catalog(o *objects, tree int) error {
	profile := o.add(stream("/N 3 /Alternate /DeviceRGB", sRGB(), true))
	meta := o.add(stream("/Type /Metadata /Subtype /XML", w.o.xmp(), false))
	c := fmt.Sprintf("<</Type /Catalog /Pages 1 0 R /Lang %s /MarkInfo <</Marked true>> /StructTreeRoot %d 0 R /Metadata %d 0 R /ViewerPreferences <</DisplayDocTitle true>> ",
		textString(w.o.Lang), tree, meta)
	c += fmt.Sprintf("/OutputIntents [<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB IEC61966-2.1) /DestOutputProfile %d 0 R>>] ", profile)
	if len(w.marks) > 0 {
		c += fmt.Sprintf("/Outlines %d 0 R /PageMode /UseOutlines ", w.outline(o))
	}
	if w.o.Data != nil {
		spec := w.attach(o)
		c += fmt.Sprintf("/AF [%d 0 R] /Names <</EmbeddedFiles <</Names [(dossier.json) %d 0 R]>>>> ", spec, spec)
	}
	o.set(o.root, []byte(c+">>\n"))
	o.set(o.info, fmt.Appendf(nil, "<</Title %s /Author %s /Subject %s /Creator %s /Producer %s /CreationDate (%s) /ModDate (%s)>>\n",
		textString(w.o.Title), textString(w.o.Author), textString(w.o.Subject), textString(w.o.Producer), textString(w.o.Producer), w.o.date(), w.o.date()))
	return nil
}

func (o Options) date() string { return o.Made.UTC().Format("D:20060102150405Z") }

// attach embeds the machine-readable dossier (ISO 19005-3, 6.8).
func (w *Writer) attach(o *objects) int {
	file := o.add(stream(fmt.Sprintf("/Type /EmbeddedFile /Subtype /application#2Fjson /Params <</Size %d /ModDate (%s)>>", len(w.o.Data), w.o.date()), w.o.Data, true))
	return o.addf("<</Type /Filespec /F (dossier.json) /UF (dossier.json) /Desc %s /AFRelationship /Data /EF <</F %d 0 R /UF %d 0 R>>>>\n", textString(w.o.DataNote), file, file)
}

// outline writes the bookmarks, first level closed, and gives the root's number.
func (w *Writer) outline(o *objects) int {
	root := o.reserve()
	total := w.outlineLevel(o, w.marks, root)
	o.set(root, fmt.Appendf(nil, "<</Type /Outlines /First %d 0 R /Last %d 0 R /Count %d>>\n", w.marks[0].object, w.marks[len(w.marks)-1].object, total))
	return root
}

func (w *Writer) outlineLevel(o *objects, list []*bookmark, parent int) int {
	for _, b := range list {
		b.object = o.reserve()
	}
	for i, b := range list {
		s := fmt.Sprintf("<</Title %s /Parent %d 0 R /Dest %s", textString(b.title), parent, w.dest(b.place))
		if i > 0 {
			s += fmt.Sprintf(" /Prev %d 0 R", list[i-1].object)
		}
		if i+1 < len(list) {
			s += fmt.Sprintf(" /Next %d 0 R", list[i+1].object)
		}
		if len(b.kids) > 0 {
			n := w.outlineLevel(o, b.kids, b.object)
			s += fmt.Sprintf(" /First %d 0 R /Last %d 0 R /Count %d", b.kids[0].object, b.kids[len(b.kids)-1].object, -n)
		}
		o.set(b.object, []byte(s+">>\n"))
	}
	return len(list)
}

func (w *Writer) dest(p place) string {
	return fmt.Sprintf("[%d 0 R /XYZ 0 %.2f null]", pageObject(p.page), w.o.Height-p.y)
}
