package bulk

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"inzage/internal/source/fhir/tree"
)

// blockSize is how much of a file one worker takes at a time.
const blockSize = 2 << 20

// workers is how many blocks are read at once; with those that wait, at most
// twice as many are in memory.
const workers = 4

// A block is a run of whole lines.
type block struct {
	off  int64
	skip int64 // bytes after data that belong to no row: a line over the limit
	data []byte
	rows []row
	bad  int // lines that are no FHIR resource
	done chan struct{}
}

// A row is what the index keeps of one line.
type row struct {
	id, owner []byte
	rank      string
	kind      string
	off, len  int64
	names     []string
	links     []string
	gone      []string // resources that this line deletes
	failed    bool     // an OperationOutcome that tells of an error
}

// fill reads the files that are not done yet, in order, each from where an
// earlier run stopped.
func (x *Index) fill(ctx context.Context, p plan) error {
	for n, f := range p.files {
		var done int64
		if err := x.db.QueryRowContext(ctx, `SELECT done FROM file WHERE n = ?`, n).Scan(&done); err != nil {
			return fmt.Errorf("%w: %w", ErrIndex, err)
		}
		if done >= f.size {
			continue
		}
		if err := x.fillFile(ctx, n, f, done); err != nil {
			return err
		}
	}
	return nil
}

func (x *Index) fillFile(ctx context.Context, n int, f file, from int64) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	in, err := x.root.Open(f.name)
	if err != nil {
		return fmt.Errorf("fhir source: %w", err)
	}
	defer in.Close()
	if _, err := in.Seek(from, io.SeekStart); err != nil {
		return fmt.Errorf("fhir source: %w", err)
	}
	queue := make(chan *block, workers)
	work := make(chan *block)
	errc := make(chan error, 1)
	for range workers {
		go func() {
			for b := range work {
				b.parse()
				close(b.done)
			}
		}()
	}
	go func() {
		defer close(queue)
		defer close(work)
		errc <- x.split(ctx, in, from, work, queue)
	}()
	err = x.store(ctx, n, queue)
	cancel()
	for range queue { // let the reader end
	}
	if rerr := <-errc; err == nil && rerr != nil {
		err = rerr
	}
	return err
}

// split cuts the file into blocks of whole lines.
func (x *Index) split(ctx context.Context, in io.Reader, off int64, work, queue chan<- *block) error {
	r := bufio.NewReaderSize(in, 256<<10)
	for {
		b := &block{off: off, done: make(chan struct{}), data: make([]byte, 0, blockSize+64<<10)}
		end, err := x.fillBlock(r, b)
		if err != nil {
			return err
		}
		off += b.size()
		if b.size() > 0 {
			for _, c := range []chan<- *block{queue, work} {
				select {
				case c <- b:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
		if end {
			return nil
		}
	}
}

func (x *Index) fillBlock(r *bufio.Reader, b *block) (end bool, err error) {
	var line int64
	for {
		part, err := r.ReadSlice('\n')
		b.data = append(b.data, part...)
		line += int64(len(part))
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			return true, nil
		case err != nil:
			return false, fmt.Errorf("fhir source: %w", err)
		default:
			line = 0
			if len(b.data) >= blockSize {
				return false, nil
			}
		}
		if line > x.opt.MaxLine && x.opt.MaxLine > 0 {
			return b.drop(r, line)
		}
	}
}

func (b *block) size() int64 { return int64(len(b.data)) + b.skip }

// drop leaves out the line that is being read, of which the first bytes are in
// the block: it is over the limit. The block ends with it.
func (b *block) drop(r *bufio.Reader, line int64) (end bool, err error) {
	b.data = b.data[:int64(len(b.data))-line]
	b.skip = line
	b.bad++
	for {
		part, err := r.ReadSlice('\n')
		b.skip += int64(len(part))
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			return true, nil
		case err != nil:
			return false, fmt.Errorf("fhir source: %w", err)
		default:
			return false, nil
		}
	}
}

func (b *block) parse() {
	off := b.off
	for data := b.data; len(data) > 0; {
		line, rest, found := bytes.Cut(data, []byte{'\n'})
		size := int64(len(line))
		b.line(line, off)
		if found {
			size++
		}
		off, data = off+size, rest
	}
}

func (b *block) line(line []byte, off int64) {
	text := strings.TrimPrefix(string(bytes.TrimSpace(line)), "\uFEFF")
	if text == "" {
		return
	}
	n, _, err := tree.Parse(text)
	if err != nil || n.Kind != tree.Object || n.Get("resourceType").Peek() == "" {
		b.bad++
		return
	}
	b.rows = append(b.rows, rowOf(n, off, int64(len(line))))
}

// perCommit is how many blocks one transaction takes: the index is written in
// order of hashes, so small transactions write the same pages over and over.
const perCommit = 32

// store writes the rows of the blocks in the order of the file. A commit notes
// how far the file is read, so that a run that is cut off goes on there.
func (x *Index) store(ctx context.Context, n int, queue <-chan *block) error {
	for {
		more, err := x.commit(ctx, n, queue)
		if err != nil || !more {
			return errors.Join(err, ctx.Err())
		}
	}
}

// commit stores some blocks; more is false when the file has ended.
func (x *Index) commit(ctx context.Context, n int, queue <-chan *block) (more bool, err error) {
	tx, err := x.db.BeginTx(ctx, nil)
	if err != nil {
		return false, fmt.Errorf("%w: %w", ErrIndex, err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("%w: %w", ErrIndex, errors.Join(err, tx.Rollback()))
		}
	}()
	put, err := tx.PrepareContext(ctx, putRow)
	if err != nil {
		return false, err
	}
	defer put.Close()
	for range perCommit {
		b, ok := <-queue
		if !ok {
			return false, tx.Commit()
		}
		if err := x.block(ctx, tx, put, n, b); err != nil {
			return false, err
		}
	}
	return true, tx.Commit()
}

const putRow = `INSERT INTO res VALUES (?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET owner=excluded.owner, rank=excluded.rank, kind=excluded.kind,
	file=excluded.file, off=excluded.off, len=excluded.len WHERE excluded.rank >= res.rank`

func (x *Index) block(ctx context.Context, tx *sql.Tx, put *sql.Stmt, n int, b *block) error {
	select {
	case <-b.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	for i := range b.rows {
		if err := x.row(ctx, tx, put, n, &b.rows[i]); err != nil {
			return err
		}
	}
	if b.bad > 0 {
		if _, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO note VALUES ('onleesbare-regels','')`); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `UPDATE file SET done = ? WHERE n = ?`, b.off+b.size(), n)
	return err
}

func (x *Index) row(ctx context.Context, tx *sql.Tx, put *sql.Stmt, n int, r *row) error {
	if r.failed {
		_, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO note VALUES ('fouten-bij-de-export','')`)
		return err
	}
	for _, g := range r.gone {
		if _, err := tx.ExecContext(ctx, `DELETE FROM res WHERE id = ?`, hash(g)); err != nil {
			return err
		}
	}
	if r.id == nil {
		return nil
	}
	var owner any = r.owner
	if r.owner == nil {
		owner = nil
	}
	if _, err := put.ExecContext(ctx, r.id, owner, r.rank, r.kind, n, r.off, r.len); err != nil {
		return err
	}
	for _, k := range r.names {
		if _, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO name VALUES (?,?)`, hash(k), r.id); err != nil {
			return err
		}
	}
	for _, l := range r.links {
		if _, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO link VALUES (?,?)`, r.id, hash(l)); err != nil {
			return err
		}
	}
	return nil
}

// rank orders versions of one resource: by the moment of the change, then by number.
func rank(meta *tree.Node) string {
	v := meta.Get("versionId").Peek()
	if strings.Trim(v, "0123456789") == "" && len(v) < 20 {
		v = strings.Repeat("0", 20-len(v)) + v
	}
	at := meta.Get("lastUpdated").Peek()
	if t, err := time.Parse(time.RFC3339Nano, at); err == nil {
		at = t.UTC().Format("2006-01-02T15:04:05.000000000Z")
	}
	return at + "|" + v
}
