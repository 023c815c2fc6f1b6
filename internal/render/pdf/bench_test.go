package pdf

import (
	"fmt"
	"io"
	"testing"
)

func BenchmarkRender(b *testing.B) {
	for _, n := range []int{40, 600} {
		b.Run(fmt.Sprintf("%d reports", n), func(b *testing.B) {
			d := sample(n)
			b.ReportAllocs()
			pages := 0
			for b.Loop() {
				st, err := Render(io.Discard, d, Options{})
				if err != nil {
					b.Fatal(err)
				}
				pages = st.Pages
			}
			b.ReportMetric(float64(pages), "pages")
		})
	}
}
