package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// The words are those of machines' everyday talk. Common ones stand in more
// than one list, which is what makes them common in the text.
var (
	nouns = words(`address agent alert application argument array attempt backend backup batch block body
broker bucket buffer bytes cache callback certificate channel chunk class client clock cluster command
commit component condition config configuration connection consumer container content context controller
cookie copy core count cpu cursor data database deadline default delay delivery dependency deployment device
directory disk document domain driver duration element endpoint engine entity entry environment error event
exception executor export failure feature feed field file filter flag folder format frame frontend function
gateway group handler hash header heartbeat host id image import index info input instance interface
interrupt interval invoice item iteration job journal kernel key label latency layer leader lease length level library
limit line link list listener load location lock log loop mail manager mapping master memory message metadata
method metric migration mode model module monitor mount name namespace network node notification number object
offset operation option order organization output owner package packet page parameter parent partition password patch
path payload payment peer percent period permission pipeline plugin pod pointer policy pool port position
priority process processor producer profile progress project property protocol provider proxy publisher query
queue quota rate reader record recovery reference region registry release replica report repository request
resource response result retry role rollback root route router row rule runtime sample schedule scheduler schema
scope score script search secret segment selector sequence server service session set setting shard shipment shutdown
signal size snapshot socket source stack stage state status step storage store stream string subscriber
subscription subsystem summary switch sync system table tag target task template tenant test thread threshold
time timeout timer timestamp token topic total trace traffic transaction transfer transition transport trigger
tunnel type unit update upload uri url usage user value variable vector version view volume warning watch watcher
web window worker workflow workspace writer zone`)
	verbs = words(`accept accepted acquire acquired activated add added allocate allocated apply applied
assigned attached authenticated bind bound build building call called cancel cancelled changed check checked
checking clean cleaned close closed closing commit committed complete completed compute computed configure
configured connect connected connecting consume consumed contain convert copied create created creating delete
deleted deleting deliver delivered deploy deployed detach detected disabled disconnect disconnected dispatch
done download downloaded drain drop dropped elected elapsed enable enabled enter evict evicted execute executed
executing exit exited expire expired export exported fail failed failing fetch fetched fetching find finish
finished flush flushed forward found free freed generate generated get got grant granted handle handled ignore
ignored import indexed init initialize initialized initializing insert inserted invoke invoked join joined keep
killed launch launched leave listen listening load loaded loading locate lock locked lookup lost match matched
merge merged mounted move moved notify open opened opening parse parsed parsing pause paused perform
performed persist ping poll populate post prepare prepared process processed processing promote publish published
pull pulled purge push pushed put queue queued read reading ready receive received receiving reconnect recover
recovered redirect refresh refreshed refused register registered reject rejected release released reload
reloaded remove removed removing rename replace replicate report request requested require required reset
resize resolve resolved respond restart restarted restarting restore resume retrieve retry retrying return
returned returning revoke roll run running save saved scale scan schedule scheduled select send sending sent
serve serving set shut skip skipped skipping sleep spawn start started starting stop stopped stopping store
stored submit submitted subscribe succeed succeeded suspend switch synchronize terminate terminated terminating
throw throttle timed transfer transferred transition trigger triggered try trying unable unavailable unmount
unregister update updated updating upgrade upload use used using validate validated verify verified wait waiting
wake warm write writing written`)
	glue = words(`the the the to to to to of of of in in in for for for for from from from on on with with with
by by at at is is is was was not not not no no and and as has have been be this that will it its or if but after
before because due while when than then into out over under all any new old already again still only more less
too many could cannot can't may now next last first second current currently max min default unknown invalid
missing null true false internal external remote local`)
	adjectives = words(`active available bad busy broken clean cold complete corrupt critical current dead
deprecated different dirty disabled distributed duplicate dynamic empty enabled exclusive existing expected
failed fast fatal final full global healthy high idle illegal inactive incoming initial insecure invalid large
last late legacy local long low malformed maximum minimum missing new next normal obsolete offline old online
open optional orphan outgoing partial pending permanent physical previous primary private public random raw
ready recent remote requested required safe secondary secure shared short single slow small stale static strict
successful temporary total transient unexpected unhealthy unique unknown unreachable unsupported upstream
valid verbose virtual visible warm weak wrong`)
	levels   = words(`INFO INFO INFO INFO INFO INFO INFO DEBUG DEBUG DEBUG WARN WARN ERROR ERROR TRACE FATAL NOTICE`)
	packages = words(`java.lang java.util java.util.concurrent java.net java.io sun.nio.ch sun.reflect
org.apache.catalina.core org.apache.commons.io org.apache.coyote.http org.springframework.web.servlet
org.springframework.context.support org.springframework.boot io.netty.channel io.netty.handler com.example.shop
com.example.billing com.example.core org.hibernate.engine org.eclipse.jetty.server org.example.storage
javax.servlet.http com.fasterxml.jackson.databind reactor.core.publisher kotlinx.coroutines scala.collection
akka.actor net.example.mail`)
	suffixes = words(`Impl Factory Manager Handler Service Controller Listener Executor Exception Error Provider
Builder Context Adapter Client Server Worker Filter Proxy Registry Repository Utils Task Thread Pool Monitor
Scheduler Tracker Container Activity View Receiver Helper`)
	daemons = words(`sshd kernel systemd cron CRON dhclient ntpd postfix/smtpd nginx haproxy named rsyslogd
dockerd containerd kubelet kube-proxy etcd NetworkManager snmpd sudo su crond xinetd ftpd syslogd logrotate
dbus-daemon avahi-daemon gdm smartd mdadm udev init auditd ypserv automount postgres mysqld redis-server mongod
prometheus grafana vault consul envoy coredns`)
	hosts = words(`web app db cache node worker master proxy gw mail ns combo compute edge api lab core host
server vm ip prod stage dev test build ci log mon`)
	domains   = words(`example.com example.org example.net cluster.local svc.cluster.local internal corp.example.com lan localdomain`)
	roots     = words(`/var/log /var/lib /usr/bin /usr/lib /usr/local /etc /opt /home /tmp /proc /sys/class /mnt /srv /dev /data /api/v1 /api/v2 /static /images /assets /user /root /run/containers C:\Windows\System32 C:\Users\admin\AppData`)
	exts      = words(`.log .conf .json .yaml .xml .txt .js .css .html .png .jpg .svg .so .py .go .java .sh .tmp .gz .db .sock .php .dll .exe .jar .properties`)
	methods   = words(`GET GET GET GET GET POST POST PUT DELETE HEAD PATCH OPTIONS`)
	agents    = words(`Mozilla/5.0|(Windows|NT|10.0;|Win64;|x64)|AppleWebKit/537.36|(KHTML,|like|Gecko)|Chrome/120.0.0.0|Safari/537.36 Mozilla/5.0|(X11;|Linux|x86_64;|rv:109.0)|Gecko/20100101|Firefox/121.0 curl/8.4.0 kube-probe/1.28 Go-http-client/2.0 python-requests/2.31.0 Mozilla/5.0|(Macintosh;|Intel|Mac|OS|X|10_15_7)|AppleWebKit/605.1.15|Version/17.2|Safari/605.1.15`)
	months    = words(`Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec`)
	names     = words(`alice bob carol dave erin frank grace heidi ivan judy mallory admin root guest test oracle user postgres nobody ubuntu`)
	jsonKeys  = words(`time ts timestamp level severity msg message logger caller thread service trace_id span_id request_id user_id method path status duration_ms bytes host pid component event error version env region latency remote_addr user_agent session_id count retries`)
	kubeKinds = words(`Pod Deployment ReplicaSet Service Node ConfigMap Job CronJob StatefulSet DaemonSet Namespace Ingress PersistentVolumeClaim`)
	kubeWhys  = words(`Scheduled Pulling Pulled Created Started Killing BackOff FailedScheduling Unhealthy SuccessfulCreate ScalingReplicaSet NodeNotReady FailedMount Evicted`)
)

func words(s string) []string { return strings.Fields(s) }

// writer makes up text.
type writer struct {
	*rand.Rand
	out []byte
}

// text returns about n bytes of lines, mixed from all styles in stretches, as
// files are.
func text(n int) []byte {
	w := &writer{Rand: rand.New(rand.NewPCG(1, 2))}
	styles := []func(*writer){syslog, java, access, jsonLine, logfmt, kube, hadoop, trace, golang, python,
		windows, numbers, openstack, android, sql, firewall}
	for len(w.out) < n {
		style := styles[w.IntN(len(styles))]
		for range 5 + w.IntN(40) {
			style(w)
			w.out = append(w.out, '\n')
		}
	}
	return w.out
}

func (w *writer) f(format string, args ...any) { w.out = fmt.Appendf(w.out, format, args...) }

func (w *writer) of(list []string) string { return list[w.IntN(len(list))] }

// common prefers the beginning of a list a little less evenly than of.
func (w *writer) common(list []string) string {
	return list[min(w.IntN(len(list)), w.IntN(len(list)))]
}

func (w *writer) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + w.IntN(10))
	}
	return string(b)
}

func (w *writer) hex(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "0123456789abcdef"[w.IntN(16)]
	}
	return string(b)
}

func (w *writer) uuid() string {
	return w.hex(8) + "-" + w.hex(4) + "-4" + w.hex(3) + "-a" + w.hex(3) + "-" + w.hex(12)
}

func (w *writer) num() int {
	return w.IntN([]int{10, 100, 1000, 10000, 1000000, 2000000000}[w.IntN(6)])
}

func (w *writer) ip() string {
	return fmt.Sprintf("%d.%d.%d.%d", []int{10, 192, 172, 1 + w.IntN(223)}[w.IntN(4)], w.IntN(256), w.IntN(256), w.IntN(256))
}

func (w *writer) clock() string {
	return fmt.Sprintf("%02d:%02d:%02d", w.IntN(24), w.IntN(60), w.IntN(60))
}

func (w *writer) date() string {
	return fmt.Sprintf("20%02d-%02d-%02d", 5+w.IntN(21), 1+w.IntN(12), 1+w.IntN(28))
}

func (w *writer) host() string {
	h := w.of(hosts)
	switch w.IntN(4) {
	case 0:
		return fmt.Sprintf("%s%d", h, w.IntN(100))
	case 1:
		return fmt.Sprintf("%s-%02d.%s", h, w.IntN(30), w.of(domains))
	case 2:
		return fmt.Sprintf("%s.%s", h, w.of(domains))
	}
	return h + "-" + w.hex(5)
}

func (w *writer) path() string {
	p := w.of(roots)
	sep := "/"
	if strings.HasPrefix(p, "C:") {
		sep = `\`
	}
	for range w.IntN(4) {
		p += sep + w.common(nouns)
	}
	if w.IntN(3) > 0 {
		p += sep + w.common(nouns) + w.of(exts)
	}
	return p
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func (w *writer) class() string {
	s := title(w.common(nouns))
	if w.IntN(2) == 0 {
		s += title(w.common(nouns))
	}
	return s + w.of(suffixes)
}

func (w *writer) camel() string { return w.common(verbs) + title(w.common(nouns)) }

// value is what stands for a thing in a sentence.
func (w *writer) value() string {
	switch w.IntN(12) {
	case 0, 1, 2, 3:
		return fmt.Sprint(w.num())
	case 4:
		return w.ip()
	case 5:
		return w.path()
	case 6:
		return w.host()
	case 7:
		return "0x" + w.hex(8)
	case 8:
		return w.uuid()
	case 9:
		return fmt.Sprintf("%s_%s_%d", w.common(nouns), w.digits(12), w.num())
	case 10:
		return fmt.Sprintf("%d.%02d %s", w.IntN(500), w.IntN(100), w.of(words("ms MB KB seconds GB s")))
	}
	return w.of(names)
}

// sentence is what a program says.
func (w *writer) sentence() string {
	var b strings.Builder
	n := 3 + w.IntN(9)
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		var s string
		switch w.IntN(10) {
		case 0, 1, 2:
			s = w.common(nouns)
		case 3, 4:
			s = w.common(verbs)
		case 5, 6:
			s = w.of(glue)
		case 7:
			s = w.of(adjectives)
		case 8:
			s = w.value()
		case 9:
			s = w.common(nouns) + w.of(words("= : =[ : #")) + w.value()
		}
		if i == 0 && w.IntN(3) > 0 {
			s = title(s)
		}
		b.WriteString(s)
		if i < n-1 && w.IntN(9) == 0 {
			b.WriteString(w.of(words(", : ; . - ->")))
		}
	}
	return b.String()
}

func syslog(w *writer) {
	w.f("%s %2d %s %s %s", w.of(months), 1+w.IntN(28), w.clock(), w.host(), w.of(daemons))
	if w.IntN(4) > 0 {
		w.f("[%d]", w.IntN(40000))
	}
	switch w.IntN(5) {
	case 0:
		w.f(": Failed password for %s from %s port %d ssh2", w.of([]string{"root", "invalid user " + w.of(names)}), w.ip(), w.IntN(65536))
	case 1:
		w.f(": pam_unix(%s:session): session %s for user %s", w.of(daemons), w.of(words("opened closed")), w.of(names))
	case 2:
		w.f(": authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost=%s  user=%s", w.ip(), w.of(names))
	default:
		w.f(": %s", w.sentence())
	}
}

func java(w *writer) {
	w.f("%s %s,%s %-5s [%s-%d] %s.%s: %s", w.date(), w.clock(), w.digits(3), w.of(levels),
		w.of([]string{"main", "http-nio-8080-exec", "pool-2-thread", "Thread", "QuorumPeer", "SendWorker"}), w.IntN(60), w.of(packages), w.class(), w.sentence())
}

func access(w *writer) {
	w.f(`%s - %s [%02d/%s/20%s:%s +0%d00] "%s /%s/%s`, w.ip(), w.of([]string{"-", "-", w.of(names)}), 1+w.IntN(28), w.of(months), w.digits(2), w.clock(), w.IntN(10), w.of(methods), w.common(nouns), w.common(nouns))
	if w.IntN(3) == 0 {
		w.f("?%s=%s&%s=%d", w.common(nouns), w.common(nouns), w.common(nouns), w.num())
	}
	w.f(` HTTP/1.1" %d %d "https://www.%s/%s" "%s"`, []int{200, 200, 200, 304, 404, 500, 302}[w.IntN(7)], w.num(), w.of(domains), w.common(nouns), strings.ReplaceAll(w.of(agents), "|", " "))
}

func jsonLine(w *writer) {
	w.f(`{"ts":"%sT%s.%sZ","level":"%s","msg":"%s"`, w.date(), w.clock(), w.digits(3), strings.ToLower(w.of(levels)), w.sentence())
	for range 2 + w.IntN(6) {
		if w.IntN(2) == 0 {
			w.f(`,"%s":%d`, w.of(jsonKeys), w.num())
		} else {
			w.f(`,"%s":"%s"`, w.of(jsonKeys), w.value())
		}
	}
	w.f("}")
}

func logfmt(w *writer) {
	w.f(`time="%sT%s+0%d:00" level=%s msg="%s"`, w.date(), w.clock(), w.IntN(10), strings.ToLower(w.of(levels)), w.sentence())
	for range 1 + w.IntN(5) {
		w.f(" %s=%s", w.of(jsonKeys), w.value())
	}
}

func kube(w *writer) {
	switch w.IntN(3) {
	case 0:
		w.f("%s%02d%02d %s.%s %7d %s.go:%d] %s", w.of(words("I I I W E")), 1+w.IntN(12), 1+w.IntN(28), w.clock(), w.digits(6), w.IntN(9999), w.common(nouns), w.IntN(2000), w.sentence())
	case 1:
		w.f(`%s  %s  %s  %s/%s-%s-%s  %s`, w.of(words("5m 12s 1h 3d")), w.of(words("Normal Warning")), w.of(kubeWhys), strings.ToLower(w.of(kubeKinds)), w.common(nouns), w.hex(9), w.hex(5), w.sentence())
	default:
		w.f(`%sT%s.%sZ stdout F %s namespace=%s pod=%s-%s container=%s`, w.date(), w.clock(), w.digits(9), w.sentence(), w.common(nouns), w.common(nouns), w.hex(10), w.common(nouns))
	}
}

func hadoop(w *writer) {
	w.f("%s%02d %s %d %s %s.%s$%s: ", w.digits(4), 1+w.IntN(28), strings.ReplaceAll(w.clock(), ":", ""), w.IntN(4000), w.of(levels), w.common(nouns), w.class(), w.class())
	switch w.IntN(3) {
	case 0:
		w.f("%s block blk_%s%s src: /%s:%d dest: /%s:50010", w.of([]string{"Receiving", "Served", "Received"}), w.of([]string{"", "-"}), w.digits(19), w.ip(), w.IntN(65536), w.ip())
	case 1:
		w.f("%s attempt_%s_%s_m_%s_0 TaskAttempt Transitioned from %s to %s", w.class(), w.digits(13), w.digits(4), w.digits(6), strings.ToUpper(w.of(verbs)), strings.ToUpper(w.of(verbs)))
	default:
		w.f("%s", w.sentence())
	}
}

func trace(w *writer) {
	w.f("%s.%s: %s", w.of(packages), w.class(), w.sentence())
	for range 2 + w.IntN(8) {
		c := w.class()
		w.f("\n\tat %s.%s.%s(%s.java:%d)", w.of(packages), c, w.camel(), c, w.IntN(3000))
	}
	if w.IntN(3) == 0 {
		w.f("\n\t... %d more\nCaused by: %s.%s: %s", w.IntN(60), w.of(packages), w.class(), w.sentence())
	}
}

func golang(w *writer) {
	w.f("%s %s %s.go:%d: %s: %s", strings.ReplaceAll(w.date(), "-", "/"), w.clock(), w.common(nouns), w.IntN(900), w.sentence(), w.sentence())
	if w.IntN(6) == 0 {
		w.f("\ngoroutine %d [running]:\nmain.%s(0x%s, 0x%s)\n\t%s.go:%d +0x%s", w.IntN(300), w.camel(), w.hex(10), w.hex(3), w.path(), w.IntN(900), w.hex(3))
	}
}

func python(w *writer) {
	w.f("[%s %s,%s] %s/%s: %s", w.date(), w.clock(), w.digits(3), w.of(levels), w.of([]string{"MainProcess", "Worker-3", "celery.app.trace", "django.request"}), w.sentence())
	if w.IntN(5) == 0 {
		w.f("\nTraceback (most recent call last):\n  File \"%s.py\", line %d, in %s\n    return self.%s(%s, *args, **kwargs)\n%sError: %s", w.path(), w.IntN(900), w.common(verbs), w.common(verbs), w.common(nouns), title(w.common(nouns)), w.sentence())
	}
}

func windows(w *writer) {
	w.f("%s %s, %-20s %s    %s. [HRESULT = 0x%s - %s_%s]", w.date(), w.clock(), title(strings.ToLower(w.of(levels))), w.of(words("CBS CSI SetupAPI Service")), w.sentence(), w.hex(8), strings.ToUpper(w.common(nouns)), strings.ToUpper(w.common(nouns)))
}

func numbers(w *writer) {
	w.f("- 11%s 20%s.%02d.%02d R%s-M%s-N%s-C:J%s-U%s 20%s-%02d-%02d-%s.%s %s %s %s %s", w.digits(8), w.digits(2), w.IntN(13), w.IntN(29), w.digits(2), w.digits(1), w.digits(1), w.digits(2), w.digits(2), w.digits(2), w.IntN(13), w.IntN(29), strings.ReplaceAll(w.clock(), ":", "."), w.digits(6), w.of(words("RAS KERNEL APP MMCS")), w.of([]string{"KERNEL", "LINKCARD", "DISCOVERY"}), w.of(levels), w.sentence())
}

func openstack(w *writer) {
	w.f("%s-api.log.1.%s_%s %s %s.%s %d %s %s.%s.%s [req-%s %s %s - - -] ", w.common(nouns), w.date(), w.clock(), w.date(), w.clock(), w.digits(3), w.IntN(30000), w.of(levels), w.common(nouns), w.common(nouns), w.common(nouns), w.uuid(), w.hex(32), w.hex(32))
	if w.IntN(2) == 0 {
		w.f(`%s "%s /v2/%s/%s HTTP/1.1" status: 200 len: %d time: 0.%s`, w.ip(), w.of(methods), w.hex(32), w.common(nouns), w.num(), w.digits(7))
	} else {
		w.f("[instance: %s] %s", w.uuid(), w.sentence())
	}
}

func android(w *writer) {
	w.f("%02d-%02d %s.%s %5d %5d %s %s: %s: %s=%s, %s=%s %s=%v", 1+w.IntN(12), 1+w.IntN(28), w.clock(), w.digits(3), w.IntN(20000), w.IntN(20000), w.of(words("D I V W E")), w.class(), w.camel(), w.camel(), w.value(), w.camel(), w.value(), w.camel(), w.IntN(2) == 0)
}

func sql(w *writer) {
	w.f("%s %s.%s UTC [%d] %s:  ", w.date(), w.clock(), w.digits(3), w.IntN(9999), w.of(words("LOG LOG ERROR STATEMENT DETAIL HINT")))
	switch w.IntN(3) {
	case 0:
		w.f("duration: %d.%s ms  statement: SELECT %s_id, %s, created_at FROM %ss WHERE %s = $1 AND %s IS NOT NULL ORDER BY %s LIMIT %d", w.IntN(2000), w.digits(3), w.common(nouns), w.common(nouns), w.common(nouns), w.common(nouns), w.common(nouns), w.common(nouns), w.num())
	case 1:
		w.f("INSERT INTO %ss (%s, %s_name) VALUES ('%s', %d)", w.common(nouns), w.common(nouns), w.common(nouns), w.value(), w.num())
	default:
		w.f("%s", w.sentence())
	}
}

func firewall(w *writer) {
	w.f("[%s.%s %s] chrome.exe - %s:%d %s, %d bytes (%d.%d KB) sent, %d bytes received, lifetime %s SRC=%s DST=%s PROTO=TCP SPT=%d DPT=443 LEN=%d", strings.ReplaceAll(w.date()[5:], "-", "."), w.digits(2), w.clock(), w.host(), w.IntN(65536), w.of([]string{"close", "open through proxy", "error : Could not connect"}), w.num(), w.IntN(99), w.IntN(99), w.num(), w.clock(), w.ip(), w.ip(), w.IntN(65536), w.IntN(1500))
}
