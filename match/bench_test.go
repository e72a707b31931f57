package match

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloudflare/ahocorasick"
)

// someLiterals returns n literals of the kinds that a scanner of logs looks
// for: folded names of fields, gated stems, prefixes in exact case, and made-up
// names of vendors.
func someLiterals(n int) []Literal {
	r := rand.New(rand.NewPCG(7, 7))
	stems := strings.Fields(`password passwd passphrase secret token apikey api_key api-key access_key private_key
credential authorization client_secret auth_token access_token refresh_token session_token bearer signing_key
encryption_key secret_key webhook_url connection_string account_key shared_access sas_token master_key`)
	owners := strings.Fields(`db admin root user smtp mail ftp ldap oauth jwt aws azure gcp stripe twilio slack github
gitlab docker npm pypi heroku vault consul mongo redis mysql postgres kafka rabbit proxy wifi vpn ssh pgp tls
github_app datadog newrelic sentry sendgrid mailgun shopify paypal square plaid okta auth0 dropbox telegram`)
	alnum, hex := must("[A-Za-z0-9_-]"), must("[0-9a-f]")
	syllables := strings.Fields(`zo ki vex qua lor mi dra pex ul tri fyn gar bo wix nel ja cro hub ly zen ark tok sna phi`)
	seen := map[string]bool{}
	var ls []Literal
	for len(ls) < n {
		var l Literal
		switch k := r.IntN(10); {
		case k < 3:
			l = Literal{Text: owners[r.IntN(len(owners))] + []string{"_", "-", "", "."}[r.IntN(4)] + stems[r.IntN(len(stems))], Fold: true}
		case k < 4:
			l = Literal{Text: stems[r.IntN(len(stems))], Fold: true, Gate: Gate{alnum, 12 + r.IntN(20)}}
			l.Text += []string{"", "=", ":", "_"}[r.IntN(4)]
		case k < 6:
			b := make([]byte, 2+r.IntN(4))
			for i := range b {
				b[i] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[r.IntN(52)]
			}
			l = Literal{Text: string(b) + []string{"_", "-", ".", "_live_"}[r.IntN(4)], Gate: Gate{alnum, 16 + r.IntN(24)}}
		case k < 7:
			l = Literal{Text: syllables[r.IntN(len(syllables))] + "_" + syllables[r.IntN(len(syllables))], Fold: true, Gate: Gate{hex, 32}}
		default:
			for range 3 + r.IntN(3) {
				l.Text += syllables[r.IntN(len(syllables))]
			}
			l.Fold = true
		}
		if key := strings.ToLower(l.Text); len(l.Text) >= 3 && !seen[key] {
			seen[key] = true
			ls = append(ls, l)
		}
	}
	return ls
}

// cleanText makes up log lines in which literals are rare.
func cleanText(n int) []byte {
	r := rand.New(rand.NewPCG(3, 4))
	said := strings.Fields(`connection from the server was closed after timeout while reading block of data to remote
host received request for instance state changed worker process started with job finished in successfully failed
error exception at session opened by update package response status content length received mapping memory address`)
	var b []byte
	for len(b) < n {
		b = fmt.Appendf(b, "2031-%02d-%02d %02d:%02d:%02d,%03d %s [thread-%d] com.example.%s.%s: ", 1+r.IntN(12), 1+r.IntN(28),
			r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(1000), []string{"INFO", "WARN", "DEBUG"}[r.IntN(3)], r.IntN(50), said[r.IntN(len(said))], said[r.IntN(len(said))])
		for range 4 + r.IntN(10) {
			b = append(b, said[r.IntN(len(said))]...)
			b = append(b, ' ')
			if r.IntN(4) == 0 {
				b = fmt.Appendf(b, "%d ", r.Uint32())
			}
		}
		b = append(b, '\n')
	}
	return b[:n]
}

// hotText is full of literals and near literals.
func hotText(n int, ls []Literal) []byte {
	r := rand.New(rand.NewPCG(5, 6))
	clean := cleanText(n)
	var b []byte
	for len(b) < n {
		at := r.IntN(len(clean) - 100)
		b = append(b, clean[at:at+10+r.IntN(60)]...)
		l := ls[r.IntN(len(ls))]
		b = fmt.Appendf(b, `"%s":"%x",`, l.Text, r.Uint64())
	}
	return b[:n]
}

// corpus returns the joined logs in the directory that STANCH_CORPORA names, or nil.
func corpus(b *testing.B) []byte {
	var text []byte
	names, err := filepath.Glob(filepath.Join(os.Getenv("STANCH_CORPORA"), "loghub", "*.log"))
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		text = append(text, data...)
	}
	if text == nil {
		return nil
	}
	for len(text) < 64<<20 {
		text = append(text, text...)
	}
	return text
}

func BenchmarkScan(b *testing.B) {
	type input struct {
		name string
		text []byte
	}
	inputs := []input{
		{"clean", cleanText(8 << 20)},
		{"hot", hotText(8<<20, someLiterals(400))},
		{"repeated", bytes.Repeat([]byte("client_secret"), 64<<10)},
		{"near", bytes.Repeat([]byte("client_secreu db_passworx aaaab "), 32<<10)},
	}
	if c := corpus(b); c != nil {
		inputs = append(inputs, input{"corpora", c})
	}
	for _, in := range inputs {
		b.Run(in.name+"/copy", func(b *testing.B) {
			dst := make([]byte, len(in.text))
			b.SetBytes(int64(len(in.text)))
			for b.Loop() {
				copy(dst, in.text)
			}
		})
	}
	for _, n := range []int{222, 400, 800, 1000, 5000} {
		ls := someLiterals(n)
		for _, k := range Kernels() {
			m := compile(b, ls, k)
			for _, in := range inputs {
				b.Run(fmt.Sprintf("%s/%d/%v", in.name, n, k), func(b *testing.B) {
					var s Scratch
					var hits []Hit
					total := 0
					b.SetBytes(int64(len(in.text)))
					for b.Loop() {
						total = 0
						for rest := in.text; len(rest) > 0; {
							size := min(256<<10, len(rest))
							hits = m.Scan(hits[:0], rest[:size], &s)
							total += len(hits)
							rest = rest[size:]
						}
					}
					b.ReportMetric(float64(total)*1e6/float64(len(in.text)), "hits/MB")
				})
			}
		}
	}
}

// BenchmarkPeer is what cloudflare/ahocorasick does with the same literals,
// folding included. It tells presence only.
func BenchmarkPeer(b *testing.B) {
	ls := someLiterals(400)
	var dict []string
	for _, l := range ls {
		dict = append(dict, strings.ToLower(l.Text))
	}
	peer := ahocorasick.NewStringMatcher(dict)
	text := cleanText(4 << 20)
	if c := corpus(b); c != nil {
		text = c[:4<<20]
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		for rest := text; len(rest) > 0; {
			size := min(256<<10, len(rest))
			peer.Match(bytes.ToLower(rest[:size]))
			rest = rest[size:]
		}
	}
}

func BenchmarkRecords(b *testing.B) {
	text := cleanText(1 << 20)
	if c := corpus(b); c != nil {
		text = c[:4<<20]
	}
	var ends []uint32
	for i, c := range text {
		if c == '\n' {
			ends = append(ends, uint32(i+1))
		}
	}
	ls := someLiterals(400)
	for _, k := range Kernels() {
		m := compile(b, ls, k)
		var s Scratch
		var hits []Hit
		b.Run(fmt.Sprintf("batch/%v", k), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				hits = m.ScanBatch(hits[:0], text, ends, &s)
			}
		})
		b.Run(fmt.Sprintf("single/%v", k), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				from := uint32(0)
				for _, e := range ends {
					hits = m.Scan(hits[:0], text[from:e], &s)
					from = e
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	for _, n := range []int{400, 800, 5000} {
		ls := someLiterals(n)
		for _, k := range Kernels() {
			b.Run(fmt.Sprintf("%d/%v", n, k), func(b *testing.B) {
				for b.Loop() {
					compile(b, ls, k)
				}
			})
			layout := compile(b, ls, k).Layout()
			b.Run(fmt.Sprintf("%d/%v/layout", n, k), func(b *testing.B) {
				b.ReportMetric(float64(len(layout)), "layout-B")
				for b.Loop() {
					if _, err := Compile(ls, WithKernel(k), WithLayout(layout)); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
