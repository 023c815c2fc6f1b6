package face

import (
	_ "embed"
	"sync"
)

// notoEmoji is Noto Emoji 3.006 Regular, unchanged. Its licence (SIL Open Font
// License 1.1) stands beside it in noto/OFL.txt and goes where the font goes.
//
//go:embed noto/NotoEmoji-Regular.ttf
var notoEmoji []byte

// Emoji is the face of pictures in text, in one colour: Noto Emoji. It is read
// once.
var Emoji = sync.OnceValue(func() *Face { return must("NotoEmoji-Regular", notoEmoji) })
