package templates

import "embed"

// Viewer holds the page through which clients open a file: its skeleton, its
// words and what `make viewer` builds into viewer/dist. Without Node at build
// time that folder is empty.
//
//go:embed viewer/page.html viewer/words/*.json all:viewer/dist
var Viewer embed.FS
