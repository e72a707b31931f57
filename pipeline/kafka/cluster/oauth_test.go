package cluster

import (
	"errors"
	"strings"
	"testing"
)

func TestOAuthBearer(t *testing.T) {
	token := strings.Repeat("aB3-", 8) + "."
	asked := 0
	m, err := SASL{Mechanism: "OAUTHBEARER", Token: func() (string, error) { asked++; return token, nil }}.mechanism()
	if err != nil || m.Name() != "OAUTHBEARER" {
		t.Fatal(m, err)
	}
	for range 2 {
		session, first, err := m.Start(t.Context())
		if want := "n,,\x01auth=Bearer " + token + "\x01\x01"; err != nil || string(first) != want {
			t.Fatalf("%q, %v", first, err)
		}
		if done, _, err := session.Next(t.Context(), nil); !done || err != nil {
			t.Errorf("taken: %v, %v", done, err)
		}
		if _, _, err := session.Next(t.Context(), []byte(`{"status":"`+token+`"}`)); err == nil || strings.Contains(err.Error(), token) {
			t.Errorf("refused: %v", err)
		}
	}
	if asked != 2 {
		t.Errorf("the token was asked for %d times, not for each connection", asked)
	}
	gone := errors.New("gone")
	for _, give := range []func() (string, error){
		func() (string, error) { return "", gone },
		func() (string, error) { return "", nil },
		func() (string, error) { return token + "\x01host=x", nil },
		func() (string, error) { return token + "\n", nil },
	} {
		m, _ := SASL{Mechanism: "OAUTHBEARER", Token: give}.mechanism()
		if _, first, err := m.Start(t.Context()); err == nil || first != nil || strings.Contains(err.Error(), token) {
			t.Errorf("%q, %v", first, err)
		}
	}
}
