package ledger_test

import (
	"os"
	"testing"
)

// spoilt are the ways in which a ledger file is not readable.
var spoilt = map[string]func(t testing.TB, path string){
	"not a database": func(t testing.TB, path string) {
		write(t, path, []byte("plain text, a thousand times over: not a database at all"))
	},
	"cut off": func(t testing.TB, path string) {
		b := read(t, path)
		write(t, path, b[:len(b)/2/4096*4096])
	},
	"overwritten": func(t testing.TB, path string) {
		b := read(t, path)
		for i := 8192; i < len(b); i++ {
			b[i] = 0x5a
		}
		write(t, path, b)
	},
	"older": func(t testing.TB, path string) { setVersion(t, path, 2) },
	"newer": func(t testing.TB, path string) { setVersion(t, path, 99) },
}

// setVersion writes the version of the schema, bytes 60 to 63 of the file.
func setVersion(t testing.TB, path string, n byte) {
	b := read(t, path)
	b[63] = n
	write(t, path, b)
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
