package bundle

import "sync"

// pool is a sync.Pool with a type.
type pool[T any] struct{ p sync.Pool }

func newPool[T any](make func() T) *pool[T] {
	return &pool[T]{sync.Pool{New: func() any { return make() }}}
}

func (p *pool[T]) get() T  { return p.p.Get().(T) }
func (p *pool[T]) put(v T) { p.p.Put(v) }
