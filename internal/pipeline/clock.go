package pipeline

import (
	"sync/atomic"
	"time"
)

// clock adds up what each stage costs over all workers. It is the only part of
// a run that a wall clock touches; nothing it measures goes into a bundle.
type clock struct{ spent [stages]atomic.Int64 }

// start begins a stage; the function it returns ends it.
func (c *clock) start(s stage) func() {
	from := time.Now()
	return func() { c.spent[s].Add(int64(time.Since(from))) }
}

// seconds spent in each stage, by name.
func (c *clock) seconds() map[string]float64 {
	out := make(map[string]float64, stages)
	for i, name := range StageNames {
		out[name] = time.Duration(c.spent[i].Load()).Seconds()
	}
	return out
}
