package embedded

import (
	"os"

	"golang.org/x/sys/unix"
)

// listenOn chooses an address. On Linux it is an abstract unix socket with a
// random name: no port to be free or taken, no file to be left behind, nothing
// that another machine can reach.
func (s *Server) listenOn() string {
	name := "@inzage-" + random()
	s.config.Endpoint, s.config.Socket = "embedded.localhost", name
	return name
}

func syncFolder(f *os.File) error { return unix.Syncfs(int(f.Fd())) }
