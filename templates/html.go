package templates

import "embed"

// HTML holds the parts of the page: html/style.css, the whole look of it.
//
//go:embed html/*
var HTML embed.FS
