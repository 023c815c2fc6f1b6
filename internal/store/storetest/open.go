package storetest

import (
	"context"
	"io"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"inzage/internal/seal"
	"inzage/internal/store/embedded"
	"inzage/internal/store/s3"
)

// Main runs the tests of a package against one embedded server; a process can
// hold only one. Use it from TestMain, and [Config] or [Open] from the tests.
func Main(m *testing.M) {
	dir, err := os.MkdirTemp("", "inzage-store-")
	if err != nil {
		panic(err)
	}
	server, err := embedded.Start(context.Background(), dir)
	if err != nil {
		notRunning = err
	} else {
		config = server.Config()
	}
	code := m.Run()
	if server != nil {
		if err := server.Close(); err != nil {
			println("embedded store:", err.Error())
			code = 1
		}
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

var (
	config     s3.Config
	notRunning error
)

// Config is how to reach the embedded server, with a bucket of the test's own.
// Without a server the test is skipped, or fails when INZAGE_MUST_RUN names s3.
func Config(t testing.TB) s3.Config {
	t.Helper()
	if config.Bucket == "" {
		if strings.Contains(os.Getenv("INZAGE_MUST_RUN"), "s3") {
			t.Fatalf("no embedded store: %v", notRunning)
		}
		t.Skipf("no embedded store: %v", notRunning)
	}
	c := config
	c.Bucket = bucketName(t)
	return c
}

// Open opens a bucket of the test's own on the embedded server.
func Open(t testing.TB) *s3.Store {
	t.Helper()
	return OpenConfig(t, Config(t))
}

// OpenConfig opens a bucket and closes it when the test ends.
func OpenConfig(t testing.TB, c s3.Config) *s3.Store {
	t.Helper()
	s, err := s3.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// External is the bucket of INZAGE_S3_ENDPOINT, _BUCKET, _ACCESS_KEY,
// _SECRET_KEY, _REGION and _INSECURE; the test is skipped without them.
func External(t testing.TB) s3.Config {
	t.Helper()
	env := func(name string) string { return os.Getenv("INZAGE_S3_" + name) }
	if env("ENDPOINT") == "" {
		t.Skip("INZAGE_S3_ENDPOINT is not set: no external S3 to test against")
	}
	return s3.Config{Endpoint: env("ENDPOINT"), Bucket: env("BUCKET"), Region: env("REGION"),
		AccessKey: env("ACCESS_KEY"), SecretKey: env("SECRET_KEY"), Insecure: env("INSECURE") != "", PathStyle: true, CreateBucket: true}
}

// buckets counts the buckets of this process.
var buckets atomic.Int64

// bucketName makes a valid bucket name of the name of a test.
func bucketName(t testing.TB) string {
	name := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			return c
		}
		return '-'
	}, strings.ToLower(t.Name()))
	name = strings.Trim(name, "-")
	if len(name) > 40 {
		name = name[:40]
	}
	return "t-" + strings.Trim(name, "-") + "-" + strconv.FormatInt(buckets.Add(1), 36)
}

// Sealed seals text to a key that is thrown away.
func Sealed(t testing.TB, text string) seal.Sealed {
	t.Helper()
	_, r, err := seal.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	b, err := seal.Seal(t.TempDir(), []seal.Recipient{r}, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Statement publishes text.
func Statement(t testing.TB, contentType, text string) seal.Statement {
	t.Helper()
	b, err := seal.Publish(contentType, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
