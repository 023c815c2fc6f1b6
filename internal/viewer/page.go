package viewer

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"inzage/internal/render/html"
	"inzage/templates"
)

// site is what only the fallback page says.
type site struct{ asOf string }

// skeleton is the page without its words.
var skeleton = func() *template.Template {
	b, err := fs.ReadFile(templates.Viewer, "viewer/page.html")
	if err != nil {
		panic("viewer: the page is not built in: " + err.Error())
	}
	return template.Must(template.New("page").Option("missingkey=error").Parse(string(b)))
}()

// view is what the skeleton is filled with.
type view struct {
	Lang, Organisation, Portal, BundleID string
	Mode                                 mode
	W                                    map[string]string
	Policy, Style, Meta, Script          template.HTML
	Logo                                 template.URL
	AsOf, FileHint                       string
	Phone, PhoneDigits, PhoneHours       string
	Emergency, EmergencyDigits           string
	Fingerprint, FingerprintLine         string
}

// build writes the page up to where the ciphertext begins.
func build(o Options, s site, m mode) ([]byte, error) {
	b, err := built()
	if err != nil {
		return nil, err
	}
	if o.Portal == nil || o.Deployment == "" || o.Edition < 1 {
		return nil, fmt.Errorf("portal, deployment and edition: %w", ErrOptions)
	}
	w, err := wordsOf(o.Lang)
	if err != nil {
		return nil, err
	}
	meta, err := metaBlock(o, m, w)
	if err != nil {
		return nil, err
	}
	style := string(b.style) + colours(o)
	v := viewOf(o, w, m)
	v.AsOf = s.asOf
	v.Style = template.HTML("<style>" + style + "</style>")
	v.Meta = template.HTML(meta)
	v.Script, v.Policy = script(b.script, m, hash(style), html.StyleHash(o.Portal.Theme), hash(string(b.frame)))
	var out bytes.Buffer
	if err := skeleton.Execute(&out, v); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func viewOf(o Options, w map[string]string, m mode) view {
	p := o.Portal
	v := view{
		Lang: "nl", Organisation: p.Organisation, Portal: p.Name, BundleID: o.BundleID, Mode: m, W: w,
		Phone: p.Phone, PhoneDigits: digits(p.Phone), PhoneHours: p.PhoneHours,
		Emergency: p.EmergencyPhone, EmergencyDigits: digits(p.EmergencyPhone),
		FileHint: strings.ReplaceAll(w["file_hint"], "{name}", o.BundleID+".age"),
	}
	if o.Lang == "en" {
		v.Lang = "en"
	}
	if o.Fingerprint != "" {
		v.Fingerprint = o.Fingerprint
		v.FingerprintLine = strings.ReplaceAll(w["key"], "{key}", o.Fingerprint)
	}
	if l := p.Theme.Logo; l != nil && (l.MIME == "image/png" || l.MIME == "image/jpeg") {
		v.Logo = template.URL("data:" + l.MIME + ";base64," + base64.StdEncoding.EncodeToString(l.Data))
	}
	return v
}

// metaBlock is what the script must know, as JSON that no element can end.
func metaBlock(o Options, m mode, w map[string]string) (string, error) {
	lang := "nl"
	if o.Lang == "en" {
		lang = "en"
	}
	b, err := json.Marshal(struct { // json escapes <, > and &
		Mode        mode              `json:"mode"`
		Lang        string            `json:"lang"`
		ID          string            `json:"id,omitempty"`
		Size        int64             `json:"size,omitempty"`
		Block       int               `json:"block"`
		SHA256      string            `json:"sha256,omitempty"`
		Deployment  string            `json:"deployment"`
		Edition     int               `json:"edition"`
		Fingerprint string            `json:"fingerprint,omitempty"`
		Sheet       string            `json:"sheet"` // style of a dossier, also of one that an older program made
		Words       map[string]string `json:"words"`
	}{m, lang, o.BundleID, o.Size, BlockSize, o.SHA256, o.Deployment, o.Edition, o.Fingerprint, html.Style(o.Portal.Theme), w})
	if err != nil {
		return "", err
	}
	return metaOpen + string(b) + "</script>", nil
}

// script gives the element of the script and the policy of the page (Content
// Security Policy Level 3). Only this script and these styles act; nothing
// is fetched, save by the fallback page from beside itself.
func script(code []byte, m mode, styles ...string) (element, policy template.HTML) {
	from, connect := "'"+hash(string(code))+"'", "'none'"
	element = template.HTML("<script>" + string(code) + "</script>\n")
	if m == fallback {
		from, connect = "'self'", "'self'"
		element = template.HTML(`<script src="viewer.js" integrity="` + integrity(code) + `" crossorigin="anonymous"></script>` + "\n")
	}
	policy = template.HTML(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src ` + from +
		`; style-src '` + strings.Join(styles, "' '") + `'; img-src data: blob:; connect-src ` + connect +
		`; frame-src blob:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types inzage">`)
	return element, policy
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// colours are the portal's two, as the dossier has them.
func colours(o Options) string {
	light, dark := o.Portal.Theme.Accent, o.Portal.Theme.AccentDark
	if light == 0 {
		light = 0x1b1b1f
	}
	if dark == 0 {
		dark = 0xe9e9ee
	}
	return fmt.Sprintf(":root{--accent:#%06x;--accent-dark:#%06x}", light&0xffffff, dark&0xffffff)
}

// digits are what a telephone dials.
func digits(phone string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, phone)
}

var months = map[string][]string{
	"nl": strings.Fields("januari februari maart april mei juni juli augustus september oktober november december"),
	"en": strings.Fields("January February March April May June July August September October November December"),
}

// moment says a moment as a reader does: "12 maart 2025, 14.30 uur".
func moment(t time.Time, lang string) string {
	if lang == "en" {
		return fmt.Sprintf("%d %s %d, %s", t.Day(), months["en"][t.Month()-1], t.Year(), t.Format("15:04"))
	}
	return strconv.Itoa(t.Day()) + " " + months["nl"][t.Month()-1] + " " + strconv.Itoa(t.Year()) + ", " + t.Format("15.04") + " uur"
}
