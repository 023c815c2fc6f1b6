// Package bulk groups a FHIR Bulk Data export by patient: files per type, in no
// order, larger than memory. It keeps an index of places on disk and reads a
// patient's lines from the export when asked.
//
// The index holds hashes of ids, positions and versions; no text of a record
// and no id as it is written touches its disk. A resource of no patient is
// counted and never given out; a look-up gives resources that belong to nobody,
// never another patient's.
package bulk

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"

	_ "modernc.org/sqlite" // the engine; see docs/fhir.md for why this one

	"inzage/internal/dossier"
)

// Options of an index.
type Options struct {
	Work    string // folder in which the index stays, so that a later run goes on; empty: a folder of its own that Close removes
	MaxLine int64  // bytes of one line
}

// ErrIndex means that the index cannot be made or read: a full disk, or a work
// folder that another program uses. The export itself may be whole.
var ErrIndex = errors.New("the index of the export cannot be used")

// An Index is an export, grouped. It may be used by several workers at once.
type Index struct {
	root *os.Root
	db   *sql.DB
	temp string // to remove on Close
	opt  Options

	mu    sync.Mutex
	files map[int64]*os.File

	time    string
	gaps    []string
	orphans int
}

const schema = `
PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA temp_store = FILE; PRAGMA wal_autocheckpoint = 16000;
CREATE TABLE IF NOT EXISTS file (n INTEGER PRIMARY KEY, name TEXT UNIQUE, size INTEGER, mtime INTEGER, done INTEGER);
CREATE TABLE IF NOT EXISTS res  (id BLOB PRIMARY KEY, owner BLOB, rank TEXT, kind TEXT, file INTEGER, off INTEGER, len INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS name (key BLOB PRIMARY KEY, id BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS link (id BLOB, target BLOB, PRIMARY KEY (id, target)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS note (k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID;`

// nobody owns what belongs to a patient, but to none that can be told.
var nobody = []byte{0}

// Open indexes the export below root, or goes on with an index that was begun.
func Open(ctx context.Context, root *os.Root, opt Options) (*Index, error) {
	x := &Index{root: root, opt: opt, files: map[int64]*os.File{}}
	dir := opt.Work
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "inzage-fhir-"); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrIndex, err)
		}
		x.temp = dir
	}
	plan, err := planOf(root)
	if err == nil {
		err = x.open(ctx, filepath.Join(dir, "fhir-index.sqlite"), plan)
	}
	if err != nil {
		return nil, errors.Join(err, x.Close())
	}
	return x, nil
}

func (x *Index) open(ctx context.Context, name string, p plan) error {
	var err error
	if x.db, err = sql.Open("sqlite", name); err != nil {
		return fmt.Errorf("%w: %w", ErrIndex, err)
	}
	x.db.SetMaxOpenConns(1)
	if _, err := x.db.ExecContext(ctx, schema); err != nil {
		return fmt.Errorf("%w: %w", ErrIndex, err)
	}
	if err := x.fresh(ctx, p); err != nil {
		return err
	}
	if err := x.fill(ctx, p); err != nil {
		return err
	}
	return x.finish(ctx, p)
}

// fresh empties the index when a file that it has read is not the same any more:
// an index of another export would mix two.
func (x *Index) fresh(ctx context.Context, p plan) error {
	same := true
	rows, err := x.db.QueryContext(ctx, `SELECT name, size, mtime FROM file ORDER BY n`)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrIndex, err)
	}
	n := 0
	for rows.Next() {
		var f file
		if err := rows.Scan(&f.name, &f.size, &f.mtime); err != nil {
			rows.Close()
			return fmt.Errorf("%w: %w", ErrIndex, err)
		}
		same = same && n < len(p.files) && p.files[n].name == f.name && p.files[n].size == f.size && p.files[n].mtime == f.mtime
		n++
	}
	rows.Close()
	if !same {
		_, err = x.db.ExecContext(ctx, `DROP INDEX IF EXISTS res_owner; DELETE FROM file; DELETE FROM res; DELETE FROM name; DELETE FROM link; DELETE FROM note`)
	}
	for i, f := range p.files {
		if err == nil {
			_, err = x.db.ExecContext(ctx, `INSERT OR IGNORE INTO file VALUES (?,?,?,?,0)`, i, f.name, f.size, f.mtime)
		}
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrIndex, err)
	}
	return nil
}

// finish gives resources that hang on other resources their patient, and counts
// what has none.
func (x *Index) finish(ctx context.Context, p plan) error {
	steps := []string{
		`CREATE INDEX IF NOT EXISTS res_owner ON res (owner, file, off)`,
		`UPDATE res SET owner = (SELECT id FROM name WHERE key = res.owner) WHERE owner IN (SELECT key FROM name)`,
		`UPDATE res SET owner = (SELECT min(t.owner) FROM link l JOIN res t ON t.id = l.target WHERE l.id = res.id AND t.owner <> x'00') WHERE owner = x'00' AND EXISTS (SELECT 1 FROM link l JOIN res t ON t.id = l.target WHERE l.id = res.id AND t.owner <> x'00')`,
	}
	for _, s := range steps {
		if _, err := x.db.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%w: %w", ErrIndex, err)
		}
	}
	row := x.db.QueryRowContext(ctx, `SELECT count(*) FROM res WHERE owner IS NOT NULL AND owner NOT IN (SELECT id FROM res WHERE kind = 'Patient')`)
	if err := row.Scan(&x.orphans); err != nil {
		return fmt.Errorf("%w: %w", ErrIndex, err)
	}
	x.time, x.gaps = p.time, p.gaps
	rows, err := x.db.QueryContext(ctx, `SELECT k FROM note ORDER BY k`)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrIndex, err)
	}
	defer rows.Close()
	for rows.Next() {
		var k string
		if err := rows.Scan(&k); err != nil {
			return fmt.Errorf("%w: %w", ErrIndex, err)
		}
		x.gaps = append(x.gaps, k)
	}
	return rows.Err()
}

// Close lets go of the index, and removes it when it had no work folder.
func (x *Index) Close() error {
	var errs []error
	x.mu.Lock()
	for _, f := range x.files {
		errs = append(errs, f.Close())
	}
	x.files = map[int64]*os.File{}
	x.mu.Unlock()
	if x.db != nil {
		errs = append(errs, x.db.Close())
	}
	if x.temp != "" {
		errs = append(errs, os.RemoveAll(x.temp))
	}
	return errors.Join(errs...)
}

// TransactionTime is the moment of the export, as its manifest says; may be empty.
func (x *Index) TransactionTime() string { return x.time }

// Gaps are the ways in which the export is not complete: error files, files that
// are not there, lines that cannot be read. With a gap no copy of it is whole.
func (x *Index) Gaps() []string { return x.gaps }

// Orphans is the number of resources that belong to no patient of the export.
func (x *Index) Orphans() int { return x.orphans }

// Patients lists the patients in order of their hash.
func (x *Index) Patients(ctx context.Context) iter.Seq2[dossier.FileRef, error] {
	return func(yield func(dossier.FileRef, error) bool) {
		last := []byte{}
		for {
			page, err := x.page(ctx, last)
			if err != nil {
				yield(dossier.FileRef{}, err)
				return
			}
			for _, r := range page {
				if !yield(r, nil) {
					return
				}
			}
			if len(page) == 0 {
				return
			}
			last, _ = hex.DecodeString(page[len(page)-1].Path)
		}
	}
}

// page reads some patients at a time, so that no query stays open while a
// dossier is made.
func (x *Index) page(ctx context.Context, after []byte) ([]dossier.FileRef, error) {
	rows, err := x.db.QueryContext(ctx, `SELECT id, (SELECT sum(len) FROM res r WHERE r.owner = p.id) FROM res p WHERE kind = 'Patient' AND id > ? ORDER BY id LIMIT 256`, after)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIndex, err)
	}
	defer rows.Close()
	var out []dossier.FileRef
	for rows.Next() {
		var id []byte
		var size sql.NullInt64
		if err := rows.Scan(&id, &size); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrIndex, err)
		}
		out = append(out, dossier.FileRef{Path: hex.EncodeToString(id), Size: size.Int64})
	}
	return out, rows.Err()
}

// A spot is where a line stands.
type spot struct {
	file     int64
	off, len int64
}

// Record gives the lines of one patient, in the order of the export.
func (x *Index) Record(ctx context.Context, ref dossier.FileRef, each func(line []byte)) error {
	id, err := hex.DecodeString(ref.Path)
	if err != nil {
		return fmt.Errorf("%w: not a patient of this export", ErrIndex)
	}
	spots, err := x.spots(ctx, `SELECT file, off, len FROM res WHERE owner = ? ORDER BY file, off`, id)
	if err != nil {
		return err
	}
	for _, s := range spots {
		line, err := x.line(s)
		if err != nil {
			return err
		}
		each(line)
	}
	return nil
}

// Find gives a resource that belongs to no patient, by its reference: Type/id or
// Type?identifier=system|value. Nil when there is none.
func (x *Index) Find(ctx context.Context, ref string) ([]byte, error) {
	key := hash(ref)
	spots, err := x.spots(ctx, `SELECT file, off, len FROM res WHERE owner IS NULL AND (id = ? OR id = (SELECT id FROM name WHERE key = ?)) LIMIT 1`, key, key)
	if err != nil || len(spots) == 0 {
		return nil, err
	}
	return x.line(spots[0])
}

func (x *Index) spots(ctx context.Context, query string, args ...any) ([]spot, error) {
	rows, err := x.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIndex, err)
	}
	defer rows.Close()
	var out []spot
	for rows.Next() {
		var s spot
		if err := rows.Scan(&s.file, &s.off, &s.len); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrIndex, err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

func (x *Index) line(s spot) ([]byte, error) {
	f, err := x.file(s.file)
	if err != nil {
		return nil, err
	}
	b := make([]byte, s.len)
	if _, err := f.ReadAt(b, s.off); err != nil {
		return nil, fmt.Errorf("%w: the export has changed: %w", ErrIndex, err)
	}
	return b, nil
}

func (x *Index) file(n int64) (*os.File, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if f := x.files[n]; f != nil {
		return f, nil
	}
	var name string
	if err := x.db.QueryRow(`SELECT name FROM file WHERE n = ?`, n).Scan(&name); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIndex, err)
	}
	f, err := x.root.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIndex, err)
	}
	x.files[n] = f
	return f, nil
}

// hash is what stands in the index for a reference.
func hash(s string) []byte {
	sum := sha256.Sum256([]byte("inzage fhir index\x00" + strings.TrimSpace(s)))
	return sum[:16]
}
