package pipeline

import (
	"context"
	"errors"
	"slices"

	"inzage/internal/ledger"
	"inzage/internal/policy"
	"inzage/internal/seal"
)

// A reader is who can open a bundle: the public keys, the one it is for last,
// and the access code that stands for that key, if there is one.
type reader struct {
	keys []seal.Recipient
	code ledger.Code // zero: the reader has a key of their own
}

// byCode reports whether the reader opens with an access code.
func (rd reader) byCode() bool { return rd.code.Holder != "" }

// ids names the keys as a record does.
func (rd reader) ids() []string {
	out := make([]string, len(rd.keys))
	for i, k := range rd.keys {
		out[i] = k.ID()
	}
	return out
}

// reader gives the keys that will open the bundle: the officers always, the
// archive for what it keeps, and whom it is for. A key of the reader's own goes
// before an access code, a code before the key that stands in for all.
func (r *run) reader(ctx context.Context, c client, w policy.Work) (reader, error) {
	keys := slices.Clone(r.Officers)
	if w.Kind == policy.Archief {
		return reader{keys: append(keys, r.Archive...)}, nil
	}
	if w.Recipient.Key != "" {
		k, err := r.parseKey(w.Recipient.Key)
		if err != nil {
			return reader{}, errBadKey
		}
		return reader{keys: append(keys, k)}, nil
	}
	holder := r.holder(c, w)
	if holder == "" {
		return reader{}, errUnknown
	}
	code, ok, err := r.codeFor(ctx, holder)
	switch {
	case err != nil:
		return reader{}, err
	case ok && !code.RevokedAt.IsZero():
		return reader{}, errRevoked
	case ok:
		k, err := r.parseKey(code.Recipient)
		if err != nil {
			return reader{}, errBadKey
		}
		return reader{keys: append(keys, k), code: code}, nil
	case !r.Audience.Valid():
		return reader{}, errNoKey
	}
	return reader{keys: append(keys, r.Audience)}, nil
}

// codeFor gives the last code of a holder, revoked or not; a plan has no ledger.
func (r *run) codeFor(ctx context.Context, holder string) (ledger.Code, bool, error) {
	if r.Ledger == nil {
		return ledger.Code{}, false, nil
	}
	return r.Ledger.LastCode(ctx, holder)
}

// parseKey remembers keys, since parsing one takes 0.2 ms.
func (r *run) parseKey(s string) (seal.Recipient, error) {
	if k, ok := r.keys.Load(s); ok {
		return k.(seal.Recipient), nil
	}
	k, err := seal.ParseRecipient(s)
	if err == nil {
		r.keys.Store(s, k)
	}
	return k, err
}

var (
	errNoKey   = errors.New("the reader has no access code and no key; make one with: inzage code issue")
	errBadKey  = errors.New("the reader's public key is not a hybrid age key")
	errRevoked = errors.New("the reader's access code was revoked")
)
