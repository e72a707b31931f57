package automaton

import (
	"fmt"
	"strings"
)

// The rules below are in the styles that secret scanners publish; vendors and
// prefixes are made up.

// assigned is a keyword, an assignment and a value.
func assigned(keyword, value string) string {
	return `(?i)[\w.]{0,40}?(?:` + keyword + `)[ \w.-]{0,24}["'\s]{0,2}(?::?=|=>|->|:|,)["'\s]{0,4}(` + value + `)(?:["'\s,;]|\\n|$)`
}

// bounded is a run between word boundaries.
func bounded(run string) string { return `\b(` + run + `)(?:["'\s,;]|\\n|$)` }

func testRules() []string {
	rules := []string{
		// prefix + run
		`abc_[A-Za-z0-9]{36}`, `xyz-[0-9a-f]{32}`, `\bqk_(?:live|test)_[0-9A-Za-z]{24,99}\b`, `Zi[0-9A-Za-z_-]{35}`,
		`zoo_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}`, `zoo(?:a|b|c)_[A-Za-z0-9]{36,255}`, `pod_w[12]_[a-f0-9]{64}`,
		`QAAE[0-9A-Za-z]+`, `SKX[0-9a-fA-F]{32}`, `(?:P1|P2|P3)KEY[A-Z2-7]{16}`, `key-[0-9a-zA-Z]{32}`, `nrm_[A-Za-z0-9]{36}\b`,
		`hvq\.[a-zA-Z0-9_-]{20,40}`, `[hs]vq\.batch\.[\w-]{10,60}`, `pk\.[a-z0-9]{60}\.[a-z0-9]{22}`, `tok1-(?:[a-z0-9]{4}-){3}[a-z0-9]{4}`,
		`eyJ[A-Za-z0-9_-]{4,}\.eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{4,}`, `eyJ(?P<h>[A-Za-z0-9]+)\.(?P<p>eyJ[A-Za-z0-9]+)\.(?P<s>[\w-]+)?`,
		`spo_[a-zA-Z0-9/+]{25,}={0,2}`, `zoz[abc]-(?:[0-9]{4,6}-){2}[a-zA-Z0-9]{8}`, `(?i)zap-\d-[A-Z0-9]+-\d+-[a-z0-9]+`,
		`[a-z]{3}live_[0-9a-f]{10}`, `(?:[0-9]{6,10}):QA[\w-]{15}`, `(?m)^secret=(\w{8,})$`, `(?m)^(?:key|token)\s*=\s*(\S+)$`,
		`\Aroot:(\w+)`, `(\w+):endkey\z`, `endkey$`, `\bword\b`, `\Bpart\B`, `(?:^|[^\w])lead([0-9]{4})(?:[^\w]|$)`,
		`(?:[^a-z]|^)(abz[0-9]{3})`, `\bAB-(?:[A-F0-9]{4}-?){2,3}\b`,
		// URLs, structures
		`https://hooks\.zoo\.example/(?:services|workflows)/[A-Za-z0-9+/]{10,46}`, `https?://[^\s:@/]{3,20}:([^\s:@/]{3,20})@`,
		`[a-z]+://[^:/\s]+:([^@\s]+)@[\w.]+(?::\d+)?`, `(?i)basic\s+([a-z0-9+/]{8,}={0,2})`, `(?i)bearer\s+([\w.~+/-]{10,}=*)`,
		`-----BEGIN [A-Z ]{0,40}KEY-----[\s\S]{8,}?-----END`, `(?s)-----BEGIN (.+?)-----(.*?)-----END (.+?)-----`,
		`(?i)=====OPEN[ A-Z]{0,20}KEY(?: RING)?=====[\s\S]{4,}?KEY(?: RING)?=====`, `Endpoint=sb://[^;]+;SharedKey=([A-Za-z0-9+/]{8,}=)`,
		`mongodb(?:\+srv)?://(\w+):(\w+)@`, `(?:AccountKey|SharedKey)=([A-Za-z0-9+/]{12}==)`, `sig=[a-zA-Z0-9%]{12,}`, `"kty"\s*:\s*"([A-Z]+)"`,
		`<password>(.*?)</password>`, `<password>([^<]*)</password>`, `(?i)<(?:password|passwd|token)>([^<]+)</`, `\bvault:v\d:[A-Za-z0-9+/=]+`,
		`fetch\b.*?--head[ =]?"(?i:x-auth):\s?(?:Plain\s)?([a-z0-9/+]{8,})"`, `fetch\b.*? --login ("?\w+:\w+"?)(?:\s|\z)`,
		// context before
		`(?i)(?:zoo|park)[\w-]{0,8}key[=:]([0-9a-f]{8})`, `[A-Za-z0-9+/]{8}\.zootoken`, `[0-9]{1,4}-abacus-[a-z]{4}`, `(?:user|admin)_[a-z]{1,5}_token=\w+`,
		`.*secret.*=.*`, `.{0,10}secret.{0,10}=`, `\w*secret\w*=(\w+)`, `[\w-]*?token[\w-]*?:([0-9]+)`, `(?:a|b)?(?:c|d)?keyword\d`,
		`[a-z]{0,5}abcabc[a-z]{0,3}`, `(?:abc)+def`, `(?:key=\w+ )?key=\w{3,}`, `(?:x{2,4}|y)secretz`, `(a*)(abcd|abcde)(e*)`,
		`(?:\w+\.)+example\.org`, `([a-z]+)=(?:([0-9]+)|([a-f]+)):password`, `(?:one|two|three)four(?:five|six)?seven`,
		// alternations
		`foo(?:bar|baz)quux`, `(?:key|keys|keysets)=(\w+)`, `(?:pass|passwd|password|pwd)[=:](\S+)`, `(apikey|api_key|api-key)\s*[:=]\s*([^\s,;]+)`,
		`(?i)(apikey|api_key|api-key)\s*[:=]\s*['"]?([a-z0-9]{4,})['"]?`, `(?:token|tok)(?:en)?en=`, `(?:alpha_[a-z]{5}|beta-[0-9]{8})`,
		`(?:alpha|alphabet)(bet|soup)?\b`, `(?i:zoo)Key[0-9]{3}`, `Z(?i:oo)k[0-9]{3}`, `(?:aaa|aa)(?:aab|ab)c`, `(?i)kiosk[sk]{2}`,
		`(?i)\bmask\b`, `(?i)desk=[a-z]{5}`, `ask=(?i)[a-z]{5}`, `disk=(?i)[k-s]{2,5}`, `(?i)[^a-z]task[^k]`,
		// lazy and greedy
		`start(.*?)end`, `start(.*)end`, `start(?:.*?)(e+?)nd`, `begin[^;]*;`, `begin[^;]*?;`, `begin(?:x|xy|xyz)*?z`, `begin(?:x|xy|xyz)*z`,
		`quote="([^"\\]|\\.)*"`, `quote='(?:[^'\\]|\\.)*'`, `list\[(?:(\w+),?)*\]`, `list(?:\[(\w*)\])+`, `opt(?:=(\d+))??;`, `run[ab]{2,4}?b`,
		`run[ab]{2,4}b`, `run(a|ab)(c|bcd)(d*)`, `nest((a+)|(b+))*c`, `nest(?:(a*)+)b`, `nest(|a)*b`, `nest(|a)+b`,
		// unicode
		`пароль[:=]\s*(\S+)`, `(?i:abc)ПАРОЛЬ[0-9]{8}`, `(?i)пароль[:=]\s*(\S+)`, `密码[：:]\s*(\w+)`, `clave=[\p{L}\d]+`, `clave=\pL{2,6}\b`, `clave=[^\x00-\x7f]+`,
		`clave=[\x{80}-\x{10ffff}a]+z`, `clave=.{2}z`, `(?s)clave=.{2}z`, `clave=\x{fffd}`, `clave=[^a-z]z`, `(?i)straße=(\w+)`, `naïve=\W+`,
		`\pL+key=\d`, `clave=\PL+`, `é+key=é`, `\x{2028}key=`, `[\x{212a}]ey=kk`,
		// anchors and boundaries
		`key=\w+\b`, `key=\w+\B`, `key=.*$`, `(?m)key=.*$`, `(?m)^key=`, `^key=`, `\bkey=\b`, `key=\b\w+`, `key=$`, `key=\z`, `(?m)key=$`, `key=(?:$|;)`,
		`key=(?m:$)\n`, `(?m)(?:^|;)key=`, `key=[^\n]*\n?`, `\b\Bkey=`, `key=(?:\b|x)y?`, `key=^`, `key\b.`,
		// no usable literal
		`[a-f0-9]{32}`, `\b[A-Z]{4}[0-9]{4}\b`, `s\.[A-Za-z0-9]{24}`, `a|b`, `x*`, `^$`, `\b`, `(?:[a-z]{2}\d){2,3}`, `\d{3}-\d{2}-\d{4}`, `.`, `[^a]`,
		`(?i)[\w/]{0,9}?(?:c|d)[ \w]{0,4}[:=]"?([a-z0-9]{4,})(?:["\s]|$)`, `(?:a|b)*?$`, ``, `[^\x00-\x{10ffff}]`, `(a?)(a?)(a?)aaa`,
		`[a-z]*?\b`, `\s*\S+`, `SK[0-9a-f]{32}`, `(?:k|key|[a-z]{3})=\d`,
	}
	var words []string
	for i := range 60 {
		words = append(words, fmt.Sprintf("%cword%c", 'a'+i%26, 'a'+i/26))
	}
	rules = append(rules, assigned(strings.Join(words, "|"), `[a-z0-9]{10}`))
	for _, v := range []struct{ keyword, value string }{
		{"zooly", `[a-z0-9]{32}`}, {"parkly", `[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}`}, {"quuxer", `[A-Za-z0-9_\-]{20,24}`},
		{"kiosk", `[a-z0-9=_\-]{16}`}, {"zoo|park", `zp[0-9]{10}`}, {"skate|board", `[0-9]{6,}`}, {"entry|pass|(?-i:[Kk]ey|KEY)|login", `[\w.-]{10,120}|[a-z][a-z0-9/+]{11,}={0,2}`}, {"zooly", `(?:ab|cd){4}`}, {"zooly", `x[a-z]{3,5}?`}, {"k8s", `[\w~.]{8}`},
	} {
		rules = append(rules, assigned(v.keyword, v.value), bounded(v.keyword+`-`+v.value))
	}
	return rules
}
