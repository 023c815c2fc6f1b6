package ledger

import "maps"

// Public is the list of what may be public, by format.
func Public() map[string]map[string]string { return maps.Clone(public) }

// OnlyPublic checks a text against the list.
func OnlyPublic(format string, body []byte) error { return onlyPublic(format, body) }
