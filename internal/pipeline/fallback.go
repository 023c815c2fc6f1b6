package pipeline

import (
	"context"
	"io"
	"regexp"
	"slices"

	"inzage/internal/policy"
	"inzage/internal/seal"
	"inzage/internal/store"
	"inzage/internal/viewer"
)

// site keeps the static page of each portal's fallback copies, and the list of
// allowed signers, as they must be after this run. The page comes after the
// copies: who opens it finds what it speaks of.
func (r *run) site(ctx context.Context) error {
	if len(r.Signers) > 0 {
		text, err := seal.Publish("text/plain; charset=utf-8", r.Signers)
		if err != nil {
			return err
		}
		if err := r.published(ctx, store.SignersKey, text); err != nil {
			return err
		}
	}
	if !r.has(policy.Terugval) || !viewer.Built() {
		return nil
	}
	for _, id := range r.PortalIDs() {
		p := r.Portals[id]
		index, script, err := viewer.Fallback(viewer.Site{
			Lang: "nl", Portal: p, Deployment: r.deployment(id), Edition: r.Edition, AsOf: r.Now, Fingerprint: r.Signer.Fingerprint(),
		})
		if err != nil {
			return err
		}
		// The script first: an older page with a newer script says that it is
		// out of date, a newer page without its script says nothing.
		if err := r.program(ctx, store.FallbackPage(id, "viewer.js"), script); err != nil {
			return err
		}
		if err := r.program(ctx, store.FallbackPage(id, "index.html"), index); err != nil {
			return err
		}
	}
	return nil
}

// program puts a page or a script of ours in its place.
func (r *run) program(ctx context.Context, key store.Key, p viewer.Program) error {
	text, err := p.Statement()
	if err != nil {
		return err
	}
	return r.published(ctx, key, text)
}

// published puts a public text in its place, or tells that it could not.
func (r *run) published(ctx context.Context, key store.Key, text seal.Statement) error {
	err := r.retried(func() error {
		_, err := r.Store.ReplaceStatement(ctx, store.Object{Key: key}, text)
		return err
	})
	if err == nil || r.hopeless(ctx, err) {
		return err
	}
	r.trouble("", codeNotStored, key, err)
	return nil
}

// PortalIDs are the ids of the portals, in order.
func (s Settings) PortalIDs() []string {
	ids := make([]string, 0, len(s.Portals))
	for id := range s.Portals {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

var fallbackCopy = regexp.MustCompile(`^o/([0-9a-f]{40})(\.sleutel)?\.age$`)

// FallbackFile opens a file of a portal's fallback site: its page, its script, a
// copy or the slot beside it. What is not there and what may not be asked for is
// [store.ErrNotFound] alike. The caller closes it.
func FallbackFile(ctx context.Context, s Settings, portal, name string) (io.ReadCloser, store.Info, error) {
	key := store.FallbackPage(portal, name)
	if m := fallbackCopy.FindStringSubmatch(name); m != nil {
		key = store.FallbackKey(portal, m[1])
		if m[2] != "" {
			key = store.SlotKey(key)
		}
	}
	if key == "" || s.Portals[portal] == nil {
		return nil, store.Info{}, store.ErrNotFound
	}
	return s.Store.Get(ctx, key)
}
