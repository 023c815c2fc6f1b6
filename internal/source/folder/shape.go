package folder

import (
	"reflect"
	"strings"

	"inzage/internal/dossier"
)

// A shape is what a JSON value must look like to be a Go value of a type.
type shape struct {
	kind   reflect.Kind // Struct, Slice, String, Float64, Int64 or Bool
	fields map[string]*shape
	must   []string // names that may not be absent
	elem   *shape
	valid  func(s string) bool // of a string; nil: any
	word   string              // what the string must be, for the error
}

var dossierShape = shapeOf(reflect.TypeFor[dossier.Dossier]())

func shapeOf(t reflect.Type) *shape {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeFor[dossier.Date]() {
		return &shape{kind: reflect.String, valid: isDate, word: "a date such as 2019, 2019-05 or 2019-05-03"}
	}
	s := &shape{kind: t.Kind()}
	switch t.Kind() {
	case reflect.Slice:
		s.elem = shapeOf(t.Elem())
	case reflect.String:
		if allowed, ok := closed[t]; ok {
			s.valid, s.word = func(v string) bool { return allowed[v] }, "one of the words of the format"
		}
	case reflect.Struct:
		s.fields = map[string]*shape{}
		for i := range t.NumField() {
			f := t.Field(i)
			name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
			s.fields[name] = shapeOf(f.Type)
			if !strings.Contains(rest, "omit") {
				s.must = append(s.must, name)
			}
		}
	}
	return s
}

func isDate(s string) bool {
	_, err := dossier.ParseDate(s)
	return err == nil
}

// closed are the string types with a fixed set of values. A role is not among
// them: who holds an unknown role is refused with a reason, not the whole client.
var closed = map[reflect.Type]map[string]bool{
	reflect.TypeFor[dossier.Section]():   set(dossier.ItemSections()...),
	reflect.TypeFor[dossier.Status]():    set(dossier.StatusFinal, dossier.StatusDraft, dossier.StatusAmended, dossier.StatusEnteredInError, dossier.StatusCancelled, dossier.StatusRemoved),
	reflect.TypeFor[dossier.Origin]():    set("", dossier.OriginProfessional, dossier.OriginClient, dossier.OriginRelative, dossier.OriginSystem),
	reflect.TypeFor[dossier.Flag]():      set(dossier.Unsaid, dossier.Yes, dossier.No),
	reflect.TypeFor[dossier.Audience]():  set(dossier.AudienceClient, dossier.AudienceRepresentative, dossier.AudienceContact),
	reflect.TypeFor[dossier.Label]():     set(dossier.LabelInternal, dossier.LabelNotRelatives, dossier.LabelOwnNotes, dossier.LabelThirdParty, dossier.LabelReview, dossier.LabelRestricted),
	reflect.TypeFor[dossier.BlockKind](): set(dossier.BlockText, dossier.BlockField, dossier.BlockTable, dossier.BlockList, dossier.BlockWarning),
	reflect.TypeFor[dossier.Format]():    set("", dossier.Plain, dossier.Markdown, dossier.HTML),
}

func set[S ~string](list ...S) map[string]bool {
	m := make(map[string]bool, len(list))
	for _, s := range list {
		m[string(s)] = true
	}
	return m
}
