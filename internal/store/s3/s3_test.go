package s3_test

import (
	"testing"

	"inzage/internal/store/s3"
	"inzage/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func TestEmbedded(t *testing.T) {
	s := storetest.Open(t)
	storetest.Run(t, "embedded", func(*testing.T) *s3.Store { return s })
}

func TestExternal(t *testing.T) {
	s := storetest.OpenConfig(t, storetest.External(t))
	storetest.Run(t, "external", func(*testing.T) *s3.Store { return s })
}
