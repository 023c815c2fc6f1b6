package media

import (
	"bytes"
	"encoding/binary"
)

// orientation reads how a JPEG must be turned to stand upright: 1 to 8, and 1
// when it does not say (Exif 2.32, tag 0x0112). Nothing else of EXIF is read.
func orientation(b []byte) int {
	if !bytes.HasPrefix(b, []byte("\xff\xd8")) {
		return 1
	}
	for b = b[2:]; len(b) >= 4 && b[0] == 0xff; {
		n := int(binary.BigEndian.Uint16(b[2:])) + 2
		if n < 4 || n > len(b) || b[1] == 0xda {
			return 1
		}
		if b[1] == 0xe1 && bytes.HasPrefix(b[4:n], []byte("Exif\x00\x00")) {
			return tiffOrientation(b[10:n])
		}
		b = b[n:]
	}
	return 1
}

// tiffOrientation looks in the first directory of a TIFF head.
func tiffOrientation(b []byte) int {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case len(b) < 8:
		return 1
	case b[0] == 'M':
		order = binary.BigEndian
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return 1
	}
	entries := b[at+2:]
	for range order.Uint16(b[at:]) {
		if len(entries) < 12 {
			return 1
		}
		if order.Uint16(entries) == 0x0112 {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}
