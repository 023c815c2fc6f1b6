package viewer

import (
	"errors"
	"testing"
	"testing/fstest"
)

// A program built without Node holds only what is committed.
func TestWithoutNodeItSaysSo(t *testing.T) {
	committed := fstest.MapFS{"viewer/page.html": {}, "viewer/dist/.gitkeep": {}}
	if _, err := read(committed); !errors.Is(err, ErrNotBuilt) {
		t.Errorf("error %v", err)
	}
	half := fstest.MapFS{"viewer/dist/viewer.js": {Data: []byte("1")}}
	if _, err := read(half); !errors.Is(err, ErrNotBuilt) {
		t.Errorf("half a viewer: %v", err)
	}
}

// A script that could end its own element is not a script of ours.
func TestAScriptThatEndsItsElementIsRefused(t *testing.T) {
	for _, text := range []string{`"</script>"`, `"<!--"`, `"<SCRIPT"`} {
		files := fstest.MapFS{"viewer/dist/first.js": {}, "viewer/dist/viewer.js": {Data: []byte(text)}, "viewer/dist/style.css": {}, "viewer/dist/frame.css": {}}
		if _, err := read(files); !errors.Is(err, ErrNotBuilt) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
