package dossier_test

import (
	"slices"
	"testing"

	"inzage/internal/dossier"
)

func TestPlaceholderDates(t *testing.T) {
	for _, s := range []string{"0001-01-01", "1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1900", "1900-01", "9999-12-31", "9999", "2999-12-31", "3000-01-01",
		"1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"} {
		if !dossier.MustDate(s).Placeholder() {
			t.Errorf("%s passes for a date", s)
		}
	}
	for _, s := range []string{"", "1901-01-01", "1938-04-12", "1970-01-01", "2036-01-01", "2099-12-31", "1970-01-01T00:00:01Z"} {
		if dossier.MustDate(s).Placeholder() {
			t.Errorf("%s passes for no date", s)
		}
	}
}

func TestWithoutPlaceholders(t *testing.T) {
	d := &dossier.Dossier{
		Client:   dossier.Person{BirthDate: dossier.MustDate("1900-01-01")},
		Relation: dossier.Relation{Start: dossier.MustDate("2020-01-01"), End: dossier.MustDate("9999-12-31")},
		Grants: []dossier.Grant{{Until: dossier.MustDate("1900-01-01"), Blocked: &dossier.Blockade{Since: dossier.MustDate("9999-12-31")}},
			{Until: dossier.MustDate("9999-12-31"), RevokedAt: dossier.MustDate("1900-01-01")}},
		Items: []dossier.Item{{Date: dossier.MustDate("0001-01-01")}},
	}
	if got := dossier.Placeholders(d); !slices.Equal(got, []string{"client.birthDate", "relation.end", "grants.until", "grants.blocked.since", "grants.revokedAt", "items.date"}) {
		t.Errorf("%v", got)
	}
	c := dossier.WithoutPlaceholders(d)
	if !c.Client.BirthDate.IsZero() || !c.Relation.End.IsZero() || c.Relation.Start.IsZero() || !c.Grants[0].Blocked.Since.IsZero() || !c.Grants[1].Until.IsZero() || !c.Items[0].Date.IsZero() {
		t.Errorf("a placeholder is left: %+v", c)
	}
	if c.Grants[0].Until.IsZero() || c.Grants[1].RevokedAt.IsZero() {
		t.Error("a grant whose end cannot be read has none")
	}
	if d.Client.BirthDate.IsZero() || d.Grants[0].Blocked.Since.IsZero() || d.Items[0].Date.IsZero() {
		t.Error("the dossier itself was altered")
	}
	if again := dossier.WithoutPlaceholders(c); len(dossier.Placeholders(again)) != 2 {
		t.Errorf("%v", dossier.Placeholders(again))
	}
	if plain := (&dossier.Dossier{}); dossier.WithoutPlaceholders(plain) != plain {
		t.Error("copied for nothing")
	}
}
