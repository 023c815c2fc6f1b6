package s3

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"github.com/minio/minio-go/v7"

	"inzage/internal/seal"
	"inzage/internal/store"
)

// leaseFormat names the shape of a lease.
const leaseFormat = "inzage-lease/v1"

// The life of a lease that is not renewed, and the most that one of another
// may claim.
const (
	leaseTTL    = time.Minute
	longestTTL  = 10 * time.Minute
	maxLease    = 4 << 10 // bytes
	leaseChecks = 6       // looks at another's lease in its life
)

// ErrLeaseLost is why the context of a lease ends before its release: it could
// not be renewed in time, or somebody else has it. Whoever held it must stop
// writing at once.
var ErrLeaseLost = errors.New("the lease of the bucket is lost")

// LeaseOptions say who asks for a lease. All of it but TTL is public.
type LeaseOptions struct {
	What  string        // "run", "code"
	Spool string        // random name of the spool that the caller holds a lock of: letters a to z
	TTL   time.Duration // a minute when 0
}

// leaseText is a lease as it stands in the bucket.
type leaseText struct {
	Format  string    `json:"format"`
	What    string    `json:"what"`
	Owner   string    `json:"owner"` // random, of one process
	Spool   string    `json:"spool"`
	Seconds float64   `json:"seconds"` // how long it lives without a renewal
	Count   int       `json:"count"`   // of renewals
	Renewed time.Time `json:"renewed"` // by the owner's clock, for people to read
}

// A Lease is the right to change a bucket, of one process at a time.
type Lease struct {
	s    *Store
	key  store.Key
	ttl  time.Duration
	ctx  context.Context
	end  context.CancelCauseFunc
	done chan struct{} // renewing has stopped

	text    leaseText // these belong to renewing, and to others after done
	etag    string
	version string
	until   time.Time // by our own clock: from then on another may take it over
}

var plainName = regexp.MustCompile(`^[a-z]{1,40}$`)

// Lease takes the lease under key and renews it until ctx ends or it is
// released. Another's lease is taken over when it was seen unchanged for all of
// its life by this machine's clock, or at once when it names our own spool,
// whose lock proves that its owner is dead. One that is renewed meanwhile is
// [store.ErrBusy]. A store that is allowed to ignore conditions has no leases:
// see [Lease.Held].
func (s *Store) Lease(ctx context.Context, key store.Key, o LeaseOptions) (*Lease, error) {
	if err := key.Check(); err != nil {
		return nil, err
	}
	if !plainName.MatchString(o.What) || !plainName.MatchString(o.Spool) {
		return nil, fmt.Errorf("store: lease %s: what and spool must be letters a to z", key)
	}
	l := &Lease{s: s, key: key, ttl: o.TTL, done: make(chan struct{})}
	if l.ttl <= 0 {
		l.ttl = leaseTTL
	}
	l.text = leaseText{Format: leaseFormat, What: o.What, Owner: randomLetters(), Spool: o.Spool, Seconds: l.ttl.Seconds()}
	l.ctx, l.end = context.WithCancelCause(ctx)
	if !l.Held() {
		close(l.done)
		return l, nil
	}
	if err := l.take(ctx); err != nil {
		l.end(err)
		return nil, err
	}
	go l.renewing()
	return l, nil
}

// Held reports whether the store can keep a lease. If not, nothing keeps two
// machines from working on the bucket at once.
func (l *Lease) Held() bool {
	return !l.s.weakIn(ConditionalPut) && !l.s.weakIn(ConditionalReplace)
}

// Context ends when the lease does; its cause is [ErrLeaseLost] when it was
// lost.
func (l *Lease) Context() context.Context { return l.ctx }

// Lost is closed when the lease is no longer held.
func (l *Lease) Lost() <-chan struct{} { return l.ctx.Done() }

// Err is why the lease ended, or nil while it is held.
func (l *Lease) Err() error { return context.Cause(l.ctx) }

// Release gives the lease back. One that was lost is left alone.
func (l *Lease) Release(ctx context.Context) error {
	lost := errors.Is(l.Err(), ErrLeaseLost)
	l.end(context.Canceled)
	<-l.done
	if lost || !l.Held() {
		return nil
	}
	_, etag, _, err := l.read(ctx)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return err
	case etag != l.etag: // somebody has it by now
		return nil
	}
	return l.s.Remove(ctx, l.key)
}

// take gets the lease, from nobody or from an owner that is dead.
func (l *Lease) take(ctx context.Context) error {
	for range rounds {
		err := l.write(ctx, "")
		if err == nil || !taken(err) {
			return l.explain(ctx, err)
		}
		held, etag, _, err := l.read(ctx)
		if errors.Is(err, store.ErrNotFound) {
			if err := l.clearMarkers(ctx); err != nil {
				return err
			}
			continue // released meanwhile
		}
		if err != nil {
			return err
		}
		if held.Spool != l.text.Spool {
			if err := l.wait(ctx, held, etag); errors.Is(err, store.ErrNotFound) {
				continue
			} else if err != nil {
				return err
			}
		}
		if err := l.write(ctx, etag); err == nil {
			return l.s.prune(ctx, l.key, l.version)
		} else if !taken(err) {
			return l.explain(ctx, err)
		}
	}
	return fmt.Errorf("store: lease %s: %w", l.key, store.ErrBusy)
}

func (l *Lease) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	return l.s.objectFault(ctx, "lease", l.key, err)
}

// clearMarkers takes away the markers that make some stores call a free key
// taken.
func (l *Lease) clearMarkers(ctx context.Context) error {
	list, err := l.s.versions(ctx, l.key)
	if err != nil {
		return err
	}
	for _, v := range list {
		if !v.marker {
			return nil
		}
	}
	return l.s.removeAll(ctx, l.key, list, false)
}

// wait looks at another's lease until it has lived out without a change. Only
// our own clock counts.
func (l *Lease) wait(ctx context.Context, held leaseText, etag string) error {
	life := max(l.ttl, min(time.Duration(held.Seconds*float64(time.Second)), longestTTL))
	seen := time.Now()
	tick := time.NewTicker(life / leaseChecks)
	defer tick.Stop()
	for time.Since(seen) < life {
		select {
		case <-ctx.Done():
			return fmt.Errorf("store: lease %s: %w", l.key, ctx.Err())
		case <-tick.C:
		}
		now, tag, _, err := l.read(ctx)
		if err != nil {
			return err
		}
		if tag != etag {
			return fmt.Errorf("store: lease %s: held for %q and renewed: %w", l.key, now.What, store.ErrBusy)
		}
	}
	return nil
}

// renewing renews the lease three times in its life, and ends it when that
// fails for so long that another may take it.
func (l *Lease) renewing() {
	defer close(l.done)
	var last error = context.DeadlineExceeded // when this process stood still for so long
	for {
		wait := time.NewTimer(min(l.ttl/3, time.Until(l.until)))
		select {
		case <-l.ctx.Done():
			wait.Stop()
			return
		case <-wait.C:
		}
		if !time.Now().Before(l.until) {
			l.end(fmt.Errorf("%w: not renewed for %s: %w", ErrLeaseLost, l.ttl, last))
			return
		}
		var lost bool
		if lost, last = l.renew(); lost {
			l.end(fmt.Errorf("store: lease %s: somebody else took it: %w", l.key, ErrLeaseLost))
			return
		}
	}
}

// renew writes the next version and takes away the last; what stays of those
// is taken away by the next owner.
func (l *Lease) renew() (lost bool, err error) {
	ctx, cancel := context.WithDeadline(l.ctx, l.until)
	defer cancel()
	old := l.version
	err = l.write(ctx, l.etag)
	if err == nil && old != "" && old != l.version {
		l.s.removeVersion(ctx, l.key, old, false)
	}
	return taken(err), l.explain(ctx, err)
}

// write puts the lease, over the version with this ETag or, without one, under
// a key that is free. When the answer is lost, what stands there tells.
func (l *Lease) write(ctx context.Context, over string) error {
	next := l.text
	next.Count++
	next.Renewed = time.Now().UTC().Truncate(time.Second)
	body, err := json.Marshal(next)
	if err != nil {
		return err
	}
	text, err := seal.Publish("application/json", body)
	if err != nil {
		return err
	}
	o := minio.PutObjectOptions{ContentType: text.ContentType(), CacheControl: "no-store", DisableMultipart: true, DisableContentSha256: true, SendContentMd5: true}
	if over == "" {
		o.SetMatchETagExcept("*")
	} else {
		o.SetMatchETag(over)
	}
	start := time.Now()
	up, err := l.s.upload(ctx, put{Object: store.Object{Key: l.key}, body: bytes.NewReader(text.Bytes()), size: int64(len(body))}, o)
	etag, version := up.ETag, up.VersionID
	if err != nil && (taken(err) || !answered(err)) && ctx.Err() == nil {
		var there leaseText
		var rerr error
		if there, etag, version, rerr = l.read(ctx); rerr == nil && there.Owner == next.Owner && there.Count == next.Count {
			err = nil
		}
	}
	if err != nil {
		return err
	}
	l.text, l.etag, l.version, l.until = next, etag, version, start.Add(l.ttl*9/10)
	return nil
}

// read gives what stands there. A text that is no lease has no owner, and is
// taken over when it does not change.
func (l *Lease) read(ctx context.Context) (t leaseText, etag, version string, err error) {
	var body io.ReadCloser
	var st minio.ObjectInfo
	err = l.s.try(ctx, func() (err error) {
		body, st, _, err = minio.Core{Client: l.s.c}.GetObject(ctx, l.s.bucket, string(l.key), minio.GetObjectOptions{})
		return err
	})
	if err != nil {
		return t, "", "", l.s.objectFault(ctx, "lease", l.key, err)
	}
	defer discard(body)
	b, err := io.ReadAll(io.LimitReader(body, maxLease))
	if err != nil {
		return t, "", "", l.s.objectFault(ctx, "lease", l.key, err)
	}
	return parseLease(b), st.ETag, st.VersionID, nil
}

// parseLease reads a lease, and gives the zero lease for what is none.
func parseLease(b []byte) leaseText {
	var t leaseText
	if json.Unmarshal(b, &t) != nil || t.Format != leaseFormat || !plainName.MatchString(t.What) ||
		!plainName.MatchString(t.Owner) || !plainName.MatchString(t.Spool) || !(t.Seconds > 0 && t.Seconds <= longestTTL.Seconds()) {
		return leaseText{}
	}
	return t
}

// randomLetters is a name that holds no digits: no number in it can be taken for
// a person's.
func randomLetters() string {
	b := make([]byte, 20)
	rand.Read(b) // never fails
	for i := range b {
		b[i] = 'a' + b[i]%26
	}
	return string(b)
}
