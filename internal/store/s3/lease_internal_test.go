package s3

import "testing"

// A lease is a text that anybody with the bucket's key could have written.
func FuzzParseLease(f *testing.F) {
	f.Add([]byte(`{"format":"inzage-lease/v1","what":"run","owner":"abc","spool":"def","seconds":60,"count":1,"renewed":"2026-11-28T09:00:00Z"}`))
	f.Add([]byte(`{"format":"inzage-lease/v1","seconds":-1}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, b []byte) {
		l := parseLease(b)
		if l == (leaseText{}) {
			return
		}
		if !plainName.MatchString(l.Spool+l.Owner) && len(l.Spool+l.Owner) <= 40 || !(l.Seconds > 0 && l.Seconds <= longestTTL.Seconds()) {
			t.Errorf("%+v is taken for a lease", l)
		}
	})
}
