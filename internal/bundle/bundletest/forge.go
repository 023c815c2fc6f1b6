// Package bundletest makes forged bundles for tests: what somebody can make who
// knows everything but the signing key. It refuses nothing; nothing but tests
// and the program of fixtures/browser may use it.
package bundletest

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
)

// A Bag is a bag taken apart.
type Bag struct {
	Root  string            // name of the folder
	Files map[string][]byte // by name below it
	order []string
}

// Forge makes a bag anew after an edit, with BagIt sums that fit again; the
// manifest and its signature stay as they are unless the edit changes them.
func Forge(whole []byte, edit func(*Bag)) ([]byte, error) {
	b, err := apart(whole)
	if err != nil {
		return nil, err
	}
	edit(b)
	for n := range b.Files {
		if !b.has(n) {
			b.order = append(b.order, n)
		}
	}
	payload := func(n string) bool { return strings.HasPrefix(n, "data/") }
	b.Files["manifest-sha256.txt"] = b.sums(payload)
	b.Files["tagmanifest-sha256.txt"] = b.sums(func(n string) bool { return !payload(n) && n != "tagmanifest-sha256.txt" })
	return b.together()
}

func apart(whole []byte) (*Bag, error) {
	z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		return nil, err
	}
	b := &Bag{Files: map[string][]byte{}}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		root, name, _ := strings.Cut(f.Name, "/")
		b.Root, b.Files[name], b.order = root, body, append(b.order, name)
	}
	return b, nil
}

func (b *Bag) has(name string) bool {
	for _, n := range b.order {
		if n == name {
			return true
		}
	}
	return false
}

func (b *Bag) sums(of func(string) bool) []byte {
	var out bytes.Buffer
	for _, n := range b.order {
		if body, there := b.Files[n]; there && of(n) {
			fmt.Fprintf(&out, "%x  %s\n", sha256.Sum256(body), n)
		}
	}
	return out.Bytes()
}

func (b *Bag) together() ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, n := range b.order {
		body, there := b.Files[n]
		if !there {
			continue
		}
		e, err := w.Create(b.Root + "/" + n)
		if err != nil {
			return nil, err
		}
		if _, err := e.Write(body); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}
