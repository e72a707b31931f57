package automaton

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"sort"
	"unicode"
	"unicode/utf8"
)

type opcode uint8

const (
	opAlt opcode = iota
	opNop
	opRune
	opEmpty
	opMatch
	opFail
)

type inst struct {
	out, arg uint32
	set      uint16 // opRune: index into program.sets
	op       opcode
	empty    syntax.EmptyOp
}

// mode selects which match an automaton reports.
type mode uint8

const (
	first   mode = iota // leftmost-first, as Perl and Go: priorities kept
	longest             // longest; states are sets
	anyEnd              // whether there is one; stops at the first end seen
)

// shape says how a tree is compiled.
type shape struct {
	mode       mode
	unanchored bool
	reverse    bool // read the text backwards; the tree is turned round
}

// program is an NFA over rune classes, immutable once built.
type program struct {
	insts  []inst
	start  uint32
	sets   []classSet
	cls    [256]uint8 // class of an ASCII byte; esc for bytes >= 0x80
	bounds []rune     // starts of the intervals beyond ASCII
	boundC []uint8
	word   classSet      // classes of word runes, when some \b asks
	line   classSet      // class of '\n', when some (?m)^ or (?m)$ asks
	esc    int           // number of classes; also the column for bytes >= 0x80
	stride int           // classes, escape, end of text, and the columns of runs
	runs   []run         // by instruction; nil if there is none worth a skip
	within []*[256]uint8 // by instruction, 1 for the ASCII bytes that the set of a run has
	shape
}

// run is a chain of instructions that read the same set, as in [a-z]{32}. A
// state that holds the first instruction alone skips to the last one in a
// tight loop, or is dead.
type run struct {
	skip uint16 // runes up to last; 0 where too few to matter
	last uint16
}

// minSkip is the least number of runes for which a skip pays.
const minSkip = 7

// findRuns fills runs and within.
func (p *program) findRuns() {
	next := func(pc uint32) uint32 {
		pc = p.insts[pc].out
		for p.insts[pc].op == opNop {
			pc = p.insts[pc].out
		}
		return pc
	}
	runs := make([]run, len(p.insts))
	done := make([]bool, len(p.insts))
	any := false
	var find func(pc uint32) run
	find = func(pc uint32) run {
		if !done[pc] {
			done[pc] = true
			runs[pc].last = uint16(pc)
			if n := next(pc); p.insts[n].op == opRune && p.insts[n].set == p.insts[pc].set {
				runs[pc] = find(n)
				runs[pc].skip++
			}
			any = any || runs[pc].skip >= minSkip
		}
		return runs[pc]
	}
	for pc := range p.insts {
		if p.insts[pc].op == opRune {
			find(uint32(pc))
		}
	}
	if !any {
		return
	}
	p.runs = runs
	p.stride += 2
	p.within = make([]*[256]uint8, len(p.insts))
	ascii := make([]*[256]uint8, len(p.sets))
	for pc := range p.insts {
		if runs[pc].skip < minSkip {
			continue
		}
		set := p.insts[pc].set
		if ascii[set] == nil {
			ascii[set] = new([256]uint8)
			for b := range utf8.RuneSelf {
				if p.sets[set].has(int(p.cls[b])) {
					ascii[set][b] = 1
				}
			}
		}
		p.within[pc] = ascii[set]
	}
}

// runOf returns the run of a state that holds one instruction only.
func runOf[S string | []byte](p *program, st S) run {
	if p.runs == nil || len(st) != 3 || st[2] != 0 {
		return run{}
	}
	return p.runs[uint16(st[0])|uint16(st[1])<<8]
}

// classSet is a set of rune classes.
type classSet [4]uint64

func (s *classSet) add(c int)      { s[c>>6] |= 1 << (c & 63) }
func (s *classSet) has(c int) bool { return s[c>>6]>>(c&63)&1 != 0 }

const (
	maxClasses = 250
	maxInsts   = 1<<16 - 4 // states hold instruction numbers as uint16
)

// compile builds the program of a tree without captures.
func compile(re *syntax.Regexp, sh shape) (*program, error) {
	if sh.reverse {
		re = reverse(re)
	}
	sp, err := syntax.Compile(re.Simplify())
	if err != nil {
		return nil, err
	}
	if len(sp.Inst) > maxInsts {
		return nil, fmt.Errorf("program too large: %d instructions", len(sp.Inst))
	}
	p := &program{shape: sh, start: uint32(sp.Start), insts: make([]inst, 0, len(sp.Inst)+2)}
	var a alphabet
	for i := range sp.Inst {
		in := &sp.Inst[i]
		n := inst{out: in.Out, arg: in.Arg}
		switch in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			n.op = opAlt
		case syntax.InstCapture, syntax.InstNop:
			n.op = opNop
		case syntax.InstMatch:
			n.op = opMatch
		case syntax.InstFail:
			n.op = opFail
		case syntax.InstEmptyWidth:
			n.op, n.empty = opEmpty, syntax.EmptyOp(in.Arg)
			a.word = a.word || n.empty&(syntax.EmptyWordBoundary|syntax.EmptyNoWordBoundary) != 0
			a.line = a.line || n.empty&(syntax.EmptyBeginLine|syntax.EmptyEndLine) != 0
		default:
			n.op, n.set = opRune, a.set(instRanges(in))
		}
		p.insts = append(p.insts, n)
	}
	if sh.unanchored {
		loop := uint32(len(p.insts))
		p.insts = append(p.insts,
			inst{op: opAlt, out: p.start, arg: loop + 1},
			inst{op: opRune, out: loop, set: a.set([]rune{0, unicode.MaxRune})})
		p.start = loop
	}
	if err := a.build(p); err != nil {
		return nil, err
	}
	if !sh.reverse {
		p.findRuns()
	}
	return p, nil
}

// instRanges returns the runes an instruction reads, as sorted pairs.
func instRanges(in *syntax.Inst) []rune {
	switch in.Op {
	case syntax.InstRuneAny:
		return []rune{0, unicode.MaxRune}
	case syntax.InstRuneAnyNotNL:
		return []rune{0, '\n' - 1, '\n' + 1, unicode.MaxRune}
	}
	if len(in.Rune) == 1 {
		r := in.Rune[0]
		if in.Op == syntax.InstRune && syntax.Flags(in.Arg)&syntax.FoldCase != 0 {
			return orbit(r)
		}
		return []rune{r, r}
	}
	return in.Rune
}

// orbit returns the runes that fold to r, as pairs.
func orbit(r rune) []rune {
	o := []rune{r, r}
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		o = append(o, f, f)
	}
	slices.Sort(o)
	return o
}

// alphabet collects the rune sets of a program and divides the runes into
// classes that no instruction and no asked-for assertion tells apart.
type alphabet struct {
	sets       [][]rune
	word, line bool
}

var (
	wordRanges = []rune{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'}
	lineRanges = []rune{'\n', '\n'}
)

func (a *alphabet) set(r []rune) uint16 {
	for i := range a.sets {
		if slices.Equal(a.sets[i], r) {
			return uint16(i)
		}
	}
	a.sets = append(a.sets, r)
	return uint16(len(a.sets) - 1)
}

func (a *alphabet) build(p *program) error {
	all := a.sets
	if a.word {
		all = append(all, wordRanges)
	}
	if a.line {
		all = append(all, lineRanges)
	}
	cut := []rune{0, utf8.RuneSelf}
	for _, rs := range all {
		for i := 0; i+1 < len(rs); i += 2 {
			cut = append(cut, rs[i], rs[i+1]+1)
		}
	}
	slices.Sort(cut)
	cut = slices.Compact(cut)
	if cut[len(cut)-1] > unicode.MaxRune {
		cut = cut[:len(cut)-1]
	}
	// Refine one class into more, set by set.
	id := make([]int, len(cut))
	n := 1
	for _, rs := range all {
		type split struct {
			old int
			in  bool
		}
		now := make(map[split]int, n+1)
		k := 0
		for i, lo := range cut {
			for k < len(rs) && rs[k+1] < lo {
				k += 2
			}
			s := split{id[i], k < len(rs) && rs[k] <= lo}
			c, ok := now[s]
			if !ok {
				c = len(now)
				now[s] = c
			}
			id[i] = c
		}
		n = len(now)
		if n > maxClasses {
			return fmt.Errorf("program too large: more than %d rune classes", maxClasses)
		}
	}
	p.esc, p.stride = n, n+2
	for i, lo := range cut {
		c := uint8(id[i])
		if lo < utf8.RuneSelf {
			hi := rune(utf8.RuneSelf)
			if i+1 < len(cut) {
				hi = min(hi, cut[i+1])
			}
			for r := lo; r < hi; r++ {
				p.cls[r] = c
			}
		} else if m := len(p.boundC); m == 0 || p.boundC[m-1] != c {
			p.bounds = append(p.bounds, lo)
			p.boundC = append(p.boundC, c)
		}
	}
	for b := utf8.RuneSelf; b < 256; b++ {
		p.cls[b] = uint8(p.esc)
	}
	member := func(rs []rune) (s classSet) {
		k := 0
		for i, lo := range cut {
			for k < len(rs) && rs[k+1] < lo {
				k += 2
			}
			if k < len(rs) && rs[k] <= lo {
				s.add(id[i])
			}
		}
		return s
	}
	p.sets = make([]classSet, len(a.sets))
	for i, rs := range a.sets {
		p.sets[i] = member(rs)
	}
	if a.word {
		p.word = member(wordRanges)
	}
	if a.line {
		p.line = member(lineRanges)
	}
	return nil
}

// class returns the class of a rune.
func (p *program) class(r rune) int {
	if r < utf8.RuneSelf {
		return int(p.cls[r])
	}
	if len(p.boundC) == 1 {
		return int(p.boundC[0])
	}
	i := sort.Search(len(p.bounds), func(i int) bool { return p.bounds[i] > r })
	return int(p.boundC[i-1])
}

func isWord(c byte) bool {
	return c == '_' || c-'0' < 10 || c|0x20-'a' < 26
}

// strip returns the tree without its captures.
func strip(re *syntax.Regexp) *syntax.Regexp {
	if re.Op == syntax.OpCapture {
		return strip(re.Sub[0])
	}
	if len(re.Sub) == 0 {
		return re
	}
	c := *re
	c.Sub = make([]*syntax.Regexp, len(re.Sub))
	for i, s := range re.Sub {
		c.Sub[i] = strip(s)
	}
	return &c
}

// reverse returns a tree that matches the same strings read backwards.
func reverse(re *syntax.Regexp) *syntax.Regexp {
	c := *re
	switch re.Op {
	case syntax.OpLiteral:
		c.Rune = slices.Clone(re.Rune)
		slices.Reverse(c.Rune)
	case syntax.OpBeginLine:
		c.Op = syntax.OpEndLine
	case syntax.OpEndLine:
		c.Op = syntax.OpBeginLine
	case syntax.OpBeginText:
		c.Op = syntax.OpEndText
	case syntax.OpEndText:
		c.Op = syntax.OpBeginText
	}
	c.Sub = make([]*syntax.Regexp, len(re.Sub))
	for i, s := range re.Sub {
		c.Sub[i] = reverse(s)
	}
	if re.Op == syntax.OpConcat {
		slices.Reverse(c.Sub)
	}
	return &c
}
