package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"

	"golang.org/x/sync/errgroup"

	"inzage/internal/fact"
	"inzage/internal/store"
)

// readers is how many public texts are fetched at a time.
const readers = 16

// A found text is what stands under one key of the bucket: a fact, or why it is
// none and when it was put there.
type found struct {
	key  store.Key
	body []byte
	fact Fact
	bad  error
	at   time.Time // with bad
}

// TakeIn reads, verifies and enters facts that the bucket has and the ledger
// lacks, in any order, and tells how many it took. A fact that is rotten or
// forged is named in bad, and closes its door: a copy counts as withdrawn, a code
// as revoked. So is an older text where a newer was known. Only a store that
// cannot be asked is an error.
func (l *Ledger) TakeIn(ctx context.Context, b fact.Book, keys []store.Key) (taken int, bad []error, err error) {
	err = l.change(ctx, func(tx *sql.Tx) error {
		t := taker{tx: tx}
		err := fetch(ctx, b, each(keys), t.take)
		taken, bad = t.taken, t.bad
		return err
	})
	if err != nil {
		return 0, nil, l.fault(err)
	}
	return taken, bad, nil
}

func each(keys []store.Key) iter.Seq2[store.Key, error] {
	return func(yield func(store.Key, error) bool) {
		for _, k := range keys {
			if !yield(k, nil) {
				return
			}
		}
	}
}

// A taker enters what is found into one transaction.
type taker struct {
	tx    *sql.Tx
	taken int
	gone  int // removed since they were listed
	bad   []error
}

func (t *taker) take(ctx context.Context, f found) error {
	if errors.Is(f.bad, store.ErrNotFound) {
		t.gone++
		return nil
	}
	err := f.bad
	if err == nil {
		err = t.newer(ctx, f)
	}
	if err == nil {
		err = enter(ctx, t.tx, f.fact, f.body)
	}
	switch {
	case err == nil:
		t.taken++
		return nil
	case !fact.Bad(err):
		return err
	}
	t.bad = append(t.bad, err)
	return closeDoor(ctx, t.tx, f.key, f.at)
}

// newer refuses a text that is older than the one that was known.
func (t *taker) newer(ctx context.Context, f found) error {
	before, err := one(ctx, t.tx, `SELECT at FROM fact WHERE key = ?`, f.key)
	if err == nil && stamp(f.fact.Moment()) < before {
		err = fmt.Errorf("%s: %w", f.key, ErrReplayed)
	}
	return err
}

// fetch gives every statement under the keys to use, one at a time and in no
// order.
func fetch(ctx context.Context, b fact.Book, keys iter.Seq2[store.Key, error], use func(context.Context, found) error) error {
	g, ctx := errgroup.WithContext(ctx)
	names, texts := make(chan store.Key), make(chan found)
	g.Go(func() error {
		defer close(names)
		for key, err := range keys {
			if err != nil {
				return err
			}
			if err := send(ctx, names, key); err != nil {
				return err
			}
		}
		return nil
	})
	g.Go(func() error {
		defer close(texts)
		r, rctx := errgroup.WithContext(ctx)
		for range readers {
			r.Go(func() error { return readAll(rctx, b, names, texts) })
		}
		return r.Wait()
	})
	g.Go(func() error {
		for f := range texts {
			if err := use(ctx, f); err != nil {
				return err
			}
		}
		return nil
	})
	return g.Wait()
}

func send[T any](ctx context.Context, to chan<- T, v T) error {
	select {
	case to <- v:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func readAll(ctx context.Context, b fact.Book, names <-chan store.Key, texts chan<- found) error {
	for key := range names {
		f := found{key: key}
		if f.body, f.bad = b.Get(ctx, key); f.bad == nil {
			f.fact, f.bad = parse(b.Secret, key, f.body)
		}
		switch {
		case fact.Bad(f.bad):
			f.at = putAt(ctx, b, key)
		case f.bad != nil && !errors.Is(f.bad, store.ErrNotFound):
			return f.bad
		}
		if err := send(ctx, texts, f); err != nil {
			return err
		}
	}
	return nil
}

// putAt is when the store got what cannot say so itself.
func putAt(ctx context.Context, b fact.Book, key store.Key) time.Time {
	in, err := b.Store.Head(ctx, key)
	if err != nil || in.Modified.IsZero() {
		return time.Unix(0, 0)
	}
	return in.Modified
}

// facts lists the keys of all facts of the bucket, and counts them.
func facts(ctx context.Context, b fact.Book, n *int) iter.Seq2[store.Key, error] {
	return func(yield func(store.Key, error) bool) {
		for in, err := range b.Store.List(ctx, "") {
			if err == nil && !in.Key.IsFact() {
				continue
			}
			*n++
			if !yield(in.Key, err) || err != nil {
				return
			}
		}
	}
}
