package viewer

// Built reports whether the program holds the viewer; without it every page is
// [ErrNotBuilt].
func Built() bool {
	_, err := built()
	return err == nil
}
