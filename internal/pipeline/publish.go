package pipeline

import (
	"bytes"
	"context"
	"encoding/json"

	"inzage/internal/compose"
	"inzage/internal/render/html"
	"inzage/internal/report"
	"inzage/internal/seal"
	"inzage/internal/store"
)

// Publish writes the report of a run to the bucket as run.json and as run.html, a
// page that an officer understands, and gives both back by name, also when the
// bucket does not take them.
func Publish(ctx context.Context, s Settings, rep report.Run) (map[string][]byte, error) {
	data, err := json.MarshalIndent(rep, "", "  ")
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	if err := html.Render(&page, compose.RunPage(rep, s.Language)); err != nil {
		return nil, err
	}
	files := map[string][]byte{"run.json": data, "run.html": page.Bytes()}
	types := map[string]string{"run.json": "application/json", "run.html": "text/html; charset=utf-8"}
	for _, name := range []string{"run.json", "run.html"} {
		text, err := seal.Publish(types[name], files[name])
		if err != nil {
			return nil, err // it may not stand anywhere
		}
		if _, err := s.Store.PutStatement(ctx, store.Object{Key: store.RunKey(rep.RunID, name)}, text); err != nil {
			return files, err
		}
	}
	return files, s.sync()
}

// sync makes what is stored durable.
func (s Settings) sync() error {
	if s.Sync == nil {
		return nil
	}
	return s.Sync()
}
