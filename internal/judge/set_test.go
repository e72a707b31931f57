package judge

import "testing"

func TestSet(t *testing.T) {
	for i := range 256 {
		c := byte(i)
		v := []byte{c}
		for _, tc := range []struct {
			name string
			set  set
			want bool
		}{
			{"upper", upper, c >= 'A' && c <= 'Z'},
			{"lower", lower, c >= 'a' && c <= 'z'},
			{"digit", digit, c >= '0' && c <= '9'},
			{"hex", hexDigit, isHex(c)},
			{"tilde", tilde, c == '~'},
			{"pipe", pipe, c == '|'},
			{"brace", brace, c == '{'},
			{"underline", underline, c == '_'},
			{"space", space, c == ' '},
			{"none", 0, false},
			{"all", ^set(0), true},
		} {
			if tc.set.has(c) != tc.want || all(v, tc.set) != tc.want || setOf(v).within(tc.set) != tc.want {
				t.Errorf("%s: %q", tc.name, c)
			}
		}
	}
	for _, s := range []set{0, letter, ^set(0)} {
		if all(nil, s) || setOf(nil).within(s) {
			t.Error("nothing consists of nothing")
		}
	}
}
