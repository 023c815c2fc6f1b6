package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"runtime"

	"golang.org/x/sync/semaphore"
)

// A Budget is the memory that decoded pictures may take at once, over all who
// share it. A nil one bounds nothing.
//
// It is waited for last: who holds a part of it waits for nothing else, so that
// no two can wait for each other.
type Budget struct {
	size int64
	room *semaphore.Weighted
	took func(n int64) // told of what is taken, and of what is given back as less than nothing; for tests
}

// NewBudget gives a budget of so many bytes.
func NewBudget(size int64) *Budget {
	size = max(size, 1)
	return &Budget{size: size, room: semaphore.NewWeighted(size)}
}

// largePicture is from how many bytes on a picture's memory is collected before
// others may have it: without that the garbage of one stands beside the next.
const largePicture = 16 << 20

// take waits until there are n bytes. What wants more than the whole budget gets
// all of it, alone. The caller releases; the error is ctx's.
func (b *Budget) take(ctx context.Context, n int64) (release func(), err error) {
	if b == nil {
		return func() {}, nil
	}
	held := min(n, b.size)
	if err := b.room.Acquire(ctx, held); err != nil {
		return nil, err
	}
	b.tell(held)
	return func() {
		if n >= largePicture {
			runtime.GC()
		}
		b.tell(-held)
		b.room.Release(held)
	}, nil
}

func (b *Budget) tell(n int64) {
	if b.took != nil {
		b.took(n)
	}
}

// weight is how many bytes of memory it takes to draw a picture anew: what the
// decoder holds, and the two canvases of the new picture.
func weight(data []byte, format string, conf image.Config, edge int) int64 {
	w, h := int64(conf.Width), int64(conf.Height)
	nw, nh := bounded(conf.Width, conf.Height, edge)
	return w*h*perPixel(data, format, conf.ColorModel) + 2*4*int64(nw)*int64(nh) + w*rowBytes
}

// rowBytes is what a column of a picture costs while it is made smaller: a strip
// of rows, and the sums of one.
const rowBytes = 4*strip + 8*4

// perPixel is what the decoders of Go and x/image hold for each pixel.
func perPixel(data []byte, format string, model color.Model) int64 {
	n := int64(8) // of 16 bits, and of what is not known
	switch model {
	case color.GrayModel:
		n = 1
	case color.Gray16Model:
		n = 2
	case color.YCbCrModel:
		n = 3
	case color.RGBAModel, color.NRGBAModel, color.CMYKModel, color.NYCbCrAModel:
		n = 4
	}
	if _, ok := model.(color.Palette); ok {
		n = 1
	}
	switch {
	case format == "jpeg" && n == 4: // decoded as three or four planes, then put together
		n = 8
	case format == "webp":
		n = 8 // the picture and what its transforms take
	case format == "png" && len(data) > 28 && data[28] == 1: // interlaced: each pass apart
		n *= 2
	}
	if format == "jpeg" && progressive(data) { // every coefficient is held, in 32 bits
		n += 4 * min(n, 4)
	}
	return n
}

// progressive reports whether a JPEG comes in several scans. What has no such
// mark before its first scan does not.
func progressive(b []byte) bool {
	for b = b[min(2, len(b)):]; len(b) >= 4; {
		switch {
		case b[0] != 0xff:
			b = b[1:]
			continue
		case b[1] == 0xff || b[1] == 0 || b[1] >= 0xd0 && b[1] <= 0xd8:
			b = b[1:]
			continue
		case b[1] == 0xc2:
			return true
		case b[1] == 0xda:
			return false
		}
		n := int(binary.BigEndian.Uint16(b[2:])) + 2
		if n > len(b) {
			return bytes.Contains(b, []byte("\xff\xc2"))
		}
		b = b[n:]
	}
	return false
}
