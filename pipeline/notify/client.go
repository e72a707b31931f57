// Package notify has the outputs for findings that are reached over HTTP.
package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"github.com/stanch/stanch/pipeline"
)

// ClientOptions say how a receiver is reached.
type ClientOptions struct {
	TLS     *tls.Config
	Timeout time.Duration // of one try; 0 is 10 s
	// Public refuses to connect to anything but public addresses: whoever names the
	// receiver does not thereby reach what only this machine can.
	Public bool
}

const defaultTimeout = 10 * time.Second

// newClient returns a client that follows no redirect, since what is sent is for
// the receiver alone, and uses no proxy of the environment.
func newClient(o ClientOptions) *http.Client {
	d := &net.Dialer{Timeout: defaultTimeout}
	if o.Public {
		d.Control = func(_, address string, _ syscall.RawConn) error {
			// The address is that of the connection: names have been looked up.
			if a, err := netip.ParseAddrPort(address); err != nil || !public(a.Addr()) {
				return errPrivate
			}
			return nil
		}
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	return &http.Client{
		Timeout:       o.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            d.DialContext,
			TLSClientConfig:        o.TLS,
			TLSHandshakeTimeout:    o.Timeout,
			ForceAttemptHTTP2:      true,
			MaxIdleConns:           2,
			IdleConnTimeout:        time.Minute,
			MaxResponseHeaderBytes: 64 << 10,
		},
	}
}

var errPrivate = errors.New("the receiver's address is not public; allow_private permits it")

// reserved are networks that are not public beside those that netip knows: shared
// addresses (RFC 6598), benchmarks (RFC 2544), and IPv4 addresses in IPv6 ones (RFC
// 6052, RFC 8215).
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"),
}

func public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range reserved {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// maxResponse is how much of a response is read, so that the connection can be
// used again.
const maxResponse = 64 << 10

// post sends a body and returns the status and the beginning of what came back.
// Its error holds no address: that may be a secret.
func post(ctx context.Context, c *http.Client, to string, header http.Header, body io.Reader) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, body)
	if err != nil {
		return 0, nil, fmt.Errorf("%w: not a URL", pipeline.ErrPermanent)
	}
	req.Header = header
	req.Header.Set("User-Agent", "stanch")
	res, err := c.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		if errors.Is(err, errPrivate) {
			return 0, nil, fmt.Errorf("%w: %w", pipeline.ErrPermanent, errPrivate)
		}
		return 0, nil, reason(err)
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(io.LimitReader(res.Body, maxResponse))
	return res.StatusCode, b, nil
}

// reason says what went wrong with a connection, without names and addresses.
func reason(err error) error {
	var dns *net.DNSError
	var op *net.OpError
	var cert *tls.CertificateVerificationError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &dns):
		return errors.New("the receiver's name is not known")
	case errors.As(err, &cert):
		return errors.New("the receiver's certificate is not trusted")
	case errors.As(err, &timeout) && timeout.Timeout():
		return errors.New("the receiver does not answer in time")
	case errors.As(err, &op):
		var no syscall.Errno
		if errors.As(op, &no) {
			return fmt.Errorf("%s: %w", op.Op, no)
		}
		return fmt.Errorf("%s failed", op.Op)
	}
	return errors.New("the connection failed")
}
