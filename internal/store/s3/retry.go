package s3

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
)

// few is how often a request is tried when each try may take long, or when the
// bytes of every try arrive damaged: three times thirty seconds of silence.
const few = 3

// The waits between tries.
const (
	firstWait = 100 * time.Millisecond
	lastWait  = 2 * time.Second
)

// try makes a request until it succeeds, is refused, or was tried often enough.
func (s *Store) try(ctx context.Context, request func() error) error {
	for n, hard, wait := 1, 0, firstWait; ; n, wait = n+1, min(2*wait, lastWait) {
		err := request()
		again, long := passing(err)
		if long {
			hard++
		}
		if !again || n >= s.attempts || hard >= few || ctx.Err() != nil {
			return err
		}
		t := time.NewTimer(wait/2 + rand.N(wait/2))
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		}
	}
}

// passing reports whether another try may help, and whether few tries must do.
func passing(err error) (again, long bool) {
	var odd *strange
	e := minio.ToErrorResponse(err)
	switch {
	case err == nil, errors.Is(err, errUnordered), errors.Is(err, context.Canceled):
		return false, false
	case errors.As(err, &odd):
		return busy(odd.status, ""), false
	case e.StatusCode != 0:
		return busy(e.StatusCode, e.Code) || damaged(e.Code), damaged(e.Code)
	case configured(err):
		return false, false
	}
	return true, silent(err)
}

// busy reports whether an answer says that the store cannot now.
func busy(status int, code string) bool {
	return slices.Contains([]string{"SlowDown", "SlowDownRead", "SlowDownWrite", "RequestTimeout", "InternalError", "ExpiredToken"}, code) ||
		slices.Contains([]int{http.StatusRequestTimeout, http.StatusTooManyRequests, 499, http.StatusInternalServerError,
			http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, 520}, status)
}

// damaged reports whether other bytes arrived than were sent.
func damaged(code string) bool {
	return slices.Contains([]string{"BadDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "InvalidDigest", "IncompleteBody"}, code)
}

// silent reports whether a try ended because nothing came.
func silent(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

// configured reports whether a connection failed for a reason that stands in
// the configuration: who to trust, TLS or not, and by whose right.
func configured(err error) bool {
	var cert *tls.CertificateVerificationError
	var creds *credsError
	return errors.As(err, &cert) || errors.As(err, &creds) || plainPort(err) || tlsPort(err)
}

// plainPort reports whether TLS was spoken to a port that does not.
func plainPort(err error) bool {
	var record tls.RecordHeaderError
	return errors.As(err, &record) || err != nil && strings.Contains(err.Error(), "HTTP response to HTTPS client")
}

// tlsPort reports whether a port that speaks TLS was asked without: it answers
// with an alert, or with a page that says so.
func tlsPort(err error) bool {
	var odd *strange
	return errors.As(err, &odd) && odd.tls || err != nil && strings.Contains(err.Error(), `malformed HTTP response "\x15\x03`)
}

// answered reports whether the store answered at all.
func answered(err error) bool {
	var e minio.ErrorResponse
	return errors.As(err, &e) && e.StatusCode != 0
}
