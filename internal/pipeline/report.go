package pipeline

import (
	"errors"
	"log/slog"
	"slices"
	"sort"

	"inzage/internal/dossier"
	"inzage/internal/ledger"
	"inzage/internal/policy"
	"inzage/internal/report"
	"inzage/internal/store"
	"inzage/internal/viewer"
)

// tally is the report while it grows.
type tally struct {
	counts   map[tallyKey]int
	kept     map[string]bool     // bundle ids that this run made or found unchanged
	due      map[policy.Kind]int // archive copies whose retention term is over
	review   int
	missing  int
	starting int
	swept    int
	pages    int
	bytes    int64
	takenIn  int
	faults   []report.Fault
	warnings []report.Fault
	ready    map[string]int
	lacking  map[string][]string
}

type tallyKey struct {
	kind    policy.Kind
	outcome Outcome
	code    string
}

func newTally() tally {
	return tally{counts: map[tallyKey]int{}, kept: map[string]bool{}, due: map[policy.Kind]int{}, ready: map[string]int{}, lacking: map[string][]string{}}
}

// Outcomes of the bucket, beside those of work items.
const (
	troubled Outcome = "troubled" // something in the bucket that could not be mended
	mended   Outcome = "mended"   // something in the bucket that was not as it must be, and was put right
	warned   Outcome = "warned"   // something that a dossier says and cannot be so
)

// trouble notes what is wrong in the bucket, for the operator.
func (r *run) trouble(kind policy.Kind, code string, key store.Key, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tally.counts[tallyKey{kind, troubled, code}]++
	r.tally.faults = append(r.tally.faults, report.Fault{File: string(key), Kind: string(kind), Code: code, Text: err.Error()})
	if r.Log != nil {
		r.Log.Warn("bucket", slog.String("kind", string(kind)), slog.String("code", code))
	}
}

// warn notes what a dossier says that cannot be so, by file and field, never by
// what stands there.
func (r *run) warn(c client) {
	list := policy.Warnings(c.dossier, r.Now)
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range list {
		r.tally.counts[tallyKey{"", warned, string(w.Code)}]++
		r.tally.warnings = append(r.tally.warnings, report.Fault{File: c.ref.Path, Code: string(w.Code), Text: w.Field})
	}
}

// found notes what was not as it must be and was put right.
func (r *run) found(kind policy.Kind, code string) {
	r.count1(Result{Kind: kind, Outcome: mended, Code: code})
}

// count adds one client's results and moves the progress on.
func (r *run) count(ref dossier.FileRef, results []Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, res := range results {
		r.add(res)
		if res.Err != nil {
			r.fault(ref, res)
		}
	}
	r.progress.Done++
	if r.Progress != nil {
		r.Progress(r.progress)
	}
}

func (r *run) count1(res Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.add(res)
}

func (r *run) add(res Result) {
	t := &r.tally
	t.counts[tallyKey{res.Kind, res.Outcome, res.Code}]++
	t.review += res.Review
	t.missing += res.Missing
	t.starting += res.Starting
	t.pages += res.Pages
	if res.Due {
		t.due[res.Kind]++
	}
	switch res.Outcome {
	case Made:
		r.progress.Made++
		t.bytes += res.Entry.Size
		t.kept[res.Entry.BundleID] = true
	case Unchanged:
		r.progress.Fresh++
		t.kept[res.Entry.BundleID] = true
	case Refused:
		r.progress.Refused++
	case Failed:
		r.progress.Failed++
	}
}

// fault notes a failure for the operator; the log gets the code, never the file,
// which may be named after a client.
func (r *run) fault(ref dossier.FileRef, res Result) {
	text := res.Err.Error()
	if errors.Is(res.Err, errPanic) {
		text = errPanic.Error()
	}
	r.tally.faults = append(r.tally.faults, report.Fault{File: ref.Path, Kind: string(res.Kind), Code: res.Code, Text: text})
	if r.Log != nil {
		r.Log.Warn("item failed", slog.String("kind", string(res.Kind)), slog.String("code", res.Code))
	}
}

// standing counts for each portal who has a fallback copy and who lacks one.
func (r *run) standing(latest map[string]ledger.Entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for subject, portal := range r.census.fallback {
		if _, ok := latest[subject]; ok {
			r.tally.ready[portal]++
		} else {
			r.tally.lacking[portal] = append(r.tally.lacking[portal], subject)
		}
	}
}

// report is the run so far, in a fixed order.
func (r *run) report(err error) report.Run {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.tally
	rep := report.Run{
		Schema: report.Schema, RunID: r.RunID, Now: r.Now, Program: r.Program, Finished: err == nil,
		Clients: r.progress.Clients, Done: r.progress.Done, Review: t.review, Missing: t.missing, Starting: t.starting,
		Swept: t.swept, Pages: t.pages, Bytes: t.bytes, Stages: r.clock.seconds(), Faults: t.faults,
		Unread: t.by("", Failed), NoViewer: !viewer.Built(), TakenIn: t.takenIn,
		Doubts: t.all(warned), Doubtful: t.warnings, Troubles: t.all(troubled), Mended: t.all(mended), Unsigned: !r.Signer.Valid(),
	}
	for _, k := range r.Kinds {
		rep.Kinds = append(rep.Kinds, report.Kind{
			Kind: k, Made: t.n(k, Made), Unchanged: t.n(k, Unchanged),
			Refused: t.by(k, Refused), Failed: t.by(k, Failed), Withdrawn: t.by(k, Withdrawn), Due: t.due[k],
		})
	}
	rep.Portals = r.portalReports()
	for _, list := range [][]report.Fault{rep.Faults, rep.Doubtful} {
		sort.SliceStable(list, func(i, j int) bool { return list[i].File < list[j].File })
	}
	return rep
}

func (t tally) n(k policy.Kind, o Outcome) int {
	n := 0
	for key, c := range t.counts {
		if key.kind == k && key.outcome == o {
			n += c
		}
	}
	return n
}

// by lists the codes of one kind and outcome, the most frequent first.
func (t tally) by(k policy.Kind, o Outcome) []report.CodeCount {
	return t.codes(func(key tallyKey) bool { return key.kind == k && key.outcome == o })
}

// all lists the codes of one outcome over all kinds.
func (t tally) all(o Outcome) []report.CodeCount {
	return t.codes(func(key tallyKey) bool { return key.outcome == o })
}

func (t tally) codes(of func(tallyKey) bool) []report.CodeCount {
	count := map[string]int{}
	for key, n := range t.counts {
		if of(key) {
			count[key.code] += n
		}
	}
	var out []report.CodeCount
	for code, n := range count {
		out = append(out, report.CodeCount{Code: code, Count: n})
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].Count != out[j].Count {
			return out[i].Count > out[j].Count
		}
		return out[i].Code < out[j].Code
	})
	return out
}

func (r *run) portalReports() []report.Portal {
	holders := map[string]int{}
	for _, portal := range r.census.fallback {
		holders[portal]++
	}
	var out []report.Portal
	for id, p := range r.Portals {
		terms := r.terms[id]
		rep := report.Portal{
			Portal: id, Name: p.Name, Terms: terms.Version, ValidFrom: terms.ValidFrom, SHA256: terms.SHA256,
			Holders: holders[id], Ready: r.tally.ready[id], Lacking: r.tally.lacking[id],
		}
		sort.Strings(rep.Lacking)
		for _, w := range p.Warnings {
			if !slices.Contains(rep.Warnings, w.Text) { // two versions of the terms may share a fault
				rep.Warnings = append(rep.Warnings, w.Text)
			}
		}
		out = append(out, rep)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Portal < out[j].Portal })
	return out
}
