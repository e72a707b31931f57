package scan

import "testing"

// TestPrograms: command lines and forms in which programs show passwords, bare
// and inside of strings.
func TestPrograms(t *testing.T) {
	e := engine(t)
	s := e.NewScanner()
	for _, line := range []string{
		"+ keytool -genkey -storepass <<{alnum:12}>> -alias a",
		"+ smbclient //h/s -U bob%<<{alnum:12}>>",
		"+ twine upload -u __token__ -p <<{alnum:20}>>",
		"+ docker login -u bob -p \"<<{alnum:12}>>\" registry.example",
		"+ snmpwalk -v2c -c <<{alnum:12}>> host",
		"+ zip -P <<{alnum:12}>> a.zip b",
		"{\"password\"=>\"<<{alnum:12}>>\", \"a\"=>1}",
		"x <password><<{alnum:12}>></password> y",
		"x <ns:password type=\"a\"><<{alnum:12}>></ns:password> y",
		"  ~ password = \"old-one-77\" -> \"<<{alnum:12}>>\"",
	} {
		for seed := range uint64(20) {
			text, from, to := expand(t, line, seed)
			for _, in := range []func(string) string{func(s string) string { return s }, inMessage[2].wrap, inMessage[3].wrap, inMessage[4].wrap} {
				whole := in(text)
				covered := 0
				for _, x := range s.Text(nil, []byte(whole)) {
					if got := whole[x.Start:x.End]; got == text[from:to] {
						covered++
					}
				}
				if covered == 0 {
					t.Errorf("%s: not found in %s", line, show(e, whole, s.Text(nil, []byte(whole))))
					break
				}
			}
		}
	}
}
