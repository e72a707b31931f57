package inventory

// paged is a list in pages, so that growing copies nothing but a part of the first one.
type paged[T any] struct {
	pages [][]T
	len   int
}

const pageBits = 14 // of the number of an element in its page

func (p *paged[T]) add(x T) {
	last := p.len >> pageBits
	if last == len(p.pages) {
		var room []T // the first page grows as it is needed
		if last > 0 {
			room = make([]T, 0, 1<<pageBits)
		}
		p.pages = append(p.pages, room)
	}
	p.pages[last] = append(p.pages[last], x)
	p.len++
}

func (p *paged[T]) at(i int) *T { return &p.pages[i>>pageBits][i&(1<<pageBits-1)] }
