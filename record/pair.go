package record

// maxPair is how many members a record may have that is a name and its value.
const maxPair = 8

// Pair returns which members of a record are a name and the value that stands under
// it, as in {name: password, value: …}, by their own names. ok says whether there are
// such two; the name comes first.
func Pair(members []string) (name, value int, ok bool) {
	if len(members) > maxPair {
		return 0, 0, false
	}
	name = -1
	for i, m := range members {
		switch m {
		case "name", "key", "field", "header", "Name", "Key":
			if name < 0 {
				name = i
			}
		case "value", "val", "content", "Value":
			if name >= 0 {
				return name, i, true
			}
		}
	}
	return 0, 0, false
}
