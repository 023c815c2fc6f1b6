package store

import "strings"

const worklist = ".rewrap.age"

// WorkListKey is the key of the list, encrypted to the officers, of the copies
// that are to be given the key of a code: .rewrap.age for .json of the code's.
func WorkListKey(code Key) Key { return Key(strings.TrimSuffix(string(code), ".json") + worklist) }

// IsWorkList reports whether k has the shape that [WorkListKey] makes.
func (k Key) IsWorkList() bool { return k.amongCodes() && strings.HasSuffix(string(k), worklist) }

// CodeOfList is the key of the code that a work list belongs to.
func (k Key) CodeOfList() Key { return Key(strings.TrimSuffix(string(k), worklist) + ".json") }
