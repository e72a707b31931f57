package scan_test

import (
	"bytes"
	"fmt"
	"strings"
)

// red states why some cells of the matrix are not exact.
type red struct {
	row, classes string // rows and classes, "all" for every one
	from         int    // the least depth
	reason       string
}

const ()

var reds = []red{}

// reasonFor returns what is stated for a cell, or nil.
func reasonFor(row, class string, depth int) *red {
	for i := range reds {
		r := &reds[i]
		if depth >= r.from && has(r.row, row) && (r.classes == "all" || has(r.classes, class)) {
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
