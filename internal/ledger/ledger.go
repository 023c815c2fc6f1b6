// Package ledger remembers what was made: for whom (a pseudonym), under which
// terms, where it stands, until when.
//
// It is a cache in one SQLite file. Everything in it comes from public texts in
// the bucket, and [Ledger.Rebuild] makes it again from them; what those cannot
// tell may not be in it. It holds no name, birth date or client number, and it
// refuses a record that is not exactly of its format.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
)

var (
	// ErrDamaged means that the file is not a readable ledger. Nothing is lost:
	// inzage reindex makes it again from the bucket.
	ErrDamaged = errors.New("the ledger file is damaged; make it again from the bucket with: inzage reindex")
	// ErrNewer means that a newer version of the program wrote the file.
	ErrNewer = errors.New("a newer version of inzage wrote this ledger; use that version, or move the file away and run: inzage reindex")
	// ErrUnknown means that the ledger has no such bundle.
	ErrUnknown = errors.New("not in the ledger")
	// ErrOther means that a bundle id is taken by other content. It cannot
	// happen to honest ids; stop and find out.
	ErrOther = errors.New("other content has this bundle id")
)

// migrations make each version of the schema from the one before. A released
// one is never changed; the last is what the program writes.
var migrations = []string{`
CREATE TABLE entry (
	bundle_id      TEXT PRIMARY KEY,
	portal         TEXT NOT NULL,
	kind           TEXT NOT NULL,
	content_id     TEXT NOT NULL,
	withdrawn_at   TEXT,
	withdrawn_code TEXT,
	record         TEXT NOT NULL -- inzage/record/v1
) WITHOUT ROWID;
CREATE INDEX entry_content ON entry (content_id);
CREATE INDEX entry_live ON entry (portal, kind, bundle_id) WHERE withdrawn_at IS NULL;
CREATE TABLE outcome ( -- work that made no bundle
	run_id    TEXT NOT NULL,
	portal    TEXT NOT NULL,
	kind      TEXT NOT NULL,
	pseudonym TEXT NOT NULL,
	audience  TEXT NOT NULL,
	record    TEXT NOT NULL, -- one of inzage/outcomes/v1
	PRIMARY KEY (run_id, portal, kind, pseudonym, audience)
) WITHOUT ROWID;`, `
CREATE TABLE code (
	holder     TEXT NOT NULL,
	edition    INTEGER NOT NULL,
	portal     TEXT NOT NULL,
	revoked_at TEXT,
	record     TEXT NOT NULL, -- inzage/code/v1
	PRIMARY KEY (holder, edition)
) WITHOUT ROWID;
CREATE INDEX code_portal ON code (portal, holder, edition);`,
}

// A Ledger is an open ledger file. It is safe for use by many goroutines; one
// of them writes at a time.
type Ledger struct {
	path  string
	write *sql.DB // one connection
	read  *sql.DB // several, so that a loop over entries may write
}

// Open opens the ledger at path, and makes it when it is not there.
func Open(path string) (*Ledger, error) {
	path, err := filepath.Abs(path) // the embedded store changes the working directory
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // sqlite would make it readable for all
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	f.Close()
	l := &Ledger{path: path}
	if l.write, err = sql.Open("sqlite", source(path)); err == nil {
		l.write.SetMaxOpenConns(1)
		l.read, err = sql.Open("sqlite", source(path)+"&_pragma=query_only(1)")
	}
	if err == nil {
		l.read.SetMaxOpenConns(4)
		err = l.migrate()
	}
	if err != nil {
		l.Close()
		return nil, l.fault(err)
	}
	return l, nil
}

// OpenAnew puts an existing file aside under the name <path>.old, damaged or
// not, and opens an empty ledger in its place, ready for [Ledger.Rebuild].
func OpenAnew(path string) (*Ledger, error) {
	for _, end := range []string{"-wal", "-shm", ""} {
		err := os.Rename(path+end, path+".old"+end)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("ledger: %w", err)
		}
	}
	return Open(path)
}

// source is the data source name. With NORMAL a loss of power may take the last
// entries, never the file; they are in the bucket.
func source(path string) string {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(NORMAL)"}}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func (l *Ledger) migrate() error {
	return l.change(context.Background(), func(tx *sql.Tx) error {
		var version int
		if err := tx.QueryRow(`PRAGMA user_version`).Scan(&version); err != nil {
			return err
		}
		if version > len(migrations) {
			return ErrNewer
		}
		for _, m := range migrations[version:] {
			if _, err := tx.Exec(m); err != nil {
				return err
			}
		}
		if version == len(migrations) {
			return nil
		}
		_, err := tx.Exec(fmt.Sprintf(`PRAGMA user_version = %d`, len(migrations)))
		return err
	})
}

// change runs f in one transaction, which it undoes when f fails.
func (l *Ledger) change(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := l.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// The result codes of SQLite that mean a broken file (sqlite.org/rescode.html).
const (
	sqliteCorrupt = 11
	sqliteNotADB  = 26
)

// fault names the file and tells a broken one from other faults.
func (l *Ledger) fault(err error) error {
	if err == nil {
		return nil
	}
	var e *sqlite.Error
	if errors.As(err, &e) && (e.Code()&0xff == sqliteCorrupt || e.Code()&0xff == sqliteNotADB) {
		err = ErrDamaged
	}
	return fmt.Errorf("ledger %s: %w", l.path, err)
}

// Close closes the file. It may be called twice.
func (l *Ledger) Close() error {
	var errs []error
	for _, db := range []*sql.DB{l.read, l.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}
