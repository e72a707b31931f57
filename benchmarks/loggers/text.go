package main

import (
	"encoding/base64"
	"fmt"
	"html"
	"net/url"
	"strings"
)

func percent(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func basic(user, password string) string {
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
}

func xmlText(s string) string { return html.EscapeString(s) }

// tag makes a name an XML element may have.
func tag(s string) string {
	if s[0] >= '0' && s[0] <= '9' {
		s = "n" + s
	}
	return s
}

func form(o object) string {
	var l []string
	for _, f := range o {
		l = append(l, percent(f.name)+"="+percent(fmt.Sprint(f.value)))
	}
	return strings.Join(l, "&")
}
