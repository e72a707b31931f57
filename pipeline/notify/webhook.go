package notify

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/pipeline"
)

// Webhook posts findings as Standard Webhooks has it
// (https://www.standardwebhooks.com, spec/standard-webhooks.md).
type Webhook struct {
	name, url string
	host      string
	sign      func(content []byte) string
	client    *http.Client
	gone      atomic.Bool
}

// WebhookOptions say where to and how signed. They print nothing of it.
type WebhookOptions struct {
	URL string
	// Secret is whsec_ and base64 of a shared key of 24 to 64 bytes, or whsk_ and
	// base64 of a private key of Ed25519.
	Secret string
	// Hosts may be called, with their port if it is not the usual one. Empty is the
	// host of URL.
	Hosts  []string
	Client ClientOptions
}

// Format keeps secrets out of anything printed.
func (WebhookOptions) Format(f fmt.State, _ rune) { io.WriteString(f, "notify.WebhookOptions") }

// NewWebhook returns an output. Its errors quote no secret.
func NewWebhook(name string, o WebhookOptions) (*Webhook, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("%s: not a URL of http or https", name)
	}
	if len(o.Hosts) > 0 && !slices.ContainsFunc(o.Hosts, func(h string) bool { return strings.EqualFold(h, u.Host) }) {
		return nil, fmt.Errorf("%s: the host of the URL is not among the hosts that may be called", name)
	}
	w := &Webhook{name: name, url: o.URL, host: u.Host, client: newClient(o.Client)}
	if w.sign, err = signer(o.Secret); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return w, nil
}

var errSecret = errors.New("secret: want whsec_ and base64 of 24 to 64 bytes, or whsk_ and base64 of a private key of Ed25519")

func signer(secret string) (func([]byte) string, error) {
	text, symmetric := strings.CutPrefix(secret, "whsec_")
	if !symmetric {
		var ok bool
		if text, ok = strings.CutPrefix(secret, "whsk_"); !ok {
			return nil, errSecret
		}
	}
	key, err := base64.StdEncoding.DecodeString(text)
	switch {
	case err != nil:
		return nil, errSecret
	case symmetric && len(key) >= 24 && len(key) <= 64:
		return func(content []byte) string {
			m := hmac.New(sha256.New, key)
			m.Write(content)
			return "v1," + base64.StdEncoding.EncodeToString(m.Sum(nil))
		}, nil
	case !symmetric && len(key) == ed25519.PrivateKeySize:
		return func(content []byte) string {
			return "v1a," + base64.StdEncoding.EncodeToString(ed25519.Sign(key, content))
		}, nil
	}
	return nil, errSecret
}

// Name implements pipeline.Sink.
func (w *Webhook) Name() string { return w.name }

// Plan implements pipeline.Sink. It names the host alone: paths may be secrets.
func (w *Webhook) Plan(context.Context) ([]string, error) {
	return []string{"posts to " + w.host + ", signed (Standard Webhooks)"}, nil
}

// message is the body: what Standard Webhooks recommends.
type message struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      struct {
		Findings []json.RawMessage `json:"findings"`
	} `json:"data"`
}

// Deliver implements pipeline.Sink. The message's id is made of those of the
// findings, so that a receiver knows it when it comes again.
func (w *Webhook) Deliver(ctx context.Context, fs []finding.Finding) error {
	if w.gone.Load() {
		return fmt.Errorf("%w: the receiver has said that it is gone", pipeline.ErrPermanent)
	}
	m := message{Type: "stanch.finding", Timestamp: fs[0].Time}
	h := sha256.New()
	for i := range fs {
		one, err := fs[i].AppendJSON(nil)
		if err != nil {
			return fmt.Errorf("%w: %w", pipeline.ErrPermanent, err)
		}
		m.Data.Findings = append(m.Data.Findings, one)
		io.WriteString(h, fs[i].ID+"\n")
	}
	body, err := json.Marshal(&m)
	if err != nil {
		return fmt.Errorf("%w: %w", pipeline.ErrPermanent, err)
	}
	id := "msg_" + hex.EncodeToString(h.Sum(nil)[:16])
	now := strconv.FormatInt(time.Now().Unix(), 10)
	header := http.Header{}
	header.Set("Content-Type", "application/json")
	header.Set("Webhook-Id", id)
	header.Set("Webhook-Timestamp", now)
	header.Set("Webhook-Signature", w.sign(fmt.Appendf(nil, "%s.%s.%s", id, now, body)))
	status, _, err := post(ctx, w.client, w.url, header, bytes.NewReader(body))
	switch {
	case err != nil:
		return err
	case status/100 == 2:
		return nil
	case status == http.StatusGone:
		w.gone.Store(true)
	case status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || status/100 == 5:
		return fmt.Errorf("status %d", status)
	}
	return fmt.Errorf("%w: status %d", pipeline.ErrPermanent, status)
}

// Close implements pipeline.Sink.
func (w *Webhook) Close() error {
	w.client.CloseIdleConnections()
	return nil
}
