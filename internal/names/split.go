package names

// maxKey bounds the work per key: of longer keys the last maxKey bytes count.
const maxKey = 256

// splitter holds the words of one key.
type splitter struct {
	joined  []byte // _db_password_
	compact []byte // dbpassword
	starts  []int  // offset in compact of each word
}

type charClass uint8

const (
	separator charClass = iota
	lower               // and every byte >= 0x80: no case change is seen in them
	upper
	digit
)

func classOf(c byte) charClass {
	switch {
	case c >= 'a' && c <= 'z', c >= 0x80:
		return lower
	case c >= 'A' && c <= 'Z':
		return upper
	case c >= '0' && c <= '9':
		return digit
	}
	return separator
}

// split cuts key into words: at anything that is no letter or digit, between
// letters and digits, and at case changes (fooBar, HTTPServer). Percent
// escapes are read as the byte they stand for.
func (s *splitter) split(key []byte) {
	if len(key) > maxKey {
		key = key[len(key)-maxKey:]
	}
	s.joined = append(s.joined[:0], '_')
	s.compact = s.compact[:0]
	s.starts = s.starts[:0]
	prev := separator
	for i := 0; i < len(key); i++ {
		c := key[i]
		if c == '%' && i+2 < len(key) {
			if h, l := unhex(key[i+1]), unhex(key[i+2]); h < 16 && l < 16 {
				c = h<<4 | l
				i += 2
			}
		}
		k := classOf(c)
		if k == separator {
			if prev != separator {
				s.joined = append(s.joined, '_')
			}
			prev = separator
			continue
		}
		begins := prev == separator
		if !begins && k != prev {
			switch {
			case k == digit || prev == digit, k == upper:
				begins = true
			case prev == upper && len(s.compact) > s.starts[len(s.starts)-1]+1:
				// HTTPServer: the last capital belongs to the word that follows.
				n := len(s.compact) - 1
				last := s.compact[n]
				s.joined = append(s.joined[:len(s.joined)-1], '_', last)
				s.starts = append(s.starts, n)
			}
		}
		if begins {
			if prev != separator {
				s.joined = append(s.joined, '_')
			}
			s.starts = append(s.starts, len(s.compact))
		}
		if k == upper {
			c += 'a' - 'A'
		}
		s.joined = append(s.joined, c)
		s.compact = append(s.compact, c)
		prev = k
	}
	if prev != separator {
		s.joined = append(s.joined, '_')
	}
}

// word returns the i-th word.
func (s *splitter) word(i int) []byte {
	if i+1 < len(s.starts) {
		return s.compact[s.starts[i]:s.starts[i+1]]
	}
	return s.compact[s.starts[i]:]
}

// last returns the last word, empty when there is none.
func (s *splitter) last() []byte {
	if len(s.starts) == 0 {
		return nil
	}
	return s.word(len(s.starts) - 1)
}

// drop removes the last word.
func (s *splitter) drop() {
	n := len(s.starts) - 1
	s.joined = s.joined[:len(s.joined)-len(s.last())-1]
	s.compact = s.compact[:s.starts[n]]
	s.starts = s.starts[:n]
}

func unhex(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 16
}
