package fhir

import (
	"os"
	"slices"
	"strings"
)

func mustRun(name string) bool {
	return slices.Contains(strings.Split(os.Getenv("INZAGE_MUST_RUN"), ","), name)
}
