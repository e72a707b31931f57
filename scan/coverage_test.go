package scan_test

import (
	"bytes"
	"fmt"
	"strings"
)

// red states why some cells of the matrix are not exact.
type red struct {
	rows, classes string // rows and classes, "all" for every one
	from          int    // the least depth
	reason        string
}

var reds = []red{
	{rows: `10b 10c 13 13b 13c 13d 13e 13f 15 15b 18b 18c 19 21 21b 22 22b 23 23b 23c 23d 24 24b 26 26b 26c 28b 3 30 30b 30c 31 31b 32 32b 34b 34c 35 36 36b 37b 37c 39e 3b 3c 4 40 40b 40c 41b 42c 42d 42f 43 44c 46 47 47c 47d 48 4b 4c 53 57 58 60b 60d 60e 60f 61b 61c 62b 63f 63h 63i 64 65 66 66c 66d 67b 69 69b 69c 69d 69e 69f 69g 69h 69i 69j 69k 70 70b 70c 70d 70e 70f 70g 71c 72 72b 72c 72d 73b 74 74b 74c 75 77 77b 77c 77d 77e 86 9`, classes: "all", reason: "not read yet"},
}

// reasonFor returns what is stated for a cell, or nil.
func reasonFor(row, class string, depth int) *red {
	for i := range reds {
		r := &reds[i]
		if depth >= r.from && has(r.rows, row) && (r.classes == "all" || has(r.classes, class)) {
			return r
		}
	}
	return nil
}

func has(list, word string) bool {
	for w := range strings.FieldsSeq(list) {
		if w == word {
			return true
		}
	}
	return false
}

func coverage(rows []row) []byte {
	var b bytes.Buffer
	for _, r := range rows {
		fmt.Fprintf(&b, "%s\n", r.shape.row)
	}
	return b.Bytes()
}
