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

	"inzage/internal/store"
)

// Find gives the newest bundle with this content that stands.
func (l *Ledger) Find(ctx context.Context, contentID string) (Entry, bool, error) {
	for e, err := range l.entries(ctx, `WHERE content_id = ? AND withdrawn_at = '' AND NOT gone ORDER BY made_at DESC LIMIT 1`, contentID) {
		return e, err == nil, err
	}
	return Entry{}, false, nil
}

// Withdrawn reports whether a bundle of this id was made and is not there any
// more: taken away, or found missing. [Ledger.Clear] makes way for it.
func (l *Ledger) Withdrawn(ctx context.Context, bundleID string) (bool, error) {
	return l.is(ctx, `SELECT EXISTS (SELECT 1 FROM withdrawal WHERE bundle_id = ?) OR EXISTS (SELECT 1 FROM gone WHERE bundle_id = ?)`, bundleID, bundleID)
}

// Live gives the bundles of a portal, or of all portals when it is empty, that
// stand, of the given kinds or of all, in the order of portal, kind and bundle
// id. A loop over it may write.
func (l *Ledger) Live(ctx context.Context, portal string, kinds ...string) iter.Seq2[Entry, error] {
	where, args := `WHERE withdrawn_at = '' AND NOT gone`, []any{}
	if portal != "" {
		where, args = where+` AND portal = ?`, append(args, portal)
	}
	if len(kinds) > 0 {
		where += ` AND kind IN (?` + strings.Repeat(`, ?`, len(kinds)-1) + `)`
		for _, k := range kinds {
			args = append(args, k)
		}
	}
	return l.entries(ctx, where+` ORDER BY portal, kind, bundle_id, record_key`, args...)
}

// Gone gives the bundles of a portal that were found missing or altered and are not
// withdrawn: see [Ledger.Forget]. A loop over it may write.
func (l *Ledger) Gone(ctx context.Context, portal string) iter.Seq2[Entry, error] {
	return l.entries(ctx, `WHERE withdrawn_at = '' AND gone AND portal = ? ORDER BY kind, bundle_id, record_key`, portal)
}

// Empty reports whether the ledger knows of no fact at all.
func (l *Ledger) Empty(ctx context.Context) (bool, error) {
	return l.is(ctx, `SELECT NOT EXISTS (SELECT 1 FROM fact)`)
}

// Latest is the latest moment of any fact, or the zero time. A fact that could
// not be verified does not count, so that nobody can set the clock with one.
func (l *Ledger) Latest(ctx context.Context) (time.Time, error) {
	var at string
	err := l.read.QueryRowContext(ctx, `SELECT coalesce(max(at), '') FROM fact`).Scan(&at)
	if err != nil || at == "" {
		return time.Time{}, l.fault(err)
	}
	t, err := moment(at)
	return t, l.fault(err)
}

// Knows reports whether the ledger has read and verified what stands under a key.
func (l *Ledger) Knows(ctx context.Context, key store.Key) (bool, error) {
	return l.is(ctx, `SELECT EXISTS (SELECT 1 FROM fact WHERE key = ?)`, string(key))
}

// A Known is a fact as the ledger read it.
type Known struct {
	Key    store.Key
	At     time.Time
	Size   int64
	SHA256 string // hex
	etag   string
}

// Facts gives every fact of which the key starts with prefix, in the order of
// keys, as a listing of the bucket has them. A loop over it may write.
func (l *Ledger) Facts(ctx context.Context, prefix string) iter.Seq2[Known, error] {
	return rows(ctx, l, `SELECT key, size, sum || ' ' || etag, at FROM fact WHERE substr(key, 1, length(?1)) = ?1 AND key >= ?1 ORDER BY key`, []any{prefix},
		func(col [4]string) (k Known, err error) {
			k.Key = store.Key(col[0])
			k.SHA256, k.etag, _ = strings.Cut(col[2], " ")
			if k.At, err = moment(col[3]); err == nil {
				_, err = fmt.Sscan(col[1], &k.Size)
			}
			return k, err
		})
}

// Fact gives one fact as the ledger read it.
func (l *Ledger) Fact(ctx context.Context, key store.Key) (Known, bool, error) {
	for k, err := range l.Facts(ctx, string(key)) {
		return k, err == nil && k.Key == key, err // the shortest of those that begin so
	}
	return Known{}, false, nil
}

// IsFact reports whether what stands under k belongs in the ledger.
func IsFact(k store.Key) bool { return k.IsFact() }

// Compare goes through a listing in the order of keys beside the facts under
// prefix, and gives what one of the two lacks or has otherwise: unknown are in
// the bucket and not in the ledger, or of another size or ETag; missing the other way
// round. Only the differences are held in memory.
func (l *Ledger) Compare(ctx context.Context, prefix string, list iter.Seq2[store.Info, error]) (unknown []store.Info, missing []store.Key, err error) {
	known, stop := iter.Pull2(l.Facts(ctx, prefix))
	defer stop()
	have, herr, more := known()
	for in, err := range list {
		if err != nil {
			return nil, nil, err
		}
		if !in.Key.IsFact() {
			continue
		}
		for ; more && herr == nil && have.Key < in.Key; have, herr, more = known() {
			missing = append(missing, have.Key)
		}
		if herr != nil {
			return nil, nil, herr
		}
		same := more && have.Key == in.Key
		if !same || have.Size != in.Size || in.ETag != "" && in.ETag != have.etag {
			unknown = append(unknown, in)
		}
		if same {
			have, herr, more = known()
		}
	}
	for ; more && herr == nil; have, herr, more = known() {
		missing = append(missing, have.Key)
	}
	return unknown, missing, herr
}

// Listed remembers by which ETag a listing told facts that were read since, so that
// a store with ETags of its own is not read again for them.
func (l *Ledger) Listed(ctx context.Context, list []store.Info) error {
	return l.fault(l.change(ctx, func(tx *sql.Tx) error {
		for _, in := range list {
			if err := exec(ctx, tx, `UPDATE fact SET etag = ? WHERE key = ? AND etag <> ?`, in.ETag, in.Key, in.ETag); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (l *Ledger) is(ctx context.Context, query string, args ...any) (yes bool, err error) {
	err = l.read.QueryRowContext(ctx, query, args...).Scan(&yes)
	return yes, l.fault(err)
}

func (l *Ledger) entries(ctx context.Context, where string, args ...any) iter.Seq2[Entry, error] {
	return rows(ctx, l, `SELECT entry, rewrap, withdrawn_at, withdrawn_code FROM standing `+where, args, readEntry)
}

func readEntry(col [4]string) (e Entry, err error) {
	err = unmarshal(col[0], &e)
	if err == nil && col[1] != "" {
		var r Rewrap
		err = unmarshal(col[1], &r)
		e = r.onto(e)
	}
	if err == nil && col[2] != "" {
		e.WithdrawnCode = col[3]
		e.WithdrawnAt, err = moment(col[2])
	}
	return e, err
}

// unmarshal reads what the ledger itself wrote.
func unmarshal(text string, v any) error {
	if json.Unmarshal([]byte(text), v) != nil {
		return ErrDamaged
	}
	return nil
}

// stamps are of one length, so that they sort as moments do.
const stamps = "2006-01-02T15:04:05.000000000Z"

func stamp(t time.Time) string { return t.UTC().Format(stamps) }

func moment(s string) (time.Time, error) {
	t, err := time.Parse(stamps, s)
	if err != nil {
		return time.Time{}, ErrDamaged
	}
	return t, nil
}

// rows gives what read makes of the four texts of each row.
func rows[T any](ctx context.Context, l *Ledger, query string, args []any, read func([4]string) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := l.read.QueryContext(ctx, query, args...)
		if err != nil {
			yield(none, l.fault(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var col [4]string
			err := rows.Scan(&col[0], &col[1], &col[2], &col[3])
			v := none
			if err == nil {
				v, err = read(col)
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

// one reads a single text, or "" when there is none.
func one(ctx context.Context, tx *sql.Tx, query string, args ...any) (s string, err error) {
	err = tx.QueryRowContext(ctx, query, args...).Scan(&s)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return s, err
}
