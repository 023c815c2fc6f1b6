package ledger

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"inzage/internal/fact"
	"inzage/internal/seal"
	"inzage/internal/store"
)

type bucketText struct {
	fact.Head
	Bucket  string `json:"bucket"`
	Private string `json:"private"` // empty, and bound to the rest under the secret
}

func (t *bucketText) text() text { return text{t, &t.Head, &t.Private, FormatBucket, 64} }

// Join sees to it that ledger and bucket belong together. A bucket without a name
// gets one; a ledger that knows nothing takes it. Where the two differ, or a
// bucket has no name and the ledger knows one, it is [ErrOtherBucket].
func (l *Ledger) Join(ctx context.Context, b fact.Book, now time.Time) error {
	mine, err := l.bucket(ctx)
	if err != nil {
		return l.fault(err)
	}
	theirs, err := bucketID(ctx, b)
	if errors.Is(err, store.ErrNotFound) && mine == "" {
		theirs, err = nameBucket(ctx, b, now)
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return l.fault(ErrOtherBucket)
	case err != nil:
		return err
	case mine == theirs:
		return nil
	case mine != "":
		return l.fault(ErrOtherBucket)
	}
	return l.fault(l.change(ctx, func(tx *sql.Tx) error {
		return exec(ctx, tx, `INSERT INTO about (name, value) VALUES ('bucket', ?)`, theirs)
	}))
}

func nameBucket(ctx context.Context, b fact.Book, now time.Time) (string, error) {
	t := bucketText{Head: fact.Head{StandsAt: store.BucketKey, At: now}, Bucket: rand.Text()}
	body, err := t.text().marshal(b.Secret, struct{}{})
	if err != nil {
		return "", err
	}
	if _, err := b.Put(ctx, store.Object{Key: store.BucketKey}, body); err != nil {
		return "", err
	}
	return bucketID(ctx, b)
}

// bucketID is the name of the bucket.
func bucketID(ctx context.Context, b fact.Book) (string, error) {
	body, err := b.Get(ctx, store.BucketKey)
	if err != nil {
		return "", err
	}
	return parseBucket(b.Secret, body)
}

func parseBucket(s seal.Secret, body []byte) (string, error) {
	var t bucketText
	if err := t.text().parse(s, body, &struct{}{}); err != nil {
		return "", fmt.Errorf("%s: %w", store.BucketKey, err)
	}
	if t.Bucket == "" {
		return "", fmt.Errorf("%s: no name: %w", store.BucketKey, ErrFormat)
	}
	return t.Bucket, nil
}

// bucket is the name of the bucket that l belongs to, or "".
func (l *Ledger) bucket(ctx context.Context) (id string, err error) {
	err = l.read.QueryRowContext(ctx, `SELECT value FROM about WHERE name = 'bucket'`).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return id, err
}

// Joined reports whether the ledger belongs to a bucket: it was there when that
// bucket got its name, or was made from it.
func (l *Ledger) Joined(ctx context.Context) (bool, error) {
	id, err := l.bucket(ctx)
	return id != "", l.fault(err)
}

// sameBucket reports whether the bucket that l was made from is that of old, or
// old belongs to none.
func sameBucket(ctx context.Context, l, old *Ledger) (bool, error) {
	mine, err := l.bucket(ctx)
	if err != nil {
		return false, err
	}
	theirs, err := old.bucket(ctx)
	return mine == theirs || theirs == "", err
}
