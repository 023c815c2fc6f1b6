package s3_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"inzage/internal/store"
	"inzage/internal/store/s3"
	"inzage/internal/store/storetest"
)

// recorded are answers as stores give them, on the first question of all and on
// one about an object, and what is said of them. Sources: MinIO, Ceph RGW 16,
// versitygw and moto as run, AWS as in its documentation, and what stands in
// front of stores.
var recorded = []struct {
	name   string
	status int
	header string // "Name: value" lines
	body   string
	open   error  // on the first question
	object error  // on a put
	text   string // of both
}{
	{"AWS: region, by redirect", 301, "x-amz-bucket-region: eu-west-1\nContent-Type: application/xml", `<?xml version="1.0" encoding="UTF-8"?><Error><Code>PermanentRedirect</Code><Message>The bucket you are attempting to access must be addressed using the specified endpoint.</Message><Endpoint>b.s3-eu-west-1.amazonaws.com</Endpoint></Error>`,
		store.ErrRefused, store.ErrRefused, "store.region: eu-west-1"},
	{"AWS: region, by signature", 400, "Content-Type: application/xml", `<Error><Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-central-1'</Message><Region>eu-central-1</Region></Error>`,
		store.ErrRefused, store.ErrRefused, "store.region: eu-central-1"},
	{"MinIO: region", 400, "Content-Type: application/xml", `<Error><Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed; the region is wrong; expecting 'nl-west'.</Message><BucketName>b</BucketName></Error>`,
		store.ErrRefused, store.ErrRefused, "store.region: nl-west"},
	{"region, without a word where", 301, "", "", store.ErrRefused, store.ErrRefused, "set store.region and store.endpoint"},
	{"wrong access key", 403, "Content-Type: application/xml", `<Error><Code>InvalidAccessKeyId</Code><Message>The Access Key Id you provided does not exist in our records.</Message></Error>`,
		store.ErrRefused, store.ErrRefused, "does not know the access key"},
	{"wrong secret", 403, "Content-Type: application/xml", `<Error><Code>SignatureDoesNotMatch</Code></Error>`, store.ErrRefused, store.ErrRefused, "the secret does not fit it"},
	{"session that is over", 400, "Content-Type: application/xml", `<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>`, store.ErrRefused, store.ErrRefused, "session token"},
	{"clock", 403, "Content-Type: application/xml", `<Error><Code>RequestTimeTooSkewed</Code></Error>`, store.ErrRefused, store.ErrRefused, "the clock of this machine"},
	{"no right", 403, "Content-Type: application/xml", `<Error><Code>AccessDenied</Code></Error>`, store.ErrRefused, store.ErrRejected, "no right to this in bucket"},
	{"no bucket", 404, "Content-Type: application/xml", `<Error><Code>NoSuchBucket</Code></Error>`, store.ErrRefused, store.ErrRefused, "store.create_bucket"},
	{"Ceph: invalid", 400, "Content-Type: application/xml", `<Error><Code>InvalidArgument</Code><RequestId>tx0</RequestId></Error>`, store.ErrRefused, store.ErrRejected, "400 InvalidArgument"},
	{"a reason", 400, "Content-Type: application/xml", `<Error><Code>InvalidRequest</Code><Message>The retain until date must be in the future!</Message></Error>`, store.ErrRefused, store.ErrRejected, "it says: The retain until date must be in the future!"},
	{"a reason with the secret in it", 400, "Content-Type: application/xml", `<Error><Code>InvalidRequest</Code><Message>bad CANARY-2</Message></Error>`, store.ErrRefused, store.ErrRejected, "400 InvalidRequest"},
	{"a reason with a number in it", 400, "Content-Type: application/xml", `<Error><Code>InvalidRequest</Code><Message>client 999990019 CANARY</Message></Error>`, store.ErrRefused, store.ErrRejected, "400 InvalidRequest"},
	{"digest", 400, "Content-Type: application/xml", `<Error><Code>XAmzContentChecksumMismatch</Code></Error>`, store.ErrRejected, store.ErrRejected, "other bytes arrive"},
	{"size", 400, "Content-Type: application/xml", `<Error><Code>EntityTooLarge</Code></Error>`, store.ErrRejected, store.ErrRejected, "no object of this size"},
	{"not implemented", 501, "Content-Type: application/xml", `<Error><Code>NotImplemented</Code><Message>A header you provided implies functionality that is not implemented.</Message></Error>`, store.ErrRefused, store.ErrRejected, "it cannot do this (it says: A header you provided"},
	{"not allowed", 405, "Content-Type: application/xml", `<Error><Code>MethodNotAllowed</Code></Error>`, store.ErrRefused, store.ErrRejected, "405 MethodNotAllowed"},
	{"full", 507, "Content-Type: application/xml", `<Error><Code>XMinioStorageFull</Code></Error>`, store.ErrFull, store.ErrFull, "no room left"},
	{"busy", 503, "Content-Type: application/xml", `<Error><Code>SlowDown</Code></Error>`, store.ErrUnavailable, store.ErrUnavailable, "503 SlowDown"},
	{"a page", 200, "Content-Type: text/html", "<!DOCTYPE html><title>Welcome</title>", store.ErrRefused, nil, "answers, but not as an S3 store: 200 with an HTML page"},
	{"an interface of JSON", 200, "Content-Type: application/json", `{"status":"ok"}`, store.ErrRefused, nil, "200 with JSON"},
	{"nothing", 200, "", "", store.ErrRefused, nil, "200 with an empty answer"},
	{"moto: its page of 404", 404, "Content-Type: text/html", "<!doctype html>\n<title>404 Not Found</title>", store.ErrRefused, store.ErrRejected, "404 with an HTML page"},
	{"text", 404, "Content-Type: text/plain", "404 page not found\n", store.ErrRefused, store.ErrRejected, "404 with plain text"},
	{"a filter", 403, "Content-Type: text/html", "<html><body>Request blocked</body></html>", store.ErrRefused, store.ErrRejected, "403 with an HTML page"},
	{"a proxy without a store", 502, "Content-Type: text/html", "<html><title>502 Bad Gateway</title></html>", store.ErrUnavailable, store.ErrUnavailable, "502 with an HTML page"},
	{"nginx: http to TLS", 400, "Content-Type: text/html", "<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>", store.ErrRefused, store.ErrRefused, "speaks TLS"},
}

func TestEveryAnswerHasItsDiagnosis(t *testing.T) {
	for _, c := range recorded {
		t.Run(c.name, func(t *testing.T) {
			var opened atomic.Bool
			p := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Query().Has("versioning") && opened.Load() {
					w.Write([]byte(`<VersioningConfiguration/>`))
					return
				}
				for line := range strings.Lines(c.header) {
					name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
					w.Header().Set(name, value)
				}
				w.WriteHeader(c.status)
				if r.Method != http.MethodHead {
					io.WriteString(w, c.body)
				}
			}))
			defer p.Close()
			cfg := s3.Config{Endpoint: p.URL, Insecure: true, Bucket: "bucket", AccessKey: "CANARY-1", SecretKey: "CANARY-2", PathStyle: true, Attempts: 2}
			_, err := s3.Open(t.Context(), cfg)
			told(t, "open", err, c.open, c.text)
			if c.object == nil {
				return
			}
			opened.Store(true) // the first question is answered well from now on
			s, err := s3.Open(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			_, err = s.PutStatement(t.Context(), store.Object{Key: key}, storetest.Statement(t, "text/plain", "x"))
			told(t, "put", err, c.object, c.text)
		})
	}
}

func told(t *testing.T, what string, err, want error, text string) {
	t.Helper()
	if !errors.Is(err, want) || !strings.Contains(fmt.Sprint(err), text) || strings.Contains(fmt.Sprint(err), "CANARY") || strings.Contains(fmt.Sprint(err), "999990019") {
		t.Errorf("%s: %v\nwant %v: %s", what, err, want, text)
	}
	for _, other := range []error{store.ErrRefused, store.ErrRejected, store.ErrUnavailable, store.ErrFull, store.ErrNotFound} {
		if other != want && errors.Is(err, other) {
			t.Errorf("%s: %v is %v too", what, err, other)
		}
	}
}

// A page that says 404 is no word about an object.
func TestAPageIsNoWordAboutAnObject(t *testing.T) {
	s, _ := through(t, key, func(_ int64, w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(404)
		io.WriteString(w, "<html>not here</html>")
	})
	_, herr := s.Head(t.Context(), key)
	_, _, gerr := s.Get(t.Context(), key)
	for _, err := range []error{herr, gerr} {
		if errors.Is(err, store.ErrNotFound) || !errors.Is(err, store.ErrRejected) {
			t.Error(err)
		}
	}
}

// authority signs certificates of a test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{cert, k, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
}

// serve is a TLS server in front of next with a certificate of the authority.
func (a authority) serve(t *testing.T, next http.Handler, change func(*x509.Certificate)) string {
	t.Helper()
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "store"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	change(tmpl)
	der, err := x509.CreateCertificate(rand.Reader, tmpl, a.cert, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	p := httptest.NewUnstartedServer(next)
	p.Config.ErrorLog = log.New(io.Discard, "", 0)
	p.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: a.key}}}
	p.StartTLS()
	t.Cleanup(p.Close)
	return p.URL
}

// Real connections to real servers: who to trust, and TLS or not.
func TestConnectionsThatCannotBeMade(t *testing.T) {
	a := newAuthority(t)
	good := storetest.Config(t)
	next := proxyTo(good)
	plain := httptest.NewServer(next)
	t.Cleanup(plain.Close)
	other := newAuthority(t)
	same := func(*x509.Certificate) {}
	expired := func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }
	named := func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"elsewhere.invalid"} }
	trusted := a.serve(t, next, same)
	alert := alerting(t)
	for _, c := range []struct {
		name     string
		endpoint string
		ca       []byte
		want     error
		text     string
	}{
		{"unknown authority", trusted, nil, store.ErrRefused, "store.ca_file"},
		{"another authority", trusted, other.pem, store.ErrRefused, "store.ca_file"},
		{"expired", a.serve(t, next, expired), a.pem, store.ErrRefused, "renew it"},
		{"another name", a.serve(t, next, named), a.pem, store.ErrRefused, "it is for another name"},
		{"TLS to a plain port", "https://" + plain.Listener.Addr().String(), nil, store.ErrRefused, "does not speak TLS"},
		{"plain to a TLS port", strings.Replace(trusted, "https", "http", 1), nil, store.ErrRefused, "speaks TLS and was asked without"},
		{"plain to a port that alerts", "http://" + alert, nil, store.ErrRefused, "speaks TLS and was asked without"},
		{"no such name", "https://no-such-host.invalid", nil, store.ErrUnavailable, "there is no host no-such-host.invalid"},
		{"not PEM", trusted, []byte("certificate"), store.ErrRefused, "store.ca_file: holds no certificate in PEM"},
	} {
		cfg := good
		cfg.Endpoint, cfg.Socket, cfg.CA, cfg.Attempts = c.endpoint, "", c.ca, 2
		_, err := s3.Open(t.Context(), cfg)
		told(t, c.name, err, c.want, c.text)
	}
	cfg := good
	cfg.Endpoint, cfg.Socket, cfg.CA = trusted, "", bytes.Join([][]byte{other.pem, a.pem}, nil)
	s := storetest.OpenConfig(t, cfg)
	if r, err := put(t, s); err != nil || r.Existed {
		t.Errorf("with its own authority: %+v, %v", r, err)
	}
}

// alerting is a port that answers whatever it hears with an alert of TLS.
func alerting(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Read(make([]byte, 1024))
			c.Write([]byte("\x15\x03\x01\x00\x02\x02\x46"))
			c.Close()
		}
	}()
	return l.Addr().String()
}
