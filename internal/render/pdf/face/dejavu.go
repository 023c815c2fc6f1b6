package face

import (
	"sync"

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
	"github.com/go-fonts/dejavu/dejavusansboldoblique"
	"github.com/go-fonts/dejavu/dejavusansmono"
	"github.com/go-fonts/dejavu/dejavusansoblique"
)

// A Family is the faces of one design.
type Family struct{ Regular, Bold, Italic, BoldItalic, Mono *Face }

// DejaVu is the family that copies are set in: one design for nearly every
// script that a Dutch care record holds. It is read once.
var DejaVu = sync.OnceValue(func() Family {
	return Family{
		Regular: must("DejaVuSans", dejavusans.TTF), Bold: must("DejaVuSans-Bold", dejavusansbold.TTF),
		Italic: must("DejaVuSans-Oblique", dejavusansoblique.TTF), BoldItalic: must("DejaVuSans-BoldOblique", dejavusansboldoblique.TTF),
		Mono: must("DejaVuSansMono", dejavusansmono.TTF),
	}
})

// must reads a face that is part of the program.
func must(name string, ttf []byte) *Face {
	f, err := Parse(name, ttf)
	if err != nil {
		panic(err) // the program is not whole
	}
	return f
}
