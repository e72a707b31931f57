package scan

import (
	"encoding/base64"
	"strings"
	"testing"
)

// encodedMember encodes the marked text, and marks the result.
func encodedMember(text string) string {
	return "‹" + base64.StdEncoding.EncodeToString([]byte(text)) + "›"
}

// TestManifests: the members of a Secret go, whatever their names, in every
// way to write one; those of other objects stay.
func TestManifests(t *testing.T) {
	e := engine(t)
	user, pass, short, text := encodedMember("bob"), encodedMember("correct horse"), encodedMember("x"), encodedMember("line one\nline two: of a file\n")
	binary := "‹/u3+7QAAAAIAAAABAAAAAQAGc2VydmVyAAABgd5cJnYAAAUCMIIE/jAOBgorBgEE›"
	yaml := func(indent string, lines ...string) string {
		return indent + strings.Join(lines, "\n"+indent) + "\n"
	}
	first := []string{"apiVersion: v1", "kind: Secret", "metadata:", "  name: web", "  labels:", "    app: shop", "type: Opaque",
		"data:", "  user: " + user, "  any.name: " + pass, "  x: " + short, "  file.conf: '" + text + "'"}
	last := []string{"apiVersion: v1", "data:", "  user: " + user, "  any.name: " + pass, "  file.conf: " + text, "  store.jks: " + binary,
		"kind: Secret", "metadata:", "  creationTimestamp: \"2026-01-01T00:00:00Z\"", "  name: web", "  uid: 0b1c5e5e-3b0a-4b44-8c3a-6a5f5a3b7f11", "type: Opaque"}
	plain := []string{"apiVersion: v1", "kind: Secret", "stringData:", "  user: ‹bob›", "  url: \"‹http://x/y›\" # where", "  motto: ‹many words here›",
		"  config.yaml: |", "    ‹user: bob›", "    ‹level: debug›", "  last: ‹8080›", "metadata:", "  name: web"}
	config := []string{"apiVersion: v1", "data:", "  user: bob", "  port: \"8080\"", "  level: info", "  mode: prod", "  url: http://x/y",
		"kind: ConfigMap", "metadata:", "  name: web"}
	sealed := []string{"apiVersion: bitnami.com/v1alpha1", "kind: SealedSecret", "spec:", "  encryptedData:", "    user: AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq"}
	external := []string{"apiVersion: external-secrets.io/v1beta1", "kind: ExternalSecret", "spec:", "  target:", "    name: web", "  data:", "  - name: user", "    remoteRef:", "      key: shop/web"}
	sops := []string{"apiVersion: v1", "kind: Secret", "data:", "  user: ENC[AES256_GCM,data:O+5l4g==,iv:c/dS4BCBMbnKsXYuzBuCuVQ=,tag:KkQfh6OymvCt4uC13p318g==,type:str]", "  web: {{ .Values.web }}", "sops:", "  kms: []"}
	list := append([]string{"apiVersion: v1", "items:"}, "- apiVersion: v1", "  data:", "    user: "+user, "  kind: Secret", "  metadata:", "    name: a",
		"- apiVersion: v1", "  data:", "    user: bob", "  kind: ConfigMap", "- apiVersion: v1", "  kind: Secret", "  data:", "    user: "+pass, "kind: List", "metadata:", "  resourceVersion: \"\"")
	pretty := func(kindFirst bool) []string {
		data := []string{`    "data": {`, `        "user": "` + user + `",`, `        "any.name": "` + pass + `"`, `    },`}
		kind := []string{`    "kind": "Secret",`}
		body := append(kind, data...)
		if !kindFirst {
			body = append(data, kind...)
		}
		return append(append([]string{`{`, `    "apiVersion": "v1",`}, body...), `    "metadata": {`, `        "name": "web"`, `    },`, `    "type": "Opaque"`, `}`)
	}
	compact := `{"apiVersion":"v1","data":{"user":"` + user + `","any.name":"` + pass + `"},"kind":"Secret","metadata":{"name":"web","namespace":"shop"},"type":"Opaque"}`
	compactString := `{"kind":"Secret","apiVersion":"v1","metadata":{"name":"web"},"stringData":{"user":"‹bob›","x":"‹1›"},"data":{"a":"` + short + `"}}`
	quoted := func(s string) string { return strings.ReplaceAll(s, `"`, `\"`) }
	applied := []string{"apiVersion: v1", "kind: Secret", "metadata:", "  annotations:", "    kubectl.kubernetes.io/last-applied-configuration: |", "      " + compact, "  name: web"}
	cases := map[string]string{
		"kind first":   yaml("", first...),
		"kind last":    yaml("", last...),
		"plain":        yaml("", plain...),
		"indented":     yaml("    ", plain...),
		"documents":    yaml("", append(append(append([]string{"---"}, first...), "---"), config...)...),
		"config":       yaml("", config...),
		"sealed":       yaml("", sealed...),
		"external":     yaml("", external...),
		"sops":         yaml("", sops...),
		"list":         yaml("", list...),
		"annotation":   yaml("", applied...),
		"json":         yaml("", pretty(true)...),
		"json, last":   yaml("", pretty(false)...),
		"compact":      compact + "\n",
		"compact 2":    "INFO applying " + compactString + " to shop\n",
		"items":        `{"apiVersion":"v1","items":[` + compact + `,{"apiVersion":"v1","data":{"user":"bob"},"kind":"ConfigMap"},` + compactString + `],"kind":"List"}` + "\n",
		"in a string":  `{"msg":"applied ` + quoted(compact) + `","n":1}` + "\n",
		"yaml in json": `{"msg":"` + strings.Join(append(first[:7:7], "stringData:", "  user: ‹bob›", "  y: ‹1 2›"), `\n`) + `\n","n":"kept"}` + "\n",
		"last in json": `{"msg":"` + strings.Join(last, `\n`) + `","n":"kept"}` + "\n",
		"deleted":      "secret \"web\" deleted\nkind: Secretary\n",
	}
	cases["last in json"] = strings.ReplaceAll(strings.ReplaceAll(cases["last in json"], `"2026`, `\"2026`), `00Z"`, `00Z\"`)
	after := "2026-01-01T00:00:00Z INFO ready user: bob\n  level: info\n"
	for name, text := range cases {
		t.Run(name, func(t *testing.T) { everywhere(t, e, text+after) })
		if strings.Count(text, "\n") < 3 {
			continue
		}
		for _, c := range []string{"2026-01-01T00:00:00Z stdout F %s\n", "web_1  | %s\n", `{"log":"%s\n","stream":"stdout"}` + "\n"} {
			var b strings.Builder
			for _, l := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
				if c[0] == '{' {
					l = quoted(l)
				}
				b.WriteString(strings.Replace(c, "%s", l, 1))
			}
			if c[0] == '{' && name == "annotation" {
				continue // a string in a string in a string
			}
			t.Run(name+" in "+c, func(t *testing.T) { everywhere(t, e, b.String()+after) })
		}
	}
}
