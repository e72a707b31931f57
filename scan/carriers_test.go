package scan_test

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A form is the notation a shape is written in: how a value is put into it and
// how the whole is read back. read returns the leaves of the text in order;
// forms without a parser at hand are compared byte by byte outside the value.
type form struct {
	escape func(string) string
	read   func(string) ([]string, error)
}

var (
	inJSON  = form{jsonEscape, readJSON}
	inJSON2 = form{func(v string) string { return jsonEscape(jsonEscape(v)) }, readJSON}
	logfmt  = form{nil, readLogfmt}
	logfmtQ = form{jsonEscape, readLogfmt}
	plainY  = form{nil, readYAML}
	singleY = form{doubled("'"), readYAML}
	doubleY = form{jsonEscape, readYAML}
	inXML   = form{strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;").Replace, readXML}
	cdataX  = form{nil, readXML}
	inQuery = form{percent, readQuery}
	bareURL = form{nil, readQuery}
	inHTML  = form{percent, readXML}
	inGo    = form{goEscape, readGo}
	inPy    = form{backslashed("'"), readLiteral}
	inC     = form{backslashed(`"`), readLiteral} // the literals of most languages
	bareLit = form{}                              // dumps without quotes, which no parser can read back
	shell   = form{nil, readShell}
	shellQ  = form{strings.NewReplacer("'", `'\''`).Replace, readShell}
	shellD  = form{backslashed("\"`$"), readShell}
	inSQL   = form{doubled("'"), readSQL}
	inCSV   = form{doubled(`"`), readCSV}
	inConn  = form{nil, readConn}
	param5  = form{backslashed(`"]`), nil}
)

func jsonEscape(v string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(v)
	return b.String()[1 : b.Len()-2]
}

func goEscape(v string) string {
	q := strconv.Quote(v)
	return q[1 : len(q)-1]
}

// bytesOf writes each byte of a value in a format.
func bytesOf(format, between string) func(string) string {
	return func(v string) string {
		var list []string
		for _, c := range []byte(v) {
			list = append(list, fmt.Sprintf(format, c))
		}
		return strings.Join(list, between)
	}
}

func doubled(q string) func(string) string { return strings.NewReplacer(q, q+q).Replace }

// backslashed escapes the backslash, line ends and each byte of set.
func backslashed(set string) func(string) string {
	pairs := []string{`\`, `\\`, "\n", `\n`}
	for _, c := range set {
		pairs = append(pairs, string(c), `\`+string(c))
	}
	return strings.NewReplacer(pairs...).Replace
}

// percent is the encoding of a query component (RFC 3986, section 2.1).
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

func readJSON(text string) (leaves []string, err error) {
	i := strings.IndexAny(text, "{[")
	if i < 0 {
		return nil, errors.New("no JSON")
	}
	d := json.NewDecoder(strings.NewReader(text[i:]))
	d.UseNumber()
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return leaves, nil
		}
		if err != nil {
			return nil, err
		}
		s := fmt.Sprint(tok)
		if _, ok := tok.(string); ok && strings.HasPrefix(s, "{") {
			inner, err := readJSON(s)
			if err != nil {
				return nil, err
			}
			leaves = append(leaves, inner...)
			continue
		}
		leaves = append(leaves, s)
	}
}

// readLogfmt reads name=value pairs, values quoted as in Go or plain words.
func readLogfmt(text string) (leaves []string, err error) {
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimLeft(text, " ") {
		k := strings.IndexAny(text, "= ")
		if k < 0 || text[k] == ' ' {
			return nil, errors.New("a name alone")
		}
		leaves = append(leaves, text[:k])
		text = text[k+1:]
		if strings.HasPrefix(text, `"`) {
			q, err := strconv.QuotedPrefix(text)
			if err != nil {
				return nil, err
			}
			v, err := strconv.Unquote(q)
			if err != nil {
				return nil, err
			}
			leaves, text = append(leaves, v), text[len(q):]
			continue
		}
		v, rest, _ := strings.Cut(text, " ")
		leaves, text = append(leaves, v), rest
	}
	return leaves, nil
}

func readYAML(text string) (leaves []string, err error) {
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		return nil, err
	}
	var walk func(*yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode {
			leaves = append(leaves, n.Value)
		}
		for _, c := range n.Content {
			walk(c)
		}
	}
	walk(&n)
	return leaves, nil
}

func readXML(text string) (leaves []string, err error) {
	d := xml.NewDecoder(strings.NewReader("<r>" + text + "</r>"))
	d.Strict = !strings.HasPrefix(text, "<a ")
	d.AutoClose = []string{"a"}
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return leaves, nil
		}
		if err != nil {
			return nil, err
		}
		switch x := tok.(type) {
		case xml.StartElement:
			leaves = append(leaves, x.Name.Local)
			for _, a := range x.Attr {
				leaves = append(leaves, a.Name.Local, a.Value)
			}
		case xml.CharData:
			leaves = append(leaves, string(x))
		case xml.EndElement:
			leaves = append(leaves, "/")
		}
	}
}

// readQuery reads the first word that looks like an address.
func readQuery(text string) (leaves []string, err error) {
	for w := range strings.FieldsFuncSeq(text, func(c rune) bool { return c == ' ' || c == '"' || c == '\'' }) {
		if !strings.Contains(w, "://") && !strings.Contains(w, "?") && !strings.Contains(w, "&") {
			leaves = append(leaves, w)
			continue
		}
		w = strings.TrimPrefix(strings.TrimPrefix(w, "jdbc:"), "url=")
		u, err := url.Parse(w)
		if err != nil {
			return nil, err
		}
		q := u.RawQuery
		if q == "" && u.Fragment != "" {
			q = u.EscapedFragment()
		}
		if q == "" && u.Host == "" {
			q = w
		}
		p, _ := u.User.Password()
		leaves = append(leaves, u.Scheme, u.User.Username(), p, u.Host, u.Path)
		for part := range strings.SplitSeq(q, "&") {
			k, v, _ := strings.Cut(part, "=")
			if v, err = url.QueryUnescape(v); err != nil {
				return nil, err
			}
			leaves = append(leaves, k, v)
		}
	}
	return leaves, nil
}

// readGo reads a Go expression, the first that begins with a name.
func readGo(text string) (leaves []string, err error) {
	e, err := parser.ParseExpr(strings.TrimSpace(text))
	if err != nil {
		return nil, err
	}
	ast.Inspect(e, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.BasicLit:
			leaves = append(leaves, x.Value)
		case *ast.Ident:
			leaves = append(leaves, x.Name)
		}
		return true
	})
	return leaves, nil
}

// readLiteral reads the literals of Python, Ruby, JavaScript, Rust, Erlang and
// the dumps of most languages: strings in quotes with backslashes, words,
// brackets in balance.
func readLiteral(text string) (leaves []string, err error) {
	var open []byte
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '"' || c == '\'' || c == '`':
			j := i + 1
			for j < len(text) && text[j] != c {
				if text[j] == '\\' {
					j++
				}
				j++
			}
			if j >= len(text) {
				return nil, errors.New("a string without end")
			}
			leaves = append(leaves, text[i+1:j])
			i = j + 1
			continue
		case strings.IndexByte("([{", c) >= 0:
			open = append(open, c)
		case strings.IndexByte(")]}", c) >= 0:
			k := strings.IndexByte(")]}", c)
			if len(open) == 0 || open[len(open)-1] != "([{"[k] {
				return nil, fmt.Errorf("unbalanced %c", c)
			}
			open = open[:len(open)-1]
		case c > ' ' && !strings.ContainsRune(",;=:", rune(c)):
			j := i
			for j < len(text) && text[j] > ' ' && !strings.ContainsRune(",;=:([{)]}\"'`", rune(text[j])) {
				j++
			}
			leaves = append(leaves, text[i:j])
			i = j
			continue
		}
		leaves = append(leaves, string(c))
		i++
	}
	if len(open) > 0 {
		return nil, errors.New("an open bracket")
	}
	return leaves, nil
}

// readShell splits a line into the words of a shell (POSIX, section 2.2).
func readShell(text string) (words []string, err error) {
	var w strings.Builder
	any := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case ' ':
			if any {
				words = append(words, w.String())
			}
			w.Reset()
			any = false
			continue
		case '\'':
			j := strings.IndexByte(text[i+1:], '\'')
			if j < 0 {
				return nil, errors.New("a string without end")
			}
			w.WriteString(text[i+1 : i+1+j])
			i += j + 1
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' && i+1 < len(text) {
					i++
				}
				w.WriteByte(text[i])
			}
			if i == len(text) {
				return nil, errors.New("a string without end")
			}
		case '\\':
			if i++; i < len(text) {
				w.WriteByte(text[i])
			}
		default:
			w.WriteByte(c)
		}
		any = true
	}
	if any {
		words = append(words, w.String())
	}
	return words, nil
}

// readSQL splits a statement into words and strings.
func readSQL(text string) (leaves []string, err error) {
	for text != "" {
		word, rest, quoted := strings.Cut(text, "'")
		leaves = append(leaves, strings.Fields(word)...)
		if !quoted {
			break
		}
		var v strings.Builder
		for {
			part, after, ok := strings.Cut(rest, "'")
			if !ok {
				return nil, errors.New("a string without end")
			}
			v.WriteString(part)
			if rest = after; !strings.HasPrefix(rest, "'") {
				break
			}
			v.WriteByte('\'')
			rest = rest[1:]
		}
		leaves, text = append(leaves, v.String()), rest
	}
	return leaves, nil
}

func readCSV(text string) (leaves []string, err error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	return slices.Concat(rows...), err
}

// readConn reads a connection string of ADO.NET.
func readConn(text string) (leaves []string, err error) {
	if strings.HasPrefix(text, "{") {
		return readJSON(text)
	}
	for part := range strings.SplitSeq(text, ";") {
		k, v, ok := strings.Cut(part, "=")
		if !ok {
			return nil, errors.New("no assignment")
		}
		leaves = append(leaves, k, v)
	}
	return leaves, nil
}
