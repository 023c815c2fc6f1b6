package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"inzage/internal/seal"
)

// A Key names an object in the bucket. It holds no person: only a portal, a
// kind, a year and ids made by this program.
type Key string

// The parts of the bucket that hold no bundles.
const (
	Runs    = "runs"    // reports of runs
	Probes  = "probe"   // short-lived objects of the capability probe
	Signers = "signers" // who signs
)

// SignersKey is the list of allowed signers (ssh-keygen(1)), with which every
// signature in the bucket is verified.
const SignersKey Key = Signers + "/allowed_signers"

// LeaseKey is the object by which one run at a time holds the bucket.
const LeaseKey Key = Runs + "/lease.json"

// BucketKey is the statement that gives a bucket its name, by which a ledger
// knows that it belongs to it.
const BucketKey Key = Runs + "/bucket.json"

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
// .withdrawn.json for .age, or for .json of its record.
func WithdrawalKey(k Key) Key {
	base := strings.TrimSuffix(strings.TrimSuffix(string(k), ".age"), ".json")
	return Key(base + ".withdrawn.json")
}

// RewrapKey is the key of the public statement that a bundle was given other
// keys for the n-th time: .rewrapped-<n>.json for .json of its record.
func RewrapKey(record Key, n int) Key {
	return Key(fmt.Sprintf("%s%s%d.json", strings.TrimSuffix(string(record), ".json"), rewrapped, n))
}

const rewrapped = ".rewrapped-"

// FallbackKey is <portal>/terugval/o/<locator>.age, a name that only the access
// code yields.
func FallbackKey(portal, locator string) Key {
	return Key(fmt.Sprintf("%s/terugval/o/%s.age", portal, locator))
}

// IsFallback reports whether k has the shape that [FallbackKey] makes.
func (k Key) IsFallback() bool {
	seg := strings.Split(string(k), "/")
	return len(seg) == 4 && seg[1] == "terugval" && seg[2] == "o" && strings.HasSuffix(seg[3], ".age")
}

// FallbackPage is <portal>/terugval/<name> for the two files of the static page,
// index.html and viewer.js; for any other name it is the empty key, which no
// store takes.
func FallbackPage(portal, name string) Key {
	if name != "index.html" && name != "viewer.js" {
		return ""
	}
	return Key(portal + "/terugval/" + name)
}

// SlotKey is the key of sleutel.age beside a bundle or a fallback copy:
// .sleutel.age for .age.
func SlotKey(k Key) Key { return Key(strings.TrimSuffix(string(k), ".age") + ".sleutel.age") }

// PageKey is the key of the page that opens itself: .html for .age.
func PageKey(k Key) Key { return Key(strings.TrimSuffix(string(k), ".age") + ".html") }

// SignatureKey is the key of the signature over what stands under k.
func SignatureKey(k Key) Key { return k + ".sig" }

// CodeKey is <portal>/codes/<holder>-<edition>.json: the public half of an
// access code. The holder is a pseudonym.
func CodeKey(portal, holder string, edition int) Key {
	return Key(fmt.Sprintf("%s/%s/%s-%d.json", portal, codes, holder, edition))
}

// RevokedKey is the key of the public statement that a code was revoked:
// .revoked.json for .json.
func RevokedKey(k Key) Key { return Key(strings.TrimSuffix(string(k), ".json") + revoked) }

const (
	codes   = "codes"
	revoked = ".revoked.json"
)

// IsRevocation reports whether k has the shape that [RevokedKey] makes.
func (k Key) IsRevocation() bool { return k.amongCodes() && strings.HasSuffix(string(k), revoked) }

// IsCode reports whether k has the shape that [CodeKey] makes.
func (k Key) IsCode() bool {
	return k.amongCodes() && strings.HasSuffix(string(k), ".json") && !k.IsRevocation()
}

// amongCodes reports whether k stands in the codes of a portal.
func (k Key) amongCodes() bool {
	seg := strings.Split(string(k), "/")
	return len(seg) == 3 && seg[1] == codes && !reserved(seg[0])
}

// reserved reports whether the first segment of a key is no portal.
func reserved(first string) bool { return first == Runs || first == Probes || first == Signers }

// RunKey is runs/<run-id>/<name>.
func RunKey(runID, name string) Key { return Key(Runs + "/" + runID + "/" + name) }

// IsWithdrawal reports whether k has the shape that [WithdrawalKey] makes.
func (k Key) IsWithdrawal() bool {
	return k.beside() && strings.HasSuffix(string(k), ".withdrawn.json")
}

// IsRewrap reports whether k has the shape that [RewrapKey] makes.
func (k Key) IsRewrap() bool {
	_, end, _ := strings.Cut(string(k), rewrapped)
	n := number(strings.TrimSuffix(end, ".json"))
	return n > 0 && k.beside() && RewrapKey(k.Record(), n) == k
}

// number reads a plain number from 1, or gives 0.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0
	}
	return n
}

// IsRecord reports whether k has the shape that [RecordKey] makes.
func (k Key) IsRecord() bool {
	return k.beside() && strings.HasSuffix(string(k), ".json") && k.Record() == k
}

// IsFact reports whether a signed statement about a copy or a code stands under k.
func (k Key) IsFact() bool {
	return k.IsRecord() || k.IsWithdrawal() || k.IsRewrap() || k.IsCode() || k.IsRevocation()
}

// Record is the key of the record of the bundle that k belongs to, itself
// included, or "" for what stands at another depth. For a fallback copy, of which
// the record stands elsewhere, it is a key under which nothing stands.
func (k Key) Record() Key {
	if !k.beside() {
		return ""
	}
	base := strings.TrimSuffix(string(k), ".sig")
	base, _, _ = strings.Cut(base, rewrapped)
	for _, end := range []string{".sleutel.age", ".age", ".html", ".withdrawn.json", ".json"} {
		if cut, ok := strings.CutSuffix(base, end); ok {
			base = cut
			break
		}
	}
	return Key(base + ".json")
}

// Bundle is the key of the bundle that k belongs to, itself included, or "" for
// what stands at another depth.
func (k Key) Bundle() Key {
	if k = k.Record(); k == "" {
		return ""
	}
	return Key(strings.TrimSuffix(string(k), ".json") + ".age")
}

// CodeOf takes the key of a code or of its revocation apart.
func (k Key) CodeOf() (portal, holder string, edition int, ok bool) {
	if !k.IsCode() && !k.IsRevocation() {
		return "", "", 0, false
	}
	base := strings.TrimSuffix(strings.TrimSuffix(string(k), revoked), ".json")
	portal, base, _ = strings.Cut(base, "/"+codes+"/")
	i := strings.LastIndexByte(base, '-')
	if i < 1 {
		return "", "", 0, false
	}
	holder, edition = base[:i], number(base[i+1:])
	ok = CodeKey(portal, holder, edition) == k || RevokedKey(CodeKey(portal, holder, edition)) == k
	return portal, holder, edition, ok && edition > 0
}

// beside reports whether k stands at the depth of bundles.
func (k Key) beside() bool {
	first, _, _ := strings.Cut(string(k), "/")
	return strings.Count(string(k), "/") == 3 && !reserved(first)
}

// IsPassing reports whether only the newest version of what stands under k
// counts, so that older ones are taken away: the files of the static site,
// reports, the list of signers, and pages. What is said of a copy or a code is
// kept in all its versions.
func (k Key) IsPassing() bool {
	seg := strings.Split(string(k), "/")
	site := len(seg) == 3 && k == FallbackPage(seg[0], seg[2])
	return reserved(seg[0]) || site || strings.HasSuffix(string(k), ".html")
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
