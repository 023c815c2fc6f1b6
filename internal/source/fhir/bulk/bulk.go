// Package bulk groups a FHIR Bulk Data export by patient, on disk.
//
// The export may be far larger than memory: resources lie in files by type, in
// no order. An index of where each line stands, in SQLite, brings a patient's
// lines together; the lines themselves stay where they are, so that no second
// copy of anybody's record is made, and the index holds hashes alone. A run
// that is broken off goes on with the next file. The package refuses to put a
// resource into anybody's group when it does not say whose it is.
package bulk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	_ "modernc.org/sqlite" // the engine; see docs/fhir.md for the choice
)

// Limits bound what an export may cost.
type Limits struct {
	MaxLine int // bytes of one line; 0 is 64 MiB
}

// A Store is a grouped export. It may be used by several workers at once.
type Store struct {
	fsys    fs.FS
	db      *sql.DB
	lim     Limits
	export  export
	scratch string // folder to remove at the end; empty when the caller keeps it

	mu    sync.Mutex
	files map[string]fs.File
}

// ErrExport is wrapped when an export cannot be grouped at all.
var ErrExport = errors.New("not a bulk export that can be grouped")

const schema = `
CREATE TABLE IF NOT EXISTS file (id INTEGER PRIMARY KEY, name TEXT UNIQUE, size INTEGER, lines INTEGER, broken INTEGER, done INTEGER);
CREATE TABLE IF NOT EXISTS res (key BLOB PRIMARY KEY, type TEXT, patient BLOB, file INTEGER, off INTEGER, len INTEGER, ver INTEGER, upd INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS alias (name BLOB PRIMARY KEY, key BLOB) WITHOUT ROWID;
`

// Group makes the index of an export in workDir, or goes on with one that is
// there. With workDir empty it lies in a folder that Close removes.
func Group(ctx context.Context, fsys fs.FS, workDir string, lim Limits) (*Store, error) {
	if lim.MaxLine <= 0 {
		lim.MaxLine = 64 << 20
	}
	s := &Store{fsys: fsys, lim: lim, files: map[string]fs.File{}}
	var err error
	if s.export, err = readExport(fsys); err != nil {
		return nil, err
	}
	if workDir == "" {
		if workDir, err = os.MkdirTemp("", "inzage-bulk-"); err != nil {
			return nil, fmt.Errorf("bulk index: %w", err)
		}
		s.scratch = workDir
	}
	if err := s.open(ctx, filepath.Join(workDir, "bulk.sqlite")); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.fill(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, path string) (err error) {
	dsn := "file:" + path + "?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=cache_size(-48000)&_pragma=temp_store(FILE)&_pragma=busy_timeout(10000)"
	if s.db, err = sql.Open("sqlite", dsn); err != nil {
		return fmt.Errorf("bulk index: %w", err)
	}
	s.db.SetMaxOpenConns(4)
	if _, err = s.db.ExecContext(ctx, schema); err != nil {
		return fmt.Errorf("bulk index: %w", err)
	}
	return nil
}

// Close lets go of the files and the index.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, f := range s.files {
		errs = append(errs, f.Close())
	}
	s.files = map[string]fs.File{}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	if s.scratch != "" {
		errs = append(errs, os.RemoveAll(s.scratch))
	}
	return errors.Join(errs...)
}

// Incomplete reports that the manifest lists errors that are not empty.
func (s *Store) Incomplete() bool { return s.export.incomplete }

// Time is the manifest's transactionTime as written; empty when there is none.
func (s *Store) Time() string { return s.export.time }

// Patients lists the patients by the hash of their reference, in order of the
// hash, with the bytes of all that is theirs.
func (s *Store) Patients(ctx context.Context, yield func(id string, size int64)) error {
	rows, err := s.db.QueryContext(ctx, `SELECT hex(p.key), (SELECT coalesce(sum(len), 0) FROM res r WHERE r.patient = p.key) FROM res p WHERE p.type = 'Patient' ORDER BY p.key`)
	if err != nil {
		return fmt.Errorf("bulk index: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var size int64
		if err := rows.Scan(&id, &size); err != nil {
			return fmt.Errorf("bulk index: %w", err)
		}
		yield(id, size)
	}
	return rows.Err()
}

type place struct {
	file     string
	off, len int64
}

// Each gives the lines of one patient, in the order of files and lines.
func (s *Store) Each(ctx context.Context, id string, yield func(line string) error) error {
	rows, err := s.db.QueryContext(ctx, `SELECT f.name, r.off, r.len FROM res r JOIN file f ON f.id = r.file WHERE r.patient = unhex(?) ORDER BY f.name, r.off`, id)
	if err != nil {
		return fmt.Errorf("bulk index: %w", err)
	}
	var list []place
	for rows.Next() {
		var p place
		if err := rows.Scan(&p.file, &p.off, &p.len); err != nil {
			rows.Close()
			return fmt.Errorf("bulk index: %w", err)
		}
		list = append(list, p)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("bulk index: %w", err)
	}
	for _, p := range list {
		line, err := s.line(p)
		if err != nil {
			return err
		}
		if err := yield(line); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Lookup gives a resource that is nobody's own, by "Type/id" or by the search
// "Type?identifier=system|value"; empty when there is none.
func (s *Store) Lookup(ref string) string {
	key := hash(relative(ref))
	var p place
	err := s.db.QueryRow(`SELECT f.name, r.off, r.len FROM res r JOIN file f ON f.id = r.file WHERE r.patient IS NULL AND r.key = coalesce((SELECT key FROM alias WHERE name = ?1), ?1)`, key).Scan(&p.file, &p.off, &p.len)
	if err != nil {
		return ""
	}
	line, err := s.line(p)
	if err != nil {
		return ""
	}
	return line
}

func (s *Store) line(p place) (string, error) {
	f, err := s.file(p.file)
	if err != nil {
		return "", err
	}
	buf := make([]byte, p.len)
	if n, err := f.ReadAt(buf, p.off); n < len(buf) {
		return "", fmt.Errorf("bulk file %s: %w", p.file, errors.Join(ErrExport, err))
	}
	return string(buf), nil
}

func (s *Store) file(name string) (io.ReaderAt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[name]
	if f == nil {
		var err error
		if f, err = s.fsys.Open(name); err != nil {
			return nil, fmt.Errorf("bulk file %s: %w", name, err)
		}
		s.files[name] = f
	}
	r, ok := f.(io.ReaderAt)
	if !ok {
		return nil, fmt.Errorf("bulk file %s: %w", name, ErrExport)
	}
	return r, nil
}

// Homeless counts, by type, the resources that say whose they are and are
// nobody's of this export, and under "onleesbaar" the lines that are no
// resource, and under "oudere-versie" those that a newer one replaces.
func (s *Store) Homeless() map[string]int {
	out := map[string]int{}
	rows, err := s.db.Query(`SELECT type, count(*) FROM res WHERE patient IS NOT NULL AND patient NOT IN (SELECT key FROM res WHERE type = 'Patient') GROUP BY type
		UNION ALL SELECT 'onleesbaar', coalesce(sum(broken), 0) FROM file UNION ALL SELECT 'oudere-versie', coalesce(sum(lines - broken), 0) - (SELECT count(*) FROM res) FROM file`)
	if err != nil {
		return out
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var n int
		if rows.Scan(&name, &n) == nil && n > 0 {
			out[name] += n
		}
	}
	return out
}
