package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

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
		if id != "" {
			if err := exec(ctx, tx, `INSERT INTO about (name, value) VALUES ('bucket', ?)`, id); err != nil {
				return err
			}
		}
		r.Bad = t.bad
		if t.taken == 0 && len(t.bad) > 0 {
			return fmt.Errorf("%d facts: %w; the first: %w", len(t.bad), ErrNothing, t.bad[0])
		}
		err := tx.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM fact), (SELECT count(*) FROM standing WHERE withdrawn_at = ''), (SELECT count(*) FROM codes)`).
			Scan(&entered, &r.Copies, &r.Codes)
		if err == nil && (entered != t.taken || entered+len(t.bad)+t.gone != listed) {
			err = fmt.Errorf("%d facts listed, %d entered, %d refused: %w", listed, entered, len(t.bad), ErrUnsound)
		}
		return err
	})
	return r, err
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
	if same, err := sameBucket(ctx, l, old); !same || err != nil {
		return nil, err
	}
	var lost []store.Key
	for known, err := range old.Facts(ctx, "") {
		if errors.Is(err, ErrDamaged) {
			return lost, nil
		}
		if err != nil {
			return nil, err
		}
		has, err := l.Knows(ctx, known.Key)
		if err != nil {
			return nil, err
		}
		if !has {
			lost = append(lost, known.Key)
		}
	}
	return lost, l.change(ctx, func(tx *sql.Tx) error {
		for _, key := range lost {
			if err := l.carryOne(ctx, tx, old, key); err != nil {
				return err
			}
		}
		return nil
	})
}

// carryOne takes one revocation or withdrawal over.
func (l *Ledger) carryOne(ctx context.Context, tx *sql.Tx, old *Ledger, key store.Key) error {
	var at string
	if portal, holder, edition, ok := key.CodeOf(); ok && key.IsRevocation() {
		err := old.read.QueryRowContext(ctx, `SELECT at FROM revocation WHERE (portal, holder, edition) = (?, ?, ?)`, portal, holder, edition).Scan(&at)
		if err != nil {
			return err
		}
		return exec(ctx, tx, `INSERT INTO revocation (portal, holder, edition, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`, portal, holder, edition, at)
	}
	if !key.IsWithdrawal() {
		return nil
	}
	var code string
	err := old.read.QueryRowContext(ctx, `SELECT at, code FROM withdrawal WHERE record_key = ?`, key.Record()).Scan(&at, &code)
	if err != nil {
		return err
	}
	return exec(ctx, tx, `INSERT INTO withdrawal (record_key, bundle_id, at, code, sure) VALUES (?, ?, ?, ?, 1) ON CONFLICT DO NOTHING`,
		key.Record(), bundleOf(key.Record()), at, code)
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
