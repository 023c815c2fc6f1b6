// Package ledger remembers what was made: for whom (a pseudonym), under which
// terms, where it stands, until when.
//
// It is a projection, in one SQLite file, of the signed facts in the bucket: the
// same facts in any order give the same ledger, and [Rebuild] makes it again from
// them. What those cannot tell may not be in it, but for what was found missing
// ([Ledger.Forget]). It holds no name, birth date or client number, and it
// refuses a fact that is not exactly of its format, or not by who may state one.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"

	"inzage/internal/fact"
)

var (
	// ErrDamaged means that the file is not a readable ledger. Nothing is lost:
	// inzage reindex makes it again from the bucket.
	ErrDamaged = errors.New("the ledger file is damaged; make it again from the bucket with: inzage reindex")
	// ErrNewer means that a newer version of the program wrote the file.
	ErrNewer = errors.New("a newer version of inzage wrote this ledger; use that version, or move the file away and run: inzage reindex")
	// ErrOlder means that an earlier version of the program wrote the file.
	ErrOlder = errors.New("an earlier version of inzage wrote this ledger; make it again from the bucket with: inzage reindex")
	// ErrUnknown means that the ledger has no such bundle or holder.
	ErrUnknown = errors.New("not in the ledger")
	// ErrOther means that another fact stands in the bucket where this one was to
	// stand, which the ledger does not know of. Make the ledger again first.
	ErrOther = errors.New("another fact stands there, which this ledger does not know; run: inzage reindex")
	// ErrReplayed means that an older text stands where the ledger knew a newer.
	ErrReplayed = fmt.Errorf("an older version was put back: %w", fact.ErrForged)
	// ErrOtherBucket means that a ledger belongs to another bucket, or the bucket
	// lost its name. See whether store and ledger in the configuration belong
	// together.
	ErrOtherBucket = errors.New("this ledger belongs to another bucket, or the bucket lost its name (runs/bucket.json); name the right store, or move the ledger file away and run: inzage reindex")
)

// version is that of the schema. A file of another version is not read: the
// bucket has all that it holds.
const version = 4

// schema has a table for each kind of fact. What follows from several of them
// stands in views, so that the order in which they come does not matter.
const schema = `
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE fact ( -- each text that was read and verified
	key  TEXT PRIMARY KEY,
	at   TEXT NOT NULL,
	size INTEGER NOT NULL,
	sum  TEXT NOT NULL,
	etag TEXT NOT NULL -- as a listing tells it; the MD5 until it was listed
) WITHOUT ROWID;
CREATE INDEX fact_at ON fact (at);
CREATE TABLE entry (
	record_key TEXT PRIMARY KEY,
	bundle_id  TEXT NOT NULL,
	portal     TEXT NOT NULL,
	kind       TEXT NOT NULL,
	content_id TEXT NOT NULL,
	made_at    TEXT NOT NULL,
	entry      TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX entry_content ON entry (content_id);
CREATE INDEX entry_portal ON entry (portal, kind, bundle_id);
CREATE TABLE withdrawal (
	record_key TEXT PRIMARY KEY,
	bundle_id  TEXT NOT NULL,
	at         TEXT NOT NULL,
	code       TEXT NOT NULL,
	sure       INTEGER NOT NULL -- 0: the text could not be read
) WITHOUT ROWID;
CREATE INDEX withdrawal_bundle ON withdrawal (bundle_id);
CREATE TABLE rewrap (
	record_key TEXT NOT NULL,
	number     INTEGER NOT NULL,
	at         TEXT NOT NULL,
	rewrap     TEXT NOT NULL,
	PRIMARY KEY (record_key, number)
) WITHOUT ROWID;
CREATE TABLE gone ( -- no fact: found missing, to be made again
	record_key TEXT PRIMARY KEY,
	bundle_id  TEXT NOT NULL,
	why        TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE code (
	portal  TEXT NOT NULL,
	holder  TEXT NOT NULL,
	edition INTEGER NOT NULL,
	at      TEXT NOT NULL,
	code    TEXT NOT NULL,
	sure    INTEGER NOT NULL, -- 0: the text could not be read
	PRIMARY KEY (portal, holder, edition)
) WITHOUT ROWID;
CREATE TABLE revocation (
	portal  TEXT NOT NULL,
	holder  TEXT NOT NULL,
	edition INTEGER NOT NULL,
	at      TEXT NOT NULL,
	sure    INTEGER NOT NULL,
	PRIMARY KEY (portal, holder, edition)
) WITHOUT ROWID;
CREATE INDEX code_holder ON code (holder, edition);
CREATE INDEX revocation_holder ON revocation (holder, edition);
CREATE VIEW standing AS -- a withdrawal or rewrap from before the record is of an earlier copy
	SELECT e.*, coalesce(w.at, '') AS withdrawn_at, coalesce(w.code, '') AS withdrawn_code, g.why IS NOT NULL AS gone,
		coalesce((SELECT r.rewrap FROM rewrap r WHERE r.record_key = e.record_key AND r.at >= e.made_at ORDER BY r.number DESC LIMIT 1), '') AS rewrap
	FROM entry e
	LEFT JOIN withdrawal w ON w.record_key = e.record_key AND (w.sure = 0 OR w.at >= e.made_at)
	LEFT JOIN gone g ON g.record_key = e.record_key;
CREATE VIEW codes AS -- a revocation of a code of which the text is lost closes it too
	SELECT c.portal, c.holder, c.edition, c.code, coalesce(r.at, iif(c.sure, '', c.at)) AS revoked_at
	FROM code c LEFT JOIN revocation r USING (portal, holder, edition)
	UNION ALL
	SELECT portal, holder, edition, json_object('portal', portal, 'holder', holder, 'edition', edition, 'issued_at', at), at
	FROM revocation r WHERE NOT EXISTS (SELECT 1 FROM code c WHERE (c.portal, c.holder, c.edition) = (r.portal, r.holder, r.edition));
`

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

// source is the data source name. With NORMAL a loss of power may take the last
// entries, never the file; they are in the bucket.
func source(path string) string {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(NORMAL)"}}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func (l *Ledger) migrate() error {
	return l.change(context.Background(), func(tx *sql.Tx) error {
		var have int
		if err := tx.QueryRow(`PRAGMA user_version`).Scan(&have); err != nil {
			return err
		}
		switch {
		case have == version:
			return nil
		case have > version:
			return ErrNewer
		case have > 0:
			return ErrOlder
		}
		_, err := tx.Exec(schema + fmt.Sprintf(`PRAGMA user_version = %d`, version))
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
