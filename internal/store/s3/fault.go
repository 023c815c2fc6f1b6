package s3

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"

	"github.com/minio/minio-go/v7"

	"inzage/internal/seal"
	"inzage/internal/store"
)

// fault turns an error of the client about the bucket into one plain sentence
// that wraps a sentinel of package store. The end of ctx is itself.
func (s *Store) fault(ctx context.Context, what string, err error) error {
	return s.explain(ctx, what, err, store.ErrRefused)
}

// objectFault is fault for a request about one object: what is refused then is
// refused to this object only.
func (s *Store) objectFault(ctx context.Context, what string, key store.Key, err error) error {
	return s.explain(ctx, what+" "+string(key), err, store.ErrRejected)
}

func (s *Store) explain(ctx context.Context, what string, err, refusal error) error {
	if end := ctx.Err(); end != nil {
		return fmt.Errorf("store: %s: %w", what, end)
	}
	text, sentinel := s.diagnose(err, refusal)
	return fmt.Errorf("store: %s: %s: %w", what, text, sentinel)
}

// diagnose says what is wrong and what to do about it.
func (s *Store) diagnose(err, refusal error) (string, error) {
	e := minio.ToErrorResponse(err)
	if text, ok := s.elsewhere(e); ok {
		return text, store.ErrRefused
	}
	if text, sentinel, ok := s.known(e, refusal); ok {
		return text, sentinel
	}
	if e.StatusCode == 0 {
		return s.unanswered(err, refusal)
	}
	return s.byStatus(e, refusal)
}

var expecting = regexp.MustCompile(`expecting ['‘"]?([a-z0-9-]{2,40})`)

// elsewhere explains the answers of a store whose bucket has another region.
// Stores tell it in an element, in a header, or in the text.
func (s *Store) elsewhere(e minio.ErrorResponse) (string, bool) {
	moved := e.StatusCode == http.StatusMovedPermanently || e.StatusCode == http.StatusTemporaryRedirect || e.StatusCode == http.StatusPermanentRedirect
	switch e.Code {
	case "AuthorizationHeaderMalformed", "InvalidRegion", "IllegalLocationConstraintException", "PermanentRedirect", "TemporaryRedirect":
		moved = true
	}
	if !moved {
		return "", false
	}
	region := e.Region
	if m := expecting.FindStringSubmatch(e.Message); m != nil {
		region = m[1]
	}
	switch {
	case region == "" || region == s.region:
		return fmt.Sprintf("bucket %s is in another region, or at another endpoint than %s (asked for region %s); set store.region and store.endpoint to those of the bucket", s.bucket, s.host, s.region), true
	case moved:
		return fmt.Sprintf("bucket %s is in region %s, not %s; set store.region: %s (and the endpoint of that region, if its name holds one)", s.bucket, region, s.region, region), true
	}
	return "", false
}

// diagnoses are the answers that a person can do something about. In a text,
// {host} and {bucket} are filled in. A sentinel that is nil is the refusal of
// what was asked: of one object, or of all.
var diagnoses = []struct {
	codes    string
	text     string
	sentinel error
}{
	{"NoSuchBucket", "bucket {bucket} does not exist at {host}; create it with object lock on, or set store.create_bucket", store.ErrRefused},
	{"NoSuchKey NoSuchVersion NotFound", "nothing under this key", store.ErrNotFound},
	{"RequestTimeTooSkewed RequestExpired RequestInTheFuture", "the clock of this machine differs from the store's; set it right", store.ErrRefused},
	{"InvalidAccessKeyId XAdminUserNotFound InvalidClientTokenId", "{host} does not know the access key; look at store.access_key_file, INZAGE_S3_ACCESS_KEY or the AWS credentials in use, and whether this is the right store", store.ErrRefused},
	{"SignatureDoesNotMatch", "{host} knows the access key, and the secret does not fit it; look at store.secret_key_file or INZAGE_S3_SECRET_KEY (or a proxy changes the request on its way)", store.ErrRefused},
	{"InvalidToken ExpiredToken ExpiredTokenException TokenRefreshRequired", "{host} does not accept the session token, or it is over; get new credentials", store.ErrRefused},
	{"AccountProblem AllAccessDisabled NotSignedUp InvalidPayer", "{host} has closed this account", store.ErrRefused},
	{"AccessDenied", "the access key has no right to this in bucket {bucket}", nil},
	{"ObjectLockConfigurationNotFoundError InvalidBucketObjectLockConfiguration MissingObjectLockConfiguration", "bucket {bucket} has no object lock; that can be chosen only when a bucket is made, so make another", store.ErrRefused},
	{"InsufficientStorage XMinioStorageFull QuotaExceeded XMinioAdminBucketQuotaExceeded", "no room left at {host}", store.ErrFull},
	{"BadDigest XAmzContentSHA256Mismatch XAmzContentChecksumMismatch InvalidDigest IncompleteBody", "other bytes arrive at {host} than were sent, each time; look at the network and at proxies in between", store.ErrRejected},
	{"EntityTooLarge MaxMessageLengthExceeded", "{host} takes no object of this size", store.ErrRejected},
	{"InvalidBucketName", "{bucket} is no name of a bucket", store.ErrRefused},
}

func (s *Store) known(e minio.ErrorResponse, refusal error) (string, error, bool) {
	for _, d := range diagnoses {
		for code := range strings.FieldsSeq(d.codes) {
			if code != e.Code {
				continue
			}
			if d.sentinel == nil {
				d.sentinel = refusal
			}
			return strings.NewReplacer("{host}", s.host, "{bucket}", s.bucket).Replace(d.text), d.sentinel, true
		}
	}
	return "", nil, false
}

// byStatus explains an answer that is not known by its code. What the store
// says of a request that it will never take is repeated: it is about the
// request, and [Store.quote] sees to it that it holds no secret.
func (s *Store) byStatus(e minio.ErrorResponse, refusal error) (string, error) {
	text := fmt.Sprintf("%s answers %d %s", s.host, e.StatusCode, e.Code)
	switch code := e.StatusCode; {
	case code == http.StatusInsufficientStorage:
		return text, store.ErrFull
	case code == http.StatusPreconditionFailed:
		return text, store.ErrConflict
	case code == http.StatusNotImplemented || code == http.StatusMethodNotAllowed:
		return text + ": it cannot do this" + s.quote(e.Message), refusal
	case code == http.StatusConflict, busy(code, e.Code), code >= 500:
		return text, store.ErrUnavailable
	case code == http.StatusUnauthorized, code == http.StatusProxyAuthRequired:
		return text + s.quote(e.Message), store.ErrRefused
	}
	return text + s.quote(e.Message), refusal
}

// quote repeats what a store says, as far as it is plain and short and holds
// neither a credential nor a number that could be a person's.
func (s *Store) quote(text string) string {
	text = strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return -1
		}
		return c
	}, text)
	if text == "" || len(text) > 300 || seal.HoldsBSN([]byte(text)) {
		return ""
	}
	for _, secret := range s.secrets() {
		if secret != "" && strings.Contains(text, secret) {
			return ""
		}
	}
	return fmt.Sprintf(" (it says: %s)", text)
}

// unanswered explains why there was no answer, or none of an S3 store. Who to
// trust and how to speak is a matter of configuration; all else may pass.
func (s *Store) unanswered(err, refusal error) (string, error) {
	var odd *strange
	var creds *credsError
	switch {
	case tlsPort(err):
		return fmt.Sprintf("%s speaks TLS and was asked without; remove store.insecure and http:// from store.endpoint", s.host), store.ErrRefused
	case plainPort(err):
		return fmt.Sprintf("%s does not speak TLS; name its TLS port in store.endpoint, or set store.insecure for a store on this machine", s.host), store.ErrRefused
	case errors.As(err, &creds):
		return creds.Error(), store.ErrRefused
	case errors.As(err, &odd):
		return s.oddly(odd, refusal)
	}
	if text, ok := s.untrusted(err); ok {
		return text, store.ErrRefused
	}
	return s.silence(err), store.ErrUnavailable
}

func (s *Store) oddly(odd *strange, refusal error) (string, error) {
	text := fmt.Sprintf("%s answers, but not as an S3 store: %d with %s; look at store.endpoint and at proxies in between", s.host, odd.status, odd.what)
	switch {
	case odd.status >= 500:
		return text, store.ErrUnavailable
	case odd.status >= 400:
		return text, refusal
	}
	return text, store.ErrRefused
}

// untrusted explains why a certificate does not do.
func (s *Store) untrusted(err error) (string, bool) {
	var cert *tls.CertificateVerificationError
	if !errors.As(err, &cert) {
		return "", false
	}
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var unknown x509.UnknownAuthorityError
	text := fmt.Sprintf("the certificate of %s is not trusted", s.host)
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		text += ": it is over, or not yet valid; renew it, and look at the clock of this machine"
	case errors.As(err, &name):
		text += ": it is for another name; write the name that stands in the certificate in store.endpoint"
	case errors.As(err, &unknown):
		text += ": this machine does not know who signed it; name the file of that authority in store.ca_file"
	}
	return text, true
}

// silence explains why there was no answer.
func (s *Store) silence(err error) string {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &dns):
		return fmt.Sprintf("there is no host %s, or its name cannot be looked up now", s.host)
	case errors.As(err, &op) && op.Op == "dial" && op.Timeout():
		return fmt.Sprintf("%s cannot be reached", s.host)
	case errors.As(err, &op) && op.Op == "dial":
		return fmt.Sprintf("nothing listens at %s", s.host)
	case silent(err):
		return fmt.Sprintf("%s is silent: no byte for %s, each time", s.host, s.limit)
	}
	return fmt.Sprintf("no answer from %s: the connection breaks off", s.host)
}
