package seal

// The check symbols of a code are those of a Reed–Solomon code over GF(32) with
// the primitive polynomial x^5+x^2+1, alpha = 2 and the generator
// (x-alpha)(x-alpha^2)(x-alpha^3), shortened to 28 symbols. Its distance is 4:
// one wrong symbol can be corrected and two can still be told from one.

const primitive = 0x25 // x^5+x^2+1

// gfExp[i] is alpha^i, twice over; gfLog is its inverse.
var gfExp, gfLog = func() (exp [62]byte, log [32]byte) {
	x := 1
	for i := range 31 {
		exp[i], exp[i+31] = byte(x), byte(x)
		log[x] = byte(i)
		if x <<= 1; x&32 != 0 {
			x ^= primitive
		}
	}
	return exp, log
}()

func gfMul(a, b byte) byte {
	if a == 0 || b == 0 {
		return 0
	}
	return gfExp[gfLog[a]+gfLog[b]]
}

// gfDiv divides by b, which is not 0.
func gfDiv(a, b byte) byte {
	if a == 0 {
		return 0
	}
	return gfExp[gfLog[a]+31-gfLog[b]]
}

// generator is (x-alpha)(x-alpha^2)(x-alpha^3) without its leading 1, the
// highest power first.
var generator = func() [3]byte {
	g := []byte{1}
	for j := 1; j <= 3; j++ {
		next := append(g, 0) // times x
		for i := len(g); i > 0; i-- {
			next[i] ^= gfMul(next[i-1], gfExp[j])
		}
		g = next
	}
	return [3]byte(g[1:])
}()

// addCheck fills the last three symbols: the remainder of data(x)·x^3.
func (s *symbols) addCheck() {
	var rem [3]byte
	for _, v := range s[:codeData] {
		f := v ^ rem[0]
		rem = [3]byte{rem[1] ^ gfMul(f, generator[0]), rem[2] ^ gfMul(f, generator[1]), gfMul(f, generator[2])}
	}
	copy(s[codeData:], rem[:])
}

// syndrome is c(alpha^j), where the first symbol has the highest power; it is 0
// for every j of 1 to 3 when nothing is wrong.
func (s *symbols) syndrome(j int) byte {
	var sum byte
	for _, v := range s {
		sum = gfMul(sum, gfExp[j]) ^ v
	}
	return sum
}

// correct mends one wrong symbol and tells which, or -1 when there is none; ok
// is false when more than one must be wrong. An error of m at power e gives the
// syndromes m·alpha^e, m·alpha^2e and m·alpha^3e.
func (s *symbols) correct() (at int, ok bool) {
	s1, s2, s3 := s.syndrome(1), s.syndrome(2), s.syndrome(3)
	if s1|s2|s3 == 0 {
		return -1, true
	}
	if s1 == 0 || s2 == 0 || gfDiv(s2, s1) != gfDiv(s3, s2) {
		return -1, false
	}
	locate := gfDiv(s2, s1)
	at = codeLength - 1 - int(gfLog[locate])
	if at < 0 {
		return -1, false // in the part that the shortened code leaves out
	}
	s[at] ^= gfDiv(s1, locate)
	return at, true
}
