package stanch

import (
	"fmt"
	"net/http"
	"net/http/httputil"
)

// Transport is an http.RoundTripper that hands redacted dumps of requests and
// responses to a function, for debugging.
type Transport struct {
	// Redactor redacts; it must be set.
	Redactor *Redactor
	// Dump takes each dump, of a request as it is sent or of a response as it
	// came. It may keep the slice. It must be set.
	Dump func(dump []byte)
	// Base does the work; nil is http.DefaultTransport.
	Base http.RoundTripper
	// MaxBody is the longest body that is dumped, in bytes; 0 is 64 KiB. Longer ones,
	// and those of unknown length, are left out: they would have to be held.
	MaxBody int64
}

const defaultMaxBody = 64 << 10

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	base := t.Base
	if base == nil {
		base = http.DefaultTransport
	}
	out, err := httputil.DumpRequestOut(req, t.dumps(req.ContentLength))
	t.dump("request", out, err)
	res, err := base.RoundTrip(req)
	if err != nil {
		t.Dump(t.Redactor.Redact([]byte("error: " + err.Error())))
		return nil, err
	}
	out, err = httputil.DumpResponse(res, t.dumps(res.ContentLength))
	t.dump("response", out, err)
	return res, nil
}

func (t *Transport) dumps(length int64) bool {
	most := t.MaxBody
	if most == 0 {
		most = defaultMaxBody
	}
	return length >= 0 && length <= most
}

func (t *Transport) dump(what string, text []byte, err error) {
	if err != nil {
		text = fmt.Appendf(nil, "%s cannot be dumped: %v", what, err)
	}
	t.Dump(t.Redactor.Redact(text))
}
