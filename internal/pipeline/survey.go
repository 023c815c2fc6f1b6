package pipeline

import (
	"context"
	"errors"
	"maps"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"inzage/internal/dossier"
	"inzage/internal/policy"
	"inzage/internal/store/s3"
)

// A census is what the whole source says before anything is made: who is in it,
// who may have a copy now, and which clients stand in it more than once.
type census struct {
	files    map[string]int       // client, by pseudonym → how many dossiers are this client's
	entitled map[string]int       // subject → in how many of these the reader may have a copy
	until    map[string]time.Time // subject → end of access, where it is known
	answered map[string]policy.Work
	fallback map[string]string // subject of terugval → portal
	unread   map[string]error  // dossier that gave nothing → why
}

func newCensus() census {
	return census{files: map[string]int{}, entitled: map[string]int{}, until: map[string]time.Time{}, answered: map[string]policy.Work{},
		fallback: map[string]string{}, unread: map[string]error{}}
}

// seen reports whether a client is in the source.
func (c *census) seen(who string) bool { return c.files[who] > 0 }

// twice reports whether more than one dossier is this client's: none of them can
// be trusted to be the whole record.
func (c *census) twice(who string) bool { return c.files[who] > 1 }

// may reports whether a reader may have a copy by every dossier of the client.
func (c *census) may(who, subject string) bool {
	n := c.entitled[subject]
	return n > 0 && n == c.files[who]
}

// survey reads and plans every client before anything is made or taken away, so
// that a copy that must go goes first, and a client who stands twice in the
// source is known before either is exported. It returns only what makes going on
// pointless.
func (r *run) survey(ctx context.Context, refs []dossier.FileRef) error {
	r.census = newCensus()
	return r.each(ctx, refs, func(ctx context.Context, ref dossier.FileRef) error {
		err := r.surveyed(ctx, ref)
		if err != nil && !fatal(err) {
			r.mu.Lock()
			r.census.unread[ref.Path] = err
			r.mu.Unlock()
			return nil
		}
		return err
	})
}

func (r *run) surveyed(ctx context.Context, ref dossier.FileRef) (err error) {
	defer recovered(&err)
	c, err := r.load(ctx, ref)
	if err != nil {
		return err
	}
	work, _, err := r.plan(c)
	if err != nil {
		return err
	}
	r.meet(c)
	r.warn(c)
	return r.remember(ctx, c, work)
}

// each does one thing for every client with N workers. Memory is bounded by the
// bytes of the dossiers in flight, not by their number. A client that is begun is
// finished, also after an interrupt; the result is then [ErrStopped].
func (r *run) each(ctx context.Context, refs []dossier.FileRef, do func(context.Context, dossier.FileRef) error) error {
	budget, _ := share(r.InFlight)
	room := semaphore.NewWeighted(budget)
	work, done := finishing(ctx)
	defer done()
	g, stop := errgroup.WithContext(ctx) // stop ends when a worker meets a fatal error
	g.SetLimit(max(r.Workers, 1))
	for _, ref := range refs {
		weight := min(ref.Size*cost, budget)
		if room.Acquire(stop, weight) != nil {
			break
		}
		g.Go(func() error {
			defer room.Release(weight)
			return do(work, ref)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ErrStopped
	}
	return nil
}

// finishing is a context for what is in hand: an interrupt does not end it, the
// loss of the bucket's lease does, for another may be writing by then.
func finishing(ctx context.Context) (work context.Context, done func()) {
	work, end := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if cause := context.Cause(ctx); errors.Is(cause, s3.ErrLeaseLost) {
			end(cause)
		}
	})
	return work, func() { stop(); end(nil) }
}

// remember notes who may have a copy. A reader whose code was revoked may not;
// one whose key is lost or wrong keeps what stands there.
func (r *run) remember(ctx context.Context, c client, work []policy.Work) error {
	who := r.clientOf(c)
	seen := newCensus()
	for _, w := range work {
		_, err := r.reader(ctx, c, w)
		if err != nil && fatal(err) {
			return err
		}
		if errors.Is(err, errRevoked) {
			continue
		}
		subject := r.subject(c, w)
		seen.entitled[subject] = 1 // once for each dossier, however often it is planned
		seen.until[subject] = w.EndsAt(r.Now)
		if w.Answered {
			seen.answered[subject] = w
		}
		if w.Kind == policy.Terugval {
			seen.fallback[subject] = c.portal.ID
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.census.files[who]++
	for subject := range seen.entitled {
		r.census.entitled[subject]++
	}
	maps.Copy(r.census.until, seen.until)
	maps.Copy(r.census.answered, seen.answered)
	maps.Copy(r.census.fallback, seen.fallback)
	return nil
}
