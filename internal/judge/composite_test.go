package judge

import (
	"math/rand/v2"
	"testing"
)

func TestComposite(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	run := func(alphabet string, n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = alphabet[r.IntN(len(alphabet))]
		}
		return string(b)
	}
	const lowerHex = "0123456789abcdef"
	const alnum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	uuid := func() string {
		return run(lowerHex, 8) + "-" + run(lowerHex, 4) + "-" + run(lowerHex, 4) + "-" + run(lowerHex, 4) + "-" + run(lowerHex, 12)
	}
	for _, c := range []struct {
		name string
		text func() string
		want bool
	}{
		{"profile", func() string { return "user:" + run("0123456789", 5) + ":profile" }, true},
		{"session", func() string { return "session:" + uuid() }, true},
		{"object", func() string { return "builds/shop/" + run(lowerHex, 40) + ".tar.zst" }, true},
		{"cache", func() string { return "v2-linux-node-" + run(lowerHex, 64) }, true},
		{"base64url", func() string { return run(alnum+"-_", 43) }, false},
		{"base64", func() string { return run(alnum+"+/", 40) }, false},
		{"base62", func() string { return run(alnum, 32) }, false},
		{"hex", func() string { return run(lowerHex, 64) }, false},
		{"uuid", uuid, false},
		{"named key", func() string { return "user:" + run(alnum, 32) }, false},
		{"empty", func() string { return "" }, false},
	} {
		for range 300 {
			v := c.text()
			if got := Composite([]byte(v)); got != c.want {
				t.Errorf("%s: Composite(%q) = %t", c.name, v, got)
				break
			}
		}
	}
}
