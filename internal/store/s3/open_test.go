package s3_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"inzage/internal/store"
	"inzage/internal/store/s3"
	"inzage/internal/store/storetest"
)

func TestOpenExplainsWhatIsWrong(t *testing.T) {
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	good := storetest.Config(t)
	for _, c := range []struct {
		name   string
		change func(*s3.Config)
		want   error
		text   string
	}{
		{"no bucket", func(c *s3.Config) { c.CreateBucket = false }, store.ErrRefused, "does not exist at embedded.localhost; create it with object lock on, or set store.create_bucket"},
		{"unknown key", func(c *s3.Config) { c.AccessKey = "CANARY-1" }, store.ErrRefused, "does not know the access key"},
		{"wrong secret", func(c *s3.Config) { c.SecretKey = "CANARY-2" }, store.ErrRefused, "the secret does not fit it"},
		{"another region", func(c *s3.Config) { c.Region = "eu-west-1" }, store.ErrRefused, "store.region"},
		{"nobody listens", func(c *s3.Config) { c.Socket, c.Endpoint, c.Attempts = "", nobody.Addr().String(), 2 }, store.ErrUnavailable, "nothing listens at 127.0.0.1"},
		{"http without insecure", func(c *s3.Config) { c.Endpoint, c.Insecure = "http://h", false }, store.ErrRefused, "set store.insecure"},
		{"no secret", func(c *s3.Config) { c.SecretKey = "" }, store.ErrRefused, "must all be set"},
		{"no host", func(c *s3.Config) { c.Endpoint = "https://" }, store.ErrRefused, "not a host"},
		{"path in the endpoint", func(c *s3.Config) { c.Endpoint = "h/b" }, store.ErrRefused, "not a host"},
		{"unknown weakness", func(c *s3.Config) { c.AllowWeak = []string{"all"} }, store.ErrRefused, "store.allow_weak"},
	} {
		cfg := good
		c.change(&cfg)
		_, err := s3.Open(t.Context(), cfg)
		if !errors.Is(err, c.want) || !strings.Contains(fmt.Sprint(err), c.text) || strings.Contains(fmt.Sprint(err), "CANARY") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestAClockThatIsWrongIsNamed(t *testing.T) {
	p := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answer(w, 403, "RequestTimeTooSkewed") }))
	defer p.Close()
	_, err := s3.Open(t.Context(), s3.Config{Endpoint: p.URL, Insecure: true, Bucket: "bucket", AccessKey: "a", SecretKey: "secret00", PathStyle: true})
	if !errors.Is(err, store.ErrRefused) || !strings.Contains(fmt.Sprint(err), "clock of this machine") {
		t.Error(err)
	}
}

func TestACertificateThatIsNotTrusted(t *testing.T) {
	p := httptest.NewUnstartedServer(http.NotFoundHandler())
	p.Config.ErrorLog = log.New(io.Discard, "", 0)
	p.StartTLS()
	defer p.Close()
	_, err := s3.Open(t.Context(), s3.Config{Endpoint: p.URL, Bucket: "bucket", AccessKey: "a", SecretKey: "secret00", PathStyle: true, Attempts: 2})
	if !errors.Is(err, store.ErrRefused) || !strings.Contains(fmt.Sprint(err), "certificate") {
		t.Error(err)
	}
}

func TestAConfigHidesItsSecret(t *testing.T) {
	c := s3.Config{Endpoint: "h", Bucket: "b", AccessKey: "CANARY-1", SecretKey: "CANARY-2"}
	for _, f := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(f, c); strings.Contains(text, "CANARY") {
			t.Errorf("%s: %s", f, text)
		}
	}
}

// proxied is a bucket of the embedded server that other processes reach too.
func proxied(t *testing.T) s3.Config {
	t.Helper()
	c := storetest.Config(t)
	next := httptest.NewServer(proxyTo(c))
	t.Cleanup(next.Close)
	c.Endpoint, c.Socket = next.Listener.Addr().String(), ""
	return c
}

// plainBucket makes a bucket without object lock.
func plainBucket(t *testing.T) s3.Config {
	t.Helper()
	c := proxied(t)
	c.Attempts = 2
	if err := client(t, c).MakeBucket(t.Context(), c.Bucket, minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestABucketWithoutObjectLock(t *testing.T) {
	c := plainBucket(t)
	s := storetest.OpenConfig(t, c)
	_, err := s.Probe(t.Context())
	if !errors.Is(err, store.ErrWeak) || !strings.Contains(err.Error(), "without object lock") || !strings.Contains(err.Error(), "versions are not kept") {
		t.Errorf("probe: %v", err)
	}
	o := store.Object{Key: key, ContentID: "c0ffee", Lock: store.Lock{Hold: true}}
	_, err = s.PutSealed(t.Context(), o, storetest.Sealed(t, "dossier"))
	if !errors.Is(err, store.ErrRefused) || !strings.Contains(err.Error(), "no object lock") {
		t.Errorf("put: %v", err)
	}
	c.AllowWeak = []string{s3.ObjectLock, s3.Versioning}
	s = storetest.OpenConfig(t, c)
	findings, err := s.Probe(t.Context())
	if err != nil || !findings[0].Weak || findings[0].Kept || !findings[4].Weak {
		t.Errorf("accepted: %+v, %v", findings, err)
	}
	if r, err := s.PutSealed(t.Context(), o, storetest.Sealed(t, "dossier")); err != nil || !r.Lock.IsZero() {
		t.Errorf("accepted: %+v, %v", r, err)
	}
}

// client is the library's own, to change what the program never changes.
func client(t *testing.T, c s3.Config) *minio.Client {
	t.Helper()
	m, err := minio.New(c.Endpoint, &minio.Options{Creds: credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""), Region: c.Region, BucketLookup: minio.BucketLookupPath})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A default retention would lock what readers fetch, and nobody could withdraw
// it. It is found by its rule, and by what it does where the rule is not told.
func TestADefaultRetentionIsRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		mode minio.RetentionMode
		told bool
		text string
	}{
		{"governance", minio.Governance, true, "locks every object by default (3 days, GOVERNANCE); remove that default retention rule"},
		{"compliance", minio.Compliance, true, "locks every object by default (3 days, COMPLIANCE)"},
		{"not told", minio.Governance, false, "an object that asks for no lock cannot be removed: bucket"},
	} {
		t.Run(c.name, func(t *testing.T) {
			direct := storetest.Config(t)
			next := proxyTo(direct)
			whole := httptest.NewServer(next)
			t.Cleanup(whole.Close)
			cfg := direct
			cfg.Endpoint, cfg.Socket = whole.Listener.Addr().String(), ""
			storetest.OpenConfig(t, cfg)
			days, unit := uint(3), minio.Days
			if err := client(t, cfg).SetBucketObjectLockConfig(t.Context(), cfg.Bucket, &c.mode, &days, &unit); err != nil {
				t.Fatal(err)
			}
			p := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Query().Has("object-lock") && !c.told {
					answer(w, 403, "AccessDenied")
					return
				}
				next.ServeHTTP(w, r)
			}))
			t.Cleanup(p.Close)
			cfg.AllowWeak = []string{s3.ObjectLock, s3.Versioning} // does not accept this
			if !c.told {
				cfg.Endpoint = p.Listener.Addr().String()
			}
			findings, err := storetest.OpenConfig(t, cfg).Probe(t.Context())
			if !errors.Is(err, store.ErrWeak) || !strings.Contains(err.Error(), s3.FreeByDefault+": ") || !strings.Contains(err.Error(), c.text) {
				t.Errorf("%+v, %v", findings, err)
			}
		})
	}
}

func TestSuspendedVersioningIsNamed(t *testing.T) {
	c := plainBucket(t)
	if err := client(t, c).SuspendVersioning(t.Context(), c.Bucket); err != nil {
		t.Fatal(err)
	}
	_, err := storetest.OpenConfig(t, c).Probe(t.Context())
	if !errors.Is(err, store.ErrWeak) || !strings.Contains(err.Error(), "versioning is suspended") {
		t.Error(err)
	}
}

// Stores exist that answer 200 to all of this and do none of it.
func TestTheProbeSeesAStoreThatIgnores(t *testing.T) {
	for promise, f := range map[string]fault{
		s3.ConditionalPut:     without("If-None-Match"),
		s3.ConditionalReplace: without("If-Match"),
		s3.Checksum:           without("X-Amz-Checksum-Sha256", "X-Amz-Sdk-Checksum-Algorithm"),
		s3.ObjectLock:         without("X-Amz-Object-Lock-Mode", "X-Amz-Object-Lock-Retain-Until-Date"),
	} {
		s, _, _ := broken(t, f)
		findings, err := s.Probe(t.Context())
		if !errors.Is(err, store.ErrWeak) || !strings.Contains(err.Error(), promise+": ") {
			t.Errorf("%s: %+v, %v", promise, findings, err)
		}
		s, _, _ = broken(t, f, func(c *s3.Config) { c.AllowWeak = []string{promise} })
		findings, err = s.Probe(t.Context())
		if err != nil || len(findings) != 6 {
			t.Errorf("%s accepted: %+v, %v", promise, findings, err)
		}
		for _, f := range findings {
			if f.Kept == (f.Promise == promise) || f.Weak != (f.Promise == promise) {
				t.Errorf("%s accepted: %+v", promise, f)
			}
		}
		if r, err := put(t, s); err != nil || r.Existed {
			t.Errorf("%s accepted: put %+v, %v", promise, r, err)
		}
		if r, err := put(t, s); err != nil || !r.Existed {
			t.Errorf("%s accepted: second put %+v, %v", promise, r, err)
		}
	}
}
