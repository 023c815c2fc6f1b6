package html

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"inzage/internal/document"
	"inzage/templates"
)

// sheet is the constant part of the style.
var sheet = func() string {
	b, err := templates.HTML.ReadFile("html/style.css")
	if err != nil {
		panic("html: the style sheet is not built in: " + err.Error())
	}
	return string(b)
}()

// StyleHash is the digest of the one style block of a page, as a Content
// Security Policy names it (CSP Level 3, section 2.3.1): "sha256-…". It depends
// on the theme and on nothing else of a document.
func StyleHash(theme document.Theme) string {
	sum := sha256.Sum256([]byte(Style(theme)))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// Style is the content of the one style block of a page. A colour that is not
// set is ink.
func Style(t document.Theme) string {
	light, dark := t.Accent, t.AccentDark
	if light == 0 {
		light = 0x1b1b1f
	}
	if dark == 0 {
		dark = 0xe9e9ee
	}
	return fmt.Sprintf("%s:root { --accent: #%06x; --accent-dark: #%06x; }\n", sheet, light&0xffffff, dark&0xffffff)
}
