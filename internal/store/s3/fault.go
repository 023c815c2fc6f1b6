package s3

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"

	"github.com/minio/minio-go/v7"

	"inzage/internal/store"
)

// fault turns an error of the client into one plain sentence that wraps a
// sentinel of package store. Nothing of the request or of the store's own text
// is repeated, for either could hold a credential. The end of ctx is itself.
func (s *Store) fault(ctx context.Context, what string, err error) error {
	if end := ctx.Err(); end != nil {
		return fmt.Errorf("store: %s: %w", what, end)
	}
	e := minio.ToErrorResponse(err)
	if text, sentinel, ok := s.known(e); ok {
		return fmt.Errorf("store: %s: %s: %w", what, text, sentinel)
	}
	if !answered(err) {
		return fmt.Errorf("store: %s: %w", what, s.silence(err))
	}
	return fmt.Errorf("store: %s: %s answers %d %s: %w", what, s.host, e.StatusCode, e.Code, byStatus(e.StatusCode))
}

// answered reports whether the store answered at all.
func answered(err error) bool {
	var e minio.ErrorResponse
	return errors.As(err, &e) && e.StatusCode != 0
}

// known explains the answers that a person can do something about.
func (s *Store) known(e minio.ErrorResponse) (string, error, bool) {
	switch e.Code {
	case minio.NoSuchBucket:
		return fmt.Sprintf("bucket %s does not exist at %s; create it with object lock on, or set store.create_bucket", s.bucket, s.host), store.ErrRefused, true
	case minio.NoSuchKey, minio.NoSuchVersion, "NotFound":
		return "nothing under this key", store.ErrNotFound, true
	case minio.RequestTimeTooSkewed:
		return "the clock of this machine differs from the store's; set it right", store.ErrRefused, true
	case minio.InvalidAccessKeyID, minio.SignatureDoesNotMatch, "XAdminUserNotFound", "InvalidToken", "AuthorizationHeaderMalformed":
		return fmt.Sprintf("%s does not accept the access key or its secret (%s)", s.host, e.Code), store.ErrRefused, true
	case minio.AccessDenied, "AllAccessDisabled":
		return fmt.Sprintf("the access key has no right to this in bucket %s", s.bucket), store.ErrRefused, true
	case "ObjectLockConfigurationNotFoundError", "InvalidBucketObjectLockConfiguration":
		return fmt.Sprintf("bucket %s has no object lock; that can be chosen only when a bucket is made, so make another", s.bucket), store.ErrRefused, true
	case "MissingObjectLockConfiguration", "InvalidRequest":
		return fmt.Sprintf("the request is refused; the likely cause is that bucket %s has no object lock", s.bucket), store.ErrRefused, true
	case "InsufficientStorage", "XMinioStorageFull", "QuotaExceeded", "XMinioAdminBucketQuotaExceeded":
		return fmt.Sprintf("no room left at %s", s.host), store.ErrFull, true
	}
	return "", nil, false
}

// byStatus is the sentinel for an answer that is not known by its code.
func byStatus(code int) error {
	switch {
	case code == http.StatusInsufficientStorage:
		return store.ErrFull
	case code == http.StatusPreconditionFailed:
		return store.ErrConflict
	case code == http.StatusRequestTimeout, code == http.StatusConflict, code == http.StatusTooManyRequests,
		code == 499, code >= 500:
		return store.ErrUnavailable
	}
	return store.ErrRefused
}

// silence explains why there was no answer. Only a certificate is a matter of
// configuration; all else may pass.
func (s *Store) silence(err error) error {
	var cert *tls.CertificateVerificationError
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &cert):
		return fmt.Errorf("the certificate of %s is not trusted: %w", s.host, store.ErrRefused)
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Errorf("there is no host %s: %w", s.host, store.ErrUnavailable)
	case errors.As(err, &op) && op.Op == "dial":
		return fmt.Errorf("nothing listens at %s: %w", s.host, store.ErrUnavailable)
	}
	return fmt.Errorf("no answer from %s: %w", s.host, store.ErrUnavailable)
}
