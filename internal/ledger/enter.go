package ledger

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"inzage/internal/fact"
	"inzage/internal/seal"
	"inzage/internal/store"
)

// State puts a fact into the bucket, signed, and then into the ledger: what was
// stated is known also when the program ends in between. When the same was stated
// before, the first statement stays. A record whose copy was stored anew takes
// the place of the older one; another code or rewrap under the same key is
// [ErrOther].
func (l *Ledger) State(ctx context.Context, b fact.Book, f Fact) error {
	body, err := f.Marshal(b.Secret)
	if err != nil {
		return err
	}
	o := store.Object{Key: f.StandsAt()}
	if e, ok := f.(Entry); ok {
		o.Lock = e.Lock
	}
	stands, err := b.Put(ctx, o, body)
	if err == nil && !bytes.Equal(stands, body) {
		stands, err = settle(ctx, b, o, f, body, stands)
	}
	if err != nil {
		return err
	}
	if f, err = parse(b.Secret, o.Key, stands); err != nil {
		return err
	}
	return l.fault(l.change(ctx, func(tx *sql.Tx) error { return enter(ctx, tx, f, stands) }))
}

// settle decides between a fact and another that stands under its key. One that
// cannot be read gives way.
func settle(ctx context.Context, b fact.Book, o store.Object, f Fact, body, stands []byte) ([]byte, error) {
	old, err := parse(b.Secret, o.Key, stands)
	if err != nil {
		return body, b.Replace(ctx, o, body)
	}
	switch f := f.(type) {
	case Entry:
		if old := old.(Entry); old.Key != f.Key || old.VersionID != f.VersionID || old.SHA256 != f.SHA256 || !slices.Equal(old.Parts, f.Parts) {
			return body, b.Replace(ctx, o, body)
		}
	case Code, Rewrap:
		return nil, fmt.Errorf("%s: %w", o.Key, ErrOther)
	}
	return stands, nil
}

// parse reads the text of a fact and checks that it belongs under key.
func parse(s seal.Secret, key store.Key, body []byte) (f Fact, err error) {
	switch {
	case key.IsRecord():
		f, err = ParseRecord(s, body)
	case key.IsWithdrawal():
		f, err = ParseWithdrawal(s, body)
	case key.IsRewrap():
		f, err = ParseRewrap(s, body)
	case key.IsCode():
		f, err = ParseCode(s, body)
	case key.IsRevocation():
		f, err = ParseRevocation(s, body)
	default:
		return nil, fmt.Errorf("%s: no fact stands under such a key: %w", key, ErrFormat)
	}
	if err == nil && f.StandsAt() != key {
		err = fmt.Errorf("it belongs under another key: %w", fact.ErrForged)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return f, nil
}

// enter writes one fact into its table. Its text was verified.
func enter(ctx context.Context, tx *sql.Tx, f Fact, body []byte) error {
	at := stamp(f.Moment())
	var err error
	switch f := f.(type) {
	case Entry:
		err = enterEntry(ctx, tx, f)
	case Withdrawal:
		err = exec(ctx, tx, `INSERT OR REPLACE INTO withdrawal (record_key, bundle_id, at, code, sure) VALUES (?, ?, ?, ?, 1)`,
			f.RecordKey, f.BundleID, at, f.Code)
	case Rewrap:
		err = insert(ctx, tx, `INSERT OR REPLACE INTO rewrap (record_key, number, at, rewrap) VALUES (?, ?, ?, ?)`, f, f.RecordKey, f.Number, at)
	case Code:
		err = insert(ctx, tx, `INSERT OR REPLACE INTO code (portal, holder, edition, at, sure, code) VALUES (?, ?, ?, ?, 1, ?)`, f, f.Portal, f.Holder, f.Edition, at)
	case Revocation:
		err = exec(ctx, tx, `INSERT OR REPLACE INTO revocation (portal, holder, edition, at, sure) VALUES (?, ?, ?, ?, 1)`, f.Portal, f.Holder, f.Edition, at)
	}
	if err != nil {
		return err
	}
	sum, tag := sha256.Sum256(body), md5.Sum(body) // what most stores call the ETag of one put
	return exec(ctx, tx, `INSERT OR REPLACE INTO fact (key, at, size, sum, etag) VALUES (?, ?, ?, ?, ?)`,
		f.StandsAt(), at, len(body), hex.EncodeToString(sum[:]), hex.EncodeToString(tag[:]))
}

// enterEntry writes a record. One that is stated anew is of a copy that stands
// there again.
func enterEntry(ctx context.Context, tx *sql.Tx, e Entry) error {
	before, err := one(ctx, tx, `SELECT entry FROM entry WHERE record_key = ?`, e.RecordKey)
	if err != nil {
		return err
	}
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if before != string(text) {
		if err := exec(ctx, tx, `DELETE FROM gone WHERE record_key = ?`, e.RecordKey); err != nil {
			return err
		}
	}
	return insert(ctx, tx, `INSERT OR REPLACE INTO entry (record_key, bundle_id, portal, kind, content_id, made_at, entry) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		e, e.RecordKey, e.BundleID, e.Portal, e.Kind, e.ContentID, stamp(e.MadeAt))
}

// insert runs an insertion of which the last value is v as JSON.
func insert(ctx context.Context, tx *sql.Tx, query string, v any, args ...any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return exec(ctx, tx, query, append(args, string(text))...)
}

func exec(ctx context.Context, tx *sql.Tx, query string, args ...any) error {
	_, err := tx.ExecContext(ctx, query, args...)
	return err
}

// closeDoor acts upon a statement that cannot be read or verified, as far as its
// key tells: a copy counts as withdrawn, a code as revoked. It leaves what is
// known already, and no fact, so that it is looked at again.
func closeDoor(ctx context.Context, tx *sql.Tx, key store.Key, at time.Time) error {
	if key.IsWithdrawal() {
		return exec(ctx, tx, `INSERT INTO withdrawal (record_key, bundle_id, at, code, sure) VALUES (?, ?, ?, ?, 0) ON CONFLICT DO NOTHING`,
			key.Record(), bundleOf(key.Record()), stamp(at), Unreadable)
	}
	portal, holder, edition, ok := key.CodeOf()
	if !ok {
		return nil
	}
	if key.IsRevocation() {
		return exec(ctx, tx, `INSERT INTO revocation (portal, holder, edition, at, sure) VALUES (?, ?, ?, ?, 0) ON CONFLICT DO NOTHING`, portal, holder, edition, stamp(at))
	}
	return insert(ctx, tx, `INSERT INTO code (portal, holder, edition, at, sure, code) VALUES (?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING`,
		Code{Portal: portal, Holder: holder, Edition: edition, IssuedAt: at.UTC()}, portal, holder, edition, stamp(at))
}

// Unreadable is the reason of a withdrawal of which the text cannot be read.
const Unreadable = "onleesbaar"

// Forget notes that a copy is not in the bucket any more, or is another there: it
// does not stand, so that it is made again. Nothing in the bucket changes.
func (l *Ledger) Forget(ctx context.Context, bundleID, why string) error {
	return l.fault(l.change(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO gone (record_key, bundle_id, why)
			SELECT record_key, bundle_id, ? FROM standing WHERE bundle_id = ? AND withdrawn_at = ''`, why, bundleID)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); n == 0 && err == nil {
			return fmt.Errorf("bundle %s: %w", bundleID, ErrUnknown)
		}
		return nil
	}))
}

// Clear takes every fact about a bundle out of the ledger and the bucket, so that
// it can be made again. A record that a lock keeps stays there until the next one
// takes its place.
func (l *Ledger) Clear(ctx context.Context, b fact.Book, bundleID string) error {
	var keys []store.Key
	err := l.change(ctx, func(tx *sql.Tx) (err error) {
		keys, err = forgetAll(ctx, tx, bundleID)
		return err
	})
	if err != nil {
		return l.fault(err)
	}
	for _, key := range keys { // the ledger first: what is left after a kill is taken in again
		if err := b.Remove(ctx, key); err != nil && !errors.Is(err, store.ErrLocked) {
			return err
		}
	}
	return nil
}

// forgetAll removes a bundle from every table, and gives the keys of its facts.
func forgetAll(ctx context.Context, tx *sql.Tx, bundleID string) (keys []store.Key, err error) {
	records, err := tx.QueryContext(ctx, `SELECT record_key FROM entry WHERE bundle_id = ?1 UNION SELECT record_key FROM withdrawal WHERE bundle_id = ?1`, bundleID)
	if err != nil {
		return nil, err
	}
	defer records.Close()
	for records.Next() {
		var k store.Key
		if err := records.Scan(&k); err != nil {
			return nil, err
		}
		keys = append(keys, k, store.WithdrawalKey(k))
	}
	if err := records.Err(); err != nil {
		return nil, err
	}
	for _, k := range keys[:len(keys):len(keys)] {
		if !k.IsRecord() {
			continue
		}
		var last int
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(number), 0) FROM rewrap WHERE record_key = ?`, k).Scan(&last); err != nil {
			return nil, err
		}
		for n := range last {
			keys = append(keys, store.RewrapKey(k, n+1))
		}
		for _, table := range []string{"entry", "withdrawal", "rewrap", "gone"} {
			if err := exec(ctx, tx, `DELETE FROM `+table+` WHERE record_key = ?`, k); err != nil {
				return nil, err
			}
		}
	}
	for _, k := range keys {
		if err := exec(ctx, tx, `DELETE FROM fact WHERE key = ?`, k); err != nil {
			return nil, err
		}
	}
	return keys, nil
}
