//go:build hyperscan && cgo

package main

/*
#cgo pkg-config: libhs
#include <stdlib.h>
#include <hs/hs.h>

typedef struct { unsigned start, end, id; } hit;
typedef struct { hit *hits; size_t len, cap; const size_t *lens; } found;

static int on_hit(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx) {
	found *f = ctx;
	if (f->len == f->cap) return 1;
	f->hits[f->len++] = (hit){(unsigned)(to - f->lens[id]), (unsigned)to, id};
	return 0;
}

// scan returns the number of hits in buf, or -1.
static long scan(hs_database_t *db, hs_scratch_t *s, const char *buf, unsigned n, found *f) {
	f->len = 0;
	return hs_scan(db, buf, n, 0, s, on_hit, f) == HS_SUCCESS ? (long)f->len : -1;
}
*/
import "C"

import (
	"fmt"
	"sync"
	"unsafe"

	"github.com/stanch/stanch/match"
)

// hyperscan looks for the literals with Hyperscan's literal interface
// (hs_compile_lit_multi, 5.2 and later) and keeps every hit's offsets.
func hyperscan(name string, lits []match.Literal, text []byte) []subject {
	open := sync.OnceValue(func() *hyperscanner { return newHyperscanner(lits) })
	return []subject{over(name, "hits", text, func(p []byte) int { return open().scan(p) })}
}

type hyperscanner struct {
	db      *C.hs_database_t
	scratch *C.hs_scratch_t
	found   *C.found
}

func newHyperscanner(lits []match.Literal) *hyperscanner {
	const word = C.size_t(unsafe.Sizeof(uintptr(0)))
	n := C.size_t(len(lits))
	texts := unsafe.Slice((**C.char)(C.malloc(n*word)), len(lits))
	lens := unsafe.Slice((*C.size_t)(C.malloc(n*word)), len(lits))
	flags := make([]C.uint, len(lits))
	ids := make([]C.uint, len(lits))
	for i, l := range lits {
		texts[i], lens[i], ids[i] = C.CString(l.Text), C.size_t(len(l.Text)), C.uint(i)
		if l.Fold {
			flags[i] = C.HS_FLAG_CASELESS
		}
	}
	h := new(hyperscanner)
	var e *C.hs_compile_error_t
	if C.hs_compile_lit_multi(&texts[0], &flags[0], &ids[0], &lens[0], C.uint(n), C.HS_MODE_BLOCK, nil, &h.db, &e) != C.HS_SUCCESS {
		panic(fmt.Sprintf("hyperscan: %s", C.GoString(e.message)))
	}
	if C.hs_alloc_scratch(h.db, &h.scratch) != C.HS_SUCCESS {
		panic("hyperscan: no scratch")
	}
	const most = 1 << 20 // hits in a chunk
	h.found = (*C.found)(C.calloc(1, C.size_t(unsafe.Sizeof(C.found{}))))
	h.found.hits, h.found.cap = (*C.hit)(C.malloc(most*C.size_t(unsafe.Sizeof(C.hit{})))), most
	h.found.lens = &lens[0]
	return h
}

func (h *hyperscanner) scan(p []byte) int {
	n := C.scan(h.db, h.scratch, (*C.char)(unsafe.Pointer(unsafe.SliceData(p))), C.uint(len(p)), h.found)
	if n < 0 {
		panic("hyperscan: scan failed")
	}
	return int(n)
}
