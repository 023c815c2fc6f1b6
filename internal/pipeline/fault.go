package pipeline

import (
	"context"
	"errors"
	"syscall"

	"inzage/internal/store"
	"inzage/internal/store/s3"
)

// fatal reports whether an error says by itself that nothing can be served:
// credentials, a bucket that is gone, a disk or a store that is full. All else
// is the error of one object, and the others go on.
func fatal(err error) bool {
	return errors.Is(err, store.ErrRefused) || errors.Is(err, store.ErrFull) ||
		errors.Is(err, context.Canceled) || errors.Is(err, syscall.ENOSPC)
}

// ofStore reports whether an error is the store's.
func ofStore(err error) bool {
	for _, s := range []error{store.ErrUnavailable, store.ErrRejected, store.ErrWeak, store.ErrLocked, store.ErrConflict} {
		if errors.Is(err, s) {
			return true
		}
	}
	return fatal(err)
}

// hopeless reports whether going on is pointless. A store that gave no answer for
// one object is asked for another: when that has no answer either, it is not the
// object's fault.
func (s Settings) hopeless(ctx context.Context, err error) bool { return hopeless(ctx, s.Store, err) }

func hopeless(ctx context.Context, st *s3.Store, err error) bool {
	if !errors.Is(err, store.ErrUnavailable) {
		return fatal(err)
	}
	_, err = st.Head(ctx, store.SignersKey)
	return errors.Is(err, store.ErrUnavailable) || err != nil && fatal(err)
}

// retried does a thing of the store once more when that is worth a try: a body
// that was altered on its way, a delete that was refused, an answer that was lost.
func (r *run) retried(do func() error) error {
	err := do()
	if err == nil || fatal(err) || !ofStore(err) {
		return err
	}
	return do()
}
