package seal

import (
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

// ErrPrivate means that the private part of a public text cannot be opened: it
// was sealed under another secret, or it or the text around it was altered.
var ErrPrivate = errors.New("sealed under another secret, or altered")

// Hide seals the private part of a public text under the secret, so that who
// reads the text learns nothing of it. What is given as about is bound to it:
// with any other, the result does not open. The length is that of the next
// multiple of room, whatever is inside. The same parts give the same bytes
// (XChaCha20-Poly1305 with a nonce that follows from them), so that a text that
// is written twice is one text.
func (s Secret) Hide(about, plain []byte, room int) ([]byte, error) {
	aead, err := s.private()
	if err != nil {
		return nil, err
	}
	padded := binary.BigEndian.AppendUint32(nil, uint32(len(plain)))
	padded = append(padded, plain...)
	padded = append(padded, make([]byte, (room-len(padded)%room)%room)...)
	nonce := s.mac("private nonce", about, padded)[:chacha20poly1305.NonceSizeX]
	return aead.Seal(nonce, nonce, padded, s.about(about)), nil
}

// Reveal opens what [Secret.Hide] sealed about the same. The error wraps
// [ErrPrivate].
func (s Secret) Reveal(about, sealed []byte) ([]byte, error) {
	aead, err := s.private()
	if err != nil {
		return nil, err
	}
	if len(sealed) < chacha20poly1305.NonceSizeX {
		return nil, ErrPrivate
	}
	nonce, body := sealed[:chacha20poly1305.NonceSizeX], sealed[chacha20poly1305.NonceSizeX:]
	padded, err := aead.Open(nil, nonce, body, s.about(about))
	if err != nil || len(padded) < 4 {
		return nil, ErrPrivate
	}
	n := binary.BigEndian.Uint32(padded)
	if uint64(n) > uint64(len(padded)-4) {
		return nil, ErrPrivate
	}
	return padded[4 : 4+n], nil
}

func (s Secret) private() (cipher.AEAD, error) {
	if !s.Valid() {
		return nil, ErrSecret
	}
	aead, err := chacha20poly1305.NewX(s.mac("private key"))
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return aead, nil
}

// about is a digest of fixed length, so that texts of any size can be bound.
func (s Secret) about(b []byte) []byte { return s.mac("private about", b) }
