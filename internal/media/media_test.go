package media_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"inzage/internal/dossier"
	"inzage/internal/media"
)

type dir string

func (d dir) Open(_ context.Context, a dossier.Attachment) (io.ReadCloser, error) {
	return os.Open(filepath.Join(string(d), a.Path))
}

func TestFixtureAttachments(t *testing.T) {
	items := []dossier.Item{{ID: "i", Attachments: []dossier.Attachment{
		{ID: "1", Path: "001.pdf", MIME: "application/pdf"}, {ID: "2", Path: "002.jpg", MIME: "image/jpeg"}, {ID: "3", Path: "005.png", MIME: "image/png"},
		{ID: "4", Path: "001.pdf", MIME: "image/jpeg"}}}}
	s, err := media.Prepare(t.Context(), dir("../../fixtures/dossiers/thuisgenoten/drie-jaar/bijlagen"), items, media.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	f := s.Files()
	if f[0].Pages != 2 || f[1].Image == nil || f[2].MIME != "image/png" || f[3].Missing != dossier.MissingWrongType || s.MissingCount() != 1 {
		t.Errorf("%+v", f)
	}
}
