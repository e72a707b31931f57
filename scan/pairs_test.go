package scan

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// apartShapes are texts in which a name and its value stand apart; what is
// marked is what must be found, and nothing else. V stands for the values of
// apartValues, each written as the shape's quotes ask.
var apartShapes = []struct {
	name, text string
	write      func(string) string // how the carrier writes a value
	not        string              // bytes the carrier cannot hold
}{
	// name/value objects
	{"object", `{"name":"DB_PASSWORD","value":"V","n":1}`, escJSON, ""},
	{"object, spaces", `{ "key" : "password" , "type" : "string" , "value" : "V" }`, escJSON, ""},
	{"object, fields between", `[{"Name":"A","Value":"b"},{"Name":"DB_PASSWORD","From":{"x":[1,"}"]},"Value":"V"}]`, escJSON, ""},
	{"object, value first", `{"id":1,"value":"V","masked":false,"name":"DB_PASSWORD"}`, escJSON, ""},
	{"object, CloudFormation", `{"ParameterKey":"DBPassword","UsePreviousValue":false,"ParameterValue":"V"}`, escJSON, ""},
	{"object, in a string", `{"log":"{\"name\":\"DB_PASSWORD\",\"value\":\"V\"}\n"}`, func(v string) string { return escJSON(escJSON(v)) }, ""},
	{"object, value first in a string", `{"log":"{\"value\":\"V\",\"name\":\"DB_PASSWORD\"}\n"}`, func(v string) string { return escJSON(escJSON(v)) }, ""},
	{"object, OTLP", `{"key":"password","value":{"stringValue":"V"}}`, escJSON, ""},
	{"object, OTLP list", `{"key":"db.password","value":{"arrayValue":{"values":[{"stringValue":"V"}]}}}`, escJSON, ""},
	{"object, audit", `{"field":"password","old":"V","changed":true}`, escJSON, ""},
	{"object, Python", `{'name': 'DB_PASSWORD', 'value': 'V'}`, escPy, ""},
	{"object, JS", `{ name: 'DB_PASSWORD', value: 'V' }`, escPy, ""},
	{"object, Ruby", `{:name=>"DB_PASSWORD", :value=>"V"}`, escJSON, ""},
	{"object, Ruby strings", `{"name"=>"DB_PASSWORD", "value"=>"V"}`, escJSON, ""},
	{"object, Rust", `EnvVar { name: "DB_PASSWORD", value: "V" }`, escJSON, ""},
	{"object, protobuf", `env { key: "DB_PASSWORD" value: "V" }`, escJSON, ""},
	{"object, Go", `{Name:DB_PASSWORD Value:V From:nil}`, nil, " \"'`"},
	{"object, Java", `Env(name=DB_PASSWORD, value=V)`, nil, " \"'`("},
	{"object, cookie", `{"name":"Cookie","value":"sid=V"}`, nil, " \"'`;,\\]"},
	{"object, authorization", `{"name":"Authorization","value":"Bearer V"}`, nil, " \"'`;,\\"},
	// markup
	{"attribute", `<add key="DbPassword" value="V"/>`, escXML, "\\"},
	{"attribute, other order", `<property value="V" name="db.password"/>`, escXML, "\\"},
	{"attribute, element", `<Data Name="Password">V</Data>`, escXML, ""},
	{"attribute, nested", `<setting name="Password" serializeAs="String"><value>V</value></setting>`, escXML, ""},
	{"element", `<property><name>db.password</name><value>V</value></property>`, escXML, ""},
	{"element, between", `<property><name>db.password</name><final>true</final><value>V</value></property>`, escXML, ""},
	{"element, plist", `<key>password</key><string>V</string>`, escXML, ""},
	{"element, XML-RPC", `<member><name>password</name><value><string>V</string></value></member>`, escXML, ""},
	// CEF
	{"label", `CEF:0|a|b|1|x|y|3|cs1Label=DbPassword cs1=V src=10.0.0.1`, nil, "=\"\\|"},
	{"label last", `CEF:0|a|b|1|x|y|3|cs1=V cs1Label=DbPassword`, nil, "=\"\\|"},
	// arrays
	{"pair", `[["host","h"],["x-api-key","V"]]`, escJSON, ""},
	{"pair, bytes", `[(b'host', b'h'), (b'x-api-key', b'V')]`, escPy, ""},
	{"pair, tuple", `[('host', 'h'), ('password', 'V')]`, escPy, ""},
	{"flat", `["Host","h","X-Api-Key","V","Accept","*/*"]`, escJSON, ""},
	{"flat, authorization", `{"rawHeaders":["Host","h","Authorization","Bearer V"]}`, nil, " \"'`;,\\"},
	{"env", `{"Env":["A=b","DB_PASSWORD=V","C=d"]}`, escJSON, ""},
	{"argv", `["app","--password","V","-v"]`, escJSON, ""},
	{"argv, curl", `["curl","-u","bob:V","https://h/"]`, escJSON, ""},
	{"argv, mysql", `['mysql', '-uroot', '-pV', 'shop']`, escPy, ""},
	{"argv, CMD", `CMD ["mysqldump", "-h", "db", "-pV"]`, escJSON, ""},
	// SQL
	{"insert", `INSERT INTO users (name, password) VALUES ('bob', 'V')`, escSQL, ""},
	{"insert, quoted columns", `INSERT INTO "users" ("name","password","n") VALUES ('bob','V',1)`, escSQL, ""},
	{"insert, rows", `INSERT INTO users (id, password) VALUES (1, ''), (2, 'V')`, escSQL, "|"},
	{"insert, binds", `INSERT INTO users (name, password) VALUES (?, ?) ["bob", "V"]`, escJSON, ""},
	{"insert, numbered", `INSERT INTO users (name, password) VALUES ($1, $2); parameters: $1 = 'bob', $2 = 'V'`, escSQL, ""},
	{"update, binds", `UPDATE users SET password = ? WHERE id = ? -- ('V', 5)`, escPy, ""},
	{"update, Rails", `UPDATE "users" SET "password" = $1 WHERE "users"."id" = $2 [["password", "V"], ["id", 1]]`, escJSON, ""},
	// templates
	{"template", `{"msg":"password {p} set","args":["V"]}`, escJSON, ""},
	{"template, second", `{"msg":"user {} has password {}","args":["bob","V"]}`, escJSON, ""},
	{"template, percent", `{"msg":"user %s password=%s","args":["bob","V"]}`, escJSON, ""},
	{"template, named", `{"@mt":"password {p} set","u":"bob","p":"V"}`, escJSON, ""},
	{"template, tuple", `msg='user %s password %s' args=('bob', 'V')`, escPy, ""},
	{"template, arguments first", `{"args":["bob","V"],"msg":"user {} has password {}"}`, escJSON, ""},
	{"template, Go", `user {User} db_password {Value} params=[bob V] n=1`, nil, " \"'`]"},
	{"template, Java", `login of {} with db_password {} {args=[bob, V], n=1}`, nil, " \"'`](){},"},
	{"template, list below", "user %s db_password=%s {\n  args: [ 'bob', 'V' ],\n  n: 1\n}\n", escPy, ""},
	{"template, elements below", "login of {} with db_password {} {\n  n: 1,\n  args: [\n    'bob',\n    'V'\n  ]\n}\n", escPy, ""},
	{"binds first", `{"bind":["V",42],"sql":"UPDATE users SET password = $1 WHERE id = $2"}`, escJSON, ""},
	{"binds first, Go", `executing params=[V 42] sql=UPDATE users SET password = $1 WHERE id = $2`, nil, " \"'`]"},
	// lists and objects without quotes
	{"list of lists, Go", `pairs=[[host db1] [db_password V] [n 1]] n=1`, nil, "\"'`]{ "},
	{"list of lists, Java", `{pairs=[[host, db1], [db_password, V]], n=1}`, nil, "\"'`](){}, "},
	{"members, value first in a map of Go", `env=[map[Value:db1 id:HOST] map[Value:V id:db_password]] n=1`, nil, " \"'`][:(){}<>"},
	// lists with a line for each element
	{"elements, JSON", "{\n  \"db_password\": [\n    \"V\"\n  ],\n  \"n\": 1\n}\n", escJSON, ""},
	{"elements, JS", "{\n  apiKey: [\n    'V'\n  ],\n  n: 1\n}\n", escPy, " "},
	// lines
	{"two lines", "{\n  \"password\":\n    \"V\",\n  \"n\": 1\n}\n", escJSON, ""},
	{"two lines, YAML", "db:\n  password:\n    V\n  n: 1\n", nil, " \"'`"},
	{"two lines, prefix", "10:00:01 INFO   \"password\":\n10:00:01 INFO     \"V\",\n10:00:01 INFO   \"n\": 1\n", escJSON, ""},
	{"var_dump", "array(2) {\n  [\"password\"]=>\n  string(8) \"V\"\n  [\"n\"]=>\n  int(1)\n}\n", nil, "\"\\"},
	{"block", "db:\n  password: |\n    V\n  n: 1\n", nil, ""},
	{"block, folded", "- password: >-\n    V\n  n: 1\n", nil, ""},
	{"block, prefix", "10:00:01 INFO db:\n10:00:01 INFO   password: |\n10:00:01 INFO     V\n10:00:01 INFO   n: 1\n", nil, ""},
	{"members", "    {\n      \"name\": \"DB_PASSWORD\",\n      \"type\": \"x\",\n      \"value\": \"V\"\n    },\n    {\n      \"name\": \"N\",\n      \"value\": \"1\"\n    }\n", escJSON, ""},
	{"members, OTLP", "{\n  \"key\": \"password\",\n  \"value\": {\n    \"stringValue\": \"V\"\n  }\n}\n", escJSON, ""},
	{"members, prefix", "10:00:01 INFO   \"name\": \"DB_PASSWORD\",\n10:00:01 INFO   \"value\": \"V\"\n10:00:01 INFO }\n", escJSON, ""},
	{"here-document", "  password = <<-EOT\n    V\n  EOT\n  n = 1\n", nil, ""},
	{"members, class", "class V1EnvVar {\n    name: DB_PASSWORD\n    value: V\n    valueFrom: null\n}\n", nil, "\"'` #"},
	{"members, YAML", "env:\n- name: DB_PASSWORD\n  value: V\n- name: N\n  value: x\n", nil, "\"'` #"},
	{"members, pprint", "{'name': 'DB_PASSWORD',\n 'value': 'V'}\n", escPy, ""},
	{"elements", "<property>\n  <name>db.password</name>\n  <value>V</value>\n</property>\n", escXML, ""},
	{"elements, plist", "<dict>\n\t<key>password</key>\n\t<string>V</string>\n</dict>\n", escXML, ""},
	{"elements, setting", "<setting name=\"Password\" serializeAs=\"String\">\n  <value>V</value>\n</setting>\n", escXML, ""},
	{"element text", "<password>\n  V\n</password>\n", escXML, ""},
	{"form", "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nV\r\n--b--\r\n", nil, ""},
	{"folded header", "X-Api-Key:\r\n V\r\nHost: h\r\n", nil, " \"'`"},
	{"netrc", "machine h\n  login bob\n  password V\n\nmachine g\n", nil, " \"'`\\"},
	{"netrc, one line", "machine h login bob password V\n", nil, " \"'`\\"},
	{"SQLAlchemy", "INFO INSERT INTO users (name, password) VALUES (?, ?)\nINFO [generated in 0.00013s] ('bob', 'V')\n", escPy, ""},
	{"PostgreSQL", "LOG:  execute <unnamed>: UPDATE users SET password = $1 WHERE id = $2\nDETAIL:  parameters: $1 = 'V', $2 = '5'\n", escSQL, ""},
	{"MyBatis", "==>  Preparing: INSERT INTO users (name, password) VALUES (?, ?)\n==> Parameters: bob(String), V(String)\n", nil, " \"'`()"},
	{"Hibernate", "insert into users (name, password) values (?, ?)\nbinding parameter [1] as [VARCHAR] - [bob]\nbinding parameter [2] as [VARCHAR] - [V]\n", nil, ""},
	{"logging error", "Message: 'user %s password %s'\nArguments: ('bob', 'V')\n", escPy, ""},
	// tables
	{"CSV", "user,password,n\nbob,V,1\n", escCSV, ""},
	{"CSV, quoted", "\"user\",\"password\"\n\"bob\",\"V\"\n", escQuotes, ""},
	{"CSV, rows", "user,password,n\nann,,2\nbob,V,1\n\nV,V,V\n", escCSV, ""},
	{"CSV, api key", "user;api_key;n\nbob;V;1\n", escCSV, ";"},
	{"TSV", "user\tpassword\tn\nbob\tV\t1\n", escCSV, ""},
	{"bars", "user|password|n\nbob|V|1\n", escCSV, "|"},
	{"psql", " user | password  | n \n------+-----------+---\n bob  | V | 1\n(1 row)\n", nil, "|\"'"},
	{"mysql", "+------+----------+\n| user | password |\n+------+----------+\n| bob  | V |\n+------+----------+\n", nil, "|\"'"},
	{"mysql, between", "+----+----------+---+\n| id | password | n |\n+----+----------+---+\n| 1  | V | 1 |\n+----+----------+---+\n", nil, "|\"'"},
	{"openstack", "+-----------+-----------+\n| Field     | Value     |\n+-----------+-----------+\n| adminPass | V |\n| id        | 42        |\n+-----------+-----------+\n", nil, "|\"'`, "},
	{"widths", "Name  Password\n----  --------\nbob   V\n", nil, ""},
	{"capitals", "NAME   AGE   PASSWORD\nbob    5d    V\n", nil, " "},
	{"names and values", "Key         Value\n---         -----\nlease       768h\npassword    V\n", nil, ""},
	{"COPY", "COPY public.users (id, password, n) FROM stdin;\n1\tV\t1\n\\.\n", nil, "\\"},
}

func escJSON(v string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v)
}
func escPy(v string) string     { return strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(v) }
func escSQL(v string) string    { return strings.ReplaceAll(v, `'`, `''`) }
func escQuotes(v string) string { return strings.ReplaceAll(v, `"`, `""`) }
func escXML(v string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(v)
}

// escCSV quotes a value that needs it; the quotes are not part of the secret.
func escCSV(v string) string {
	if strings.ContainsAny(v, ",\";|\t ") {
		return "<" + strings.ReplaceAll(v, `"`, `""`) + ">"
	}
	return v
}

// inLog puts a text into a string of JSON.
func inLog(text string, from, to int) (string, int, int) {
	esc := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`).Replace
	a, b, c := esc(text[:from]), esc(text[from:to]), esc(text[to:])
	return `{"log":"` + a + b + c + `","n":1}`, 8 + len(a), 8 + len(a) + len(b)
}

// apartValues are templates of values.
func apartValues() []string {
	list := []string{"{alnum:16}", "{hex:32}", "{base64:20}+{base64:18}==", "{uuid}", "{word:7}{digit:2}", "{word} {word} {digit:2}{word}"}
	for _, c := range "!#$%&()*+,-./:;<=>?@[\\]^_`{|}~'\"" {
		list = append(list, "{alnum:7}"+string(c)+"{alnum:5}")
	}
	return list
}

// apartText fills a shape with a value and returns the text and where it is.
func apartText(t *testing.T, text, template string, write func(string) string, seed uint64) (string, int, int) {
	v, _, _ := expand(t, template, seed)
	if write != nil {
		v = write(v)
	}
	// A value stands behind the last name; rows of one letter are left alone.
	at := strings.Index(text, "V")
	for i := at; i >= 0; {
		if (i == 0 || !isNameByte(text[i-1]) || strings.HasSuffix(text[:i], "-p")) && (i+1 == len(text) || !isNameByte(text[i+1])) {
			at = i
			break
		}
		n := strings.Index(text[i+1:], "V")
		if n < 0 {
			t.Fatalf("no place for a value: %s", text)
		}
		i += n + 1
	}
	if strings.HasPrefix(v, "<") && strings.HasSuffix(v, ">") {
		v = v[1 : len(v)-1]
		return text[:at] + `"` + v + `"` + text[at+1:], at + 1, at + 1 + len(v)
	}
	return text[:at] + v + text[at+1:], at, at + len(v)
}

func isNameByte(c byte) bool { return lex[c]&isWord != 0 }

func TestApart(t *testing.T) {
	e := engine(t)
	s := e.NewScanner()
	for _, sh := range apartShapes {
		bad := 0
		for _, template := range apartValues() {
			skip := bad == 4
			for _, c := range sh.not {
				skip = skip || strings.ContainsRune(template[1:], c) && (c != '}' && c != '{' && c != ':' || strings.Count(template, string(c)) > 2)
			}
			if skip || strings.Contains(sh.not, " ") && strings.Count(template, "{word}") > 1 {
				continue
			}
			for seed := range uint64(3) {
				text, from, to := apartText(t, sh.text, template, sh.write, seed)
				if seed > 0 && strings.Contains(text, "\n") { // the lines in a string of JSON
					if strings.ContainsAny(text, "\t") || strings.ContainsAny(template, "\\\"'") {
						continue
					}
					for range seed {
						text, from, to = inLog(text, from, to)
					}
				}
				var spans []Span
				for _, x := range s.Text(nil, []byte(text)) {
					if x.Confidence > 0 {
						spans = append(spans, x)
					}
				}
				if len(spans) != 1 || spans[0].Start != from || spans[0].End != to {
					t.Errorf("%s, %s:\n got %s\nwant %s", sh.name, template, show(e, text, spans), text[:from]+"«"+text[from:to]+"»"+text[to:])
					bad++
					break
				}
			}
		}
	}
}

// apartQuiet are texts like those above without a secret.
var apartQuiet = []string{
	`{"name":"timeout","value":"30s"}`,
	`{"name":"token_type","value":"Bearer"}`,
	`{"name":"DB_PASSWORD","valueFrom":{"secretKeyRef":{"key":"password","name":"db"}}}`,
	`{"name":"DB_PASSWORD","value":""}`,
	`{"name":"DB_PASSWORD","value":"${DB_PASSWORD}"}`,
	`{"name":"DB_PASSWORD"},{"name":"N","value":"prod-eu"}`,
	`{"field":"password","message":"is required","value":null}`,
	`{"key":"sessions","value":12}`,
	`["user","password","email"]`,
	`["password","token","secret","email"]`,
	`["password","passwd"]`,
	`fields=["name","password","email","phone"]`,
	`("user", "password", "email")`,
	`<input type="password" name="password" class="wide"/>`,
	`<label for="password">Password reset</label>`,
	`<add key="PasswordLength" value="12"/>`,
	`<name>hadoop.security.authentication</name><value>simple</value>`,
	"user,name,email\nbob,Bob,b@example.com\n",
	"the user, password and email were checked\nagain, and again, and again\n",
	"Invalid user, password\nfrom host, port\n",
	"password,\nuser, again\n",
	"| user | password |\nplain text follows here\n",
	" password | set by | at \nnot a rule\n bob | ann | x \n",
	"Enter password:\n  Login incorrect\n",
	"Password:\nLast login: Mon\n",
	"token:\n- a\n- b\n",
	"password:\n  min_length: 12\n  max_length: 64\n",
	"SELECT id, password FROM users WHERE id = 5",
	"INSERT INTO users (name, password) VALUES (?, ?)\nINFO COMMIT\n",
	"UPDATE users SET password = ? WHERE id = ?\n(5 rows affected)\n",
	`{"msg":"password %s is too short","args":[]}`,
	"machine learning is fun: password\n",
	"250-AUTH LOGIN PLAIN\n250 STARTTLS\n",
	"Key  Value\nplain text follows\n",
	"user {User} password {Value} args=[]",
	"password {} was changed\n2026-01-01 INFO args=[bob, a1b2c3d4e5]\n",
	"[username, password, created_at2, email]",
	"{\n  \"required\": [\n    \"username\",\n    \"password\",\n    \"email\"\n  ]\n}\n",
	"{\n  api_keys: [\n  ],\n  name: 'Hx92bQp31kZ8'\n}\n",
	`"passwords":["required","optional"]`,
}

func TestApartQuiet(t *testing.T) {
	e := engine(t)
	s := e.NewScanner()
	for _, text := range apartQuiet {
		for _, x := range s.Text(nil, []byte(text)) {
			if x.Confidence > 0 {
				t.Errorf("%s", show(e, text, []Span{x}))
			}
		}
	}
}

// TestApartCuts: what lines leave for later ones does not depend on how the
// text comes.
func TestApartCuts(t *testing.T) {
	e := engine(t)
	for _, sh := range apartShapes {
		if !strings.Contains(sh.text, "\n") {
			continue
		}
		text, _, _ := apartText(t, sh.text, "{alnum:8}!{alnum:5}", sh.write, 3)
		want := redacted(t, e, []byte(text))
		if !strings.Contains(want, "«") {
			t.Errorf("%s: nothing is found:\n%s", sh.name, want)
			continue
		}
		var every []int
		for c := range len(text) {
			every = append(every, c)
			if got := redacted(t, e, []byte(text), c); got != want {
				t.Errorf("%s, cut at %d:\n got %s\nwant %s", sh.name, c, got, want)
				break
			}
		}
		if got := redacted(t, e, []byte(text), every...); got != want {
			t.Errorf("%s, byte by byte:\n got %s\nwant %s", sh.name, got, want)
		}
	}
}

// TestApartPauses: a pause anywhere leaks no part of a value whose name came before.
func TestApartPauses(t *testing.T) {
	e := engine(t)
	for _, sh := range apartShapes {
		if strings.Contains(sh.name, "first") || strings.Contains(sh.name, "last") || strings.Contains(sh.name, "other order") {
			continue // the value comes before its name
		}
		text, from, to := apartText(t, sh.text, "{alnum:8}!{alnum:5}", sh.write, 3)
		if strings.Contains(sh.not, "!") {
			continue
		}
		for c := range len(text) {
			out := leaked(t, e, []byte(text), c)
			if i := slices.Index(out[from:to], true); i >= 0 {
				t.Errorf("%s: pause at %d leaks byte %d of %s", sh.name, c, from+i, text[:from]+"«"+text[from:to]+"»"+text[to:])
				break
			}
		}
	}
}

// TestApartWhole: a complete line is handed on at once, whatever is carried.
func TestApartWhole(t *testing.T) {
	e := engine(t)
	for _, sh := range apartShapes {
		text, _, _ := apartText(t, sh.text, "{alnum:8}!{alnum:5}", sh.write, 3)
		out := 0
		st := e.NewStream(func(p Piece) error { out += len(p.Text); return nil })
		in := 0
		for _, line := range bytes.SplitAfter([]byte(text), []byte("\n")) {
			st.Write(line)
			if in += len(line); bytes.HasSuffix(line, []byte("\n")) && out != in {
				t.Errorf("%s: %d of %d bytes handed on", sh.name, out, in)
				break
			}
		}
		st.Close()
	}
}
