// Package embedded is a real S3 server inside this process, over a local folder.
//
// It is what runs when no endpoint is configured: the same protocol, versions,
// object lock and conditional writes as any other S3. Its locks are a promise of
// the protocol: whoever owns the folder can remove files. It refuses a folder
// that was written with another way of keeping metadata, and a second server in
// one process.
//
// Two traps for the program around it: starting changes the working directory
// of the process (all other paths must be absolute by then, and nobody may
// change it again), and the server never calls fsync (see [Server.Sync]).
package embedded

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/s3api"
	"github.com/versity/versitygw/s3api/middlewares"

	"inzage/internal/store/s3"
)

// ErrRunning means that this process has a server already; it can hold one.
var ErrRunning = errors.New("an embedded store is running in this process")

// Bucket is the name of the bucket that the embedded store holds.
const Bucket = "inzage"

const (
	region         = "us-east-1"
	maxConnections = 4096
	maxRequests    = 1024
	copyLimit      = 5 << 30 // S3's own limit; the library's zero refuses every copy
)

// running guards the globals and the working directory of the library.
var running atomic.Bool

// A Server is a running embedded store.
type Server struct {
	dir     string
	api     *s3api.S3ApiServer
	backend *posix.Posix
	config  s3.Config
	done    chan error
	closed  atomic.Bool
}

// Start serves the store in dir, which is made when it is not there, and makes
// its bucket. The credentials are random and live as long as the server. Call
// it before anything prints: the library prints to standard output, which is
// turned away for that moment.
func Start(ctx context.Context, dir string) (*Server, error) {
	if !running.CompareAndSwap(false, true) {
		return nil, fmt.Errorf("store %s: %w", dir, ErrRunning)
	}
	s, err := start(ctx, dir)
	if err != nil {
		running.Store(false)
		return nil, fmt.Errorf("store %s: %w", dir, err)
	}
	return s, nil
}

func start(ctx context.Context, dir string) (*Server, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	be, err := openBackend(dir)
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, backend: be, done: make(chan error, 1)}
	s.config = s3.Config{Bucket: Bucket, Region: region, AccessKey: random(), SecretKey: random(),
		Insecure: true, PathStyle: true, CreateBucket: true}
	ready := make(chan struct{})
	s.api, err = s3api.New(be, middlewares.RootUserConfig{Access: s.config.AccessKey, Secret: s.config.SecretKey},
		region, auth.NewIAMServiceSingle(auth.Account{Access: s.config.AccessKey, Secret: s.config.SecretKey, Role: auth.RoleAdmin}),
		nil, nil, nil, nil,
		s3api.WithQuiet(), s3api.WithKeepAlive(), s3api.WithConcurrencyLimiter(maxConnections, maxRequests),
		s3api.WithOnListen(func() { close(ready) }))
	if err != nil {
		be.Shutdown()
		return nil, err
	}
	if err := s.serve(ctx, ready); err != nil {
		be.Shutdown()
		return nil, err
	}
	return s, nil
}

// serve listens, waits until the server does, and makes the bucket.
func (s *Server) serve(ctx context.Context, ready <-chan struct{}) error {
	address := s.listenOn()
	go func() { s.done <- s.api.ServeMultiPort([]string{address}) }()
	select {
	case <-ready:
	case err := <-s.done:
		return err
	case <-ctx.Done():
		s.api.ShutDown()
		return ctx.Err()
	}
	c, err := s3.Open(ctx, s.config)
	if err != nil {
		s.api.ShutDown()
		return err
	}
	return c.Close()
}

// Config is how to reach the server. It is valid until [Server.Close].
func (s *Server) Config() s3.Config { return s.config }

// Sync makes everything stored so far survive a loss of power. The server
// itself never calls fsync: call Sync before calling a run done.
func (s *Server) Sync() error {
	f, err := os.Open(s.dir)
	if err != nil {
		return fmt.Errorf("store: sync: %w", err)
	}
	defer f.Close()
	if err := syncFolder(f); err != nil {
		return fmt.Errorf("store: sync: %w", err)
	}
	return nil
}

// Close syncs and stops the server. Close the clients first: it waits for
// their connections, ten seconds at most. It may be called twice.
func (s *Server) Close() error {
	if !s.closed.CompareAndSwap(false, true) {
		return nil
	}
	defer running.Store(false)
	err := s.Sync()
	if e := s.api.ShutDown(); err == nil && e != nil {
		err = fmt.Errorf("store: stop: %w", e)
	}
	<-s.done
	s.backend.Shutdown()
	return err
}

func random() string {
	b := make([]byte, 16)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
