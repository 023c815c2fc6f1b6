//go:build unix

package pdf

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"syscall"
	"testing"
	"time"

	"inzage/internal/document"
)

// eleven is a dossier of eleven pages, with a timeline, a chart, tables, lists and
// links, and as many reports as that takes. It gives their number too.
func eleven(t testing.TB) (*document.Document, int) {
	t.Helper()
	for n := range 80 {
		d := bare()
		d.Sections = []document.Section{
			ownRisk(), overview(n), {ID: "inhoud", Title: "Inhoud", Role: document.RoleContents, Blocks: []bl{document.Contents{}}},
			reportSection(n), goals(), measurements(), messages(), missing(), about(),
		}
		if st, err := Render(io.Discard, d, Options{}); err != nil || st.Pages == 11 {
			return d, n
		}
	}
	t.Fatal("no number of reports gives eleven pages")
	return nil, 0
}

// dataOf is as much JSON as a dossier of so many reports has.
func dataOf(reports int) []byte {
	type item struct{ ID, Section, Date, Author, Text string }
	var items []item
	for i := range reports {
		items = append(items, item{fmt.Sprint("r", i), "rapportages", fmt.Sprintf("2026-%02d-%02dT09:30:00+01:00", 1+i%12, 1+i%28), "verzorgende", told[i%4]})
	}
	b, err := json.Marshal(items)
	if err != nil {
		panic(err) // strings can be written
	}
	return b
}

// BenchmarkPages is the source of the figures for pages in docs/performance.md:
// run it with GOMAXPROCS=1. cpu-ms is what the processor spent, garbage
// collection and kernel with it, whatever else the machine does.
func BenchmarkPages(b *testing.B) {
	small, n := eleven(b)
	for _, c := range []struct {
		name    string
		doc     *document.Document
		reports int
	}{{"11-page-document", small, n}, {"600-reports", sample(600), 600}} {
		b.Run(c.name, func(b *testing.B) {
			data := dataOf(c.reports)
			var out bytes.Buffer
			pages := 0
			b.ReportAllocs()
			from := spent(b)
			for b.Loop() {
				out.Reset()
				st, err := Render(&out, c.doc, Options{Data: data})
				if err != nil {
					b.Fatal(err)
				}
				pages = st.Pages
			}
			b.ReportMetric(float64((spent(b)-from).Microseconds())/1000/float64(b.N), "cpu-ms/op")
			b.ReportMetric(float64(pages), "pages")
			b.ReportMetric(float64(out.Len()), "file-bytes")
		})
	}
}

// spent is the time that the processor has given to this program.
func spent(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestTheDocumentOfElevenPagesIsAWholeOne(t *testing.T) {
	d, n := eleven(t)
	if n < 5 {
		t.Errorf("it has only %d reports", n)
	}
	r, file := draw(t, d)
	sameWords(t, d, r)
	sound(t, "eleven pages", file)
}
