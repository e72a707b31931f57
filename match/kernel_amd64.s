//go:build !noasm

#include "textflag.h"

#define ARGUMENTS \
	MOVQ p+0(FP), SI       \
	MOVQ n+8(FP), CX       \
	MOVQ tables+16(FP), AX \
	MOVQ out+24(FP), DI

#define LOADS \
	PREFETCHT0 4096(SI)     \
	VMOVDQU64  (SI), Z0     \
	VMOVDQU64  1(SI), Z1    \
	VMOVDQU64  2(SI), Z2    \
	VMOVDQU64  3(SI), Z3

#define STORE \
	KMOVQ K1, (DI)  \
	ADDQ  $8, DI    \
	ADDQ  $64, SI   \
	DECQ  CX

// func vbmi8(p *byte, n int, tables *byte, out *uint64)
//
// Z16..Z23 hold the tables, two registers for the 128 symbols of a position,
// which VPERMI2B chooses by the low seven bits of a byte. The farthest read is
// 64 bytes at 64*(n-1)+3. Prefetching beyond the slice cannot fault.
TEXT ·vbmi8(SB), NOSPLIT, $0-32
	ARGUMENTS
	VMOVDQU64 0(AX), Z16
	VMOVDQU64 64(AX), Z17
	VMOVDQU64 128(AX), Z18
	VMOVDQU64 192(AX), Z19
	VMOVDQU64 256(AX), Z20
	VMOVDQU64 320(AX), Z21
	VMOVDQU64 384(AX), Z22
	VMOVDQU64 448(AX), Z23

loop:
	LOADS
	VPERMI2B   Z17, Z16, Z0
	VPERMI2B   Z19, Z18, Z1
	VPERMI2B   Z21, Z20, Z2
	VPERMI2B   Z23, Z22, Z3
	VPTERNLOGD $0x80, Z0, Z1, Z2 // Z2 = Z0 & Z1 & Z2
	VPTESTMB   Z2, Z3, K1
	STORE
	JNZ        loop
	VZEROUPPER
	RET

// func vbmi16(p *byte, n int, tables *byte, out *uint64)
//
// As vbmi8, with a second group of buckets; position p, group g is in Z16+4p+2g
// and the next.
TEXT ·vbmi16(SB), NOSPLIT, $0-32
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
	VMOVDQA64  Z0, Z4
	VMOVDQA64  Z1, Z5
	VMOVDQA64  Z2, Z6
	VMOVDQA64  Z3, Z7
	VPERMI2B   Z17, Z16, Z0
	VPERMI2B   Z19, Z18, Z4
	VPERMI2B   Z21, Z20, Z1
	VPERMI2B   Z23, Z22, Z5
	VPERMI2B   Z25, Z24, Z2
	VPERMI2B   Z27, Z26, Z6
	VPERMI2B   Z29, Z28, Z3
	VPERMI2B   Z31, Z30, Z7
	VPTERNLOGD $0x80, Z0, Z1, Z2
	VPTERNLOGD $0x80, Z4, Z5, Z6
	VPTESTMB   Z2, Z3, K1
	VPTESTMB   Z6, Z7, K2
	KORQ       K1, K2, K1
	STORE
	JNZ        loop
	VZEROUPPER
	RET

// FIVE looks the five-bit symbols of the 64 bytes at SI+off up in the table at
// AX+tb of 16 lower and 16 upper symbols, each twice; the results go to Y10 and
// Y12, after SYMBOLS has put the bytes into Y4 and Y5. VPSHUFB knows 16 symbols
// and yields zero where bit 7 is set, so Y15 clears bit 7; bit 4, moved to bit 7
// in Y6 and Y7, chooses between lower and upper.
#define SYMBOLS(off) \
	VPAND  off(SI), Y15, Y4      \
	VPAND  (off+32)(SI), Y15, Y5 \
	VPSLLW $3, Y4, Y6            \
	VPSLLW $3, Y5, Y7

#define FIVE(tb) \
	VMOVDQU   (tb)(AX), Y8       \
	VMOVDQU   (tb+32)(AX), Y9    \
	VPSHUFB   Y4, Y8, Y10        \
	VPSHUFB   Y4, Y9, Y11        \
	VPBLENDVB Y6, Y11, Y10, Y10  \
	VPSHUFB   Y5, Y8, Y12        \
	VPSHUFB   Y5, Y9, Y13        \
	VPBLENDVB Y7, Y13, Y12, Y12

// KEEP and AND gather the results of a group's positions in l and h.
#define KEEP(l, h) \
	VMOVDQA Y10, l               \
	VMOVDQA Y12, h

#define AND(l, h) \
	VPAND Y10, l, l              \
	VPAND Y12, h, h

// ZEROMASK stores which bytes of Y0 and Y1 are not zero.
#define ZEROMASK \
	VPXOR     Y4, Y4, Y4         \
	VPCMPEQB  Y4, Y0, Y0         \
	VPCMPEQB  Y4, Y1, Y1         \
	VPMOVMSKB Y0, R8             \
	VPMOVMSKB Y1, R9             \
	SHLQ      $32, R9            \
	ORQ       R9, R8             \
	NOTQ      R8                 \
	MOVQ      R8, (DI)           \
	ADDQ      $8, DI             \
	ADDQ      $64, SI            \
	DECQ      CX

#define LOWBITS \
	MOVL         $0x7f7f7f7f, R8 \
	VMOVD        R8, X15         \
	VPBROADCASTD X15, Y15

// func avx2x8(p *byte, n int, tables *byte, out *uint64)
//
// The farthest read is 32 bytes at 64*(n-1)+32+3.
TEXT ·avx2x8(SB), NOSPLIT, $0-32
	ARGUMENTS
	LOWBITS

loop:
	PREFETCHT0 4096(SI)
	SYMBOLS(0)
	FIVE(0)
	KEEP(Y0, Y1)
	SYMBOLS(1)
	FIVE(64)
	AND(Y0, Y1)
	SYMBOLS(2)
	FIVE(128)
	AND(Y0, Y1)
	SYMBOLS(3)
	FIVE(192)
	AND(Y0, Y1)
	ZEROMASK
	JNZ  loop
	VZEROUPPER
	RET

// func avx2x16(p *byte, n int, tables *byte, out *uint64)
//
// The farthest read is 32 bytes at 64*(n-1)+32+3.
TEXT ·avx2x16(SB), NOSPLIT, $0-32
	ARGUMENTS
	LOWBITS

loop:
	PREFETCHT0 4096(SI)
	SYMBOLS(0)
	FIVE(0)
	KEEP(Y0, Y1)
	FIVE(64)
	KEEP(Y2, Y3)
	SYMBOLS(1)
	FIVE(128)
	AND(Y0, Y1)
	FIVE(192)
	AND(Y2, Y3)
	SYMBOLS(2)
	FIVE(256)
	AND(Y0, Y1)
	FIVE(320)
	AND(Y2, Y3)
	SYMBOLS(3)
	FIVE(384)
	AND(Y0, Y1)
	FIVE(448)
	AND(Y2, Y3)
	VPOR Y2, Y0, Y0
	VPOR Y3, Y1, Y1
	ZEROMASK
	JNZ  loop
	VZEROUPPER
	RET

// PUT writes the lowest bit's number of R8, from R12, to off(DI) and clears it.
#define PUT(off) \
	TZCNTQ R8, R9                   \
	ADDQ   R12, R9                  \
	MOVW   R9, off(DI)              \
	BLSRQ  R8, R8

// func flatten(masks *uint64, n int, out *uint16) int
//
// Three numbers are written for every mask, wanted or not, then four at a time.
TEXT ·flatten(SB), NOSPLIT, $0-32
	MOVQ masks+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ out+16(FP), DI
	MOVQ DI, R11
	XORQ R12, R12

loop:
	MOVQ (SI), R8
	ADDQ $8, SI
	POPCNTQ R8, R10
	LEAQ (DI)(R10*2), R13
	PUT(0)
	PUT(2)
	PUT(4)
	CMPQ R10, $3
	JA   more

on:
	MOVQ R13, DI
	ADDQ $64, R12
	DECQ CX
	JNZ  loop
	SUBQ R11, DI
	SHRQ $1, DI
	MOVQ DI, ret+24(FP)
	RET

more:
	ADDQ $6, DI

four:
	PUT(0)
	PUT(2)
	PUT(4)
	PUT(6)
	ADDQ  $8, DI
	TESTQ R8, R8
	JNZ   four
	JMP   on

// func probeBitmap(p *byte, cands *uint16, n int, bitmap *uint32, shift uint32) int
//
// Every candidate is written back; only those that pass move the place on.
TEXT ·probeBitmap(SB), NOSPLIT, $0-48
	MOVQ p+0(FP), SI
	MOVQ cands+8(FP), DX
	MOVQ n+16(FP), R12
	MOVQ bitmap+24(FP), BX
	MOVL shift+32(FP), CX
	MOVQ DX, DI
	MOVQ DX, R11
	TESTQ R12, R12
	JZ   done

loop:
	MOVWLZX (DX), AX
	ADDQ $2, DX
	MOVL (SI)(AX*1), R8
	MOVW AX, (DI)
	ORL  $0x20202020, R8
	IMULL $0x9E3779B1, R8
	SHRXL CX, R8, R8
	MOVL R8, R9
	SHRL $5, R9
	MOVL (BX)(R9*4), R10
	BTL  R8, R10
	SBBQ R9, R9
	ANDQ $2, R9
	ADDQ R9, DI
	DECQ R12
	JNZ  loop

done:
	SUBQ R11, DI
	SHRQ $1, DI
	MOVQ DI, ret+40(FP)
	RET
