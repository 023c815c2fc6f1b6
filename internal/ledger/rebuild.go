package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"inzage/internal/fact"
	"inzage/internal/store"
)

// Rebuilt is what a rebuild found in the bucket.
type Rebuilt struct {
	Copies int         // bundles that stand
	Codes  int         // access codes, revoked ones too
	Bad    []error     // facts that are rotten or forged, each by its key; they are left out
	Lost   []store.Key // facts that the ledger before knew and the bucket lacks; a revocation or withdrawal among them holds on
}

var (
	// ErrNothing means that no fact of a bucket that has facts can be read. The
	// ledger was left as it is: the secret or the list of signers is another
	// than the bucket's.
	ErrNothing = errors.New("none of the facts in the bucket can be read; see whether secret and signers in the configuration are this bucket's")
	// ErrUnsound means that the new ledger does not hold what was read. The old
	// one was left as it is; look at the disk.
	ErrUnsound = errors.New("the ledger that was made does not hold what was read")
)

// Rebuild makes the ledger at path again from the facts in the bucket, beside the
// one that is there, and puts it in its place when it is whole. Whatever goes
// wrong, and whenever the program ends, the one or the other is there; the one
// before is kept as <path>.old. A fact that is rotten or forged is left out and
// named, the rest is read.
func Rebuild(ctx context.Context, path string, b fact.Book) (Rebuilt, error) {
	beside := path + ".new"
	if err := discard(beside); err != nil {
		return Rebuilt{}, err
	}
	defer discard(beside)
	l, err := Open(beside)
	if err != nil {
		return Rebuilt{}, err
	}
	r, err := l.fill(ctx, b)
	if err == nil {
		r.Lost, err = l.carry(ctx, path)
	}
	if err == nil {
		err = l.finish(ctx)
	}
	if cerr := l.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return Rebuilt{}, l.fault(err)
	}
	return r, swap(beside, path)
}

// fill reads the bucket into an empty ledger, and checks that every fact is
// accounted for.
func (l *Ledger) fill(ctx context.Context, b fact.Book) (r Rebuilt, err error) {
	id, err := bucketID(ctx, b)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return r, err
	}
	err = l.change(ctx, func(tx *sql.Tx) error {
		t, listed, entered := taker{tx: tx}, 0, 0
		if err := fetch(ctx, b, facts(ctx, b, &listed), t.take); err != nil {
			return err
		}
		asked := taker{tx: tx}
		if err := fetch(ctx, b, closing(ctx, tx), asked.take); err != nil {
			return err
		}
		if id != "" {
			if err := exec(ctx, tx, `INSERT INTO about (name, value) VALUES ('bucket', ?)`, id); err != nil {
				return err
			}
		}
		r.Bad = append(t.bad, asked.bad...)
		if t.taken == 0 && len(t.bad) > 0 {
			return fmt.Errorf("%d facts: %w; the first: %w", len(t.bad), ErrNothing, t.bad[0])
		}
		err := tx.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM fact), (SELECT count(*) FROM standing WHERE withdrawn_at = ''), (SELECT count(*) FROM codes)`).
			Scan(&entered, &r.Copies, &r.Codes)
		if err == nil && (entered != t.taken+asked.taken || t.taken+len(t.bad)+t.gone != listed) {
			err = fmt.Errorf("%d facts listed, %d entered, %d refused: %w", listed, entered, len(t.bad), ErrUnsound)
		}
		return err
	})
	return r, err
}

// closing names what would close a door, of every copy and code that stands: a
// listing that lacks a revocation must not bring a code back.
func closing(ctx context.Context, tx *sql.Tx) iter.Seq2[store.Key, error] {
	return func(yield func(store.Key, error) bool) {
		keys, err := closingKeys(ctx, tx)
		if err != nil {
			yield("", err)
			return
		}
		for _, k := range keys {
			if !yield(k, nil) {
				return
			}
		}
	}
}

func closingKeys(ctx context.Context, tx *sql.Tx) (keys []store.Key, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT record_key, '', '', 0 FROM standing WHERE withdrawn_at = ''
		UNION ALL SELECT '', portal, holder, edition FROM codes WHERE revoked_at = ''`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var record store.Key
		var portal, holder string
		var edition int
		if err := rows.Scan(&record, &portal, &holder, &edition); err != nil {
			return nil, err
		}
		if record != "" {
			keys = append(keys, store.WithdrawalKey(record))
		} else {
			keys = append(keys, store.RevokedKey(store.CodeKey(portal, holder, edition)))
		}
	}
	return keys, rows.Err()
}

// carry compares with the ledger that was there, if it can be read, and takes
// over what closes a door: who removes a revocation from the bucket does not
// bring the code back.
func (l *Ledger) carry(ctx context.Context, path string) ([]store.Key, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, nil
	}
	old, err := Open(path)
	if err != nil {
		return nil, nil // damaged, or of another version: there is one witness
	}
	defer old.Close()
	if same, err := sameBucket(ctx, l, old); err != nil {
		return nil, nil // damaged further on
	} else if !same {
		return nil, ErrOtherBucket
	}
	lost, err := l.lacking(ctx, old.Facts(ctx, ""))
	if errors.Is(err, ErrDamaged) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	closed, err := l.carryClosed(ctx, old)
	if err != nil {
		return nil, err
	}
	lost = append(lost, closed...)
	slices.Sort(lost)
	return slices.Compact(lost), nil
}

// lacking gives the facts of another ledger that l does not know, but for those of
// a copy that was made again since.
func (l *Ledger) lacking(ctx context.Context, facts iter.Seq2[Known, error]) (lost []store.Key, err error) {
	for known, err := range facts {
		if err != nil {
			return nil, err
		}
		has, err := l.is(ctx, `SELECT EXISTS (SELECT 1 FROM fact WHERE key = ?1) OR EXISTS (SELECT 1 FROM entry WHERE bundle_id = ?2 AND made_at > ?3)`,
			string(known.Key), bundleOf(known.Key.Record()), stamp(known.At))
		if err != nil {
			return nil, err
		}
		if !has {
			lost = append(lost, known.Key)
		}
	}
	return lost, nil
}

// carryClosed takes the revocations and withdrawals over that l lacks, and gives
// their keys. They were read and verified once.
func (l *Ledger) carryClosed(ctx context.Context, old *Ledger) (keys []store.Key, err error) {
	for _, kind := range []struct {
		from, to string
		key      func([4]string) store.Key
	}{
		{`SELECT portal, holder, cast(edition AS TEXT), at FROM revocation WHERE sure`,
			`INSERT INTO revocation (portal, holder, edition, at, sure) VALUES (?, ?, ?, ?, 1) ON CONFLICT DO NOTHING`,
			func(col [4]string) store.Key {
				edition, _ := strconv.Atoi(col[2])
				return store.RevokedKey(store.CodeKey(col[0], col[1], edition))
			}},
		{`SELECT record_key, bundle_id, at, code FROM withdrawal WHERE sure`,
			`INSERT INTO withdrawal (record_key, bundle_id, at, code, sure) SELECT ?1, ?2, ?3, ?4, 1
				WHERE NOT EXISTS (SELECT 1 FROM entry WHERE bundle_id = ?2 AND made_at > ?3) ON CONFLICT DO NOTHING`,
			func(col [4]string) store.Key { return store.WithdrawalKey(store.Key(col[0])) }},
	} {
		for col, err := range rows(ctx, old, kind.from, nil, func(col [4]string) ([4]string, error) { return col, nil }) {
			if err != nil {
				return nil, err
			}
			res, err := l.write.ExecContext(ctx, kind.to, col[0], col[1], col[2], col[3])
			if err != nil {
				return nil, err
			}
			if n, err := res.RowsAffected(); n == 0 || err != nil {
				continue
			}
			keys = append(keys, kind.key(col))
		}
	}
	return keys, nil
}

// SignUnsigned signs every fact that has no signature and fits the secret, and
// tells how many. It is for a bucket that gets its first signing key: whoever could
// write the bucket and had the secret before is believed from then on.
func SignUnsigned(ctx context.Context, b fact.Book) (n int, err error) {
	var listed int
	keys := []store.Key{store.BucketKey}
	for key, err := range facts(ctx, b, &listed) {
		if err != nil {
			return 0, err
		}
		keys = append(keys, key)
	}
	for _, key := range keys {
		if _, err = b.Get(ctx, key); !errors.Is(err, fact.ErrUnsigned) {
			continue // the rebuild names what is bad
		}
		if err = signOne(ctx, b, key); err == nil {
			n++
		} else if !fact.Bad(err) {
			return n, err
		}
	}
	return n, nil
}

func signOne(ctx context.Context, b fact.Book, key store.Key) error {
	body, err := fact.Book{Store: b.Store, Secret: b.Secret}.Get(ctx, key)
	if err != nil {
		return err
	}
	o := store.Object{Key: key}
	if key == store.BucketKey {
		_, err = parseBucket(b.Secret, body)
	} else {
		var f Fact
		f, err = parse(b.Secret, key, body)
		if e, ok := f.(Entry); ok {
			o.Lock = e.Lock
		}
	}
	if err != nil {
		return err
	}
	return b.Sign(ctx, o, body)
}

// finish checks the file and makes it one that stands by itself. Nothing can be
// read from l after.
func (l *Ledger) finish(ctx context.Context) error {
	if err := l.read.Close(); err != nil { // the mode changes for a single connection
		return err
	}
	for _, step := range [][2]string{{`PRAGMA integrity_check`, "ok"}, {`PRAGMA journal_mode = DELETE`, "delete"}} {
		var got string
		if err := l.write.QueryRowContext(ctx, step[0]).Scan(&got); err != nil {
			return err
		}
		if got != step[1] {
			return fmt.Errorf("%s: %w", step[0], ErrUnsound)
		}
	}
	return nil
}

// swap puts the file beside in the place of the one at path, which is kept as
// <path>.old. The write-ahead log of the old file is folded into it first, for it
// would be taken for the new one's.
func swap(beside, path string) error {
	if err := discard(path + ".old"); err != nil {
		return err
	}
	if _, err := os.Stat(path); err == nil {
		if old, err := Open(path); err == nil {
			old.Close()
		}
		for _, end := range []string{"-wal", "-shm"} { // left by a file that does not open
			if err := move(path+end, path+".old"+end); err != nil {
				return err
			}
		}
		if err := os.Link(path, path+".old"); err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
	}
	if err := durable(beside); err != nil {
		return err
	}
	if err := os.Rename(beside, path); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return durable(filepath.Dir(path))
}

func move(from, to string) error {
	if err := os.Rename(from, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}

// discard removes a ledger file with what SQLite keeps beside it.
func discard(path string) error {
	for _, end := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("ledger: %w", err)
		}
	}
	return nil
}

// durable makes a file or a folder durable.
func durable(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}
