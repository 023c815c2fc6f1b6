package seal

import "strings"

// bech32 writes data under a lower-case prefix with the checksum of BIP 173, as
// age writes its keys (age keeps its own encoder to itself).
func bech32(prefix string, data []byte) string {
	values := fives(data)
	all := make([]byte, 0, 2*len(prefix)+1+len(values)+6)
	for i := range len(prefix) {
		all = append(all, prefix[i]>>5)
	}
	all = append(all, 0)
	for i := range len(prefix) {
		all = append(all, prefix[i]&31)
	}
	sum := polymod(append(append(all, values...), 0, 0, 0, 0, 0, 0)) ^ 1
	for i := range 6 {
		values = append(values, byte(sum>>(5*(5-i)))&31)
	}
	const charset = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	var b strings.Builder
	b.WriteString(prefix + "1")
	for _, v := range values {
		b.WriteByte(charset[v])
	}
	return b.String()
}

// fives cuts bytes into groups of five bits; the last is filled with zeros.
func fives(data []byte) []byte {
	var out []byte
	var acc uint
	bits := 0
	for _, c := range data {
		acc = acc<<8 | uint(c)
		for bits += 8; bits >= 5; bits -= 5 {
			out = append(out, byte(acc>>(bits-5))&31)
		}
	}
	if bits > 0 {
		out = append(out, byte(acc<<(5-bits))&31)
	}
	return out
}

func polymod(values []byte) uint32 {
	sum := uint32(1)
	for _, v := range values {
		top := sum >> 25
		sum = sum&0x1ffffff<<5 ^ uint32(v)
		for i, g := range [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				sum ^= g
			}
		}
	}
	return sum
}
