package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/sync/errgroup"

	"inzage/internal/store"
	"inzage/internal/store/s3"
)

// readers is how many public texts are fetched at a time, maxText the most
// bytes that one may have, and maxFaults how many bad ones are named.
const (
	readers   = 8
	maxText   = 64 << 20
	maxFaults = 20
)

// A found text is one public text of the bucket.
type found struct {
	key  store.Key
	body []byte
}

// Rebuild makes the ledger again from the records and codes in the bucket, and
// tells how many bundles it holds. A record that cannot be read is left out and named in
// the error, which wraps [ErrFormat]; a store that fails leaves the ledger as
// it was.
func (l *Ledger) Rebuild(ctx context.Context, s *s3.Store) (int, error) {
	var n int
	var faults []error
	bad := func(f found, err error) error {
		if !errors.Is(err, ErrFormat) {
			return err
		}
		if len(faults) < maxFaults {
			faults = append(faults, fmt.Errorf("%s: %w", f.key, err))
		}
		return nil
	}
	err := l.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM entry; DELETE FROM outcome; DELETE FROM code`); err != nil {
			return err
		}
		var withdrawals []Withdrawal
		var revocations []Revocation
		err := fetch(ctx, s, func(f found) error {
			if f.key.IsCode() || f.key.IsRevocation() {
				r, err := takeCode(ctx, tx, f)
				if r.Holder != "" {
					revocations = append(revocations, r)
				}
				return bad(f, err)
			}
			w, err := take(ctx, tx, f)
			if w.BundleID != "" && err == nil {
				withdrawals = append(withdrawals, w)
			}
			return bad(f, err)
		})
		if err == nil {
			err = applyRevocations(ctx, tx, revocations)
		}
		if err != nil {
			return err
		}
		if err := applyWithdrawals(ctx, tx, withdrawals); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM entry`).Scan(&n)
	})
	if err != nil {
		return 0, l.fault(err)
	}
	return n, l.fault(errors.Join(faults...))
}

// take writes what one text tells, or gives back the withdrawal that it is.
func take(ctx context.Context, tx *sql.Tx, f found) (Withdrawal, error) {
	switch {
	case f.key.IsWithdrawal():
		return ParseWithdrawal(f.body)
	case f.key.IsRecord():
		e, err := ParseRecord(f.body)
		if err == nil && e.RecordKey != f.key {
			err = fmt.Errorf("a record of another bundle: %w", ErrFormat)
		}
		if err != nil {
			return Withdrawal{}, err
		}
		return Withdrawal{}, record(ctx, tx, e)
	}
	o, err := ParseOutcomes(f.body)
	for _, e := range o.Entries {
		if err = recordOutcome(ctx, tx, e); err != nil {
			break
		}
	}
	return Withdrawal{}, err
}

// applyWithdrawals marks bundles that were withdrawn after they were made; one
// that was made again later is live.
func applyWithdrawals(ctx context.Context, tx *sql.Tx, ws []Withdrawal) error {
	for _, w := range ws {
		var text string
		err := tx.QueryRowContext(ctx, `SELECT record FROM entry WHERE bundle_id = ?`, w.BundleID).Scan(&text)
		if errors.Is(err, sql.ErrNoRows) {
			continue // the record was removed with its bundle
		}
		if err != nil {
			return err
		}
		e, err := ParseRecord([]byte(text))
		if err == nil && !w.At.Before(e.MadeAt) {
			err = withdraw(ctx, tx, w)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// fetch lists the bucket and gives every public text to use, one at a time and
// in no order.
func fetch(ctx context.Context, s *s3.Store, use func(found) error) error {
	g, ctx := errgroup.WithContext(ctx)
	names, texts := make(chan store.Key), make(chan found)
	g.Go(func() error {
		defer close(names)
		for in, err := range s.List(ctx, "") {
			if err != nil {
				return err
			}
			if !told(in.Key) {
				continue
			}
			select {
			case names <- in.Key:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	g.Go(func() error {
		defer close(texts)
		r, rctx := errgroup.WithContext(ctx)
		for range readers {
			r.Go(func() error { return readAll(rctx, s, names, texts) })
		}
		return r.Wait()
	})
	g.Go(func() error {
		for f := range texts {
			if err := use(f); err != nil {
				return err
			}
		}
		return nil
	})
	return g.Wait()
}

// told reports whether the text under a key belongs in the ledger.
func told(k store.Key) bool {
	return k.IsRecord() || k.IsWithdrawal() || k.IsCode() || k.IsRevocation() ||
		strings.HasPrefix(string(k), store.Runs+"/") && strings.HasSuffix(string(k), "/"+OutcomesName)
}

func readAll(ctx context.Context, s *s3.Store, names <-chan store.Key, texts chan<- found) error {
	for key := range names {
		r, _, err := s.Get(ctx, key)
		if errors.Is(err, store.ErrNotFound) {
			continue // removed since it was listed
		}
		if err != nil {
			return err
		}
		b, err := io.ReadAll(io.LimitReader(r, maxText))
		r.Close()
		if err != nil {
			return fmt.Errorf("%s: %w: %w", key, err, store.ErrUnavailable)
		}
		select {
		case texts <- found{key, b}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
