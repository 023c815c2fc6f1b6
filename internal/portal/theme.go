package portal

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/draw"

	"inzage/internal/document"
)

// The colours that text and rules stand on, and the ratio WCAG 2.2 asks for
// text (success criterion 1.4.3).
const (
	paper      document.Colour = 0xFFFFFF
	paperDark  document.Colour = 0x16171B
	minimum                    = 4.5
	logoWidth                  = 600
	logoHeight                 = 200
	logoBytes                  = 512 << 10
	logoPixels                 = 16 << 20
)

func (l *loader) theme(s *section) {
	accent, ok := s.colour("accent", "the portal's colour")
	dark, darkSaid := accent, false
	if v, given := s.colour("accent_dark", ""); given {
		dark, darkSaid = v, true
	}
	if ok {
		l.p.Theme.Accent = toward(accent, paper, 0x000000)
		l.p.Theme.AccentDark = toward(dark, paperDark, 0xFFFFFF)
		if got := l.p.Theme.Accent; got != accent {
			l.warn(settingsFile, s.line("accent"), fmt.Sprintf("accent #%06X has only %.1f:1 on white; darkened to #%06X",
				uint32(accent), Contrast(accent, paper), uint32(got)))
		}
		if got := l.p.Theme.AccentDark; darkSaid && got != dark {
			l.warn(settingsFile, s.line("accent_dark"), fmt.Sprintf("accent_dark #%06X lightened to #%06X", uint32(dark), uint32(got)))
		}
	}
	if name := s.str("logo", ""); name != "" {
		l.logo(s, name)
	}
	s.done()
}

func (s *section) colour(key, what string) (document.Colour, bool) {
	v := s.str(key, what)
	if v == "" {
		return 0, false
	}
	hex, ok := strings.CutPrefix(v, "#")
	n, err := strconv.ParseUint(hex, 16, 32)
	if !ok || len(hex) != 6 || err != nil {
		s.fault(key, `must be a colour such as "#1F6F6B"`)
		return 0, false
	}
	return document.Colour(n), true
}

// Contrast is the ratio of two colours by WCAG 2.2, from 1 to 21.
func Contrast(a, b document.Colour) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c document.Colour) float64 {
	part := func(shift uint) float64 {
		v := float64(c>>shift&0xFF) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}

// toward mixes c with end, one per cent at a time, until it stands out on
// ground; a colour that does already is returned as it is.
func toward(c, ground, end document.Colour) document.Colour {
	for i := range 101 {
		m := document.Colour(0)
		for _, shift := range []uint{16, 8, 0} {
			from, to := int(c>>shift&0xFF), int(end>>shift&0xFF)
			m |= document.Colour(from+(to-from)*i/100) << shift
		}
		if Contrast(m, ground) >= minimum {
			return m
		}
	}
	return end
}

// logo decodes a PNG and writes it anew: no metadata, 8 bit, not interlaced,
// and no larger than a letterhead needs.
func (l *loader) logo(s *section, name string) {
	src, ok := l.files[name]
	switch {
	case !ok:
		s.fault("logo", "file not in the folder")
		return
	case len(src) > logoBytes:
		l.fault(name, 0, fmt.Sprintf("logo is larger than %d bytes", logoBytes))
		return
	}
	conf, err := png.DecodeConfig(bytes.NewReader(src))
	if err != nil {
		l.fault(name, 0, "logo is not a PNG picture")
		return
	}
	if conf.Width*conf.Height > logoPixels {
		l.fault(name, 0, fmt.Sprintf("logo has more than %d pixels", logoPixels))
		return
	}
	img, err := png.Decode(bytes.NewReader(src))
	if err != nil {
		l.fault(name, 0, "logo is broken")
		return
	}
	out, err := encodeLogo(img)
	if err != nil {
		l.fault(name, 0, "logo cannot be written as a picture")
		return
	}
	l.p.Theme.Logo = out
}

func encodeLogo(img image.Image) (*document.Image, error) {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	if f := min(1, float64(logoWidth)/float64(w), float64(logoHeight)/float64(h)); f < 1 {
		w, h = max(1, int(float64(w)*f)), max(1, int(float64(h)*f))
	}
	clean := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(clean, clean.Bounds(), image.NewUniform(color.Transparent), image.Point{}, draw.Src)
	draw.CatmullRom.Scale(clean, clean.Bounds(), img, img.Bounds(), draw.Over, nil)
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, clean); err != nil {
		return nil, err
	}
	return &document.Image{MIME: "image/png", Data: b.Bytes(), Width: w, Height: h, SHA256: digestOf(b.Bytes())}, nil
}
