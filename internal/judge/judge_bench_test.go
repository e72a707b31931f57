package judge

import (
	"bytes"
	"testing"
)

// kinds are values as logs have them under names, eight of each kind.
var kinds = []struct {
	name string
	draw func(seed uint64) string
}{
	{"base62", func(s uint64) string { return draw(s, base62, 20+int(s%21)) }},
	{"hex", func(s uint64) string { return draw(s, hexDigits, 32) }},
	{"base64", func(s uint64) string { return draw(s, base62+"+/", 38) + "==" }},
	{"password", func(s uint64) string {
		return [...]string{"hunter2-Xy!9", "P@ssw0rd123", "Tr0ub4dor&3", "x9$kQ2!mZpL4"}[s%4] + draw(s, base62, 4)
	}},
	{"uuid", func(s uint64) string {
		h := draw(s, hexDigits, 32)
		return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
	}},
	{"words", func(s uint64) string {
		return [...]string{"application-server-02", "mySecretHandlerFactory", "the quick brown fox", "service_account_name"}[s%4]
	}},
	{"path", func(s uint64) string {
		return [...]string{"/usr/local/share/applications", "https://example.com/a/b?page=2"}[s%2]
	}},
}

func BenchmarkJudge(b *testing.B) {
	for _, f := range []struct {
		name string
		run  func([]byte)
	}{
		{"Look", func(v []byte) { Look(v) }},
		{"Credential", func(v []byte) { Credential(v) }},
		{"Benign", func(v []byte) { Benign(v) }},
		{"Placeholder", func(v []byte) { Placeholder(v) }},
		{"Mask", func(v []byte) { Mask(v) }},
		{"Nothing", func(v []byte) { Nothing(v) }},
		{"Random", func(v []byte) { Random(v) }},
		{"Entropy", func(v []byte) { Entropy(v) }},
		{"Bits", func(v []byte) { Bits(v) }},
	} {
		for _, k := range kinds {
			var values [8][]byte
			for i := range values {
				values[i] = []byte(k.draw(uint64(i)))
			}
			b.Run(f.name+"/"+k.name, func(b *testing.B) {
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					f.run(values[i&7])
					i++
				}
			})
		}
	}
}

// BenchmarkHostile judges 4 KB made to reach the rules that read all of it.
func BenchmarkHostile(b *testing.B) {
	for name, unit := range map[string]string{"random": random, "segments": "a/", "paths": "/lib1/Xy9kQ2mZ7pL4w", "labels": "a1-_.", "objects": "ab.cD$",
		"queries": "https://a.b/c?d=12345678901x&", "hosts": "a-1.b2.internal:80,", "dots": "..a", "stars": "*a*•", "braces": "${a:-{{b", "words": "the-Fox1 "} {
		v := bytes.Repeat([]byte(unit), 4096/len(unit))
		for _, lead := range []string{"", "x://"} {
			v := append([]byte(lead), v...)
			b.Run(name+"/"+lead, func(b *testing.B) {
				b.SetBytes(int64(len(v)))
				for b.Loop() {
					Mask(v)
					Placeholder(v)
					Credential(v)
					Benign(v)
				}
			})
		}
	}
}
