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
	Policy, First, Style, Meta, Script   template.HTML
	Logo                                 template.URL
	logo                                 []byte // its base64
	AsOf, FileHint                       string
	Phone, PhoneDigits, PhoneHours       string
	Emergency, EmergencyDigits           string
	Fingerprint, FingerprintLine         string
}

// build makes a page without its tail and where the ciphertext begins.
func build(o Options, s site, m mode) (Program, error) {
	b, err := built()
	if err != nil {
		return Program{}, err
	}
	if o.Portal == nil || o.Deployment == "" || o.Edition < 1 {
		return Program{}, fmt.Errorf("portal, deployment and edition: %w", ErrOptions)
	}
	w, err := wordsOf(o.Lang)
	if err != nil {
		return Program{}, err
	}
	meta, err := metaText(o, m, w)
	if err != nil {
		return Program{}, err
	}
	style := string(b.style) + colours(o)
	v := viewOf(o, w, m)
	v.AsOf = s.asOf
	v.Style = template.HTML("<style>" + style + "</style>")
	v.First = template.HTML("<script>" + string(b.first) + "</script>")
	v.Meta = template.HTML(metaOpen + string(meta) + "</script>")
	v.Script, v.Policy = script(b, m, hash(style), html.StyleHash(o.Portal.Theme), hash(string(b.frame)))
	var out bytes.Buffer
	if err := skeleton.Execute(&out, v); err != nil {
		return Program{}, err
	}
	ours := [][]byte{[]byte(v.Policy), []byte(v.First), []byte(v.Style), []byte(v.Script)}
	if v.Logo != "" {
		ours = append(ours, v.logo)
	}
	return Program{typePage, out.Bytes(), meta, ours}, nil
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
		text := base64.StdEncoding.EncodeToString(l.Data)
		v.Logo, v.logo = template.URL("data:"+l.MIME+";base64,"+text), []byte(strings.ReplaceAll(text, "+", "&#43;")) // as html/template writes it
	}
	return v
}

// metaText is what the script must know, as JSON that no element can end.
func metaText(o Options, m mode, w map[string]string) ([]byte, error) {
	lang := "nl"
	if o.Lang == "en" {
		lang = "en"
	}
	return json.Marshal(struct { // json escapes <, > and &
		Mode        mode              `json:"mode"`
		Lang        string            `json:"lang"`
		ID          string            `json:"id,omitempty"`
		Portal      string            `json:"portal"`
		Size        int64             `json:"size,omitempty"`
		Block       int               `json:"block"`
		SHA256      string            `json:"sha256,omitempty"`
		Deployment  string            `json:"deployment"`
		Edition     int               `json:"edition"`
		Fingerprint string            `json:"fingerprint,omitempty"`
		Most        int64             `json:"most"`  // bytes that are fetched at most
		Quiet       int64             `json:"quiet"` // milliseconds without a byte after which fetching ends
		Sheet       string            `json:"sheet"` // style of a dossier, also of one that an older program made
		Words       map[string]string `json:"words"`
	}{m, lang, o.BundleID, o.Portal.ID, o.Size, BlockSize, o.SHA256, o.Deployment, o.Edition, o.Fingerprint, maxCopy, quiet.Milliseconds(), html.Style(o.Portal.Theme), w})
}

// What a fallback copy may cost who fetches it.
const (
	maxCopy = 1 << 30 // bytes
	quiet   = 30 * time.Second
)

// script gives the element of the script and the policy of the page (Content
// Security Policy Level 3). Only this script, the first one and these styles act;
// nothing is fetched, save by the fallback page from beside itself.
func script(b parts, m mode, styles ...string) (element, policy template.HTML) {
	from, connect := "'"+hash(string(b.script))+"'", "'none'"
	element = template.HTML("<script>" + string(b.script) + "</script>\n")
	if m == fallback {
		from, connect = "'self'", "'self'"
		element = template.HTML(`<script src="viewer.js" integrity="` + integrity(b.script) + `" crossorigin="anonymous"></script>` + "\n")
	}
	policy = template.HTML(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '` + hash(string(b.first)) + "' " + from +
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
