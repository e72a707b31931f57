//go:build !noasm

#include "textflag.h"

DATA iota64<>+0(SB)/8, $0x0706050403020100
DATA iota64<>+8(SB)/8, $0x0f0e0d0c0b0a0908
DATA iota64<>+16(SB)/8, $0x1716151413121110
DATA iota64<>+24(SB)/8, $0x1f1e1d1c1b1a1918
DATA iota64<>+32(SB)/8, $0x2726252423222120
DATA iota64<>+40(SB)/8, $0x2f2e2d2c2b2a2928
DATA iota64<>+48(SB)/8, $0x3736353433323130
DATA iota64<>+56(SB)/8, $0x3f3e3d3c3b3a3938
GLOBL iota64<>(SB), RODATA|NOPTR, $64

// SIX turns the bytes of src into six-bit symbols, c&0x1f | ^c>>1&0x20, in dst:
// the ternary operation takes bits of Z12 (0x20 in each byte) from the inverted
// shift and the others from src. VPERMB looks at six bits only.
#define SIX(src, dst) \
	VPSRLW     $1, src, dst         \
	VPTERNLOGD $0x4E, Z12, src, dst

// EMIT writes the numbers, from the block's first in Z14, of the positions
// whose bits are in K1 to DI: compressed, widened to 16 bits, always 32 at
// once and in the rare case of more, at label more, the rest.
#define EMIT(more, cont) \
	KMOVQ         K1, R9           \
	POPCNTQ       R9, R10          \
	VPCOMPRESSB.Z Z13, K1, Z8      \
	VPMOVZXBW     Y8, Z9           \
	VPADDW        Z14, Z9, Z9      \
	VMOVDQU64     Z9, (DI)         \
	CMPQ          R10, $32         \
	JA            more             \
cont:                              \
	LEAQ          (DI)(R10*2), DI  \
	VPADDW        Z15, Z14, Z14    \
	ADDQ          $64, SI

#define EMITMORE(cont) \
	VEXTRACTI64X4 $1, Z8, Y10      \
	VPMOVZXBW     Y10, Z10         \
	VPADDW        Z14, Z10, Z10    \
	VMOVDQU64     Z10, 64(DI)      \
	JMP           cont

#define CONSTANTS \
	MOVL         $0x20202020, R8   \
	VPBROADCASTD R8, Z12           \
	VMOVDQU64    iota64<>(SB), Z13 \
	VPXORQ       Z14, Z14, Z14     \
	MOVL         $0x00400040, R8   \
	VPBROADCASTD R8, Z15

// func vbmiNarrow(p *byte, n int, tables *byte, out *uint16) int
//
// Z16..Z23 hold the tables, position by position, two groups of eight buckets
// each. The farthest read is 64 bytes at 64*(n-1)+3. Prefetching beyond the
// slice cannot fault.
TEXT ·vbmiNarrow(SB), NOSPLIT, $0-40
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ tables+16(FP), AX
	MOVQ out+24(FP), DI
	MOVQ DI, R11
	VMOVDQU64 0(AX), Z16
	VMOVDQU64 64(AX), Z17
	VMOVDQU64 128(AX), Z18
	VMOVDQU64 192(AX), Z19
	VMOVDQU64 256(AX), Z20
	VMOVDQU64 320(AX), Z21
	VMOVDQU64 384(AX), Z22
	VMOVDQU64 448(AX), Z23
	CONSTANTS

narrow:
	PREFETCHT0 4096(SI)
	VMOVDQU64 (SI), Z0
	VMOVDQU64 1(SI), Z1
	VMOVDQU64 2(SI), Z2
	VMOVDQU64 3(SI), Z3
	SIX(Z0, Z4)
	SIX(Z1, Z5)
	SIX(Z2, Z6)
	SIX(Z3, Z7)
	VPERMB Z16, Z4, Z0
	VPERMB Z17, Z4, Z4
	VPERMB Z18, Z5, Z1
	VPERMB Z19, Z5, Z5
	VPERMB Z20, Z6, Z2
	VPERMB Z21, Z6, Z6
	VPERMB Z22, Z7, Z3
	VPERMB Z23, Z7, Z7
	VPTERNLOGD $0x80, Z0, Z1, Z2
	VPTERNLOGD $0x80, Z4, Z5, Z6
	VPTESTMB Z2, Z3, K1
	VPTESTMB Z6, Z7, K2
	KORQ K1, K2, K1
	EMIT(narrowMore, narrowOn)
	DECQ CX
	JNZ  narrow
	SUBQ R11, DI
	SHRQ $1, DI
	MOVQ DI, ret+32(FP)
	VZEROUPPER
	RET

narrowMore:
	EMITMORE(narrowOn)

// func vbmiWide(p *byte, n int, tables *byte, out *uint16) int
//
// As vbmiNarrow with eight positions; the tables are in Z16..Z31. The farthest
// read is 64 bytes at 64*(n-1)+7.
TEXT ·vbmiWide(SB), NOSPLIT, $0-40
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ tables+16(FP), AX
	MOVQ out+24(FP), DI
	MOVQ DI, R11
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
	CONSTANTS

wide:
	PREFETCHT0 4096(SI)
	VMOVDQU64 0(SI), Z0
	VMOVDQU64 1(SI), Z1
	VMOVDQU64 2(SI), Z2
	VMOVDQU64 3(SI), Z3
	SIX(Z0, Z8)
	SIX(Z1, Z9)
	SIX(Z2, Z10)
	SIX(Z3, Z11)
	VPERMB Z16, Z8, Z0
	VPERMB Z17, Z8, Z8
	VPERMB Z18, Z9, Z1
	VPERMB Z19, Z9, Z9
	VPERMB Z20, Z10, Z2
	VPERMB Z21, Z10, Z10
	VPERMB Z22, Z11, Z3
	VPERMB Z23, Z11, Z11
	VPTERNLOGD $0x80, Z0, Z1, Z2
	VPTERNLOGD $0x80, Z8, Z9, Z10
	VPANDQ Z2, Z3, Z6
	VPANDQ Z10, Z11, Z7
	VMOVDQU64 4(SI), Z0
	VMOVDQU64 5(SI), Z1
	VMOVDQU64 6(SI), Z2
	VMOVDQU64 7(SI), Z3
	SIX(Z0, Z8)
	SIX(Z1, Z9)
	SIX(Z2, Z10)
	SIX(Z3, Z11)
	VPERMB Z24, Z8, Z0
	VPERMB Z25, Z8, Z8
	VPERMB Z26, Z9, Z1
	VPERMB Z27, Z9, Z9
	VPERMB Z28, Z10, Z2
	VPERMB Z29, Z10, Z10
	VPERMB Z30, Z11, Z3
	VPERMB Z31, Z11, Z11
	VPTERNLOGD $0x80, Z0, Z1, Z2
	VPTERNLOGD $0x80, Z8, Z9, Z10
	VPTERNLOGD $0x80, Z2, Z3, Z6
	VPTERNLOGD $0x80, Z10, Z11, Z7
	VPORQ Z6, Z7, Z6
	VPTESTMB Z6, Z6, K1
	EMIT(wideMore, wideOn)
	DECQ CX
	JNZ  wide
	SUBQ R11, DI
	SHRQ $1, DI
	MOVQ DI, ret+32(FP)
	VZEROUPPER
	RET

wideMore:
	EMITMORE(wideOn)

// FIVE looks the five-bit symbols at SI+off up in the tables of a position at
// AX+tb: of 64 bytes, group 0 to Y10 and Y12, group 1 to Y11 and Y13. VPSHUFB
// knows 16 symbols and yields zero where bit 7 is set, so Y15 clears bit 7;
// bit 4, moved to bit 7, then chooses between lower and upper half.
#define FIVE(off, tb) \
	VPAND     off(SI), Y15, Y4      \
	VPAND     (off+32)(SI), Y15, Y5 \
	VPSLLW    $3, Y4, Y6            \
	VPSLLW    $3, Y5, Y7            \
	VMOVDQU   (tb)(AX), Y8          \
	VMOVDQU   (tb+32)(AX), Y9       \
	VPSHUFB   Y4, Y8, Y10           \
	VPSHUFB   Y4, Y9, Y11           \
	VPBLENDVB Y6, Y11, Y10, Y10     \
	VPSHUFB   Y5, Y8, Y12           \
	VPSHUFB   Y5, Y9, Y13           \
	VPBLENDVB Y7, Y13, Y12, Y12     \
	VMOVDQU   (tb+64)(AX), Y8       \
	VMOVDQU   (tb+96)(AX), Y9       \
	VPSHUFB   Y4, Y8, Y11           \
	VPSHUFB   Y4, Y9, Y13           \
	VPBLENDVB Y6, Y13, Y11, Y11     \
	VPSHUFB   Y5, Y8, Y14           \
	VPSHUFB   Y5, Y9, Y13           \
	VPBLENDVB Y7, Y13, Y14, Y13

#define FIRST \
	FIVE(0, 0)                      \
	VMOVDQA Y10, Y0                 \
	VMOVDQA Y12, Y1                 \
	VMOVDQA Y11, Y2                 \
	VMOVDQA Y13, Y3

#define NEXT(off, tb) \
	FIVE(off, tb)                   \
	VPAND Y10, Y0, Y0               \
	VPAND Y12, Y1, Y1               \
	VPAND Y11, Y2, Y2               \
	VPAND Y13, Y3, Y3

#define MASK \
	VPOR      Y2, Y0, Y0            \
	VPOR      Y3, Y1, Y1            \
	VPXOR     Y4, Y4, Y4            \
	VPCMPEQB  Y4, Y0, Y0            \
	VPCMPEQB  Y4, Y1, Y1            \
	VPMOVMSKB Y0, R8                \
	VPMOVMSKB Y1, R9                \
	SHLQ      $32, R9               \
	ORQ       R9, R8                \
	NOTQ      R8                    \
	MOVQ      R8, (DI)              \
	ADDQ      $8, DI                \
	ADDQ      $64, SI

// func avx2Narrow(p *byte, n int, tables *byte, out *uint64)
//
// The farthest read is 32 bytes at 64*(n-1)+32+3.
TEXT ·avx2Narrow(SB), NOSPLIT, $0-32
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ tables+16(FP), AX
	MOVQ out+24(FP), DI
	MOVL $0x7f7f7f7f, R8
	VMOVD R8, X15
	VPBROADCASTD X15, Y15

loop:
	PREFETCHT0 4096(SI)
	FIRST
	NEXT(1, 128)
	NEXT(2, 256)
	NEXT(3, 384)
	MASK
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET

// func avx2Wide(p *byte, n int, tables *byte, out *uint64)
//
// The farthest read is 32 bytes at 64*(n-1)+32+7.
TEXT ·avx2Wide(SB), NOSPLIT, $0-32
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ tables+16(FP), AX
	MOVQ out+24(FP), DI
	MOVL $0x7f7f7f7f, R8
	VMOVD R8, X15
	VPBROADCASTD X15, Y15

loop:
	PREFETCHT0 4096(SI)
	FIRST
	NEXT(1, 128)
	NEXT(2, 256)
	NEXT(3, 384)
	NEXT(4, 512)
	NEXT(5, 640)
	NEXT(6, 768)
	NEXT(7, 896)
	MASK
	DECQ CX
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
