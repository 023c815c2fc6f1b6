package s3_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"inzage/internal/store"
	"inzage/internal/store/s3"
	"inzage/internal/store/storetest"
)

// noAWS takes away what a machine may have of AWS, and lets the instance's
// service be one that answers 404.
func noAWS(t *testing.T) (asked *atomic.Int64) {
	t.Helper()
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_CONFIG_FILE",
		"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_EC2_METADATA_DISABLED", "AWS_ENDPOINT_URL_STS"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
	asked = new(atomic.Int64)
	serve(t, "AWS_EC2_METADATA_SERVICE_ENDPOINT", func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		http.NotFound(w, r)
	})
	return asked
}

// serve answers at an address that stands in the environment.
func serve(t *testing.T, env string, f http.HandlerFunc) {
	t.Helper()
	p := httptest.NewServer(f)
	t.Cleanup(p.Close)
	t.Setenv(env, p.URL)
}

// Each way by which credentials come to a program, to a store that they open.
func TestCredentialsComeTheUsualWay(t *testing.T) {
	good := storetest.Config(t)
	storetest.OpenConfig(t, good)
	for name, give := range map[string]func(*testing.T){
		"environment": func(t *testing.T) {
			t.Setenv("AWS_ACCESS_KEY_ID", good.AccessKey)
			t.Setenv("AWS_SECRET_ACCESS_KEY", good.SecretKey)
		},
		"profile": func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "credentials")
			text := fmt.Sprintf("[default]\naws_access_key_id = x\naws_secret_access_key = y\n[night]\naws_access_key_id = %s\naws_secret_access_key = %s\n", good.AccessKey, good.SecretKey)
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			t.Setenv("AWS_SHARED_CREDENTIALS_FILE", file)
			t.Setenv("AWS_PROFILE", "night")
		},
		"web identity": func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "token")
			if err := os.WriteFile(file, []byte("identity"), 0o600); err != nil {
				t.Fatal(err)
			}
			t.Setenv("AWS_WEB_IDENTITY_TOKEN_FILE", file)
			t.Setenv("AWS_ROLE_ARN", "arn:aws:iam::1:role/night")
			serve(t, "AWS_ENDPOINT_URL_STS", func(w http.ResponseWriter, r *http.Request) {
				if r.FormValue("Action") != "AssumeRoleWithWebIdentity" || r.FormValue("WebIdentityToken") != "identity" || r.FormValue("RoleArn") != "arn:aws:iam::1:role/night" {
					http.Error(w, "no", 400)
					return
				}
				fmt.Fprintf(w, `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
					good.AccessKey, good.SecretKey)
			})
		},
		"container": func(t *testing.T) {
			serve(t, "AWS_CONTAINER_CREDENTIALS_FULL_URI", func(w http.ResponseWriter, _ *http.Request) { role(w, good) })
		},
		"machine": func(t *testing.T) {
			serve(t, "AWS_EC2_METADATA_SERVICE_ENDPOINT", func(w http.ResponseWriter, r *http.Request) {
				const path = "/latest/meta-data/iam/security-credentials/"
				switch {
				case r.Method == http.MethodPut && r.URL.Path == "/latest/api/token":
					fmt.Fprint(w, "imds")
				case r.Header.Get("X-Aws-Ec2-Metadata-Token") != "imds":
					w.WriteHeader(401)
				case r.URL.Path == path:
					fmt.Fprint(w, "night")
				case r.URL.Path == path+"night":
					role(w, good)
				}
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			noAWS(t)
			give(t)
			c := good
			c.AccessKey, c.SecretKey = "", ""
			s := storetest.OpenConfig(t, c)
			if r, err := put(t, s); err != nil || r.SHA256 == "" {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
}

func role(w http.ResponseWriter, c s3.Config) {
	fmt.Fprintf(w, `{"Code":"Success","AccessKeyId":%q,"SecretAccessKey":%q,"Token":"","Expiration":"2099-01-01T00:00:00Z"}`, c.AccessKey, c.SecretKey)
}

// Credentials of the configuration are enough: nobody is asked for others, and
// a session token goes with each request.
func TestKeysOfTheConfigurationAskNobody(t *testing.T) {
	asked := noAWS(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "CANARY-1")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "CANARY-2")
	var tokens atomic.Int64
	p := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Security-Token") == "session" && strings.Contains(r.Header.Get("Authorization"), "Credential=key/") {
			tokens.Add(1)
		}
		fmt.Fprint(w, "<VersioningConfiguration/>")
	}))
	defer p.Close()
	s := storetest.OpenConfig(t, s3.Config{Endpoint: p.URL, Insecure: true, Bucket: "bucket", AccessKey: "key", SecretKey: "secret00", SessionToken: "session", PathStyle: true})
	s.Close()
	if asked.Load() != 0 || tokens.Load() == 0 {
		t.Errorf("asked %d times, %d requests with the session's token", asked.Load(), tokens.Load())
	}
}

// Without credentials the program says where it looked, and asks the store
// nothing.
func TestNoCredentialsSaysWhereItLooked(t *testing.T) {
	asked := noAWS(t)
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("CANARY-3"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := storetest.Config(t)
	c.AccessKey, c.SecretKey = "", ""
	_, err := s3.Open(t.Context(), c)
	told(t, "nothing", err, store.ErrRefused, "looked in the environment (AWS_ACCESS_KEY_ID): nothing there; the profile (AWS_PROFILE, ~/.aws): ")
	if asked.Load() == 0 {
		t.Error("the machine's role was not asked for")
	}
	t.Setenv("AWS_WEB_IDENTITY_TOKEN_FILE", file)
	t.Setenv("AWS_ROLE_ARN", "arn:aws:iam::1:role/night")
	serve(t, "AWS_ENDPOINT_URL_STS", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(403)
		fmt.Fprint(w, `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>InvalidIdentityToken</Code><Message>CANARY-3</Message></Error></ErrorResponse>`)
	})
	_, err = s3.Open(t.Context(), c)
	told(t, "web identity", err, store.ErrRefused, "the web identity (AWS_WEB_IDENTITY_TOKEN_FILE): refused (InvalidIdentityToken)")
	c.AccessKey = "key"
	if _, err = s3.Open(t.Context(), c); !errors.Is(err, store.ErrRefused) || !strings.Contains(err.Error(), "must all be set") {
		t.Error(err)
	}
}
