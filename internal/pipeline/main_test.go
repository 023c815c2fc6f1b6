package pipeline

import (
	"testing"

	"inzage/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }
