package scan_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/scan"
)

// kind of value that is put into a shape.
type valueClass struct {
	name     string
	template string
}

var valueClasses = []valueClass{
	{"token", "ghp" + "_{alnum:30}{crc32-base62:6}"},
	{"hex", "{hex:40}"},
	{"base64", "{base64:20}+{base64:10}/{base64:9}7=="},
	{"uuid", "{uuid}"},
	{"word", "{word:7}{digit:2}"},
	{"phrase", "{word} {word} {digit:2}{word}"},
}

// signs are the bytes a password may hold inside; each is a class of its own.
const signs = "!#$%&()*+,-./:;<=>?@[\\]^_`{|}~'\""

func classes() []valueClass {
	list := slices.Clone(valueClasses)
	for _, c := range signs {
		list = append(list, valueClass{string(c), "{alnum:7}" + string(c) + "{alnum:5}"})
	}
	return list
}

// a shape is a line of a log with <<>> where the value stands.
type shape struct {
	row  string // of the reference of shapes
	text string
	// not are the classes that the container itself cannot hold: in which the
	// byte ends the value or has to be escaped.
	not string
	// escape writes a value the way the container demands.
	escape func(string) string
}

// Bytes that end an unquoted value in any reading.
const unquoted = "phrase ' \" `"

var (
	inJSON = func(v string) string {
		q, _ := json.Marshal(v)
		return strings.NewReplacer(`\u0026`, "&", `\u003c`, "<", `\u003e`, ">").Replace(string(q[1 : len(q)-1]))
	}
	inXML    = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace
	inSQL    = strings.NewReplacer("'", "''").Replace
	inPy     = strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace
	inQuery  = func(v string) string { return percent(v) }
	inShell  = strings.NewReplacer("'", `'\''`).Replace
	inYAMLsq = strings.NewReplacer("'", "''").Replace
)

func percent(v string) string {
	var b strings.Builder
	for _, c := range []byte(v) {
		if strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// logShapes are the places of logs where a key meets a value.
var logShapes = []shape{
	{row: "1", text: `{"user":"bob","password":"<<>>","n":1}`, escape: inJSON},
	{row: "1b", text: `{ "user" : "bob", "password" : "<<>>" }`, escape: inJSON},
	{row: "1c", text: `{"a":{"client_secret":"<<>>"},"b":[1,2]}`, escape: inJSON},
	{row: "3", text: `{"name":"DB_PASSWORD","value":"<<>>"}`, escape: inJSON},
	{row: "3b", text: `{"name":"Authorization","value":"Bearer <<>>"}`, escape: inJSON, not: "phrase"},
	{row: "4", text: `[["host","h"],["x-api-key","<<>>"]]`, escape: inJSON},
	{row: "5", text: `{"X-Api-Key":["<<>>"],"Host":["h"]}`, escape: inJSON},
	{row: "6", text: `{"log":"{\"password\":\"<<>>\",\"n\":1}\n","stream":"stdout"}`, escape: func(v string) string { return inJSON(inJSON(v)) }},
	{row: "7", text: `level=info body="{\"password\":\"<<>>\"}" n=1`, escape: func(v string) string { return inJSON(inJSON(v)) }},
	{row: "8", text: `{"user":"bob","secret":"<<>>`, escape: inJSON},
	{row: "9", text: `level=info password=<<>> user=bob`, not: unquoted},
	{row: "9b", text: `level=info password="<<>>" user=bob`, escape: inJSON},
	{row: "10", text: `password: <<>>`},
	{row: "10b", text: `  password: '<<>>'`, escape: inYAMLsq},
	{row: "10c", text: `  - {password: <<>>, user: bob}`, not: `phrase , } { [ ] # ' "` + " `"},
	{row: "11", text: `db.password=<<>>`},
	{row: "11b", text: `db.password = <<>>`},
	{row: "12", text: `<user>bob</user><password><<>></password><n>1</n>`, escape: inXML},
	{row: "12b", text: `<Password><![CDATA[<<>>]]></Password>`},
	{row: "13", text: `<add key="DbPassword" value="<<>>"/>`, escape: inXML},
	{row: "13b", text: `<login user="bob" password="<<>>" n="1"/>`, escape: inXML},
	{row: "14", text: `<wsse:Password Type="x#PasswordText"><<>></wsse:Password>`, escape: inXML},
	{row: "16", text: `user { name: "bob" password: "<<>>" }`, escape: inJSON},
	{row: "17", text: `<34>1 2026-01-01T00:00:00Z h app - - [auth@1 password="<<>>" n="1"] hi`, escape: func(v string) string { return strings.NewReplacer(`\`, `\\`, `"`, `\"`, `]`, `\]`).Replace(v) }},
	{row: "19", text: `<Data Name="Password"><<>></Data>`, escape: inXML},
	{row: "20", text: `_CMDLINE=app --password <<>> -v`, not: unquoted + ` \ ; & | < > ( )`},
	{row: "21", text: `| rabbit_password | <<>> |`, not: "| phrase"},
	{row: "22", text: `{password=<<>>, user=bob}`, not: unquoted},
	{row: "23", text: `Cfg(password=<<>>, n=1)`, not: unquoted},
	{row: "23b", text: `Cfg[n=1, password=<<>>]`, not: unquoted},
	{row: "24", text: `Conf{user=bob, password=<<>>}`, not: unquoted},
	{row: "26", text: `{User:bob Password:<<>> N:1}`, not: unquoted},
	{row: "26b", text: `{User:bob Password:<<>>}`, not: unquoted},
	{row: "27", text: `main.C{User:"bob", Password:"<<>>"}`, escape: inJSON},
	{row: "28", text: `map[X-Api-Key:[<<>>] Host:[h]]`, not: unquoted + " ]"},
	{row: "28b", text: `map[password:<<>> user:bob]`, not: unquoted},
	{row: "30", text: `{'user': 'bob', 'password': '<<>>'}`, escape: inPy},
	{row: "30b", text: `('password', '<<>>')`, escape: inPy},
	{row: "31", text: `C(user='bob', password='<<>>')`, escape: inPy},
	{row: "32", text: `    password = '<<>>'`, escape: inPy},
	{row: "33", text: `Parameters: {"user"=>"bob", "password"=>"<<>>"}`, escape: inJSON},
	{row: "33b", text: `{:password=>"<<>>", :n=>1}`, escape: inJSON},
	{row: "33c", text: `#<User name="bob" @password="<<>>">`, escape: inJSON},
	{row: "34", text: `    [password] => <<>>`},
	{row: "36", text: `{ User = bob, Password = <<>>, Id = 1 }`, not: unquoted},
	{row: "37", text: `Password : <<>>`},
	{row: "37b", text: `@{User=bob; Password=<<>>; N=1}`, not: unquoted},
	{row: "38", text: `Cfg { user: "bob", token: Some("<<>>") }`, escape: inJSON},
	{row: "39", text: `%{"user" => "bob", "password" => "<<>>"}`, escape: inJSON},
	{row: "39b", text: `{password,<<"<<>>">>}`, escape: inJSON},
	{row: "39c", text: `[user: "bob", password: "<<>>"]`, escape: inJSON},
	{row: "40", text: `{ user: 'bob', apiKey: '<<>>' }`, escape: inPy},
	{row: "41", text: `{ user = bob; password = "<<>>"; }`, escape: inJSON},
	{row: "42", text: `GET /cb?user=bob&password=<<>>&state=1 HTTP/1.1`, escape: inQuery},
	{row: "42b", text: `redirect to https://h/#access_token=<<>>&n=1`, escape: inQuery},
	{row: "42c", text: `<a href="/cb?user=bob&amp;password=<<>>&amp;n=1">`, escape: inQuery},
	{row: "42d", text: `{"url":"/cb?user=bob\u0026password=<<>>\u0026n=1"}`, escape: inQuery},
	{row: "43", text: `see https://h.example/?api_key=<<>>.`, escape: inQuery},
	{row: "44", text: `dial postgres://app:<<>>@db.example:5432/shop?sslmode=off`, not: unquoted + ` < > \`},
	{row: "44b", text: `redis://:<<>>@cache:6379`, not: unquoted + ` < > \`},
	{row: "44c", text: `{"dsn":"amqp://app:<<>>@mq:5672/v"}`, escape: inQuery},
	{row: "44d", text: `app:<<>>@tcp(db:3306)/shop`, not: unquoted},
	{row: "47", text: `> X-Api-Key: <<>>`, not: "phrase"},
	{row: "47b", text: `Authorization: Bearer <<>>`, not: "phrase"},
	{row: "47c", text: `* [HTTP/2] [1] [x-api-key: <<>>]`, not: "phrase ]"},
	{row: "48", text: `http-outgoing-0 >> "X-Api-Key: <<>>[\r][\n]"`, not: "phrase \" [ ]"},
	{row: "48b", text: `send: b'GET / HTTP/1.1\r\nX-Api-Key: <<>>\r\nHost: h\r\n'`, not: "phrase ' \\ \" `"},
	{row: "49", text: `10.0.0.1 - bob [01/Jan/2026:00:00:00 +0000] "GET /x?api_key=<<>> HTTP/1.1" 200 1 "-" "ua"`, escape: inQuery},
	{row: "50", text: `Cookie: sid=<<>>; b=`, not: unquoted + " ; , \\"},
	{row: "51", text: `Set-Cookie: sid=<<>>; Path=/; HttpOnly`, not: unquoted + ` ; , \`},
	{row: "53", text: `Authorization: Digest username="u", realm="r", response="<<>>", uri="/"`, escape: inJSON},
	{row: "58", text: `Metadata(x-api-key=<<>>,x=1)`, not: unquoted},
	{row: "60", text: `DB_PASSWORD=<<>>`, not: `" ' ` + "`"},
	{row: "60b", text: `export DB_PASSWORD='<<>>'`, escape: inShell},
	{row: "60c", text: `declare -x DB_PASSWORD="<<>>"`, escape: func(v string) string {
		return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", "$", `\$`).Replace(v)
	}},
	{row: "60d", text: "HOME=/root\x00DB_PASSWORD=<<>>\x00PATH=/bin", not: `" ' ` + "`"},
	{row: "61", text: `+ DB_PASSWORD=<<>>`, not: unquoted + ` \ ; & | < > ( ) $ # * ? [ ] { } ~ !`},
	{row: "61b", text: `+ login --password '<<>>' --force`, escape: inShell},
	{row: "62", text: `{"Env":["A=b","DB_PASSWORD=<<>>","C=d"]}`, escape: inJSON},
	{row: "62b", text: `Environment="A=b" "DB_PASSWORD=<<>>" "C=d"`, escape: inJSON},
	{row: "63", text: `exec: ["app","--password","<<>>","-v"]`, escape: inJSON},
	{row: "63b", text: `app --password=<<>> --user bob`, not: unquoted + ` \ ; & | < > ( ) $`},
	{row: "63c", text: "mysql -h db -p<<>> shop", not: unquoted + ` \ ; & | < > ( ) $`},
	{row: "63d", text: "curl -u bob:<<>> https://h/", not: unquoted + ` \ ; & | < > ( ) $`},
	{row: "63e", text: `{"cmd":"curl -u bob:<<>> https://h/"}`, not: unquoted + ` \ ; & | < > ( ) $`},
	{row: "63f", text: `{"cmd":"docker login -u bob -p <<>>","n":1}`, not: unquoted + ` \ ; & | < > ( ) $`},
	{row: "64", text: `2026-01-01T00:00:00Z DB_PASSWORD=<<>>`, not: `" ' phrase ` + "`"},
	{row: "65", text: "password\x1b[0m=\x1b[33m<<>>\x1b[0m user=bob", not: unquoted},
	{row: "66", text: `Server=h;Database=d;Password=<<>>;Encrypt=no`, not: unquoted + " ;"},
	{row: "66b", text: `{"cs":"Server=h;Password=<<>>;Encrypt=no"}`, not: unquoted + ` ; \`},
	{row: "67", text: `host=h password=<<>> dbname=x`, not: unquoted + ` \`},
	{row: "67b", text: `host=h password='<<>>' dbname=x`, escape: inPy},
	{row: "68", text: `jdbc:postgresql://h/db?user=u&password=<<>>&ssl=true`, escape: inQuery},
	{row: "68b", text: `jdbc:oracle:thin:app/<<>>@h:1521:x`, not: unquoted},
	{row: "69", text: `ALTER ROLE app PASSWORD '<<>>'`, escape: inSQL},
	{row: "69b", text: `CREATE USER 'bob'@'%' IDENTIFIED BY '<<>>';`, escape: inSQL},
	{row: "70", text: `1700000000.1 [0 127.0.0.1:1] "AUTH" "<<>>"`, escape: inJSON},
	{row: "70b", text: `"CONFIG" "SET" "requirepass" "<<>>"`, escape: inJSON},
	{row: "71", text: `userPassword: <<>>`},
	{row: "72", text: `C: PASS <<>>`, not: "phrase"},
	{row: "73", text: `Module required username="u" password="<<>>";`, escape: inJSON},
	{row: "74", text: `//registry.npmjs.org/:_authToken=<<>>`, not: unquoted},
	{row: "74b", text: `machine h login bob password <<>>`, not: unquoted},
	{row: "74c", text: `db.example:5432:shop:bob:<<>>`, not: unquoted + " : \\"},
	{row: "76", text: `  DB_PASSWORD: <<>>`},
	{row: "77", text: `the password is <<>>`, not: unquoted},
	{row: "77b", text: `Using API key <<>> for org`, not: unquoted},
	{row: "84", text: `  12  app --password <<>> h`, not: unquoted + ` \ ; & | < > ( ) $`},
	{row: "85", text: `  ~ password = "<<>>" -> "x"`, escape: inJSON},
	{row: "85b", text: `+  password: <<>>`},
	{row: "86", text: `{"msg":"password {p}","args":["<<>>"]}`, escape: inJSON},
}

// outcome says what a scan made of one value in one shape.
type outcome byte

const (
	exact   outcome = '.' // the value, nothing else
	wide    outcome = 'w' // the value and delimiters or more
	cut     outcome = 'c' // a part of the value is left
	missed  outcome = 'M' // all of it is left
	na      outcome = ' '
	overrun outcome = 'X' // takes bytes of another field
)

// cell scans one value in one shape.
func cell(t *testing.T, s *scan.Scanner, sh shape, c valueClass, seed uint64) (o outcome, text string, from, to int) {
	t.Helper()
	if slices.Contains(strings.Fields(sh.not), c.name) {
		return na, "", 0, 0
	}
	v, _, _, err := detectors.Expand(c.template, seed)
	if err != nil {
		t.Fatal(err)
	}
	if sh.escape != nil {
		v = sh.escape(v)
	}
	at := strings.Index(sh.text, "<<>>")
	text = sh.text[:at] + v + sh.text[at+4:]
	return judgeCell(s, text, at, at+len(v)), text, at, at + len(v)
}

func judgeCell(s *scan.Scanner, text string, from, to int) outcome {
	c := make([]bool, len(text))
	for _, x := range s.Text(nil, []byte(text)) {
		if x.Confidence >= finding.Likely {
			for i := x.Start; i < x.End; i++ {
				c[i] = true
			}
		}
	}
	left := 0
	for i := from; i < to; i++ {
		if !c[i] {
			left++
		}
	}
	switch {
	case left == to-from:
		return missed
	case left > 0:
		return cut
	}
	o := exact
	for i := range text {
		if c[i] && (i < from || i >= to) {
			if o = wide; isAlnum(text[i]) {
				return overrun
			}
		}
	}
	return o
}

func isAlnum(c byte) bool { return c-'0' < 10 || c|0x20-'a' < 26 }

// deepen puts a line into a string of JSON, depth times.
func deepen(text string, from, to, depth int) (string, int, int) {
	for range depth {
		a, b, c := inJSON(text[:from]), inJSON(text[from:to]), inJSON(text[to:])
		text, from, to = `{"log":"`+a+b+c+`","n":1}`, 8+len(a), 8+len(a)+len(b)
	}
	return text, from, to
}

const draws = 4

// red returns the outcomes of a shape over all classes at one depth, worst of
// the seeds, and the first text that is not exact.
func red(t *testing.T, s *scan.Scanner, sh shape, depth int) (row []outcome, worst map[string]string) {
	worst = map[string]string{}
	for _, c := range classes() {
		o := exact
		var bad string
		for seed := range uint64(draws) {
			r, text, from, to := cell(t, s, sh, c, seed)
			if r == na {
				o = na
				break
			}
			if depth > 0 {
				text, from, to = deepen(text, from, to, depth)
				r = judgeCell(s, text, from, to)
			}
			if rank(r) > rank(o) {
				o, bad = r, text[:from]+"«"+text[from:to]+"»"+text[to:]
			}
		}
		if o != exact && o != na {
			worst[c.name] = bad
		}
		row = append(row, o)
	}
	return row, worst
}

func rank(o outcome) int { return strings.IndexByte(".wXcM", byte(o)) }

// TestLogShapes: in every cell that is not listed as red, exactly the value is
// found, also where the line stands in a string of JSON, up to three deep.
func TestLogShapes(t *testing.T) {
	s := builtin(t).NewScanner()
	report := os.Getenv("STANCH_TABLE")
	depths := 4
	if testing.Short() {
		depths = 2
	}
	names := classes()
	for _, sh := range logShapes {
		var worst [2][]outcome
		for depth := range depths {
			row, bad := red(t, s, sh, depth)
			k := min(depth, 1)
			listed := strings.Fields(redCells[sh.row])
			if k == 1 {
				listed = append(listed, strings.Fields(redCells[sh.row+"/1"])...)
			}
			for i, c := range names {
				if bad[c.name] != "" && report == "" && !slices.Contains(listed, "all") && !slices.Contains(listed, c.name) {
					t.Errorf("row %s, %s, depth %d: %c: %s", sh.row, c.name, depth, row[i], bad[c.name])
				}
			}
			if worst[k] == nil {
				worst[k] = row
			}
			for i := range row {
				if rank(row[i]) > rank(worst[k][i]) {
					worst[k][i] = row[i]
				}
			}
			if report != "" {
				var b strings.Builder
				for _, o := range row {
					b.WriteByte(byte(o))
				}
				fmt.Printf("%d %-4s %s %s\n", depth, sh.row, b.String(), sh.text)
			}
		}
		if report == "go" {
			was := list(names, worst[0], nil)
			if was != "" {
				fmt.Printf("RED\t%q: %q,\n", sh.row, was)
			}
			if more := list(names, worst[1], strings.Fields(was)); was != "all" && more != "" {
				fmt.Printf("RED\t%q: %q,\n", sh.row+"/1", more)
			}
		}
	}
}

// list names the classes whose outcome is red, but for those in but.
func list(names []valueClass, row []outcome, but []string) string {
	var red []string
	green := 0
	for i, o := range row {
		switch {
		case o == exact:
			green++
		case o != na && !slices.Contains(but, names[i].name):
			red = append(red, names[i].name)
		}
	}
	if green <= 2 && len(red) > 9 {
		return "all"
	}
	return strings.Join(red, " ")
}

// redCells lists the cells in which more or less than the value is found, by
// row, and with /1 those that are red only inside of a string of JSON.
var redCells = map[string]string{
	"3":     "all",
	"3b":    "uuid word ! # $ % & ( ) * , : ; < > ? @ [ \\ ] ^ ` { | } ' \"",
	"4":     "all",
	"9/1":   "\\",
	"10/1":  "phrase \\ \"",
	"10c/1": "\\",
	"11":    "phrase",
	"11/1":  "\\ \"",
	"11b":   "phrase",
	"11b/1": "\\ \"",
	"12b":   "<",
	"13":    "all",
	"19":    "all",
	"21/1":  "\\ \"",
	"22/1":  "\\",
	"23/1":  "\\",
	"23b":   "[",
	"23b/1": "\\",
	"24":    "{",
	"24/1":  "\\",
	"26/1":  "\\",
	"26b":   "{",
	"26b/1": "\\",
	"28":    "[ {",
	"28b/1": "\\",
	"30/1":  "'",
	"30b/1": "'",
	"31/1":  "'",
	"32/1":  "'",
	"34":    "phrase",
	"34/1":  "\\ \"",
	"36/1":  "\\",
	"37/1":  "phrase \\ \"",
	"37b/1": "\\",
	"38":    "all",
	"39b":   "all",
	"40/1":  "'",
	"42c":   "all",
	"44c":   "all",
	"44d":   "\\",
	"47/1":  "\\ \"",
	"47b":   ") , ; \\ ] ` } ' \"",
	"47c":   "[",
	"47c/1": "\\ \"",
	"48":    "all",
	"50":    ") ] }",
	"50/1":  "all",
	"51":    ") ] }",
	"53":    ") \\ ] ` } ' \"",
	"53/1":  "all",
	"58/1":  "\\",
	"60":    "phrase",
	"60/1":  "\\",
	"60b":   "'",
	"60d":   "phrase",
	"60d/1": "all",
	"61b":   "'",
	"62":    "phrase \"",
	"62/1":  "\\",
	"62b":   "phrase \"",
	"62b/1": "\\",
	"63f":   "base64",
	"63f/1": "all",
	"64/1":  "\\",
	"65/1":  "all",
	"66/1":  "\\",
	"67b/1": "'",
	"70":    "all",
	"70b/1": "all",
	"71/1":  "phrase \\ \"",
	"72":    "all",
	"74/1":  "\\",
	"74b":   "all",
	"74c":   "all",
	"76/1":  "phrase \\ \"",
	"77":    "all",
	"77b":   "all",
	"85b/1": "phrase \\ \"",
	"86":    "all",
}
