package rulecheck

import (
	"math/bits"
	"slices"

	"github.com/stanch/stanch/detectors"
	"github.com/stanch/stanch/scan"
)

// rivals finds detectors that do the same work. An engine keeps one span of
// several over the same bytes, so a rival shows only where the detector is left
// out. Leaving each out in turn would take an engine for each; instead there is
// one for each value of each bit of a detector's index, which holds the
// detectors whose index has the other value there. Of any two detectors, one
// engine has the second without the first.
type rivals struct {
	all     []detectors.Detector
	seed    uint64
	seeds   int
	engines map[[2]int]*part
	covers  map[int32][]int32
}

// part is an engine over some of the detectors.
type part struct {
	s     *scan.Scanner
	index []int32 // in all, of each of its detectors
}

// twins returns the detectors that report every example of detector i as it
// does itself and whose every example it reports.
func (r *rivals) twins(i int32) (twins []int32, err error) {
	over, err := r.over(i)
	if err != nil {
		return nil, err
	}
	for _, j := range over {
		back, err := r.over(j)
		if err != nil {
			return nil, err
		}
		if slices.Contains(back, i) {
			twins = append(twins, j)
		}
	}
	return twins, nil
}

// over returns the detectors that report every example of detector i, the same
// bytes on the same kind of evidence.
func (r *rivals) over(i int32) ([]int32, error) {
	if list, ok := r.covers[i]; ok {
		return list, nil
	}
	var list []int32
	first := true
	want, ok := evidence(r.all[i].Kind)
	for _, x := range r.all[i].Examples {
		for k := range uint64(r.seeds) {
			if !ok || !first && len(list) == 0 {
				break
			}
			text, from, to, err := detectors.Expand(x.Template, r.seed+k)
			if err != nil {
				break // reported with the examples
			}
			found, err := r.found(i, text, from, to, want)
			if err != nil {
				return nil, err
			}
			if first {
				list, first = found, false
				continue
			}
			list = slices.DeleteFunc(list, func(j int32) bool { return !slices.Contains(found, j) })
		}
	}
	if r.covers == nil {
		r.covers = map[int32][]int32{}
	}
	r.covers[i] = list
	return list, nil
}

// found returns what reports text[from:to] where detector i is not there.
func (r *rivals) found(i int32, text string, from, to int, want scan.Evidence) (found []int32, err error) {
	for bit := range bits.Len(uint(len(r.all) - 1)) {
		p, err := r.without(bit, int(i)>>bit&1)
		if err != nil {
			return nil, err
		}
		for _, s := range p.s.Text(nil, []byte(text)) {
			if j := p.index[s.Detector]; s.Start == from && s.End == to && s.Evidence&ground == want && !slices.Contains(found, j) {
				found = append(found, j)
			}
		}
	}
	return found, nil
}

// without returns the engine of the detectors whose index does not have the value at the bit.
func (r *rivals) without(bit, value int) (*part, error) {
	key := [2]int{bit, value}
	if p := r.engines[key]; p != nil {
		return p, nil
	}
	p := new(part)
	var some []detectors.Detector
	for i := range r.all {
		if i>>bit&1 != value {
			some = append(some, r.all[i])
			p.index = append(p.index, int32(i))
		}
	}
	e, err := scan.Compile(some, scan.Options{})
	if err != nil {
		return nil, err
	}
	p.s = e.NewScanner()
	if r.engines == nil {
		r.engines = map[[2]int]*part{}
	}
	r.engines[key] = p
	return p, nil
}

// ground is the evidence by which spans are ranked.
const ground = scan.ByShape | scan.ByKey | scan.ByConstruct

// evidence is what detectors of a kind rest on. Parsers of constructs and field
// names are told apart by what they parse: ok is false.
func evidence(k detectors.Kind) (ev scan.Evidence, ok bool) {
	switch k {
	case detectors.Prefix, detectors.Regex:
		return scan.ByShape, true
	case detectors.Keyed:
		return scan.ByShape | scan.ByKey, true
	}
	return 0, false
}
