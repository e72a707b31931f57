//go:build unix

package main

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// bodySize is the length of a log record's body.
const bodySize = 296

// shapes are innocent lines of logs, two of which are full of words such as keys and
// tokens, and a few more hold one. %d is a number, %x one in hexadecimal, %a an address.
var shapes = []string{
	"2026-11-22T10:%d:%d.%dZ INFO [http-nio-8080-exec-%d] c.e.checkout.OrderController : order %d accepted for customer %d, %d items in cart, total %d.90 EUR",
	"%a - - [22/Nov/2026:10:%d:%d +0000] \"GET /api/v2/orders/%d/items?page=%d&sort=desc HTTP/1.1\" 200 %d \"https://shop.example/cart\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36\"",
	`{"level":"info","ts":"2026-11-22T10:%d:%d.%dZ","caller":"server/handler.go:%d","msg":"request done","method":"POST","path":"/v1/carts/%d","status":201,"duration_ms":%d,"trace_id":"%x%x%x%x","user_id":%d}`,
	"time=2026-11-22T10:%d:%dZ level=debug component=auth msg=\"token refreshed\" token_type=bearer expires_in=%d scope=\"read write\" client=web-%d session_count=%d",
	"Nov 22 10:%d:%d web-%d sshd[%d]: Accepted publickey for deploy from %a port %d ssh2: RSA SHA256:%x%x%x",
	"I1122 10:%d:%d.%d       1 garbagecollector.go:%d] \"Processing object\" item=\"[v1/Secret, namespace: shop, name: checkout-tls, uid: %x-%x]\" virtual=false",
	"[2026-11-22 10:%d:%d,%d] INFO [GroupCoordinator %d]: Preparing to rebalance group orders in state PreparingRebalance with old generation %d (__consumer_offsets-%d) (reason: Adding new member with group instance id None)",
	"2026-11-22 10:%d:%d.%d UTC [%d] LOG:  duration: %d.%d ms  statement: SELECT o.id, o.total, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.created_at > now() - interval '%d hours' AND o.status = 'paid' LIMIT %d",
	"WARN  [main] o.a.k.c.NetworkClient - [Consumer clientId=consumer-orders-%d, groupId=orders] Connection to node %d (kafka-%d.internal/%a:9092) could not be established. Broker may not be available.",
	"DEBUG cache key=orders:%d:items hit=true size=%d ttl=%d primary_key=id partition_key=%d api=v2 authority=%a:8443 passed=%d failed=0",
	"2026-11-22T10:%d:%d.%dZ INFO  [scheduling-%d] org.example.shop.StockJob : 1%d articles read from warehouse %d in %d ms, %d of them out of stock, next run in 60 s",
	`{"time":"2026-11-22T10:%d:%d.%dZ","severity":"WARNING","logger":"billing.invoices","message":"invoice %d could not be rendered in time, falling back to plain template","attempt":%d,"elapsed":%d,"worker":"billing-%d"}`,
	"E1122 10:%d:%d.%d   %d reflector.go:%d] k8s.io/client-go/informers/factory.go:%d: Failed to watch *v1.EndpointSlice: the server was unable to return a response in the time allotted, but may still be processing the request",
	"Nov 22 10:%d:%d db-%d kernel: [%d.%d] TCP: request_sock_TCP: Possible SYN flooding on port %d. Sending cookies.  Check SNMP counters.",
	"10:%d:%d.%d [grpc-default-executor-%d] DEBUG io.grpc.netty.NettyServerHandler - [id: 0x%x, L:/%a:%d - R:/%a:%d] OUTBOUND DATA: streamId=%d padding=0 endStream=false length=%d bytes=%x%x",
	"%d:M 22 Nov 2026 10:%d:%d.%d * Background saving started by pid %d, %d keys changed in %d seconds, RDB: %d MB of memory used by copy-on-write",
	"ts=2026-11-22T10:%d:%d.%dZ caller=head.go:%d level=info component=tsdb msg=\"Head GC completed\" duration=%d.%dms series=%d chunks=%d",
	"%a %a - [22/Nov/2026:10:%d:%d +0000] \"PUT /upload/reports/2026/11/%d-%d.csv HTTP/2\" 204 0 upstream=%a:%d request_time=0.%d body_bytes=%d",
}

// text fills a shape and what follows up to the size of a body.
func text(r *rand.Rand, i int) string {
	var b strings.Builder
	fill := func(shape string) {
		for k := 0; k < len(shape); k++ {
			if shape[k] != '%' || k+1 == len(shape) {
				b.WriteByte(shape[k])
				continue
			}
			k++
			switch shape[k] {
			case 'd':
				fmt.Fprint(&b, r.IntN(10_000))
			case 'x':
				fmt.Fprintf(&b, "%08x", r.Uint32())
			case 'a':
				fmt.Fprintf(&b, "10.%d.%d.%d", r.IntN(256), r.IntN(256), r.IntN(256))
			}
		}
	}
	fill(shapes[i%len(shapes)])
	for b.Len() < bodySize {
		b.WriteByte(' ')
		fill("step %d of %d done in %d ms, queue %d, worker pool at %d percent, next attempt at %a;")
	}
	return b.String()[:bodySize]
}

const tokenStart = "dop_" + "v1_"

// secret is a token that both sides know.
func secret(r *rand.Rand) string {
	return fmt.Sprintf("%s%016x%016x%016x%016x", tokenStart, r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64())
}

func resource(res pcommon.Resource) {
	a := res.Attributes()
	a.PutStr("service.name", "checkout")
	a.PutStr("service.version", "3.14.1")
	a.PutStr("k8s.pod.name", "checkout-7d9c5b6f4-x2x4z")
	a.PutStr("k8s.namespace.name", "shop")
	a.PutStr("host.name", "ip-10-1-2-3.eu-west-1.compute.internal")
	a.PutInt("process.pid", 4242)
}

// attributes puts up to ten attributes of an HTTP request.
func attributes(m pcommon.Map, r *rand.Rand, n int) {
	for i, put := range []func(){
		func() { m.PutStr("http.request.method", "GET") },
		func() { m.PutStr("url.path", fmt.Sprintf("/api/v2/orders/%d/items", r.IntN(1_000_000))) },
		func() { m.PutStr("http.route", "/api/v2/orders/{id}/items") },
		func() { m.PutStr("server.address", "checkout.shop.svc.cluster.local") },
		func() { m.PutStr("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36") },
		func() { m.PutStr("network.peer.address", fmt.Sprintf("10.1.%d.%d", r.IntN(256), r.IntN(256))) },
		func() { m.PutStr("code.function.name", "com.example.checkout.OrderController.items") },
		func() { m.PutStr("thread.name", fmt.Sprintf("http-nio-8080-exec-%d", r.IntN(32))) },
		func() { m.PutInt("http.response.status_code", 200) },
		func() {
			m.PutStr("request.id", fmt.Sprintf("%08x-%04x-%04x-%012x", r.Uint32(), r.Uint32()>>16, r.Uint32()>>16, r.Uint64()>>16))
		},
	} {
		if i < n {
			put()
		}
	}
}

// makeLogs makes records, of which one in every has a secret, now in its body, now
// in an attribute if it has any.
func makeLogs(n, attrs, every int) plog.Logs {
	r := rand.New(rand.NewPCG(1, uint64(attrs)))
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	resource(rl.Resource())
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName("github.com/example/checkout")
	for i := range n {
		lr := sl.LogRecords().AppendEmpty()
		lr.SetTimestamp(pcommon.Timestamp(1_700_000_000_000_000_000 + i))
		lr.SetSeverityText("INFO")
		lr.SetSeverityNumber(plog.SeverityNumberInfo)
		body := text(r, i)
		attributes(lr.Attributes(), r, attrs)
		if every > 0 && i%every == 0 {
			if attrs > 0 && i/every%2 == 1 {
				lr.Attributes().PutStr("note", "uses "+secret(r))
			} else {
				s := " " + secret(r)
				body = body[:bodySize-len(s)] + s
			}
		}
		lr.Body().SetStr(body)
	}
	return ld
}

func makeTraces(n int) ptrace.Traces {
	r := rand.New(rand.NewPCG(2, 2))
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	resource(rs.Resource())
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName("io.opentelemetry.tomcat-10.0")
	ss.Scope().SetVersion("2.11.0")
	for i := range n {
		s := ss.Spans().AppendEmpty()
		s.SetName([]string{"GET /api/v2/orders/{id}/items", "POST /api/v2/carts", "SELECT shop.orders", "publish orders"}[i%4])
		s.SetTraceID([16]byte{1, 2, 3, byte(i), byte(i >> 8)})
		s.SetSpanID([8]byte{1, byte(i), byte(i >> 8)})
		attributes(s.Attributes(), r, 10)
		if i%4 == 2 {
			s.Attributes().PutStr("db.query.text", "SELECT o.id, o.total FROM orders o WHERE o.customer_id = ? AND o.status = ? ORDER BY o.created_at DESC LIMIT 50")
		}
		e := s.Events().AppendEmpty()
		e.SetName("cache.lookup")
		e.Attributes().PutStr("cache.region", "orders")
		e.Attributes().PutInt("cache.size", int64(r.IntN(10_000)))
	}
	return td
}

func makeMetrics(n int) pmetric.Metrics {
	r := rand.New(rand.NewPCG(3, 3))
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	resource(rm.Resource())
	sm := rm.ScopeMetrics().AppendEmpty()
	sm.Scope().SetName("io.opentelemetry.micrometer")
	const each = 20 // data points of a metric
	for i := 0; i < n; i += each {
		m := sm.Metrics().AppendEmpty()
		m.SetName(fmt.Sprintf("http.server.request.duration.%d", i/each))
		m.SetDescription("Duration of HTTP server requests.")
		m.SetUnit("s")
		points := m.SetEmptyGauge().DataPoints()
		for range each {
			p := points.AppendEmpty()
			p.SetDoubleValue(r.Float64())
			a := p.Attributes()
			a.PutStr("http.request.method", "GET")
			a.PutStr("http.route", "/api/v2/orders/{id}/items")
			a.PutInt("http.response.status_code", 200)
			a.PutStr("server.address", fmt.Sprintf("checkout-%d.shop.svc.cluster.local", r.IntN(50)))
			a.PutStr("network.protocol.version", "1.1")
			a.PutStr("url.scheme", "https")
		}
	}
	return md
}

// leaks counts the secrets in a batch.
func leaks(ld plog.Logs) (n int) {
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				n += strings.Count(lr.Body().Str(), tokenStart)
				for _, v := range lr.Attributes().All() {
					n += strings.Count(v.Str(), tokenStart)
				}
			}
		}
	}
	return n
}

func textOf(m pcommon.Map) (n int) {
	for k, v := range m.All() {
		n += len(k) + len(v.Str())
	}
	return n
}

func textOfLogs(ld plog.Logs) (n int) {
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				n += len(lr.Body().Str()) + len(lr.SeverityText()) + textOf(lr.Attributes())
			}
		}
	}
	return n
}

func textOfTraces(td ptrace.Traces) (n int) {
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, s := range ss.Spans().All() {
				n += len(s.Name()) + textOf(s.Attributes())
				for _, e := range s.Events().All() {
					n += len(e.Name()) + textOf(e.Attributes())
				}
			}
		}
	}
	return n
}

func textOfMetrics(md pmetric.Metrics) (n int) {
	for _, rm := range md.ResourceMetrics().All() {
		for _, sm := range rm.ScopeMetrics().All() {
			for _, m := range sm.Metrics().All() {
				n += len(m.Name()) + len(m.Description()) + len(m.Unit())
				for _, p := range m.Gauge().DataPoints().All() {
					n += textOf(p.Attributes())
				}
			}
		}
	}
	return n
}
