// Inzage copies what a care client may see into encrypted bundles.
package main

import (
	"context"
	"os"
	"time"

	"golang.org/x/term"

	"inzage/internal/cli"
)

func main() {
	os.Exit(cli.Run(context.Background(), cli.World{
		Args: os.Args[1:], Stdout: os.Stdout, Stderr: os.Stderr, Now: time.Now,
		Terminal: term.IsTerminal(int(os.Stderr.Fd())),
	}))
}
