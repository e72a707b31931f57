//go:build !noasm

#include "textflag.h"

// All kernels use SI for the text, CX for the positions left, AX for the tables,
// DI for the place of the next number, R11 for the first, R12 for the number of
// the block's first position and BX for the positions of the block that count.
#define ARGUMENTS \
	MOVQ p+0(FP), SI       \
	MOVQ n+8(FP), CX       \
	MOVQ tables+16(FP), AX \
	MOVQ out+24(FP), DI    \
	MOVQ DI, R11           \
	MOVQ $-1, BX           \
	XORQ R12, R12

// PUT writes the lowest bit's number of R8, from R12, to off(DI) and clears it.
#define PUT(off) \
	TZCNTQ R8, R9                   \
	ADDQ   R12, R9                  \
	MOVW   R9, off(DI)              \
	BLSRQ  R8, R8

// NUMBERS writes the numbers of the bits of R8, three of them wanted or not,
// then four at a time.
#define NUMBERS \
	ANDQ    BX, R8          \
	POPCNTQ R8, R10         \
	LEAQ    (DI)(R10*2), R13 \
	PUT(0)                  \
	PUT(2)                  \
	PUT(4)                  \
	CMPQ    R10, $3         \
	JA      more            \
on:                             \
	MOVQ    R13, DI         \
	ADDQ    $64, SI         \
	ADDQ    $64, R12        \
	SUBQ    $64, CX

// REST goes on while there are whole blocks, and then decides the rest in a
// block that ends with it; BX leaves out what has been decided before.
#define REST \
	CMPQ  CX, $64      \
	JGE   loop         \
	TESTQ CX, CX       \
	JLE   done         \
	MOVQ  $64, R9      \
	SUBQ  CX, R9       \
	SUBQ  R9, SI       \
	SUBQ  R9, R12      \
	SHLXQ R9, BX, BX   \
	MOVQ  $64, CX      \
	JMP   loop         \
more:                      \
	ADDQ  $6, DI       \
four:                      \
	PUT(0)             \
	PUT(2)             \
	PUT(4)             \
	PUT(6)             \
	ADDQ  $8, DI       \
	TESTQ R8, R8       \
	JNZ   four         \
	JMP   on           \
done:                      \
	VZEROUPPER         \
	SUBQ  R11, DI      \
	SHRQ  $1, DI       \
	MOVQ  DI, ret+32(FP) \
	RET

#define LOADS \
	PREFETCHT0 4096(SI)     \
	VMOVDQU64  (SI), Z0     \
	VMOVDQU64  1(SI), Z1    \
	VMOVDQU64  2(SI), Z2    \
	VMOVDQU64  3(SI), Z3

#define COPY \
	VMOVDQA64 Z0, Z4 \
	VMOVDQA64 Z1, Z5 \
	VMOVDQA64 Z2, Z6 \
	VMOVDQA64 Z3, Z7

// func vbmi16(p *byte, n int, tables *byte, out *uint16) int
//
// Position p, group g of the tables is in Z16+4p+2g and the next, two registers
// for 128 symbols, of which VPERMI2B chooses by the low seven bits of a byte.
// Prefetching beyond the text cannot fault.
TEXT ·vbmi16(SB), NOSPLIT, $0-40
	ARGUMENTS
	VMOVDQU64 0(AX), Z16
	VMOVDQU64 64(AX), Z17
	VMOVDQU64 128(AX), Z18
	VMOVDQU64 192(AX), Z19
	VMOVDQU64 256(AX), Z20
	VMOVDQU64 320(AX), Z21
	VMOVDQU64 384(AX), Z22
	VMOVDQU64 448(AX), Z23
	VMOVDQU64 512(AX), Z24
	VMOVDQU64 576(AX), Z25
	VMOVDQU64 640(AX), Z26
	VMOVDQU64 704(AX), Z27
	VMOVDQU64 768(AX), Z28
	VMOVDQU64 832(AX), Z29
	VMOVDQU64 896(AX), Z30
	VMOVDQU64 960(AX), Z31

loop:
	LOADS
	COPY
	VPERMI2B   Z17, Z16, Z4
	VPERMI2B   Z21, Z20, Z5
	VPERMI2B   Z25, Z24, Z6
	VPERMI2B   Z29, Z28, Z7
	VPTERNLOGD $0x80, Z4, Z5, Z6 // Z6 = Z4 & Z5 & Z6
	VPTESTMB   Z6, Z7, K1
	VPERMI2B   Z19, Z18, Z0
	VPERMI2B   Z23, Z22, Z1
	VPERMI2B   Z27, Z26, Z2
	VPERMI2B   Z31, Z30, Z3
	VPTERNLOGD $0x80, Z0, Z1, Z2 // Z2 = Z0 & Z1 & Z2
	VPTESTMB   Z2, Z3, K2
	KORQ       K1, K2, K1
	KMOVQ      K1, R8
	NUMBERS
	REST

// func vbmi24(p *byte, n int, tables *byte, out *uint16) int
//
// As vbmi16, with position p, group g in Z8+6p+2g and the next.
TEXT ·vbmi24(SB), NOSPLIT, $0-40
	ARGUMENTS
	VMOVDQU64 0(AX), Z8
	VMOVDQU64 64(AX), Z9
	VMOVDQU64 128(AX), Z10
	VMOVDQU64 192(AX), Z11
	VMOVDQU64 256(AX), Z12
	VMOVDQU64 320(AX), Z13
	VMOVDQU64 384(AX), Z14
	VMOVDQU64 448(AX), Z15
	VMOVDQU64 512(AX), Z16
	VMOVDQU64 576(AX), Z17
	VMOVDQU64 640(AX), Z18
	VMOVDQU64 704(AX), Z19
	VMOVDQU64 768(AX), Z20
	VMOVDQU64 832(AX), Z21
	VMOVDQU64 896(AX), Z22
	VMOVDQU64 960(AX), Z23
	VMOVDQU64 1024(AX), Z24
	VMOVDQU64 1088(AX), Z25
	VMOVDQU64 1152(AX), Z26
	VMOVDQU64 1216(AX), Z27
	VMOVDQU64 1280(AX), Z28
	VMOVDQU64 1344(AX), Z29
	VMOVDQU64 1408(AX), Z30
	VMOVDQU64 1472(AX), Z31

loop:
	LOADS
	COPY
	VPERMI2B   Z9, Z8, Z4
	VPERMI2B   Z15, Z14, Z5
	VPERMI2B   Z21, Z20, Z6
	VPERMI2B   Z27, Z26, Z7
	VPTERNLOGD $0x80, Z4, Z5, Z6 // Z6 = Z4 & Z5 & Z6
	VPTESTMB   Z6, Z7, K1
	COPY
	VPERMI2B   Z11, Z10, Z4
	VPERMI2B   Z17, Z16, Z5
	VPERMI2B   Z23, Z22, Z6
	VPERMI2B   Z29, Z28, Z7
	VPTERNLOGD $0x80, Z4, Z5, Z6 // Z6 = Z4 & Z5 & Z6
	VPTESTMB   Z6, Z7, K2
	VPERMI2B   Z13, Z12, Z0
	VPERMI2B   Z19, Z18, Z1
	VPERMI2B   Z25, Z24, Z2
	VPERMI2B   Z31, Z30, Z3
	VPTERNLOGD $0x80, Z0, Z1, Z2 // Z2 = Z0 & Z1 & Z2
	VPTESTMB   Z2, Z3, K3
	KORQ       K1, K2, K1
	KORQ       K1, K3, K1
	KMOVQ      K1, R8
	NUMBERS
	REST

// SYMBOLS makes of the 64 bytes at off(SI) what VPSHUFB wants to choose by five
// bits: it takes the low four and yields zero where bit 7 is set. Y8 and Y9 look
// up symbols below 16 and have bit 7 set for others, Y10 and Y11 the reverse.
#define SYMBOLS(off) \
	VPAND  off(SI), Y15, Y10      \
	VPAND  (off+32)(SI), Y15, Y11 \
	VPADDB Y14, Y10, Y8           \
	VPADDB Y14, Y11, Y9           \
	VPADDB Y13, Y10, Y10          \
	VPADDB Y13, Y11, Y11

// FIVE adds to l and h the buckets that the table at AX+tb rules out: bits that
// are set there, 16 lower and 16 upper symbols, each twice.
#define FIVE(tb, l, h) \
	VMOVDQU (tb)(AX), Y12      \
	VPSHUFB Y8, Y12, Y6        \
	VPSHUFB Y9, Y12, Y7        \
	VMOVDQU (tb+32)(AX), Y12   \
	VPOR    Y6, l, l           \
	VPOR    Y7, h, h           \
	VPSHUFB Y10, Y12, Y6       \
	VPSHUFB Y11, Y12, Y7       \
	VPOR    Y6, l, l           \
	VPOR    Y7, h, h

#define CLEAR(l, h) \
	VPXOR l, l, l \
	VPXOR h, h, h

#define CONSTANTS \
	MOVL         $0x1f1f1f1f, R8 \
	VMOVD        R8, X15         \
	VPBROADCASTD X15, Y15        \
	MOVL         $0x70707070, R8 \
	VMOVD        R8, X14         \
	VPBROADCASTD X14, Y14        \
	MOVL         $0xf0f0f0f0, R8 \
	VMOVD        R8, X13         \
	VPBROADCASTD X13, Y13

// MASK puts into R8 which bytes of Y0 and Y1 have a bit that is not set.
#define MASK \
	VPCMPEQB  Y12, Y12, Y12      \
	VPCMPEQB  Y12, Y0, Y0        \
	VPCMPEQB  Y12, Y1, Y1        \
	VPMOVMSKB Y0, R8             \
	VPMOVMSKB Y1, R9             \
	SHLQ      $32, R9            \
	ORQ       R9, R8             \
	NOTQ      R8

// func avx2x16(p *byte, n int, tables *byte, out *uint16) int
//
// Y0 and Y1, Y2 and Y3 gather what each group rules out.
TEXT ·avx2x16(SB), NOSPLIT, $0-40
	ARGUMENTS
	CONSTANTS

loop:
	PREFETCHT0 4096(SI)
	CLEAR(Y0, Y1)
	CLEAR(Y2, Y3)
	SYMBOLS(0)
	FIVE(0, Y0, Y1)
	FIVE(64, Y2, Y3)
	SYMBOLS(1)
	FIVE(128, Y0, Y1)
	FIVE(192, Y2, Y3)
	SYMBOLS(2)
	FIVE(256, Y0, Y1)
	FIVE(320, Y2, Y3)
	SYMBOLS(3)
	FIVE(384, Y0, Y1)
	FIVE(448, Y2, Y3)
	VPAND Y2, Y0, Y0
	VPAND Y3, Y1, Y1
	MASK
	NUMBERS
	REST

// func avx2x24(p *byte, n int, tables *byte, out *uint16) int
//
// Y0 and Y1, Y2 and Y3, Y4 and Y5 gather what each group rules out.
TEXT ·avx2x24(SB), NOSPLIT, $0-40
	ARGUMENTS
	CONSTANTS

loop:
	PREFETCHT0 4096(SI)
	CLEAR(Y0, Y1)
	CLEAR(Y2, Y3)
	CLEAR(Y4, Y5)
	SYMBOLS(0)
	FIVE(0, Y0, Y1)
	FIVE(64, Y2, Y3)
	FIVE(128, Y4, Y5)
	SYMBOLS(1)
	FIVE(192, Y0, Y1)
	FIVE(256, Y2, Y3)
	FIVE(320, Y4, Y5)
	SYMBOLS(2)
	FIVE(384, Y0, Y1)
	FIVE(448, Y2, Y3)
	FIVE(512, Y4, Y5)
	SYMBOLS(3)
	FIVE(576, Y0, Y1)
	FIVE(640, Y2, Y3)
	FIVE(704, Y4, Y5)
	VPAND Y2, Y0, Y0
	VPAND Y3, Y1, Y1
	VPAND Y4, Y0, Y0
	VPAND Y5, Y1, Y1
	MASK
	NUMBERS
	REST
