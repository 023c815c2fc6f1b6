package fhir

import (
	"fmt"
	"regexp"
	"strings"

	"inzage/internal/dossier"
)

// dateNames are the elements that hold a date and whose name does not end in
// "Date" or "DateTime". By name and not by shape: a version number can look
// like a date.
var dateNames = map[string]bool{
	"date": true, "start": true, "end": true, "issued": true, "recorded": true, "authoredOn": true, "authored": true, "sent": true,
	"received": true, "lastOccurrence": true, "created": true, "time": true, "whenHandedOver": true, "whenPrepared": true,
	"event": true, "creation": true, "onset": true, "dateAsserted": true, "dateWritten": true, "valueInstant": true, "lastUpdated": true,
	"indexed": true, "collectedDateTime": true, "receivedTime": true, "timestamp": true, "when": true, "dateTime": true, "timingEvent": true,
}

// isDateName reports whether an element of this name holds a date.
func isDateName(name string) bool {
	return dateNames[name] || strings.HasSuffix(name, "Date") || strings.HasSuffix(name, "DateTime")
}

var months = [...]string{"", "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"}

// dateWords is a FHIR date for a reader, no more precise than it is: "2019",
// "mei 2019", "3 mei 2019", "3 mei 2019, 14.30 uur". What is no date stays as written.
func dateWords(s string) string {
	d, ok := date(s)
	if !ok {
		return shown(s)
	}
	t := d.Start()
	switch d.Precision() {
	case dossier.Year:
		return t.Format("2006")
	case dossier.Month:
		return fmt.Sprintf("%s %d", months[t.Month()], t.Year())
	case dossier.Day:
		return fmt.Sprintf("%d %s %d", t.Day(), months[t.Month()], t.Year())
	case dossier.Minute, dossier.Second:
		return fmt.Sprintf("%d %s %d, %s uur", t.Day(), months[t.Month()], t.Year(), t.Format("15.04"))
	}
	return ""
}

// midnight to the second is how systems write a day of which they know no time.
var midnight = regexp.MustCompile(`T00:00:00(\.0+)?(Z|[+-]\d\d:\d\d)?$`)

// date reads a FHIR date, dateTime or instant; false for what is none, such as a
// placeholder that a test set left in.
func date(s string) (dossier.Date, bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return dossier.Date{}, false
	}
	if strings.Contains(s, "T00:00:00") {
		s = midnight.ReplaceAllString(s, "")
	}
	d, err := dossier.ParseDate(s)
	if err != nil && len(s) > 10 && s[10] == 'T' {
		d, err = dossier.ParseDate(s[:10]) // 24:00 and other impossible times: the day still holds
	}
	return d, err == nil
}
