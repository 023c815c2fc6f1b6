package s3

import (
	"context"

	"inzage/internal/store"
)

// CountVersions counts the versions and markers under a key.
func CountVersions(s *Store, ctx context.Context, key store.Key) (int, error) {
	v, err := s.versions(ctx, key)
	return len(v), err
}
