package media

import (
	"bytes"
	"context"
	"image"
	"image/color"
	_ "image/gif" // decoder
	"image/jpeg"
	"image/png"

	_ "golang.org/x/image/webp" // decoder

	"inzage/internal/document"
	"inzage/internal/dossier"
)

const (
	quality   = 82  // of JPEG: no visible loss at the size we print
	fewColors = 256 // up to so many colours a picture is a graphic and stays PNG
)

// clean draws a picture anew. Its error is ctx's.
func clean(ctx context.Context, data []byte, lim Limits) (*document.Image, dossier.Reason, error) {
	out, img, reason, err := redraw(ctx, data, lim)
	if err != nil || reason != "" {
		return nil, reason, err
	}
	img.Data, img.SHA256 = out, digest(out)
	return img, "", nil
}

// redraw decodes, turns upright, bounds and encodes again, with no more memory
// than the budget has for it. The same bytes in give the same bytes out. Only the
// first picture of an animation is kept.
func redraw(ctx context.Context, data []byte, lim Limits) ([]byte, *document.Image, dossier.Reason, error) {
	conf, format, err := image.DecodeConfig(bytes.NewReader(data))
	switch {
	case err != nil || conf.Width <= 0 || conf.Height <= 0:
		return nil, nil, dossier.MissingBroken, nil
	case int64(conf.Width)*int64(conf.Height) > lim.MaxPixels:
		return nil, nil, dossier.MissingTooManyPx, nil
	}
	release, err := lim.Pixels.take(ctx, weight(data, format, conf, lim.Edge))
	if err != nil {
		return nil, nil, "", err
	}
	defer release()
	src, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, nil, dossier.MissingBroken, nil
	}
	canvas := upright(fit(src, lim.Edge), orientation(data))
	src = nil // its memory may go before the new picture is written
	out, mime, err := encode(canvas, conf.ColorModel)
	if err != nil {
		return nil, nil, dossier.MissingBroken, nil
	}
	size := canvas.Bounds().Size()
	return out, &document.Image{MIME: mime, Width: size.X, Height: size.Y}, "", nil
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
