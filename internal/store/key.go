package store

import (
	"fmt"
	"strings"
	"time"

	"inzage/internal/seal"
)

// A Key names an object in the bucket. It holds no person: only a portal, a
// kind, a year and ids made by this program.
type Key string

// The parts of the bucket that hold no bundles.
const (
	Runs   = "runs"  // reports of runs
	Probes = "probe" // short-lived objects of the capability probe
)

// The most a key and one of its segments may measure, in bytes. S3 allows 1024;
// a file system under the embedded store allows 255 for each segment.
const (
	maxKey     = 512
	maxSegment = 200
)

// BundleKey is <portal>/<kind>/<yyyy>/<id>.age. The year is that of made in
// UTC, so that the key does not depend on the clock settings of a machine.
func BundleKey(portal, kind string, made time.Time, id string) Key {
	return Key(fmt.Sprintf("%s/%s/%04d/%s.age", portal, kind, made.UTC().Year(), id))
}

// RecordKey is the key of the public record beside a bundle: .json for .age.
func RecordKey(k Key) Key { return Key(strings.TrimSuffix(string(k), ".age") + ".json") }

// WithdrawalKey is the key of the public statement that a bundle was withdrawn:
// .withdrawn.json for .age.
func WithdrawalKey(k Key) Key {
	return Key(strings.TrimSuffix(string(k), ".age") + ".withdrawn.json")
}

// FallbackKey is <portal>/terugval/o/<locator>.age, a name that only the access
// code yields.
func FallbackKey(portal, locator string) Key {
	return Key(fmt.Sprintf("%s/terugval/o/%s.age", portal, locator))
}

// RunKey is runs/<run-id>/<name>.
func RunKey(runID, name string) Key { return Key(Runs + "/" + runID + "/" + name) }

// IsWithdrawal reports whether k has the shape that [WithdrawalKey] makes.
func (k Key) IsWithdrawal() bool {
	return k.beside() && strings.HasSuffix(string(k), ".withdrawn.json")
}

// IsRecord reports whether k has the shape that [RecordKey] makes.
func (k Key) IsRecord() bool {
	return k.beside() && strings.HasSuffix(string(k), ".json") && !k.IsWithdrawal()
}

// beside reports whether k stands at the depth of bundles.
func (k Key) beside() bool {
	first, _, _ := strings.Cut(string(k), "/")
	return strings.Count(string(k), "/") == 3 && first != Runs && first != Probes
}

// Check refuses a key that is not plain: segments of letters, digits, dot,
// hyphen and underscore, none empty, none that starts with a dot, and no number
// that could be a BSN. The error does not repeat the key.
func (k Key) Check() error {
	if k == "" || len(k) > maxKey {
		return fmt.Errorf("store: key of %d bytes: want 1 to %d", len(k), maxKey)
	}
	for n, seg := range strings.Split(string(k), "/") {
		if seg == "" || len(seg) > maxSegment || seg[0] == '.' {
			return fmt.Errorf("store: key: segment %d is empty, too long or starts with a dot", n+1)
		}
		for _, c := range []byte(seg) {
			if !plain(c) {
				return fmt.Errorf("store: key: segment %d holds byte 0x%02x", n+1, c)
			}
		}
	}
	if seal.HoldsBSN([]byte(k)) {
		return fmt.Errorf("store: key: %w", seal.ErrPersonal)
	}
	return nil
}

func plain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		c == '.' || c == '-' || c == '_'
}
