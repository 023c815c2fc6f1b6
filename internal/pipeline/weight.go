package pipeline

import (
	"inzage/internal/media"
	"inzage/internal/policy"
	"inzage/internal/portal"
)

// cost is how many bytes of memory a byte of dossier takes while it is rendered.
const cost = 24

// leastRoom is what each half of the memory has at least; below it a run does
// one thing after another.
const leastRoom = 1 << 20

// share divides the memory of a run (limits.in_flight_mb) in two: for dossiers in
// flight, and for pictures that are decoded. Two budgets, for a client waits for
// pixels while it holds its dossier: of one, all clients could hold a part and
// wait for the rest.
func share(inFlight int64) (dossiers, pixels int64) {
	half := max(inFlight/2, leastRoom)
	return half, half
}

// limits are the bounds on the attachments of a kind of copy. A portal decides
// for its own copies whether they hold what can start something; an answer under
// the AVG and an archive hold the record as it is, and say so beside the file.
func (s Settings) limits(p *portal.Portal, k policy.Kind) media.Limits {
	lim := s.Limits
	lim.Inert = (k == policy.Portaalkopie || k == policy.Terugval) && p.ActiveFiles != portal.ActiveGive
	return lim
}
