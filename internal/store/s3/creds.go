package s3

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/minio/minio-go/v7/pkg/credentials"
)

// credsWait bounds one question about credentials. The service for machines
// outside a cloud is an address that nobody has.
const credsWait = 5 * time.Second

// credsError says where credentials were looked for.
type credsError struct{ looked []string }

func (e *credsError) Error() string {
	return "no credentials: set store.access_key_file and store.secret_key_file, or what AWS tools use; looked in " + strings.Join(e.looked, "; ")
}

// credentials are those of the configuration, and then nothing is asked of
// anybody; else the chain.
func (s *Store) credentials(c Config) *credentials.Credentials {
	if c.AccessKey != "" {
		s.secrets = func() []string { return []string{c.AccessKey, c.SecretKey, c.SessionToken} }
		return credentials.NewStaticV4(c.AccessKey, c.SecretKey, c.SessionToken)
	}
	ch := newChain(s.transport.TLSClientConfig)
	s.secrets = ch.secrets
	return credentials.New(ch)
}

// A chain finds credentials where AWS tools do, in their order: the environment,
// a web identity, a profile, a container's role, the machine's role. The library's own
// chain turns every failure into "nobody"; this one says what it tried.
type chain struct {
	links []link

	mu   sync.Mutex
	from credentials.Provider // that gave the last
	last credentials.Value
}

type link struct {
	name string
	from credentials.Provider
}

func newChain(trust *tls.Config) *chain {
	client := &http.Client{Timeout: credsWait, Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: trust}}
	env := os.Getenv
	links := []link{{"the environment (AWS_ACCESS_KEY_ID)", &credentials.EnvAWS{}}}
	role := func(name, endpoint string) {
		links = append(links, link{name, &credentials.IAM{Client: client, Endpoint: endpoint, Region: env("AWS_REGION")}})
	}
	web := env("AWS_WEB_IDENTITY_TOKEN_FILE") != ""
	if web {
		role("the web identity (AWS_WEB_IDENTITY_TOKEN_FILE)", env("AWS_ENDPOINT_URL_STS"))
	}
	links = append(links, link{"the profile (AWS_PROFILE, ~/.aws)", &credentials.FileAWSCredentials{}})
	switch {
	case web: // the library would ask for the web identity again
	case env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") != "" || env("AWS_CONTAINER_CREDENTIALS_FULL_URI") != "":
		role("the container's role", "")
	case !strings.EqualFold(env("AWS_EC2_METADATA_DISABLED"), "true"):
		role("the machine's role (instance metadata)", strings.TrimSuffix(env("AWS_EC2_METADATA_SERVICE_ENDPOINT"), "/"))
	}
	return &chain{links: links}
}

// RetrieveWithCredContext asks each link.
func (c *chain) RetrieveWithCredContext(cc *credentials.CredContext) (credentials.Value, error) {
	if cc != nil && cc.Context != nil && cc.Context.Err() != nil {
		return credentials.Value{}, cc.Context.Err()
	}
	var looked []string
	for _, l := range c.links {
		v, err := l.from.RetrieveWithCredContext(cc)
		if err == nil && v.AccessKeyID != "" && v.SecretAccessKey != "" {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.from, c.last = l.from, v
			return v, nil
		}
		looked = append(looked, l.name+": "+plainly(err))
	}
	return credentials.Value{}, &credsError{looked}
}

// plainly says why a link gave nothing, without what a provider may quote.
func plainly(err error) string {
	var sts credentials.ErrorResponse
	switch {
	case err == nil:
		return "nothing there"
	case errors.As(err, &sts) && sts.STSError.Code != "":
		return fmt.Sprintf("refused (%s)", sts.STSError.Code)
	case errors.Is(err, os.ErrNotExist):
		return "no such file"
	case silent(err) || errors.Is(err, context.DeadlineExceeded):
		return "no answer"
	}
	return "not to be had"
}

// Retrieve is for callers without a context.
func (c *chain) Retrieve() (credentials.Value, error) { return c.RetrieveWithCredContext(nil) }

// IsExpired reports whether it is time to ask again.
func (c *chain) IsExpired() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.from == nil || c.from.IsExpired()
}

func (c *chain) secrets() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return []string{c.last.AccessKeyID, c.last.SecretAccessKey, c.last.SessionToken}
}
