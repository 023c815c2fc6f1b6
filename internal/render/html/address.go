package html

import (
	"net/url"
	"strings"
)

// outside gives an address that a page may lead to, and false for every other:
// only https, mailto and tel, and only when it can be read without doubt. The scheme is
// written in small letters, as those who check it look for it.
func outside(address string) (string, bool) {
	if strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == '\\' || r >= 0x7f && r < 0xa0 || r == '\ufffd' }) {
		return "", false
	}
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return "", false
	}
	address = u.Scheme + address[len(u.Scheme):]
	switch u.Scheme {
	case "https":
		return address, u.Host != ""
	case "mailto", "tel":
		return address, u.Opaque != ""
	}
	return "", false
}

// inBundle gives the address of a file beside the page: lower case letters,
// digits, hyphens and dots, in folders below it.
func inBundle(path string) (string, bool) {
	if path == "" || strings.Contains(path, "..") || strings.HasPrefix(path, "/") || strings.Contains(path, "//") {
		return "", false
	}
	odd := strings.ContainsFunc(path, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '.' || r == '/')
	})
	return path, !odd
}

// anchor makes an id of letters, digits, hyphens and dots. Ids of the page
// itself begin with a tilde, which no anchor has.
func anchor(id string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' || r == '_' {
			return r
		}
		return '-'
	}, id)
}

// tag gives a language tag, or nothing when it is not one.
func tag(lang string) string {
	for _, r := range lang {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-') {
			return ""
		}
	}
	return lang
}
