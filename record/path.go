package record

import "strconv"

// Mark is a place in the path of a text.
type Mark int

// Here returns where the path is.
func (t *Texts) Here() Mark { return Mark(len(t.path)) }

// Down goes to a member of that name. Paths are written like user.emails[2]; only
// the second walk writes any.
func (t *Texts) Down(name []byte) Mark {
	m := t.Here()
	if t.walk == editing {
		if m > 0 {
			t.path = append(t.path, '.')
		}
		t.path = append(t.path, name...)
	}
	return m
}

// Item goes to an item of a list, counted from 0.
func (t *Texts) Item(i int) Mark {
	m := t.Here()
	if t.walk == editing {
		t.path = append(t.path, '[')
		t.path = strconv.AppendInt(t.path, int64(i), 10)
		t.path = append(t.path, ']')
	}
	return m
}

// Up goes back to where the path was at a mark.
func (t *Texts) Up(m Mark) {
	if t.walk == editing {
		t.path = t.path[:m]
	}
}
