package seal

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// Namespace is the SSHSIG namespace of every signature: a signature made for
// another purpose never passes for one of a manifest.
const Namespace = "inzage-manifest"

// ErrSignerKey means that a file holds no signing key that can be used here.
var ErrSignerKey = errors.New("not an unencrypted OpenSSH Ed25519 private key; make one with: inzage key signing, or ssh-keygen -t ed25519 -N ''")

// A Signer is the deployment's Ed25519 key, with which manifests and records are
// signed. Printed or logged it shows its fingerprint only.
type Signer struct{ key func() ssh.Signer } // a function, as in Code

// maxSignerFile is the most bytes read of a key file.
const maxSignerFile = 16 << 10

// ReadSigner reads an OpenSSH private key.
func ReadSigner(r io.Reader) (Signer, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxSignerFile))
	if err != nil {
		return Signer{}, fmt.Errorf("seal: signing key: %w", err)
	}
	key, err := ssh.ParseRawPrivateKey(b)
	k, ok := key.(*ed25519.PrivateKey)
	if err != nil || !ok {
		return Signer{}, ErrSignerKey // the library's error could quote the file
	}
	return signer(*k)
}

// NewSigner makes a signing key: the text to keep, and the signer.
func NewSigner() (privatePEM string, s Signer, err error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", Signer{}, err
	}
	block, err := ssh.MarshalPrivateKey(key, "inzage")
	if err != nil {
		return "", Signer{}, err
	}
	s, err = signer(key)
	return string(pem.EncodeToMemory(block)), s, err
}

func signer(key ed25519.PrivateKey) (Signer, error) {
	k, err := ssh.NewSignerFromKey(key)
	if err != nil {
		return Signer{}, ErrSignerKey
	}
	return Signer{func() ssh.Signer { return k }}, nil
}

// Sign gives an armored SSHSIG signature over b (OpenSSH PROTOCOL.sshsig), with
// SHA-512. The same bytes give the same signature.
func (s Signer) Sign(b []byte) (armored []byte, err error) {
	if !s.Valid() {
		return nil, ErrSignerKey
	}
	sig, err := sshsig.Sign(bytes.NewReader(b), s.key(), sshsig.HashSHA512, Namespace)
	if err != nil {
		return nil, fmt.Errorf("seal: sign: %w", err)
	}
	return sshsig.Armor(sig), nil
}

// Valid reports whether s holds a key.
func (s Signer) Valid() bool { return s.key != nil }

// Public is the public key as a line of authorized_keys, without its newline.
func (s Signer) Public() string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(s.key().PublicKey())))
}

// Fingerprint is SHA256:… of the public key, as ssh-keygen -l shows it; empty
// without a key.
func (s Signer) Fingerprint() string {
	if !s.Valid() {
		return ""
	}
	return ssh.FingerprintSHA256(s.key().PublicKey())
}

// String is the fingerprint.
func (s Signer) String() string {
	if !s.Valid() {
		return "(no signing key)"
	}
	return s.Fingerprint()
}

// Format is String for every verb of fmt.
func (s Signer) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// LogValue is String, for a log.
func (s Signer) LogValue() slog.Value { return slog.StringValue(s.String()) }
