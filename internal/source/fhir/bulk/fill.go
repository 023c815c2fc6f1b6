package bulk

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"inzage/internal/source/fhir/tree"
)

const (
	batchBytes = 1 << 20 // of lines that one worker reads at once
	workers    = 2
)

// A batch is some lines of a file, with where the first one begins.
type batch struct {
	data []byte
	off  int64
}

// An entry is a line as the index knows it.
type entry struct {
	key, patient []byte // patient nil: nobody's own
	kind         string
	off, len     int64
	ver, upd     int64
	aliases      [][]byte
}

// fill reads what the index does not hold yet.
func (s *Store) fill(ctx context.Context) error {
	for _, name := range s.export.earlier {
		if err := s.index(ctx, name, s.put); err != nil {
			return err
		}
	}
	for _, name := range s.export.deleted {
		if err := s.index(ctx, name, s.remove); err != nil {
			return err
		}
	}
	for _, name := range s.export.output {
		if err := s.index(ctx, name, s.put); err != nil {
			return err
		}
	}
	return s.finish(ctx)
}

// finish joins resources that name their patient by a number, and makes the
// index by patient.
func (s *Store) finish(ctx context.Context) error {
	for _, q := range []string{
		`UPDATE res SET patient = (SELECT key FROM alias WHERE name = res.patient) WHERE patient IN (SELECT name FROM alias)`,
		`CREATE INDEX IF NOT EXISTS by_patient ON res (patient, file, off, len)`,
		`CREATE INDEX IF NOT EXISTS by_type ON res (type)`,
	} {
		if _, err := s.db.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("bulk index: %w", err)
		}
	}
	return nil
}

// A writer puts the entries of one batch into the index.
type writer func(ctx context.Context, tx *sql.Tx, file int64, list []entry) error

// index reads one file into the index, in one transaction: all of it or none.
func (s *Store) index(ctx context.Context, name string, put writer) error {
	info, err := fs.Stat(s.fsys, name)
	if err != nil {
		return fmt.Errorf("bulk file %s: %w", name, err)
	}
	var size, done int64
	err = s.db.QueryRowContext(ctx, `SELECT size, done FROM file WHERE name = ?`, name).Scan(&size, &done)
	switch {
	case err == nil && done == 1 && size == info.Size():
		return nil
	case err == nil && done == 1:
		return fmt.Errorf("bulk file %s: %w: it has changed since it was grouped; begin with an empty work folder", name, ErrExport)
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("bulk index: %w", err)
	}
	f, err := s.fsys.Open(name)
	if err != nil {
		return fmt.Errorf("bulk file %s: %w", name, err)
	}
	defer f.Close()
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("bulk index: %w", err)
	}
	defer tx.Rollback()
	row, err := tx.ExecContext(ctx, `INSERT INTO file (name, size, lines, broken, done) VALUES (?, ?, 0, 0, 0)`, name, info.Size())
	if err != nil {
		return fmt.Errorf("bulk index: %w", err)
	}
	id, _ := row.LastInsertId()
	lines, broken, err := s.pour(ctx, f, func(list []entry) error { return put(ctx, tx, id, list) })
	if err != nil {
		return fmt.Errorf("bulk file %s: %w", name, err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE file SET lines = ?, broken = ?, done = 1 WHERE id = ?`, lines, broken, id); err != nil {
		return fmt.Errorf("bulk index: %w", err)
	}
	return tx.Commit()
}

// pour reads a file in batches, lets workers find what the lines are, and
// hands the entries on from one goroutine. It counts lines and broken ones.
func (s *Store) pour(ctx context.Context, f io.Reader, put func([]entry) error) (lines, broken int, err error) {
	g, ctx := errgroup.WithContext(ctx)
	in, out := make(chan batch, workers), make(chan []entry, workers)
	g.Go(func() error {
		defer close(in)
		return cut(ctx, f, s.lim.MaxLine, in)
	})
	readers, rctx := errgroup.WithContext(ctx)
	for range workers {
		readers.Go(func() error {
			for b := range in {
				select {
				case out <- b.entries():
				case <-rctx.Done():
					return rctx.Err()
				}
			}
			return nil
		})
	}
	g.Go(func() error {
		defer close(out)
		return readers.Wait()
	})
	g.Go(func() error {
		for list := range out {
			lines += len(list)
			whole := list[:0]
			for _, e := range list {
				if e.kind == "" {
					broken++
					continue
				}
				whole = append(whole, e)
			}
			if err := put(whole); err != nil {
				return err
			}
		}
		return nil
	})
	err = g.Wait()
	return lines, broken, err
}

// cut sends a file on in batches of whole lines.
func cut(ctx context.Context, f io.Reader, maxLine int, in chan<- batch) error {
	r := bufio.NewReaderSize(f, batchBytes)
	var off int64
	b := batch{}
	flush := func() error {
		if len(b.data) == 0 {
			return nil
		}
		select {
		case in <- b:
		case <-ctx.Done():
			return ctx.Err()
		}
		b = batch{off: off}
		return nil
	}
	line := 0
	for {
		part, err := r.ReadSlice('\n')
		b.data = append(b.data, part...)
		off += int64(len(part))
		line += len(part)
		switch {
		case line > maxLine:
			return fmt.Errorf("%w: a line is longer than the limit", ErrExport)
		case err == io.EOF:
			return flush()
		case err == bufio.ErrBufferFull:
			continue
		case err != nil:
			return err
		}
		line = 0
		if len(b.data) >= batchBytes {
			if err := flush(); err != nil {
				return err
			}
		}
	}
}

// entries finds what the lines of a batch are. A broken line is an entry
// without a kind; a blank one is none.
func (b batch) entries() []entry {
	var out []entry
	off := b.off
	for rest := b.data; len(rest) > 0; {
		line := rest
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			line = rest[:i+1]
		}
		rest = rest[len(line):]
		if text := bytes.TrimSpace(line); len(text) > 0 {
			e := describe(string(text), off)
			e.off, e.len = off+int64(bytes.Index(line, text[:1])), int64(len(text))
			out = append(out, e)
		}
		off += int64(len(line))
	}
	return out
}

func describe(text string, off int64) entry {
	n, err := tree.Parse(text)
	if err != nil {
		return entry{}
	}
	kind, id := n.Peek("resourceType").Look(), n.Peek("id").Look()
	if kind == "" {
		return entry{}
	}
	if kind == "Bundle" { // of deletions: one entry with the names of what goes
		return deletions(n)
	}
	e := entry{kind: kind, key: hash(kind + "/" + id)}
	if id == "" {
		e.key = hash(kind + "/#" + strconv.FormatInt(off, 10) + text)
	}
	e.ver, _ = strconv.ParseInt(n.Path("meta", "versionId").Look(), 10, 64)
	if t, err := time.Parse(time.RFC3339Nano, n.Path("meta", "lastUpdated").Look()); err == nil {
		e.upd = t.UnixMicro()
	}
	if kind == "Patient" {
		e.patient = e.key
	} else if ref := owner(n); ref != "" {
		e.patient = hash(relative(ref))
	}
	if e.patient == nil || kind == "Patient" {
		e.aliases = numbers(n, kind)
	}
	return e
}

func deletions(n *tree.Node) entry {
	e := entry{kind: "Bundle"}
	for _, x := range n.Peek("entry").List() {
		if strings.EqualFold(x.Path("request", "method").Look(), "DELETE") {
			e.aliases = append(e.aliases, hash(relative(x.Path("request", "url").Look())))
		}
	}
	e.key = hash("Bundle/" + n.Raw())
	return e
}

// owner is the reference to the patient whose resource it is (FHIR R4, the
// Patient compartment; STU3 has the same names).
func owner(n *tree.Node) string {
	for _, name := range []string{"subject", "patient", "beneficiary", "for", "individual"} {
		if ref := n.Peek(name).One().Peek("reference").Look(); strings.Contains(ref, "Patient") {
			return ref
		}
	}
	for _, p := range n.Peek("participant").List() {
		if ref := p.Path("actor", "reference").Look(); strings.Contains(ref, "Patient/") {
			return ref
		}
	}
	return ""
}

// numbers are the names by which a search finds a resource.
func numbers(n *tree.Node, kind string) (out [][]byte) {
	for _, i := range n.Peek("identifier").List() {
		out = append(out, hash(kind+"?identifier="+i.Peek("system").Look()+"|"+i.Peek("value").Look()))
	}
	return out
}

// relative is a reference as "Type/id", without a version and a server.
func relative(ref string) string {
	ref, _, _ = strings.Cut(ref, "/_history/")
	if strings.Contains(ref, "?") {
		if i := strings.LastIndexByte(ref[:strings.IndexByte(ref, '?')], '/'); i >= 0 {
			return ref[i+1:]
		}
		return ref
	}
	if parts := strings.Split(ref, "/"); len(parts) > 2 {
		return strings.Join(parts[len(parts)-2:], "/")
	}
	return ref
}

func hash(s string) []byte {
	h := sha256.Sum256([]byte(s))
	return h[:16]
}

// put enters lines; of one resource the newest version stays.
func (s *Store) put(ctx context.Context, tx *sql.Tx, file int64, list []entry) error {
	const one = "(?,?,?,?,?,?,?,?)"
	const most = 100
	for len(list) > 0 {
		n := min(len(list), most)
		args := make([]any, 0, 8*n)
		for _, e := range list[:n] {
			args = append(args, e.key, e.kind, e.patient, file, e.off, e.len, e.ver, e.upd)
		}
		q := `INSERT INTO res (key, type, patient, file, off, len, ver, upd) VALUES ` + strings.Repeat(one+",", n-1) + one +
			` ON CONFLICT (key) DO UPDATE SET patient = excluded.patient, file = excluded.file, off = excluded.off, len = excluded.len, ver = excluded.ver, upd = excluded.upd WHERE (excluded.ver, excluded.upd) > (ver, upd)`
		if _, err := tx.ExecContext(ctx, q, args...); err != nil {
			return fmt.Errorf("bulk index: %w", err)
		}
		for _, e := range list[:n] {
			for _, a := range e.aliases {
				if _, err := tx.ExecContext(ctx, `INSERT INTO alias (name, key) VALUES (?, ?) ON CONFLICT (name) DO NOTHING`, a, e.key); err != nil {
					return fmt.Errorf("bulk index: %w", err)
				}
			}
		}
		list = list[n:]
	}
	return nil
}

// remove takes what an export says was deleted out of the earlier ones.
func (s *Store) remove(ctx context.Context, tx *sql.Tx, _ int64, list []entry) error {
	for _, e := range list {
		for _, key := range e.aliases {
			if _, err := tx.ExecContext(ctx, `DELETE FROM res WHERE key = ?`, key); err != nil {
				return fmt.Errorf("bulk index: %w", err)
			}
		}
	}
	return nil
}
