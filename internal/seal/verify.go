package seal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

var (
	// ErrUnsigned means that there is no signature. Ask the organisation for a
	// signed copy, or take it as what it is.
	ErrUnsigned = errors.New("not signed")
	// ErrSignature means that a signature is not of this text: one of the two is
	// altered. Do not trust the text.
	ErrSignature = errors.New("the signature does not fit: the text or the signature is altered")
	// ErrSigner means that the signature is intact and its key is not one of
	// those that are trusted for this at that time.
	ErrSigner = errors.New("signed by a key that is not in the list of allowed signers, or not valid at that time")
)

// Verify checks an armored SSHSIG signature over msg against a list of allowed
// signers (ssh-keygen(1), ALLOWED SIGNERS), as ssh-keygen -Y verify does with
// -Overify-time. It honours namespaces, valid-after and valid-before; a line
// with cert-authority, with another option or that cannot be read trusts
// nobody. The fingerprint is that of the signing key whenever the signature
// itself fits, also with [ErrSigner].
func Verify(allowedSigners []byte, msg, sig []byte, at time.Time) (fingerprint string, err error) {
	if len(bytes.TrimSpace(sig)) == 0 {
		return "", ErrUnsigned
	}
	s, err := sshsig.Unarmor(sig)
	if err != nil {
		return "", ErrSignature
	}
	if err := sshsig.Verify(bytes.NewReader(msg), s, s.PublicKey, s.HashAlgorithm, Namespace); err != nil {
		return "", ErrSignature
	}
	fingerprint = ssh.FingerprintSHA256(s.PublicKey)
	sc := bufio.NewScanner(bytes.NewReader(allowedSigners))
	for sc.Scan() {
		if key, ok := allowed(sc.Text(), at); ok && bytes.Equal(key.Marshal(), s.PublicKey.Marshal()) {
			return fingerprint, nil
		}
	}
	if err := sc.Err(); err != nil {
		return fingerprint, fmt.Errorf("allowed signers: %w", err)
	}
	return fingerprint, fmt.Errorf("%s: %w", fingerprint, ErrSigner)
}

// allowed reads one line: principals, options, key. It gives the key when the
// line trusts it for our namespace at that time.
func allowed(line string, at time.Time) (ssh.PublicKey, bool) {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return nil, false
	}
	key, _, options, _, err := ssh.ParseAuthorizedKey([]byte(afterPrincipals(line)))
	if err != nil {
		return nil, false
	}
	for _, o := range options {
		if !grants(o, at) {
			return nil, false
		}
	}
	return key, true
}

// afterPrincipals cuts the first field off, which may stand in quotes.
func afterPrincipals(line string) string {
	quoted := false
	for i, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ' ' || c == '\t'):
			return strings.TrimSpace(line[i:])
		}
	}
	return ""
}

// grants reports whether one option lets the line stand. Names of options are
// read without regard to case, as OpenSSH does.
func grants(option string, at time.Time) bool {
	name, value, _ := strings.Cut(option, "=")
	value = strings.Trim(value, `"`)
	switch strings.ToLower(name) {
	case "namespaces":
		return matches(value, Namespace)
	case "valid-after":
		t, err := sshTime(value)
		return err == nil && !at.Before(t)
	case "valid-before":
		t, err := sshTime(value)
		return err == nil && !at.After(t)
	}
	return false
}

// matches reports whether a comma-separated list of patterns holds name; one
// that starts with ! and matches shuts it out (ssh_config(5), PATTERNS).
func matches(list, name string) bool {
	found := false
	for _, p := range strings.Split(list, ",") {
		not := strings.HasPrefix(p, "!")
		ok, err := path.Match(strings.TrimPrefix(p, "!"), name)
		if err == nil && ok && not {
			return false
		}
		found = found || err == nil && ok
	}
	return found
}

// sshTime reads YYYYMMDD[HHMM[SS]][Z]. OpenSSH reads one without Z in the time
// zone of the machine; here it is UTC, so that every machine says the same.
func sshTime(s string) (time.Time, error) {
	s = strings.TrimSuffix(s, "Z")
	for _, layout := range []string{"20060102", "200601021504", "20060102150405"} {
		if len(s) == len(layout) {
			return time.Parse(layout, s)
		}
	}
	return time.Time{}, ErrSigner
}

// AllowedSigner is one line of a list of allowed signers, without its newline:
// the key of s under the name principal, for our namespace, valid from and until
// the given moments; a zero one is no limit. In the name all but letters,
// digits, @, dot, hyphen and underscore becomes a hyphen.
func AllowedSigner(s Signer, principal string, from, until time.Time) string {
	options := []string{`namespaces="` + Namespace + `"`}
	limit := func(name string, t time.Time) {
		if !t.IsZero() {
			options = append(options, fmt.Sprintf(`%s="%s"`, name, t.UTC().Format("20060102150405Z")))
		}
	}
	limit("valid-after", from)
	limit("valid-before", until)
	return plainName(principal) + " " + strings.Join(options, ",") + " " + s.Public()
}

func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("@._-", r) {
			return r
		}
		return '-'
	}, s)
}
