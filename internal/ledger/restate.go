package ledger

import (
	"context"
	"database/sql"
	"fmt"

	"inzage/internal/fact"
	"inzage/internal/store"
)

// Restate puts a fact that the ledger knows back into the bucket, signed anew,
// where it is gone or something else stands. A fact that the ledger does not
// know is [ErrUnknown].
func (l *Ledger) Restate(ctx context.Context, b fact.Book, key store.Key) error {
	var f Fact
	err := l.change(ctx, func(tx *sql.Tx) (err error) {
		f, err = known(ctx, tx, key)
		return err
	})
	if err != nil {
		return l.fault(err)
	}
	body, err := f.Marshal(b.Secret)
	if err != nil {
		return err
	}
	o := store.Object{Key: key}
	if e, ok := f.(Entry); ok {
		o.Lock = e.Lock
	}
	if err := b.Replace(ctx, o, body); err != nil {
		return err
	}
	return l.fault(l.change(ctx, func(tx *sql.Tx) error { return enter(ctx, tx, f, body) }))
}

// known reads one fact from its table.
func known(ctx context.Context, tx *sql.Tx, key store.Key) (Fact, error) {
	portal, holder, edition, _ := key.CodeOf()
	switch {
	case key.IsRecord():
		return stored[Entry](ctx, tx, key, `SELECT entry FROM entry WHERE record_key = ?`, key)
	case key.IsRewrap():
		return stored[Rewrap](ctx, tx, key, `SELECT rewrap FROM rewrap WHERE record_key = ? AND ? LIKE '%-' || number || '.json'`, key.Record(), key)
	case key.IsCode():
		return stored[Code](ctx, tx, key, `SELECT code FROM code WHERE sure AND (portal, holder, edition) = (?, ?, ?)`, portal, holder, edition)
	case key.IsRevocation():
		at, err := one(ctx, tx, `SELECT at FROM revocation WHERE (portal, holder, edition) = (?, ?, ?)`, portal, holder, edition)
		if err != nil || at == "" {
			return nil, unknownOr(key, err)
		}
		t, err := moment(at)
		return Revocation{Portal: portal, Holder: holder, Edition: edition, At: t}, err
	case key.IsWithdrawal():
		var at, code string
		err := tx.QueryRowContext(ctx, `SELECT at, code FROM withdrawal WHERE sure AND record_key = ?`, key.Record()).Scan(&at, &code)
		if err != nil {
			return nil, unknownOr(key, nil)
		}
		t, err := moment(at)
		return Withdrawal{BundleID: bundleOf(key.Record()), RecordKey: key.Record(), At: t, Code: code}, err
	}
	return nil, unknownOr(key, nil)
}

// stored reads a fact that its table keeps whole.
func stored[F Fact](ctx context.Context, tx *sql.Tx, key store.Key, query string, args ...any) (Fact, error) {
	text, err := one(ctx, tx, query, args...)
	if err != nil || text == "" {
		return nil, unknownOr(key, err)
	}
	var f F
	if err := unmarshal(text, &f); err != nil {
		return nil, err
	}
	return f, nil
}

func unknownOr(key store.Key, err error) error {
	if err == nil {
		err = ErrUnknown
	}
	return fmt.Errorf("%s: %w", key, err)
}
