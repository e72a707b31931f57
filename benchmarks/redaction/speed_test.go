//go:build unix

package redaction

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	contrib "github.com/open-telemetry/opentelemetry-collector-contrib/processor/redactionprocessor"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"

	ours "github.com/stanch/stanch/processor/redactionprocessor"
)

// typical are fifty expressions as people write them: public formats of vendors, and
// the usual ones for cards, keys and passwords.
var typical = []string{
	`(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}`, `gh[pousr]_[A-Za-z0-9]{36,255}`, `xox[baprs]-[0-9A-Za-z-]{10,72}`,
	`eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}`, `-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----`,
	`(?:sk|rk)_(?:live|test)_[0-9a-zA-Z]{24,99}`, `(?i)(?:password|passwd|pwd|secret|token|api[_-]?key)["']?\s*[:=]\s*["']?[^\s"'&,;]{6,}`,
	`AIza[0-9A-Za-z_-]{35}`, `(?i)\bbearer\s+[A-Za-z0-9._~+/-]{16,}=*`, `[a-z][a-z0-9+.-]*://[^\s:@/]+:[^\s:@/]+@`,
	`glpat-[0-9A-Za-z_-]{20}`, `npm_[A-Za-z0-9]{36}`, `SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}`, `sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}`,
	`sk-ant-api03-[A-Za-z0-9_-]{93}AA`, `hf_[A-Za-z]{34}`, `dop_v1_[a-f0-9]{64}`, `doo_v1_[a-f0-9]{64}`, `shpat_[a-fA-F0-9]{32}`, `shpss_[a-fA-F0-9]{32}`,
	`hvs\.[A-Za-z0-9_-]{24,}`, `hvb\.[A-Za-z0-9_-]{24,}`, `pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}`, `key-[0-9a-f]{32}`, `[0-9a-f]{32}-us[0-9]{1,2}`,
	`AC[a-f0-9]{32}`, `SK[a-f0-9]{32}`, `https://hooks\.slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{24}`,
	`https://discord(?:app)?\.com/api/webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{60,}`, `[0-9]{8,10}:AA[A-Za-z0-9_-]{33}`, `EAACEdEose0cBA[0-9A-Za-z]+`,
	`ya29\.[0-9A-Za-z_-]{20,}`, `sq0atp-[0-9A-Za-z_-]{22}`, `sq0csp-[0-9A-Za-z_-]{43}`, `access_token\$production\$[0-9a-z]{16}\$[0-9a-f]{32}`,
	`amzn\.mws\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`, `(?i)aws_?secret_?access_?key["']?\s*[:=]\s*["']?[A-Za-z0-9/+=]{40}`,
	`ATATT3[A-Za-z0-9_=-]{180,200}`, `lin_api_[A-Za-z0-9]{40}`, `NRAK-[A-Z0-9]{27}`, `PMAK-[a-f0-9]{24}-[a-f0-9]{34}`, `dapi[a-h0-9]{32}`,
	`dt0c01\.[A-Z0-9]{24}\.[A-Z0-9]{64}`, `glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}`, `glc_[A-Za-z0-9+/]{32,400}={0,2}`, `github_pat_[A-Za-z0-9_]{82}`,
	`tfp_[A-Za-z0-9]{59}`, `AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}`, `\b\d{3}-\d{2}-\d{4}\b`, `(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14})`,
}

// lines are innocent; two of them are full of words that announce secrets.
var lines = []string{
	"2026-11-22T10:%d:%d.%dZ INFO [http-nio-8080-exec-%d] c.e.checkout.OrderController : order %d accepted for customer %d, %d items in cart, total %d.90 EUR",
	`10.1.%d.%d - - [22/Nov/2026:10:%d:%d +0000] "GET /api/v2/orders/%d/items?page=%d&sort=desc HTTP/1.1" 200 %d "https://shop.example/cart" "Mozilla/5.0 (X11; Linux x86_64)"`,
	`{"level":"info","ts":"2026-11-22T10:%d:%d.%dZ","caller":"server/handler.go:%d","msg":"request done","method":"POST","path":"/v1/carts/%d","status":201,"duration_ms":%d,"user_id":%d}`,
	`time=2026-11-22T10:%d:%dZ level=debug component=auth msg="token refreshed" token_type=bearer expires_in=%d scope="read write" client=web-%d session_count=%d`,
	"I1122 10:%d:%d.%d       1 garbagecollector.go:%d] \"Processing object\" item=\"[v1/Secret, namespace: shop, name: checkout-tls, uid: %d]\" virtual=false",
	"2026-11-22 10:%d:%d.%d UTC [%d] LOG:  duration: %d.%d ms  statement: SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'paid' LIMIT %d",
	"Nov 22 10:%d:%d db-%d kernel: [%d.%d] TCP: request_sock_TCP: Possible SYN flooding on port %d. Sending cookies.  Check SNMP counters.",
	"WARN  [main] o.a.k.c.NetworkClient - [Consumer clientId=consumer-orders-%d, groupId=orders] Connection to node %d (kafka-%d.internal:9092) could not be established.",
}

func cleanLogs(records, attributes int) plog.Logs {
	r := rand.New(rand.NewPCG(5, 6))
	ld := plog.NewLogs()
	sl := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty()
	for i := range records {
		var b strings.Builder
		fill := func(line string) {
			for k, part := range strings.Split(line, "%d") {
				if k > 0 {
					fmt.Fprint(&b, r.IntN(10_000))
				}
				b.WriteString(part)
			}
		}
		fill(lines[i%len(lines)])
		for b.Len() < 296 {
			fill(" step %d of %d done in %d ms, queue %d, worker pool at %d percent;")
		}
		lr := sl.LogRecords().AppendEmpty()
		lr.Body().SetStr(b.String()[:296])
		for k := range attributes {
			lr.Attributes().PutStr([]string{"http.route", "http.request.method", "server.address", "thread.name", "url.path", "host.name", "zone", "code.function.name", "network.peer.address", "user_agent.original"}[k],
				[]string{"/api/v2/orders/{id}", "GET", "checkout.shop.svc.cluster.local", fmt.Sprint("exec-", r.IntN(32)), fmt.Sprint("/api/v2/orders/", r.IntN(1e6)), "ip-10-1-2-3", "north", "com.example.checkout.Orders.items", fmt.Sprint("10.1.2.", r.IntN(256)), "Mozilla/5.0 (X11; Linux x86_64)"}[k])
		}
	}
	return ld
}

func startLogs(t *testing.T, f processor.Factory, config map[string]any) processor.Logs {
	t.Helper()
	cfg := f.CreateDefaultConfig()
	fail(t, confmap.NewFromStringMap(config).Unmarshal(cfg))
	p, err := f.CreateLogs(context.Background(), processortest.NewNopSettings(f.Type()), cfg, consumertest.NewNop())
	fail(t, err)
	fail(t, p.Start(context.Background(), componenttest.NewNopHost()))
	return p
}

// processorTime is what this process has used of its processors.
func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestSpeed prints how much faster clean batches pass with the same configuration:
// the median of rounds in which both had their turn.
func TestSpeed(t *testing.T) {
	if testing.Short() || !*speed {
		t.Skip("asked for by -speed")
	}
	config := map[string]any{"allow_all_keys": true, "blocked_values": asAny(typical)}
	theirs, mine := startLogs(t, contrib.NewFactory(), config), startLogs(t, ours.NewFactory(), config)
	ctx := context.Background()
	for _, attributes := range []int{0, 10} {
		ld := cleanLogs(1000, attributes)
		size := 0
		for _, r := range ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
			size += len(r.Body().Str())
			for k, v := range r.Attributes().All() {
				size += len(k) + len(v.Str())
			}
		}
		before, err := new(plog.ProtoMarshaler).MarshalLogs(ld)
		fail(t, err)
		var ratios, speeds []float64
		for round := range 12 {
			run := func(p processor.Logs, n int) float64 {
				from := processorTime()
				for range n {
					fail(t, p.ConsumeLogs(ctx, ld))
				}
				return float64(processorTime()-from) / float64(n)
			}
			a, b := run(theirs, 1), run(mine, 100)
			if round > 0 {
				ratios, speeds = append(ratios, a/b), append(speeds, float64(size)/b*1e3)
			}
		}
		after, err := new(plog.ProtoMarshaler).MarshalLogs(ld)
		fail(t, err)
		if string(before) != string(after) {
			t.Errorf("clean records with %d attributes were changed", attributes)
		}
		slices.Sort(ratios)
		slices.Sort(speeds)
		t.Logf("%d attributes: %.0f times as fast (%.0f to %.0f), %.0f MB/s", attributes, ratios[len(ratios)/2], ratios[0], ratios[len(ratios)-1], speeds[len(speeds)/2])
	}
}

func asAny(list []string) (out []any) {
	for _, s := range list {
		out = append(out, s)
	}
	return out
}
