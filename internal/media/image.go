package media

import (
	"bytes"
	"image"
	"image/color"
	_ "image/gif" // decoder
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // decoder

	"inzage/internal/document"
	"inzage/internal/dossier"
)

const (
	quality   = 82  // of JPEG: no visible loss at the size we print
	fewColors = 256 // up to so many colours a picture is a graphic and stays PNG
)

// clean draws a picture anew.
func clean(data []byte, lim Limits) (*document.Image, dossier.Reason) {
	out, img, reason := redraw(data, lim)
	if reason != "" {
		return nil, reason
	}
	img.Data, img.SHA256 = out, digest(out)
	return img, ""
}

// redraw decodes, turns upright, bounds and encodes again. The same bytes in
// give the same bytes out. Only the first picture of an animation is kept.
func redraw(data []byte, lim Limits) ([]byte, *document.Image, dossier.Reason) {
	conf, _, err := image.DecodeConfig(bytes.NewReader(data))
	switch {
	case err != nil || conf.Width <= 0 || conf.Height <= 0:
		return nil, nil, dossier.MissingBroken
	case int64(conf.Width)*int64(conf.Height) > lim.MaxPixels:
		return nil, nil, dossier.MissingTooManyPx
	}
	src, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, nil, dossier.MissingBroken
	}
	canvas := upright(fit(src, lim.Edge), orientation(data))
	out, mime, err := encode(canvas, conf.ColorModel)
	if err != nil {
		return nil, nil, dossier.MissingBroken
	}
	size := canvas.Bounds().Size()
	return out, &document.Image{MIME: mime, Width: size.X, Height: size.Y}, ""
}

// fit copies a picture into 8-bit RGBA with no side longer than edge.
func fit(src image.Image, edge int) *image.NRGBA {
	b := src.Bounds()
	w, h := b.Dx(), b.Dy()
	if long := max(w, h); long > edge {
		w, h = max(1, w*edge/long), max(1, h*edge/long)
	}
	dst := image.NewNRGBA(image.Rect(0, 0, w, h))
	if w == b.Dx() && h == b.Dy() {
		draw.Copy(dst, image.Point{}, src, b, draw.Src, nil)
	} else {
		draw.CatmullRom.Scale(dst, dst.Bounds(), src, b, draw.Src, nil)
	}
	return dst
}

// upright turns a picture by its EXIF orientation, 1 to 8 (TIFF 6.0, tag 274).
func upright(src *image.NRGBA, o int) *image.NRGBA {
	if o < 2 || o > 8 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	turn := [9]func(x, y int) (int, int){
		2: func(x, y int) (int, int) { return w - 1 - x, y },
		3: func(x, y int) (int, int) { return w - 1 - x, h - 1 - y },
		4: func(x, y int) (int, int) { return x, h - 1 - y },
		5: func(x, y int) (int, int) { return y, x },
		6: func(x, y int) (int, int) { return h - 1 - y, x },
		7: func(x, y int) (int, int) { return h - 1 - y, w - 1 - x },
		8: func(x, y int) (int, int) { return y, w - 1 - x },
	}[o]
	size := image.Rect(0, 0, w, h)
	if o >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	dst := image.NewNRGBA(size)
	for y := range h {
		for x := range w {
			dx, dy := turn(x, y)
			dst.SetNRGBA(dx, dy, src.NRGBAAt(x, y))
		}
	}
	return dst
}

// encode chooses PNG for what has transparency or few colours, JPEG for the rest.
func encode(m *image.NRGBA, model color.Model) ([]byte, string, error) {
	var buf bytes.Buffer
	if _, palette := model.(color.Palette); palette || graphic(m) {
		enc := png.Encoder{CompressionLevel: png.BestCompression}
		err := enc.Encode(&buf, m)
		return buf.Bytes(), "image/png", err
	}
	opaque := image.NewRGBA(m.Rect)
	copy(opaque.Pix, m.Pix) // every pixel is opaque: the two layouts are the same
	err := jpeg.Encode(&buf, opaque, &jpeg.Options{Quality: quality})
	return buf.Bytes(), "image/jpeg", err
}

// graphic reports transparency, or so few colours that JPEG would smear them.
func graphic(m *image.NRGBA) bool {
	seen := make(map[[4]byte]struct{}, fewColors+1)
	many := false
	for i := 0; i+3 < len(m.Pix); i += 4 {
		if m.Pix[i+3] != 0xff {
			return true
		}
		if !many {
			seen[[4]byte(m.Pix[i:i+4])] = struct{}{}
			many = len(seen) > fewColors
		}
	}
	return !many
}
