//go:build !linux

package embedded

import (
	"net"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// listenOn chooses a free port on the loopback address. Another program could
// take it in between; starting then fails, and starting again helps.
func (s *Server) listenOn() string {
	port := 7171
	if l, err := net.Listen("tcp", "127.0.0.1:0"); err == nil {
		port = l.Addr().(*net.TCPAddr).Port
		l.Close()
	}
	s.config.Endpoint = "127.0.0.1:" + strconv.Itoa(port)
	return s.config.Endpoint
}

func syncFolder(f *os.File) error { return unix.Sync() }
