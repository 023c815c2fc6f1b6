package s3_test

import (
	"errors"
	"io"
	"testing"

	"inzage/internal/store"
	"inzage/internal/store/storetest"
)

// What a record names by its version is found until it is taken away by name.
func TestAVersionStandsUntilTheNextIsStated(t *testing.T) {
	s := storetest.Open(t)
	o := store.Object{Key: store.FallbackKey("p", "bcdf"), ContentID: "c0ffee"}
	var versions, sums []string
	for _, text := range []string{"first", "second", "third"} {
		b := storetest.Sealed(t, text)
		got, err := s.AddSealed(t.Context(), o, b)
		if err != nil || got.SHA256 != b.SHA256() {
			t.Fatal(got, err)
		}
		versions, sums = append(versions, got.VersionID), append(sums, b.SHA256())
	}
	check := func(from int) {
		t.Helper()
		for i, v := range versions {
			r, in, err := s.GetVersion(t.Context(), o.Key, v)
			if i < from {
				if err == nil {
					t.Errorf("version %d is still there", i)
				}
				continue
			}
			if err != nil || in.SHA256 != sums[i] {
				t.Fatalf("version %d: %+v, %v", i, in, err)
			}
			io.Copy(io.Discard, r)
			r.Close()
		}
		if in, err := s.Head(t.Context(), o.Key); err != nil || in.SHA256 != sums[2] {
			t.Errorf("current: %+v, %v", in, err)
		}
	}
	check(0)
	for from, v := range versions {
		if from == 2 {
			break // a version that is not there takes nothing away
		}
		if err := s.RemoveBefore(t.Context(), o.Key, v); err != nil {
			t.Fatal(err)
		}
		check(from)
	}
	if err := s.RemoveBefore(t.Context(), o.Key, "unknown"); err != nil {
		t.Fatal(err)
	}
	check(1)
	if _, err := s.AddSealed(t.Context(), store.Object{Key: o.Key, ContentID: "c", Lock: store.Lock{Hold: true}}, storetest.Sealed(t, "x")); err == nil {
		t.Error("a lock on what is replaced")
	}
	if _, _, err := s.GetVersion(t.Context(), store.FallbackKey("p", "none"), ""); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("nothing there: %v", err)
	}
}
