package fhir_test

import (
	"context"
	"path/filepath"
	"testing"

	"inzage/internal/source/fhir"
)

// BenchmarkRead parses and maps the Synthea files, the promise being 40 MB/s
// for each core.
func BenchmarkRead(b *testing.B) {
	opt := everything
	opt.Layout = fhir.Files
	s := open(b, filepath.Join(corpus(b), "synthea-r4"), opt)
	var total int64
	for ref := range s.Clients(context.Background()) {
		total += ref.Size
	}
	b.SetBytes(total)
	for b.Loop() {
		for ref := range s.Clients(context.Background()) {
			if _, err := s.Record(context.Background(), ref); err != nil {
				b.Fatal(err)
			}
		}
	}
}
