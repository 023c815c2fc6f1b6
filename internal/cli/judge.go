package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"inzage/internal/bundle"
	"inzage/internal/policy"
	"inzage/internal/seal"
)

// A judge decides on a manifest before anything of its bundle is unpacked: whose
// signature it has, and whether it is the bundle that belongs under its name.
type judge struct {
	signers  []byte // trusted; nil when none were named
	require  bool
	places   []bundle.Place
	warn     io.Writer
	signedBy string // fingerprint of the trusted key, once accepted
}

// judge reads what is known of the bundle at path before it is opened.
func (a *app) judge(path string, f openFlags) (*judge, error) {
	j := &judge{require: f.require, warn: a.Stderr}
	if f.signers != "" {
		list, err := os.ReadFile(f.signers)
		if err != nil {
			return nil, err
		}
		j.signers = append(list, '\n') // an empty list is a list
	}
	j.places = append(j.places, placeOfName(path), placeOfRecord(path))
	if isPage(path) {
		facts, err := factsOf(path)
		if err != nil {
			return nil, err
		}
		j.places = append(j.places, bundle.Place{ID: facts.ID, Portal: facts.Portal})
	}
	return j, nil
}

func (j *judge) accept(m bundle.Manifest) error {
	if err := j.signature(m); err != nil {
		if j.require {
			return &exitError{ExitSome, err}
		}
		return err
	}
	for _, p := range j.places {
		if err := p.Holds(m); err != nil {
			return err
		}
	}
	return nil
}

// signature verifies the signature as of the moment the bundle was made. What is
// not verified is told, and refused where a signature was asked for.
func (j *judge) signature(m bundle.Manifest) error {
	key, err := seal.Verify(j.signers, m.Raw, m.Signature, m.Made)
	switch {
	case err == nil:
		j.signedBy = key
		return nil
	case j.signers != nil, errors.Is(err, seal.ErrSignature):
		return err
	case j.require:
		return fmt.Errorf("name the keys you trust with --signers: %w", err)
	case errors.Is(err, seal.ErrSigner):
		fmt.Fprintf(j.warn, "warning: signed by %s, a key you have not named: name the keys you trust with --signers\n", key)
	default:
		fmt.Fprintln(j.warn, "warning: not signed: anyone who knows a reader's public key can have made this bundle")
	}
	return nil
}

var (
	bundleName  = regexp.MustCompile(`^[bcdfghjklmnpqrst]{24}$`)
	locatorName = regexp.MustCompile(`^[0-9a-f]{40}$`)
)

// placeOfName is what the name of a file says: a bundle id, or the locator of a
// fallback copy.
func placeOfName(path string) bundle.Place {
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	switch {
	case bundleName.MatchString(name):
		return bundle.Place{ID: name}
	case locatorName.MatchString(name):
		return bundle.Place{Kind: string(policy.Terugval)}
	}
	return bundle.Place{}
}

// placeOfRecord is what the record beside a bundle says, where there is one.
func placeOfRecord(path string) bundle.Place {
	var r struct {
		ID     string `json:"bundle_id"`
		Portal string `json:"portal"`
		Kind   string `json:"kind"`
	}
	body, err := os.ReadFile(strings.TrimSuffix(path, filepath.Ext(path)) + ".json")
	if err != nil || json.Unmarshal(body, &r) != nil {
		return bundle.Place{}
	}
	return bundle.Place{ID: r.ID, Portal: r.Portal, Kind: r.Kind}
}
