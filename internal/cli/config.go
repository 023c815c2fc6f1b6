package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
)

// Config is inzage.yaml. Relative paths are taken from the file's own folder.
// Unknown keys are errors with their line.
type Config struct {
	Portals []string     `yaml:"portals"` // folders
	Source  SourceConfig `yaml:"source"`
	Kinds   []string     `yaml:"kinds"`
	Keys    KeysConfig   `yaml:"keys"`
	// SecretFile holds 64 hexadecimal characters; INZAGE_SECRET goes before it.
	SecretFile string          `yaml:"secret_file"`
	Store      StoreConfig     `yaml:"store"`
	Retention  RetentionConfig `yaml:"retention"`
	Ledger     string          `yaml:"ledger"`  // SQLite file
	Spool      string          `yaml:"spool"`   // folder for ciphertext in flight
	Reports    string          `yaml:"reports"` // folder for the operator's copy of run.html and run.json
	Codes      CodesConfig     `yaml:"codes"`
	Letter     LetterConfig    `yaml:"letter"`
	Language   string          `yaml:"language"`
	Workers    int             `yaml:"workers"` // 0: as many as there are processors
	Limits     LimitsConfig    `yaml:"limits"`

	dir string
}

// SourceConfig says where dossiers come from.
type SourceConfig struct {
	Folder string     `yaml:"folder"` // native format dossier/v1
	FHIR   FHIRConfig `yaml:"fhir"`   // or FHIR R4 and STU3, files or a Bulk Data export
}

// FHIRConfig says how FHIR files become dossiers.
type FHIRConfig struct {
	Folder             string `yaml:"folder"`
	Portal             string `yaml:"portal"`               // id of the portal that these clients belong to
	System             string `yaml:"system"`               // name of the record system, shown to readers
	RefSystem          string `yaml:"ref_system"`           // identifier system of the client number; empty: the Patient's id
	ClientHolds        bool   `yaml:"client_holds"`         // every client has access; there is no list of accounts
	RelationFromRecord bool   `yaml:"relation_from_record"` // care began with the record's first date
	Work               string `yaml:"work"`                 // folder for the index of an export
}

// KeysConfig names files with public keys (age1pq1…), one on a line.
type KeysConfig struct {
	Officers string `yaml:"officers"` // can open every bundle
	Archive  string `yaml:"archive"`  // can open archief; at least two keys
	Audience string `yaml:"audience"` // for grants without a key or code of their own
	Signing  string `yaml:"signing"`  // OpenSSH private key (Ed25519) that signs manifests and records
	Signers  string `yaml:"signers"`  // list of allowed signers to publish, with their dates
}

// CodesConfig stands in the salt of access codes; changing it after codes are
// out makes them open nothing new.
type CodesConfig struct {
	Deployment string `yaml:"deployment"` // letters, digits, dots, hyphens; empty: the portal's id alone
	Edition    int    `yaml:"edition"`    // from 1
}

// LetterConfig is where the address stands on a letter, in millimetres from the
// top left, for the window of the envelope. All zero: a C5/6 envelope with its
// window at the left.
type LetterConfig struct {
	Left   float64 `yaml:"left"`
	Top    float64 `yaml:"top"`
	Width  float64 `yaml:"width"`
	Height float64 `yaml:"height"`
}

// StoreConfig is the bucket. Without an endpoint the program serves S3 itself,
// from Dir, while it runs.
type StoreConfig struct {
	Endpoint      string   `yaml:"endpoint"` // host or host:port
	Bucket        string   `yaml:"bucket"`
	Region        string   `yaml:"region"`
	AccessKeyFile string   `yaml:"access_key_file"` // or INZAGE_S3_ACCESS_KEY; neither: as AWS tools find theirs
	SecretKeyFile string   `yaml:"secret_key_file"` // or INZAGE_S3_SECRET_KEY
	CAFile        string   `yaml:"ca_file"`         // certificates in PEM to trust besides the system's
	Insecure      bool     `yaml:"insecure"`        // http; for a store on this machine only
	PathStyle     bool     `yaml:"path_style"`
	CreateBucket  bool     `yaml:"create_bucket"`
	AllowWeak     []string `yaml:"allow_weak"`
	Dir           string   `yaml:"dir"` // folder of the embedded store
}

// RetentionConfig says how archief objects are locked.
type RetentionConfig struct {
	Mode string `yaml:"mode"` // governance (default) or compliance
}

// LimitsConfig bounds what one dossier may ask for.
type LimitsConfig struct {
	AttachmentMB    int64 `yaml:"attachment_mb"`
	AttachmentMP    int64 `yaml:"attachment_megapixels"`
	InlineMB        int64 `yaml:"inline_mb"`    // pictures shown inside one document
	DossierMB       int64 `yaml:"dossier_mb"`   // one JSON file
	InFlightMB      int64 `yaml:"in_flight_mb"` // all dossiers held at once
	MaxMissingFiles *int  `yaml:"max_missing"`  // more missing attachments fail the client; absent: never
}

// errConfig is wrapped by every fault of the configuration.
var errConfig = errors.New("configuration")

// loadConfig reads and checks a configuration file.
func loadConfig(path string) (Config, error) { return readConfig(path, Config.check) }

// readConfig reads a configuration file, of which all that a command needs must
// be there.
func readConfig(path string, check func(Config) error) (Config, error) {
	body, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return Config{}, fmt.Errorf("%w: %s does not exist; name yours with --config", errConfig, path)
	}
	if err != nil {
		return Config{}, fmt.Errorf("%w: %w", errConfig, err)
	}
	c, err := parseConfig(body)
	if err == nil {
		err = check(c)
	}
	if err != nil {
		return Config{}, fmt.Errorf("%w: %s: %w", errConfig, path, err)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return Config{}, err
	}
	c.resolve(filepath.Dir(abs))
	return c, nil
}

func parseConfig(body []byte) (c Config, err error) {
	defer func() { // the YAML library panics on some tags
		if recover() != nil {
			c, err = Config{}, errors.New("is not YAML that this program can read; tags and anchors are not needed")
		}
	}()
	c = Config{
		Ledger: "inzage.db", Spool: "spool", Language: "nl",
		Store:     StoreConfig{Bucket: "inzage", Region: "us-east-1"},
		Retention: RetentionConfig{Mode: "governance"}, Codes: CodesConfig{Edition: 1},
	}
	dec := yaml.NewDecoder(bytes.NewReader(body), yaml.DisallowUnknownField())
	if err := dec.Decode(&c); err != nil {
		return Config{}, errors.New(strings.TrimSpace(yaml.FormatError(err, false, false)))
	}
	return c, nil
}

// checkStore is check for what works on the bucket alone.
func (c Config) checkStore() error {
	if c.Store.Endpoint == "" && c.Store.Dir == "" {
		return errNoStore
	}
	return nil
}

var errNoStore = errors.New("store: set endpoint, or dir for the embedded store")

// check names every fault at once.
func (c Config) check() error {
	var faults []error
	need := func(ok bool, text string) {
		if !ok {
			faults = append(faults, errors.New(text))
		}
	}
	need(len(c.Portals) > 0, "portals: name at least one portal folder")
	need((c.Source.Folder != "") != (c.Source.FHIR.Folder != ""), "source: name one folder with dossiers, source.folder or source.fhir.folder")
	need(c.Source.FHIR.Folder == "" || c.Source.FHIR.Portal != "", "source.fhir.portal: name the portal that the clients belong to")
	need(len(c.Kinds) > 0, "kinds: name at least one of portaalkopie, terugval, avg-inzage, archief")
	need(c.Keys.Officers != "", "keys.officers: name the file with the officers' public keys")
	need(c.checkStore() == nil, errNoStore.Error())
	need(c.Language == "nl" || c.Language == "en", "language: nl or en")
	need(c.Retention.Mode == "governance" || c.Retention.Mode == "compliance", "retention.mode: governance or compliance")
	need(c.Workers >= 0, "workers: 0 or more")
	need(c.Codes.Edition >= 1, "codes.edition: 1 or more")
	need(deployment.MatchString(c.Codes.Deployment), "codes.deployment: at most 40 letters, digits, dots and hyphens")
	need(c.Letter.fits(), "letter: left, top, width and height in millimetres, within an A4 sheet")
	return errors.Join(faults...)
}

var deployment = regexp.MustCompile(`^[A-Za-z0-9.-]{0,40}$`)

// fits reports whether the window lies on the upper half of an A4 sheet.
func (c LetterConfig) fits() bool {
	if c == (LetterConfig{}) {
		return true
	}
	return c.Left >= 5 && c.Top >= 16 && c.Width >= 40 && c.Height >= 15 && c.Left+c.Width <= 190 && c.Top+c.Height <= 148
}

// resolve makes every path absolute: the embedded store changes the program's
// working folder.
func (c *Config) resolve(dir string) {
	c.dir = dir
	for i := range c.Portals {
		c.Portals[i] = c.abs(c.Portals[i])
	}
	for _, p := range []*string{
		&c.Source.Folder, &c.Source.FHIR.Folder, &c.Source.FHIR.Work, &c.Keys.Officers, &c.Keys.Archive, &c.Keys.Audience, &c.Keys.Signing, &c.Keys.Signers, &c.SecretFile, &c.Store.AccessKeyFile,
		&c.Store.SecretKeyFile, &c.Store.CAFile, &c.Store.Dir, &c.Ledger, &c.Spool, &c.Reports,
	} {
		*p = c.abs(*p)
	}
}

func (c *Config) abs(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(c.dir, p)
}

// secretText is a secret from the environment, else from a file.
func secretText(env, file string) (string, error) {
	if s := os.Getenv(env); s != "" {
		return s, nil
	}
	if file == "" {
		return "", fmt.Errorf("%w: set %s, or its file", errConfig, env)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errConfig, err)
	}
	return strings.TrimSpace(string(b)), nil
}
