// Package templates holds the files that are built into the program: the words
// of every language and the parts of the HTML page. It holds no logic, so that
// a translator or designer can change a file without touching a package.
package templates

import "embed"

// Messages holds one file for each language: messages/nl.yaml, messages/en.yaml.
//
//go:embed messages/*.yaml
var Messages embed.FS
