package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// A writer expands templates. Its output depends on its seed alone.
type writer struct {
	*rand.Rand
	buf []byte
}

func newWriter(seed uint64, size int) *writer {
	return &writer{rand.New(rand.NewPCG(seed, 0x5741_4e43)), make([]byte, 0, size)}
}

func (w *writer) of(list []string) { w.buf = append(w.buf, list[w.IntN(len(list))]...) }

// number writes a number of exactly n digits.
func (w *writer) number(n int) {
	for v := w.Uint64(); n > 0; n-- {
		w.buf = append(w.buf, '0'+byte(v%10))
		v /= 10
	}
}

func (w *writer) hex(n int) {
	var v uint64
	for i := range n {
		if i%16 == 0 {
			v = w.Uint64()
		}
		w.buf = append(w.buf, "0123456789abcdef"[v&15])
		v >>= 4
	}
}

func (w *writer) clock() {
	v := w.IntN(24 * 60 * 60)
	for i, n := range [...]int{v / 3600, v / 60 % 60, v % 60} {
		if i > 0 {
			w.buf = append(w.buf, ':')
		}
		w.buf = append(w.buf, '0'+byte(n/10), '0'+byte(n%10))
	}
}

func (w *writer) address() {
	v := w.Uint32()
	w.buf = append(w.buf, "10."...)
	w.buf = strconv.AppendUint(w.buf, uint64(v&255), 10)
	w.buf = append(w.buf, '.')
	w.buf = strconv.AppendUint(w.buf, uint64(v>>8&255), 10)
	w.buf = append(w.buf, '.')
	w.buf = strconv.AppendUint(w.buf, uint64(v>>16&255), 10)
}

func (w *writer) uuid() {
	for i, n := range [...]int{8, 4, 4, 4, 12} {
		if i > 0 {
			w.buf = append(w.buf, '-')
		}
		w.hex(n)
	}
}

// expand writes a template, in which
//
//	%t  time of day      %0  three digits      %x  8 hex digits
//	%d  day of month     %n  up to 5 digits    %X  16 hex digits
//	%a  IPv4 address     %N  up to 9 digits    %U  UUID
//	%h  host             %v  decimal fraction  %w  word
//	%u  user             %s  HTTP status       %c  Java class
//	%f  path             %%  percent sign      %m  sentence of words
func (w *writer) expand(t string) {
	for {
		i := strings.IndexByte(t, '%')
		if i < 0 {
			w.buf = append(w.buf, t...)
			return
		}
		w.buf = append(w.buf, t[:i]...)
		switch t[i+1] {
		case 't':
			w.clock()
		case 'd':
			d := 1 + w.IntN(28)
			w.buf = append(w.buf, '0'+byte(d/10), '0'+byte(d%10))
		case 'a':
			w.address()
		case 'h':
			w.of(hosts)
			w.number(2)
		case 'u':
			w.of(users)
		case 'f':
			for range 2 + w.IntN(3) {
				w.buf = append(w.buf, '/')
				w.of(words)
			}
		case '0':
			w.number(3)
		case 'n':
			w.buf = strconv.AppendInt(w.buf, int64(w.IntN(100_000)), 10)
		case 'N':
			w.buf = strconv.AppendInt(w.buf, int64(w.IntN(1_000_000_000)), 10)
		case 'v':
			w.buf = strconv.AppendInt(w.buf, int64(w.IntN(100)), 10)
			w.buf = append(w.buf, '.')
			w.number(3)
		case 's':
			w.of(statuses)
		case 'x':
			w.hex(8)
		case 'X':
			w.hex(16)
		case 'U':
			w.uuid()
		case 'w':
			w.of(words)
		case 'c':
			w.of(packages)
			w.of(classes)
		case 'm':
			for n := range 3 + w.IntN(6) {
				if n > 0 {
					w.buf = append(w.buf, ' ')
				}
				w.of(words)
			}
		case '%':
			w.buf = append(w.buf, '%')
		default:
			panic(fmt.Sprintf("template %q: unknown placeholder %%%c", t, t[i+1]))
		}
		t = t[i+2:]
	}
}

var (
	hosts    = []string{"web", "db", "cache-a", "node", "edge", "worker", "gw-eu-", "ip-10-0-3-", "build", "queue"}
	users    = []string{"root", "alice", "bob", "deploy", "www-data", "postgres", "svc-billing", "guest", "carol", "admin"}
	statuses = []string{"200", "200", "200", "200", "204", "301", "304", "400", "404", "499", "500", "503"}
	packages = []string{"org.example.store.", "com.example.billing.core.", "o.e.scheduler.", "io.example.net.http.", "org.example.shuffle."}
	classes  = []string{"BlockManager", "TaskRunner", "OrderService", "ResponseProcessor", "ConnectionPool", "HeartbeatThread", "IndexWriter", "LeaseRenewer", "RequestFilter", "EventDispatcher"}
	words    = strings.Fields(`
		the a of to from for in on with by after before at is was not no
		connection request response timeout block packet stream thread queue task
		stage job executor container node cluster region replica partition offset
		segment index table row column cache entry value update insert delete
		select commit rollback started stopped finished failed retrying closed
		opened received sent dropped waiting running ready pending healthy
		unhealthy memory heap disk volume mount path file directory buffer bytes
		size limit usage rate latency duration interval elapsed total average
		service server client peer remote local address port host user group
		process pid signal exit code status state event message error warning
		info debug trace exception caused unexpected invalid unknown missing
		configuration property default option version release build module
		plugin driver device interface network packet route gateway proxy
		balancer shard leader follower election term vote snapshot log entry
		checkpoint recovery replay schedule timer deadline expired renewed
		activity window view layout render image audio video sensor battery
		wifi bluetooth location notification broadcast receiver provider`)
)
