package notify

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/findinglog"
	"github.com/stanch/stanch/pipeline"
)

// OTLP sends findings as log records over OTLP/HTTP with protobuf
// (https://opentelemetry.io/docs/specs/otlp/#otlphttp).
type OTLP struct {
	name, url string
	header    http.Header
	client    *http.Client
}

// NewOTLP returns an output to an endpoint; /v1/logs is added where it has no path.
// Values of headers may be secrets and are not shown.
func NewOTLP(name, endpoint string, headers map[string]string, o ClientOptions) (*OTLP, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("%s: not a URL", name)
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1/logs"
	}
	h := http.Header{"Content-Type": {"application/x-protobuf"}}
	for k, v := range headers {
		h.Set(k, v)
	}
	return &OTLP{name, u.String(), h, newClient(o)}, nil
}

// Name implements pipeline.Sink.
func (o *OTLP) Name() string { return o.name }

// Plan implements pipeline.Sink.
func (o *OTLP) Plan(context.Context) ([]string, error) {
	u, err := url.Parse(o.url)
	if err != nil {
		return nil, err
	}
	return []string{"sends log records to " + u.Host + " (OTLP over HTTP)"}, nil
}

// Deliver implements pipeline.Sink.
func (o *OTLP) Deliver(ctx context.Context, fs []finding.Finding) error {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr("service.name", "stanch")
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName(findinglog.ScopeName)
	now := time.Now()
	for i := range fs {
		findinglog.Fill(sl.LogRecords().AppendEmpty(), &fs[i], now)
	}
	// LogsData has the same bytes as ExportLogsServiceRequest
	// (opentelemetry/proto/collector/logs/v1/logs_service.proto).
	body, err := (&plog.ProtoMarshaler{}).MarshalLogs(ld)
	if err != nil {
		return fmt.Errorf("%w: %w", pipeline.ErrPermanent, err)
	}
	status, answer, err := post(ctx, o.client, o.url, o.header.Clone(), bytes.NewReader(body))
	switch {
	case err != nil:
		return err
	case status == http.StatusTooManyRequests || status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout:
		return fmt.Errorf("status %d", status)
	case status/100 != 2:
		return fmt.Errorf("%w: status %d", pipeline.ErrPermanent, status)
	}
	if n := rejected(answer); n > 0 {
		return fmt.Errorf("%w: %d of %d log records", pipeline.ErrPermanent, n, len(fs))
	}
	return nil
}

// rejected returns partial_success.rejected_log_records of an
// ExportLogsServiceResponse: field 1 of field 1.
func rejected(b []byte) int64 {
	partial, ok := field(b, 1, protowire.BytesType)
	if !ok {
		return 0
	}
	inner, _ := protowire.ConsumeBytes(partial)
	value, ok := field(inner, 1, protowire.VarintType)
	if !ok {
		return 0
	}
	n, _ := protowire.ConsumeVarint(value)
	return int64(n)
}

// field returns the message from the value of a field on.
func field(b []byte, want protowire.Number, typ protowire.Type) ([]byte, bool) {
	for len(b) > 0 {
		num, t, n := protowire.ConsumeTag(b)
		if n < 0 {
			return nil, false
		}
		b = b[n:]
		if num == want && t == typ {
			return b, protowire.ConsumeFieldValue(num, t, b) > 0
		}
		if n = protowire.ConsumeFieldValue(num, t, b); n < 0 {
			return nil, false
		}
		b = b[n:]
	}
	return nil, false
}

// Close implements pipeline.Sink.
func (o *OTLP) Close() error {
	o.client.CloseIdleConnections()
	return nil
}
