package store_test

import (
	"testing"

	"inzage/internal/store"
)

func TestAWorkListLiesBesideItsCode(t *testing.T) {
	code := store.CodeKey("mijnplan", "klmn", 12)
	list := store.WorkListKey(code)
	if list != "mijnplan/codes/klmn-12.rewrap.age" || list.Check() != nil || !list.IsWorkList() || list.CodeOfList() != code {
		t.Errorf("%s, of %s", list, list.CodeOfList())
	}
	if list.IsFact() || list.IsCode() || list.Bundle() != "" {
		t.Errorf("%s is something else too", list)
	}
	for _, k := range []store.Key{code, store.RevokedKey(code), "runs/codes/a-1.rewrap.age", "mijnplan/terugval/o/a.rewrap.age", store.SignatureKey(list)} {
		if k.IsWorkList() {
			t.Errorf("%s is a work list", k)
		}
	}
}
