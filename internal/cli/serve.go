package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"inzage/internal/pipeline"
	"inzage/internal/store"
)

func (a *app) serveCmd() *cobra.Command {
	var address string
	cmd := &cobra.Command{
		Use:   "serve-fallback",
		Short: "Serve the fallback pages on this machine, for trying them out",
		Long: `Serves the fallback page of every portal from the store, with the headers that
docs/operations.md asks of a real host: the same answers for a page, a copy, and
what is not there. It listens on this machine only; a real host is a static web
server.`,
		Example: "  inzage serve-fallback --listen 127.0.0.1:8080",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.serve(cmd.Context(), address) },
	}
	cmd.Flags().StringVar(&address, "listen", "127.0.0.1:8080", "loopback address and port")
	return cmd
}

func (a *app) serve(ctx context.Context, address string) error {
	l, err := loopback(address)
	if err != nil {
		return err
	}
	defer l.Close()
	_, s, b, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	s.Store, s.Ledger = b.store, b.ledger
	for _, id := range s.PortalIDs() {
		fmt.Fprintf(a.Stdout, "http://%s/%s/\n", l.Addr(), id)
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	srv := &http.Server{Handler: fallbackSite(s), ReadHeaderTimeout: 10 * time.Second}
	end := context.AfterFunc(ctx, func() { srv.Close() })
	defer end()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// loopback listens on this machine and refuses any other address.
func loopback(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%w: --listen: use an address such as 127.0.0.1:8080", errConfig)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("%w: --listen: %s is not this machine; a real host is a static web server, see docs/operations.md", errConfig, host)
	}
	return net.Listen("tcp", address)
}

// siteHeaders are what a host of the fallback site must send with every answer,
// as docs/operations.md has them; the page brings its own policy for scripts.
var siteHeaders = map[string]string{
	"Content-Security-Policy":      "frame-ancestors 'none'",
	"Strict-Transport-Security":    "max-age=63072000",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
	"X-Robots-Tag":                 "noindex, nofollow",
	"X-Frame-Options":              "DENY",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Cache-Control":                "no-store",
}

// fallbackSite answers /<portal>/<file>. What is not there, and what may not be
// asked for, reads the same.
func fallbackSite(s pipeline.Settings) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for k, v := range siteHeaders {
			w.Header().Set(k, v)
		}
		portal, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		if name == "" {
			name = "index.html"
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "not found", http.StatusNotFound)
			return
		}
		body, in, err := pipeline.FallbackFile(r.Context(), s, portal, name)
		switch {
		case errors.Is(err, store.ErrNotFound):
			http.Error(w, "not found", http.StatusNotFound)
			return
		case err != nil:
			http.Error(w, "not available", http.StatusServiceUnavailable)
			return
		}
		defer body.Close()
		w.Header().Set("Content-Type", in.ContentType)
		w.Header().Set("Content-Length", fmt.Sprint(in.Size))
		if r.Method == http.MethodGet {
			io.Copy(w, body)
		}
	})
}
