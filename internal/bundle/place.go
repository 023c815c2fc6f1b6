package bundle

import (
	"errors"
	"fmt"
)

// ErrElsewhere means that a bundle is whole and is not the one that belongs
// here: it was put under another name, or meant for another reader. Do not read
// it as what its place says it is.
var ErrElsewhere = errors.New("this is another bundle than belongs here")

// A Place is what is known of a bundle before it is opened: from the name it was
// fetched under, the record or page beside it, the slot of the code that opens
// it. What is empty is not known.
type Place struct{ ID, Portal, Kind, Reader string }

// Holds compares a manifest with its place; the error wraps [ErrElsewhere].
func (p Place) Holds(m Manifest) error {
	for _, c := range []struct{ what, want, got string }{
		{"bundle id", p.ID, m.BundleID}, {"portal", p.Portal, m.Portal}, {"kind", p.Kind, m.Kind}, {"reader", p.Reader, m.Reader},
	} {
		if c.want != "" && c.want != c.got {
			return fmt.Errorf("%w: its %s is another", ErrElsewhere, c.what)
		}
	}
	return nil
}
