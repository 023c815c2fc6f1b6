package seal

// IdentityText is the private key of a holder as it stands in a slot.
func IdentityText(h Holder) string { return h.h().identity.String() + "\n" }

// Path is the spool file.
func (s Sealed) Path() string { return s.s.path }
