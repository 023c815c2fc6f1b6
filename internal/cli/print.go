package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"inzage/internal/pipeline"
	"inzage/internal/report"
)

// printReport says what a run did, for an operator: totals, reasons, and which
// files to look at.
func printReport(w io.Writer, rep report.Run, verb string) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "kind\t%s\tunchanged\trefused\tfailed\twithdrawn\t\n", verb)
	for _, k := range rep.Kinds {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t\n", k.Kind, k.Made, k.Unchanged, total(k.Refused), total(k.Failed), total(k.Withdrawn))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%d of %d dossiers read", rep.Done-total(rep.Unread), rep.Clients)
	for _, line := range notes(rep) {
		fmt.Fprintf(w, "; %s", line)
	}
	fmt.Fprintln(w)
	for _, k := range rep.Kinds {
		printCodes(w, string(k.Kind)+" refused", k.Refused)
	}
	printCodes(w, "put right in the bucket", rep.Mended)
	printCodes(w, "wrong in the bucket, look at this", rep.Troubles)
	for _, k := range rep.Kinds {
		if k.Due > 0 {
			fmt.Fprintf(w, "%s: the retention term of %d is over; they are due to be destroyed\n", k.Kind, k.Due)
		}
	}
	if rep.Unsigned {
		fmt.Fprintln(w, unsignedFacts)
	}
	for _, p := range rep.Portals {
		fmt.Fprintf(w, "%s: terms %s, valid from %s\n", p.Name, p.Terms, p.ValidFrom)
	}
	if rep.NoViewer {
		fmt.Fprintln(w, "no self-opening pages and no fallback page: this program was built without the viewer (make viewer, with Node 20)")
	}
	printDoubts(w, rep)
	for _, f := range rep.Faults {
		fmt.Fprintf(w, "failed: %s\n", faultLine(f))
	}
	return nil
}

// printDoubts names what dossiers say that cannot be so, a line each.
func printDoubts(w io.Writer, rep report.Run) {
	for _, f := range rep.Doubtful {
		fmt.Fprintf(w, "look at this: %s: %s: %s\n", f.File, f.Text, f.Code)
	}
}

// faultLine names the file once: an error of the source names it itself.
func faultLine(f report.Fault) string {
	if strings.Contains(f.Text, f.File) {
		return f.Text
	}
	return strings.TrimSpace(f.File+" "+f.Kind) + ": " + f.Text
}

// notes are the counts that are worth a word only when they are not zero.
func notes(rep report.Run) []string {
	var out []string
	add := func(n int, text string) {
		if n > 0 {
			out = append(out, fmt.Sprintf("%d %s", n, text))
		}
	}
	add(rep.Missing, "attachments missing")
	add(rep.Starting, "attachments can start something when opened")
	add(rep.Review, "items wait for review")
	add(rep.Swept, "half-made objects cleared away")
	add(rep.TakenIn, "facts taken over from the bucket that the ledger lacked")
	return out
}

func printCodes(w io.Writer, head string, list []report.CodeCount) {
	if len(list) == 0 {
		return
	}
	parts := make([]string, len(list))
	for i, c := range list {
		parts[i] = fmt.Sprintf("%s %d", c.Code, c.Count)
	}
	fmt.Fprintf(w, "%s: %s\n", head, strings.Join(parts, ", "))
}

func total(list []report.CodeCount) (n int) {
	for _, c := range list {
		n += c.Count
	}
	return n
}

// bar is a progress bar of one line.
type bar struct {
	w    io.Writer
	last int
}

func (b *bar) show(p pipeline.Progress) {
	const width = 40
	percent := 100
	if p.Clients > 0 {
		percent = 100 * p.Done / p.Clients
	}
	if percent == b.last && p.Done != p.Clients {
		return
	}
	b.last = percent
	full := width * percent / 100
	fmt.Fprintf(b.w, "\r%s%s %3d %%  %d of %d dossiers, %d made, %d failed ",
		strings.Repeat("━", full), strings.Repeat("─", width-full), percent, p.Done, p.Clients, p.Made, p.Failed)
}

func (b *bar) end() { fmt.Fprintln(b.w) }
