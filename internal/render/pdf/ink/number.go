package ink

import "strconv"

// appendNumber writes a number with at most two decimals.
func appendNumber(b []byte, v float64) []byte {
	n := int64(v*100 + 0.5)
	if v < 0 {
		n = int64(v*100 - 0.5)
	}
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendInt(b, n/100, 10)
	if rest := n % 100; rest != 0 {
		b = append(b, '.', byte('0'+rest/10))
		if rest%10 != 0 {
			b = append(b, byte('0'+rest%10))
		}
	}
	return b
}

// appendColour writes a colour in device RGB, three decimals each.
func appendColour(b []byte, c uint32, op string) []byte {
	for shift := 16; shift >= 0; shift -= 8 {
		v := (int64(c>>shift&0xFF)*1000 + 127) / 255
		switch {
		case v >= 1000:
			b = append(b, '1')
		case v == 0:
			b = append(b, '0')
		default:
			b = append(b, '.', byte('0'+v/100), byte('0'+v/10%10), byte('0'+v%10))
		}
		if shift > 0 {
			b = append(b, ' ')
		}
	}
	return append(b, op...)
}
