package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stanch/stanch/detectors"
)

// TestCounts holds the numbers of detectors and vendors that the README gives.
func TestCounts(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`More than (\d+) detectors of more than (\d+) vendors`).FindSubmatch(text)
	if m == nil {
		t.Fatal("README.md does not say how many detectors there are")
	}
	all, err := detectors.Default()
	if err != nil {
		t.Fatal(err)
	}
	vendors := map[string]bool{}
	for i := range all {
		vendors[all[i].Vendor] = true
	}
	for i, have := range []int{len(all), len(vendors)} {
		said, _ := strconv.Atoi(string(m[i+1]))
		if have <= said || have > said+said/5 {
			t.Errorf("README.md says more than %d; there are %d", said, have)
		}
	}
}
