package cli

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"inzage/internal/dossier"
	"inzage/internal/ledger"
	"inzage/internal/media"
	"inzage/internal/pipeline"
	"inzage/internal/policy"
	"inzage/internal/portal"
	"inzage/internal/seal"
	"inzage/internal/source/fhir"
	"inzage/internal/source/folder"
	"inzage/internal/store"
	"inzage/internal/store/embedded"
	"inzage/internal/store/s3"
)

// configured reads the configuration and all that it names, but for the store.
func (a *app) configured() (Config, pipeline.Settings, error) {
	c, err := loadConfig(a.config)
	if err != nil {
		return Config{}, pipeline.Settings{}, err
	}
	s, err := a.settings(c)
	return c, s, err
}

// connect is configured, and opens store and ledger. The caller closes the backend.
func (a *app) connect(ctx context.Context) (Config, pipeline.Settings, *backend, error) {
	c, s, err := a.configured()
	if err != nil {
		return c, s, nil, err
	}
	b, err := openBackend(ctx, c)
	return c, s, b, err
}

// settings turns the configuration into what a batch needs, without opening the
// store: that is enough for a plan.
func (a *app) settings(c Config) (pipeline.Settings, error) {
	now, err := a.moment()
	if err != nil {
		return pipeline.Settings{}, err
	}
	s := pipeline.Settings{
		Now: now, RunID: runID(now), Program: program(), Language: c.Language,
		Spool: c.Spool, LockMode: store.Governance, Workers: c.Workers,
		Limits: limits(c.Limits), MaxMissing: -1, InFlight: 192 << 20,
		Deployment: c.Codes.Deployment, Edition: c.Codes.Edition,
		Log: slog.New(slog.NewJSONHandler(io.Discard, nil)),
	}
	if c.Retention.Mode == "compliance" {
		s.LockMode = store.Compliance
	}
	if s.Workers == 0 {
		s.Workers = runtime.GOMAXPROCS(0)
	}
	if c.Limits.MaxMissingFiles != nil {
		s.MaxMissing = *c.Limits.MaxMissingFiles
	}
	if c.Limits.InFlightMB > 0 {
		s.InFlight = c.Limits.InFlightMB << 20
	}
	return s, fill(&s, c)
}

func limits(c LimitsConfig) media.Limits {
	l := media.DefaultLimits()
	set := func(dst *int64, v, unit int64) {
		if v > 0 {
			*dst = v * unit
		}
	}
	set(&l.MaxBytes, c.AttachmentMB, 1<<20)
	set(&l.MaxPixels, c.AttachmentMP, 1_000_000)
	set(&l.InlineBytes, c.InlineMB, 1<<20)
	return l
}

// fill loads everything that the configuration names, and names every fault.
func fill(s *pipeline.Settings, c Config) error {
	var faults []error
	note := func(err error) {
		if err != nil {
			faults = append(faults, err)
		}
	}
	var err error
	s.Portals, err = loadPortals(c.Portals)
	note(err)
	s.Source, err = openSource(c, s.Portals)
	note(err)
	s.Kinds, err = kinds(c.Kinds)
	note(err)
	s.Officers, err = readKeys("keys.officers", c.Keys.Officers)
	note(err)
	if c.Keys.Archive != "" {
		s.Archive, err = readKeys("keys.archive", c.Keys.Archive)
		note(err)
	}
	if c.Keys.Audience != "" {
		list, err := readKeys("keys.audience", c.Keys.Audience)
		note(err)
		if len(list) > 0 {
			s.Audience = list[0]
		}
	}
	s.Secret, err = readSecret(c)
	note(err)
	s.Signer, err = readSigner(c.Keys.Signing)
	note(err)
	if c.Keys.Signers != "" {
		s.Signers, err = os.ReadFile(c.Keys.Signers)
		note(err)
	}
	return errors.Join(faults...)
}

// openSource opens the one source that the configuration names.
func openSource(c Config, portals map[string]*portal.Portal) (dossier.Reader, error) {
	if c.Source.FHIR.Folder == "" {
		return folder.Open(c.Source.Folder, folderLimits(c.Limits))
	}
	f := c.Source.FHIR
	p := portals[f.Portal]
	if p == nil {
		return nil, fmt.Errorf("%w: source.fhir.portal: portals has no %q", errConfig, f.Portal)
	}
	work := f.Work
	if work == "" {
		work = filepath.Join(c.Spool, "fhir")
	}
	if err := os.MkdirAll(work, 0o700); err != nil {
		return nil, fmt.Errorf("%w: source.fhir.work: %w", errConfig, err)
	}
	rules := fhir.Rules{Show: p.FHIR.Show, Labels: map[string]fhir.Effect{}}
	for label, effect := range p.FHIR.Labels {
		rules.Labels[label] = fhir.Effect(effect)
	}
	return fhir.Open(context.Background(), f.Folder, fhir.Options{
		Portal: f.Portal, System: f.System, Rules: rules, Limits: fhir.DefaultLimits(), RefSystem: f.RefSystem,
		ClientHolds: f.ClientHolds, RelationFromRecord: f.RelationFromRecord, Work: work,
	})
}

func folderLimits(c LimitsConfig) folder.Limits {
	l := folder.DefaultLimits()
	if c.DossierMB > 0 {
		l.MaxBytes = c.DossierMB << 20
	}
	return l
}

func loadPortals(dirs []string) (map[string]*portal.Portal, error) {
	out := map[string]*portal.Portal{}
	var faults []error
	for _, dir := range dirs {
		p, err := portal.Load(dir)
		switch {
		case err != nil:
			faults = append(faults, err)
		case out[p.ID] != nil:
			faults = append(faults, fmt.Errorf("portal %s stands in the configuration twice", p.ID))
		default:
			out[p.ID] = p
		}
	}
	return out, errors.Join(faults...)
}

func kinds(names []string) ([]policy.Kind, error) {
	var out []policy.Kind
	for _, n := range names {
		if _, err := policy.For(policy.Kind(n)); err != nil {
			return nil, fmt.Errorf("%w: kinds: %w", errConfig, err)
		}
		out = append(out, policy.Kind(n))
	}
	return out, nil
}

func readKeys(name, path string) ([]seal.Recipient, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errConfig, name, err)
	}
	defer f.Close()
	list, err := seal.ReadRecipients(f)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %s: %w", errConfig, name, path, err)
	}
	return list, nil
}

func readSecret(c Config) (seal.Secret, error) {
	text, err := secretText("INZAGE_SECRET", c.SecretFile)
	if err != nil {
		return seal.Secret{}, err
	}
	s, err := seal.ParseSecret(text)
	if err != nil {
		return seal.Secret{}, fmt.Errorf("%w: secret_file: %w", errConfig, err)
	}
	return s, nil
}

// runID names a run by its moment and four letters of chance.
func runID(now time.Time) string {
	return now.UTC().Format("20060102t150405z") + "-" + lower(rand.Text()[:6])
}

func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		switch {
		case c >= 'A' && c <= 'Z':
			b[i] = c + 'a' - 'A'
		case c >= '2' && c <= '7':
			b[i] = c - '2' + 'g'
		}
	}
	return string(b)
}

// backend is an open store and ledger, held by one run at a time.
type backend struct {
	store  *s3.Store
	ledger *ledger.Ledger
	server *embedded.Server // nil for a store elsewhere
	lock   *os.File
}

// openBackend opens the store and the ledger.
func openBackend(ctx context.Context, c Config) (*backend, error) {
	b, err := openStore(ctx, c)
	if err != nil {
		return nil, err
	}
	if b.ledger, err = ledger.Open(c.Ledger); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// openStore opens the store; it refuses when another run has it.
func openStore(ctx context.Context, c Config) (_ *backend, err error) {
	b := &backend{}
	defer func() {
		if err != nil {
			b.Close()
		}
	}()
	for _, dir := range []string{c.Spool, filepath.Dir(c.Ledger)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("%w: %w", errConfig, err)
		}
	}
	if b.lock, err = lockFile(filepath.Join(c.Spool, "lock")); err != nil {
		return nil, err
	}
	cfg, err := b.storeConfig(ctx, c)
	if err != nil {
		return nil, err
	}
	b.store, err = s3.Open(ctx, cfg)
	return b, err
}

func (b *backend) storeConfig(ctx context.Context, c Config) (s3.Config, error) {
	if c.Store.Endpoint == "" {
		srv, err := embedded.Start(ctx, c.Store.Dir)
		if err != nil {
			return s3.Config{}, err
		}
		b.server = srv
		return srv.Config(), nil
	}
	cfg := s3.Config{
		Endpoint: c.Store.Endpoint, Bucket: c.Store.Bucket, Region: c.Store.Region,
		Insecure: c.Store.Insecure, PathStyle: c.Store.PathStyle, CreateBucket: c.Store.CreateBucket, AllowWeak: c.Store.AllowWeak,
	}
	return cfg, errors.Join(c.Store.credentials(&cfg), c.Store.trust(&cfg))
}

// credentials sets the keys that the configuration or the environment names.
// Where neither names any, the store finds them as AWS tools do.
func (c StoreConfig) credentials(cfg *s3.Config) error {
	access, secret := os.Getenv("INZAGE_S3_ACCESS_KEY"), os.Getenv("INZAGE_S3_SECRET_KEY")
	if access == "" && secret == "" && c.AccessKeyFile == "" && c.SecretKeyFile == "" {
		return nil
	}
	var err, err2 error
	cfg.AccessKey, err = secretText("INZAGE_S3_ACCESS_KEY", c.AccessKeyFile)
	cfg.SecretKey, err2 = secretText("INZAGE_S3_SECRET_KEY", c.SecretKeyFile)
	cfg.SessionToken = os.Getenv("INZAGE_S3_SESSION_TOKEN")
	return errors.Join(err, err2)
}

// trust reads the certificates to trust besides the system's.
func (c StoreConfig) trust(cfg *s3.Config) error {
	if c.CAFile == "" {
		return nil
	}
	var err error
	if cfg.CA, err = os.ReadFile(c.CAFile); err != nil {
		return fmt.Errorf("%w: store.ca_file: %w", errConfig, err)
	}
	if !x509.NewCertPool().AppendCertsFromPEM(cfg.CA) {
		return fmt.Errorf("%w: store.ca_file: %s holds no certificate in PEM (-----BEGIN CERTIFICATE-----)", errConfig, c.CAFile)
	}
	return nil
}

// change connects and holds the bucket's lease while do changes it, so that two
// machines never work on one bucket at once. The context that do gets ends when
// the lease is lost.
func (a *app) change(ctx context.Context, what string, do func(context.Context, Config, pipeline.Settings, *backend) error) error {
	c, s, b, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	s.Store, s.Ledger, s.Sync = b.store, b.ledger, b.sync
	return b.holding(ctx, c.Spool, what, func(ctx context.Context) error { return do(ctx, c, s, b) })
}

// holding holds the bucket's lease while do changes the bucket.
func (b *backend) holding(ctx context.Context, spool, what string, do func(context.Context) error) error {
	name, err := spoolName(spool)
	if err != nil {
		return err
	}
	if err := b.store.Free(ctx); err != nil {
		return err
	}
	lease, err := b.store.Lease(ctx, store.LeaseKey, s3.LeaseOptions{What: what, Spool: name})
	if err != nil {
		return err
	}
	err = do(lease.Context())
	if lost := lease.Err(); errors.Is(lost, s3.ErrLeaseLost) {
		return &exitError{ExitNothing, lost}
	}
	if rerr := lease.Release(context.WithoutCancel(ctx)); err == nil {
		err = rerr
	}
	return err
}

// spoolName is the random name of a spool, by which a lease of a process that was
// killed is known for our own: we hold the lock of that spool now.
func spoolName(dir string) (string, error) {
	path := filepath.Join(dir, "name")
	b, err := os.ReadFile(path)
	if err == nil && len(b) > 0 {
		return strings.TrimSpace(string(b)), nil
	}
	name := lower(rand.Text())
	return name, os.WriteFile(path, []byte(name+"\n"), 0o600)
}

// sync makes what is stored durable; a store elsewhere does so itself.
func (b *backend) sync() error {
	if b.server == nil {
		return nil
	}
	return b.server.Sync()
}

// Close closes what is open, the server last.
func (b *backend) Close() error {
	var errs []error
	if b.ledger != nil {
		errs = append(errs, b.ledger.Close())
	}
	if b.store != nil {
		errs = append(errs, b.store.Close())
	}
	if b.server != nil {
		errs = append(errs, b.server.Close())
	}
	if b.lock != nil {
		errs = append(errs, b.lock.Close())
	}
	return errors.Join(errs...)
}

// lockFile holds a file so that two runs never share a spool; the system lets go
// of it when the process ends, however it ends.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, &exitError{ExitNothing, errors.New("another run is busy with this spool; wait for it to end")}
	}
	return f, nil
}
