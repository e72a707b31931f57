package notify

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/pipeline"
)

func findings(n int) (list []finding.Finding) {
	for i := range n {
		list = append(list, finding.Finding{
			Schema: finding.SchemaVersion, ID: fmt.Sprintf("%032x", i+1), Detector: "demo", Title: "Demo", Severity: finding.High, Confidence: finding.Certain,
			Action: "mask", Source: finding.Source{Kind: finding.Kafka, Topic: "t", Partition: 3, Offset: int64(i)}, Time: time.Unix(1_700_000_000, 0).UTC(), Count: 1,
		})
	}
	return list
}

// receiver answers as it is told and keeps what came.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	body   []byte
	got    []*http.Request
	bodies [][]byte
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{status: 200}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		b, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.got, r.bodies = append(r.got, q), append(r.bodies, b)
		if r.status/100 == 3 {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(r.status)
		w.Write(r.body)
	}))
	t.Cleanup(r.Close)
	return r
}

func shared() (secret string, key []byte) {
	key = []byte("0123456789abcdef0123456789")
	return "whsec" + "_" + base64.StdEncoding.EncodeToString(key), key
}

// TestVector is the example of the specification's libraries.
func TestVector(t *testing.T) {
	secret := strings.Join([]string{"whsec", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, "_")
	sign, err := signer(secret)
	if err != nil {
		t.Fatal(err)
	}
	const want = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	if got := sign([]byte(`msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}`)); got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}

func TestWebhook(t *testing.T) {
	r := newReceiver(t)
	secret, key := shared()
	w, err := NewWebhook("hook", WebhookOptions{URL: r.URL + "/in?k=v", Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	fs := findings(3)
	for range 2 {
		if err := w.Deliver(t.Context(), fs); err != nil {
			t.Fatal(err)
		}
	}
	q := r.got[0]
	if r.got[1].Header.Get("Webhook-Id") != q.Header.Get("Webhook-Id") || q.Header.Get("Webhook-Id") == "" {
		t.Error("the same findings have another id when they come again")
	}
	at, err := strconv.ParseInt(q.Header.Get("Webhook-Timestamp"), 10, 64)
	if err != nil || time.Since(time.Unix(at, 0)).Abs() > time.Minute {
		t.Errorf("timestamp %q", q.Header.Get("Webhook-Timestamp"))
	}
	m := hmac.New(sha256.New, key)
	fmt.Fprintf(m, "%s.%d.%s", q.Header.Get("Webhook-Id"), at, r.bodies[0])
	if got, want := q.Header.Get("Webhook-Signature"), "v1,"+base64.StdEncoding.EncodeToString(m.Sum(nil)); got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
	var body struct {
		Type string
		Data struct{ Findings []finding.Finding }
	}
	if err := json.Unmarshal(r.bodies[0], &body); err != nil || body.Type != "stanch.finding" || len(body.Data.Findings) != 3 || body.Data.Findings[2].ID != fs[2].ID {
		t.Errorf("%v: %s", err, r.bodies[0])
	}
	for status, permanent := range map[int]bool{302: true, 307: true, 400: true, 401: true, 404: true, 408: false, 429: false, 500: false, 503: false} {
		r.status = status
		before := len(r.got)
		err := w.Deliver(t.Context(), fs)
		if err == nil || errors.Is(err, pipeline.ErrPermanent) != permanent {
			t.Errorf("status %d: %v", status, err)
		}
		if len(r.got) != before+1 {
			t.Errorf("status %d: %d requests", status, len(r.got)-before)
		}
	}
	r.status = http.StatusGone
	w.Deliver(t.Context(), fs)
	before := len(r.got)
	if err := w.Deliver(t.Context(), fs); !errors.Is(err, pipeline.ErrPermanent) || len(r.got) != before {
		t.Errorf("one that is gone is called again: %v", err)
	}
}

func TestWebhookAsymmetric(t *testing.T) {
	public, private, _ := ed25519.GenerateKey(nil)
	r := newReceiver(t)
	w, err := NewWebhook("hook", WebhookOptions{URL: r.URL, Secret: "whsk" + "_" + base64.StdEncoding.EncodeToString(private)})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Deliver(t.Context(), findings(1)); err != nil {
		t.Fatal(err)
	}
	h := r.got[0].Header
	text, ok := strings.CutPrefix(h.Get("Webhook-Signature"), "v1a,")
	sig, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || !ed25519.Verify(public, fmt.Appendf(nil, "%s.%s.%s", h.Get("Webhook-Id"), h.Get("Webhook-Timestamp"), r.bodies[0]), sig) {
		t.Error("the signature does not verify")
	}
}

// TestWebhookRefuses holds what no webhook may be, and that errors show no secret.
func TestWebhookRefuses(t *testing.T) {
	secret, _ := shared()
	for _, o := range []WebhookOptions{
		{URL: "https://a.example/path-of-9", Secret: secret, Hosts: []string{"b.example"}},
		{URL: "https://a.example:444/path-of-9", Secret: secret, Hosts: []string{"a.example"}},
		{URL: "ftp://a.example/path-of-9", Secret: secret},
		{URL: "https://a.example/path-of-9", Secret: "whsec" + "_short"},
		{URL: "https://a.example/path-of-9", Secret: "other-secret-of-9"},
	} {
		_, err := NewWebhook("hook", o)
		if err == nil || strings.Contains(err.Error(), "of-9") || strings.Contains(fmt.Sprintf("%+v", o), "of-9") {
			t.Errorf("%v", err)
		}
	}
	// Nobody answers there: the error does not say where.
	w, err := NewWebhook("hook", WebhookOptions{URL: "http://127.0.0.1:1/path-of-9", Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Deliver(t.Context(), findings(1)); err == nil || strings.Contains(err.Error(), "127") || strings.Contains(err.Error(), "of-9") || errors.Is(err, pipeline.ErrPermanent) {
		t.Errorf("%v", err)
	}
	// A private address behind a name that was public.
	r := newReceiver(t)
	w, err = NewWebhook("hook", WebhookOptions{URL: r.URL, Secret: secret, Client: ClientOptions{Public: true}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Deliver(t.Context(), findings(1)); !errors.Is(err, pipeline.ErrPermanent) || len(r.got) != 0 {
		t.Errorf("%v", err)
	}
}

func TestPublic(t *testing.T) {
	for a, want := range map[string]bool{
		"93.184.215.14": true, "2606:2800:21f:cb07:6820:80da:af6b:8b2c": true,
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false,
		"0.0.0.0": false, "224.0.0.1": false, "255.255.255.255": false, "::1": false, "fe80::1": false, "fd00:ec2::254": false,
		"::ffff:10.0.0.1": false, "64:ff9b::a00:1": false, "198.18.0.1": false,
	} {
		if got := public(netip.MustParseAddr(a)); got != want {
			t.Errorf("%s: %v", a, got)
		}
	}
}

func TestOTLP(t *testing.T) {
	r := newReceiver(t)
	o, err := NewOTLP("otel", r.URL, map[string]string{"Authorization": "Bearer x"}, ClientOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	fs := findings(2)
	if err := o.Deliver(t.Context(), fs); err != nil {
		t.Fatal(err)
	}
	q := r.got[0]
	if q.URL.Path != "/v1/logs" || q.Header.Get("Content-Type") != "application/x-protobuf" || q.Header.Get("Authorization") != "Bearer x" {
		t.Errorf("%s %v", q.URL, q.Header)
	}
	ld, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(r.bodies[0])
	if err != nil || ld.LogRecordCount() != 2 {
		t.Fatalf("%v, %d records", err, ld.LogRecordCount())
	}
	rec := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(1)
	if id, _ := rec.Attributes().Get("stanch.id"); rec.EventName() != "stanch.finding" || id.Str() != fs[1].ID {
		t.Errorf("event %q, id %q", rec.EventName(), id.Str())
	}
	for status, permanent := range map[int]bool{400: true, 404: true, 302: true, 429: false, 502: false, 503: false, 504: false} {
		r.status = status
		if err := o.Deliver(t.Context(), fs); err == nil || errors.Is(err, pipeline.ErrPermanent) != permanent {
			t.Errorf("status %d: %v", status, err)
		}
	}
	// A partial success.
	r.status = 200
	var partial []byte
	partial = protowire.AppendTag(partial, 1, protowire.VarintType)
	partial = protowire.AppendVarint(partial, 1)
	r.body = protowire.AppendTag(nil, 1, protowire.BytesType)
	r.body = protowire.AppendBytes(r.body, partial)
	if err := o.Deliver(t.Context(), fs); !errors.Is(err, pipeline.ErrPermanent) || !strings.Contains(err.Error(), "1 of 2") {
		t.Errorf("partial success: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := o.Deliver(ctx, fs); err == nil {
		t.Error("delivered for a context that has ended")
	}
}

// FuzzRejected reads what a receiver answers.
func FuzzRejected(f *testing.F) {
	f.Add([]byte{10, 2, 8, 1})
	f.Add([]byte{10, 200, 8})
	f.Fuzz(func(_ *testing.T, b []byte) { rejected(b) })
}
