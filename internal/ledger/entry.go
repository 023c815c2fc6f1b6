package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"
)

// Record writes an entry. One with a bundle is known by its bundle id: the
// first stays, and a second with the same content changes nothing, unless the
// first was withdrawn or the second opens with another key. One without a bundle (refused, failed) is known by its
// run, portal, kind, pseudonym and audience: the last stays.
func (l *Ledger) Record(ctx context.Context, e Entry) error {
	err := l.change(ctx, func(tx *sql.Tx) error { return record(ctx, tx, e) })
	return l.fault(err)
}

func record(ctx context.Context, tx *sql.Tx, e Entry) error {
	e = normal(e)
	if e.BundleID == "" {
		return recordOutcome(ctx, tx, e)
	}
	b, err := MarshalRecord(e)
	if err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, `INSERT INTO entry (bundle_id, portal, kind, content_id, record) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (bundle_id) DO UPDATE SET record = excluded.record, withdrawn_at = NULL, withdrawn_code = NULL
		WHERE content_id = excluded.content_id AND (withdrawn_at IS NOT NULL OR record ->> 'audience' <> excluded.record ->> 'audience')`,
		e.BundleID, e.Portal, e.Kind, e.ContentID, string(b))
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); n > 0 || err != nil {
		return err
	}
	var same bool
	err = tx.QueryRowContext(ctx, `SELECT content_id = ? FROM entry WHERE bundle_id = ?`, e.ContentID, e.BundleID).Scan(&same)
	if err == nil && !same {
		err = fmt.Errorf("bundle %s: %w", e.BundleID, ErrOther)
	}
	return err
}

func recordOutcome(ctx context.Context, tx *sql.Tx, e Entry) error {
	if e.RunID == "" || e.Outcome == "" || e.Outcome == Made {
		return errors.New("an outcome without a bundle needs a run and a reason")
	}
	b, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT OR REPLACE INTO outcome (run_id, portal, kind, pseudonym, audience, record) VALUES (?, ?, ?, ?, ?, ?)`,
		e.RunID, e.Portal, e.Kind, e.Pseudonym, e.Audience, string(b))
	return err
}

// Find gives the bundle with this content that is not withdrawn.
func (l *Ledger) Find(ctx context.Context, contentID string) (Entry, bool, error) {
	for e, err := range l.entries(ctx, `WHERE content_id = ? AND withdrawn_at IS NULL ORDER BY bundle_id LIMIT 1`, contentID) {
		return e, err == nil, err
	}
	return Entry{}, false, nil
}

// Withdrawn reports whether a bundle of this id was made and taken away again.
func (l *Ledger) Withdrawn(ctx context.Context, bundleID string) (bool, error) {
	for _, err := range l.entries(ctx, `WHERE bundle_id = ? AND withdrawn_at IS NOT NULL`, bundleID) {
		return err == nil, err
	}
	return false, nil
}

// Live gives the bundles of a portal, or of all portals when it is empty, that
// are not withdrawn, of the given kinds or of all, in the order of portal, kind
// and bundle id. A loop over it may write.
func (l *Ledger) Live(ctx context.Context, portal string, kinds ...string) iter.Seq2[Entry, error] {
	where, args := `WHERE withdrawn_at IS NULL`, []any{}
	if portal != "" {
		where, args = where+` AND portal = ?`, append(args, portal)
	}
	if len(kinds) > 0 {
		where += ` AND kind IN (?` + strings.Repeat(`, ?`, len(kinds)-1) + `)`
		for _, k := range kinds {
			args = append(args, k)
		}
	}
	return l.entries(ctx, where+` ORDER BY portal, kind, bundle_id`, args...)
}

// All gives every bundle, withdrawn or not, in the order of bundle id.
func (l *Ledger) All(ctx context.Context) iter.Seq2[Entry, error] {
	return l.entries(ctx, `ORDER BY bundle_id`)
}

func (l *Ledger) entries(ctx context.Context, where string, args ...any) iter.Seq2[Entry, error] {
	return rows(ctx, l, `SELECT record, coalesce(withdrawn_at, ''), coalesce(withdrawn_code, '') FROM entry `+where, args, readEntry)
}

// Outcomes gives the work of a run that made no bundle.
func (l *Ledger) Outcomes(ctx context.Context, runID string) iter.Seq2[Entry, error] {
	return rows(ctx, l, `SELECT record, '', '' FROM outcome WHERE run_id = ? ORDER BY portal, kind, pseudonym, audience`, []any{runID}, readOutcome)
}

// rows gives what read makes of the three texts of each row.
func rows[T any](ctx context.Context, l *Ledger, query string, args []any, read func(text, at, code string) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := l.read.QueryContext(ctx, query, args...)
		if err != nil {
			yield(none, l.fault(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var text, at, code string
			err := rows.Scan(&text, &at, &code)
			v := none
			if err == nil {
				v, err = read(text, at, code)
			}
			if !yield(v, l.fault(err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, l.fault(err))
		}
	}
}

func readEntry(text, at, code string) (Entry, error) {
	e, err := ParseRecord([]byte(text))
	if err == nil && at != "" {
		e.WithdrawnCode = code
		e.WithdrawnAt, err = time.Parse(time.RFC3339Nano, at)
	}
	if err != nil {
		err = fmt.Errorf("%w: %w", err, ErrDamaged)
	}
	return e, err
}

func readOutcome(text, _, _ string) (e Entry, err error) {
	if json.Unmarshal([]byte(text), &e) != nil {
		err = ErrDamaged
	}
	return e, err
}

// MarkWithdrawn notes that a bundle was taken away. A second time changes
// nothing; an unknown bundle is [ErrUnknown]. The caller puts the same fact in
// the bucket (see [Withdrawal]) first.
func (l *Ledger) MarkWithdrawn(ctx context.Context, bundleID string, at time.Time, code string) error {
	err := l.change(ctx, func(tx *sql.Tx) error {
		return withdraw(ctx, tx, Withdrawal{BundleID: bundleID, At: at, Code: code})
	})
	return l.fault(err)
}

func withdraw(ctx context.Context, tx *sql.Tx, w Withdrawal) error {
	res, err := tx.ExecContext(ctx, `UPDATE entry SET withdrawn_code = iif(withdrawn_at IS NULL, ?, withdrawn_code),
		withdrawn_at = coalesce(withdrawn_at, ?) WHERE bundle_id = ?`,
		w.Code, w.At.UTC().Format(time.RFC3339Nano), w.BundleID)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err == nil && n == 0 {
		return fmt.Errorf("bundle %s: %w", w.BundleID, ErrUnknown)
	}
	return nil
}
