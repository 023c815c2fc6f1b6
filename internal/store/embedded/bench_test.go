package embedded_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"inzage/internal/store"
	"inzage/internal/store/s3"
	"inzage/internal/store/storetest"
)

// whole reads an object and compares its SHA-256.
func whole(t *testing.T, s *s3.Store, key store.Key, want string) error {
	t.Helper()
	r, _, err := s.Get(t.Context(), key)
	if err != nil {
		return err
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		return fmt.Errorf("%s: SHA-256 %s, want %s", key, got, want)
	}
	return nil
}

// BenchmarkPut stores bundles of 100 KB from eight workers, and syncs: with a lock
// as for archief, and without.
func BenchmarkPut(b *testing.B) {
	b.Run("locked", func(b *testing.B) {
		benchmarkPut(b, store.Lock{Mode: store.Governance, Until: time.Now().Add(time.Hour)})
	})
	b.Run("free", func(b *testing.B) { benchmarkPut(b, store.Lock{}) })
}

func benchmarkPut(b *testing.B, lock store.Lock) {
	server, s := start(b, b.TempDir())
	body := storetest.Sealed(b, strings.Repeat("x", 100_000))
	var n atomic.Int64
	b.SetParallelism(4)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.PutSealed(b.Context(), store.Object{Key: keyOf(int(n.Add(1))), ContentID: "c", Lock: lock}, body); err != nil {
				b.Error(err)
			}
		}
	})
	if err := server.Sync(); err != nil {
		b.Error(err)
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "puts/s")
}
