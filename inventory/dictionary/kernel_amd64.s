//go:build !noasm

#include "textflag.h"
#include "go_asm.h"

DATA nibbles<>+0(SB)/8, $0x0f0f0f0f0f0f0f0f
GLOBL nibbles<>(SB), RODATA|NOPTR, $8

// MEMBERS makes 32 bits of the bytes in Y0 in OUT: zero for members among ASCII,
// and in SIGN one for the bytes from 0x80 on.
#define MEMBERS(OUT, SIGN) \
	VPMOVMSKB Y0, SIGN       \
	VPSRLW $4, Y0, Y1        \
	VPAND Y10, Y1, Y1        \
	VPAND Y10, Y0, Y0        \
	VPSHUFB Y0, Y8, Y2       \
	VPSHUFB Y1, Y9, Y3       \
	VPAND Y2, Y3, Y2         \
	VPCMPEQB Y11, Y2, Y2     \
	VPMOVMSKB Y2, OUT

// func masksAVX2(p *byte, n int, c *class, out *uint64)
TEXT ·masksAVX2(SB), NOSPLIT, $0-32
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ c+16(FP), AX
	MOVQ out+24(FP), DI
	VBROADCASTI128 (AX), Y8
	VBROADCASTI128 16(AX), Y9
	MOVQ 32(AX), DX
	VPBROADCASTQ nibbles<>(SB), Y10
	VPXOR Y11, Y11, Y11

block:
	PREFETCHT0 4096(SI)
	VMOVDQU (SI), Y0
	MEMBERS(R8, R10)
	VMOVDQU 32(SI), Y0
	MEMBERS(R9, R11)
	SHLQ $32, R9
	ORQ R9, R8
	NOTQ R8
	SHLQ $32, R11
	ORQ R11, R10
	ANDQ DX, R10
	ORQ R10, R8
	MOVQ R8, (DI)
	ADDQ $64, SI
	ADDQ $8, DI
	DECQ CX
	JNZ block
	VZEROUPPER
	RET

// A range of bytes is found by moving its end to 127, the greatest signed byte,
// and comparing with what lies before its start.
DATA ranges<>+0(SB)/8, $0x0505050505050505 // 127-'z'
DATA ranges<>+8(SB)/8, $0x6565656565656565 // 127-26, for letters
DATA ranges<>+16(SB)/8, $0x2525252525252525 // 127-'Z'
DATA ranges<>+24(SB)/8, $0x4646464646464646 // 127-'9'
DATA ranges<>+32(SB)/8, $0x7575757575757575 // 127-10, for digits
DATA ranges<>+40(SB)/8, $0x2121212121212121 // the first visible byte
GLOBL ranges<>(SB), RODATA|NOPTR, $48

// signs has, for the low half of a byte, the set of the high halves with which it is
// a rare sign, and then, for each high half, its bit. A byte from 0x80 on has none.
DATA signs<>+0(SB)/8, $0x0004040404000410   // @ ! # $ % &
DATA signs<>+8(SB)/8, $0x00a0000004040000   // * + ^ ~
DATA signs<>+16(SB)/8, $0x8040201008040201
DATA signs<>+24(SB)/8, $0
GLOBL signs<>(SB), RODATA|NOPTR, $32

#define KINDS(LOWER, UPPER, DIGIT, VISIBLE, SIGN) \
	VPADDB Y0, Y8, Y1     \
	VPCMPGTB Y11, Y1, Y1  \
	VPMOVMSKB Y1, LOWER   \
	VPADDB Y0, Y9, Y2     \
	VPCMPGTB Y11, Y2, Y2  \
	VPMOVMSKB Y2, UPPER   \
	VPADDB Y0, Y10, Y3    \
	VPCMPGTB Y12, Y3, Y3  \
	VPMOVMSKB Y3, DIGIT   \
	VPMAXUB Y0, Y13, Y4   \
	VPCMPEQB Y0, Y4, Y4   \
	VPMOVMSKB Y4, VISIBLE \
	VPSRLW $4, Y0, Y5     \
	VPAND Y6, Y5, Y5      \
	VPSHUFB Y5, Y15, Y5   \
	VPSHUFB Y0, Y14, Y0   \
	VPAND Y5, Y0, Y0      \
	VPCMPEQB Y7, Y0, Y0   \
	VPMOVMSKB Y0, SIGN    \
	NOTL SIGN

// func kindsAVX2(p *byte, n int, out *uint64, stride int)
TEXT ·kindsAVX2(SB), NOSPLIT, $0-32
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ out+16(FP), DI
	MOVQ stride+24(FP), AX
	LEAQ (AX)(AX*2), BX
	VPBROADCASTQ ranges<>+0(SB), Y8
	VPBROADCASTQ ranges<>+8(SB), Y11
	VPBROADCASTQ ranges<>+16(SB), Y9
	VPBROADCASTQ ranges<>+24(SB), Y10
	VPBROADCASTQ ranges<>+32(SB), Y12
	VPBROADCASTQ ranges<>+40(SB), Y13
	VBROADCASTI128 signs<>+0(SB), Y14
	VBROADCASTI128 signs<>+16(SB), Y15
	VPBROADCASTQ nibbles<>(SB), Y6
	VPXOR Y7, Y7, Y7

kind:
	PREFETCHT0 4096(SI)
	VMOVDQU (SI), Y0
	KINDS(R8, R9, R10, R11, R12)
	MOVL R8, (DI)
	MOVL R9, (DI)(AX*1)
	MOVL R10, (DI)(AX*2)
	MOVL R11, (DI)(BX*1)
	MOVL R12, (DI)(AX*4)
	VMOVDQU 32(SI), Y0
	KINDS(R8, R9, R10, R11, R12)
	MOVL R8, 4(DI)
	MOVL R9, 4(DI)(AX*1)
	MOVL R10, 4(DI)(AX*2)
	MOVL R11, 4(DI)(BX*1)
	MOVL R12, 4(DI)(AX*4)
	ADDQ $64, SI
	ADDQ $8, DI
	DECQ CX
	JNZ kind
	VZEROUPPER
	RET

// AHEAD makes in OUT the bits of A, behind which those of B follow, moved down
// by N places; BACK is 64-N.
#define AHEAD(A, B, N, BACK, OUT) \
	VPSRLQ $N, A, OUT      \
	VPSLLQ $BACK, B, Y15   \
	VPOR Y15, OUT, OUT

// func mixedAVX2(in *blocks, n int, out *[maxBlocks]uint64)
TEXT ·mixedAVX2(SB), NOSPLIT, $0-24
	MOVQ in+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ out+16(FP), DI
	MOVQ $(8*const_maxBlocks), AX
	LEAQ (AX)(AX*2), BX
	TESTQ CX, CX
	JZ done

four:
	VMOVDQU (SI), Y0          // lower
	VMOVDQU 8(SI), Y1
	VMOVDQU (SI)(AX*1), Y2    // upper
	VMOVDQU 8(SI)(AX*1), Y3
	VMOVDQU (SI)(AX*2), Y4    // digit
	VMOVDQU 8(SI)(AX*2), Y5
	VMOVDQU (SI)(BX*1), Y6    // visible
	VMOVDQU 8(SI)(BX*1), Y7
	AHEAD(Y0, Y1, 1, 63, Y8)  // the next is lower
	AHEAD(Y2, Y3, 1, 63, Y9)  // upper
	AHEAD(Y4, Y5, 1, 63, Y10) // a digit
	VPANDN Y6, Y0, Y6         // visible but not lower
	VPANDN Y7, Y1, Y7
	AHEAD(Y6, Y7, 2, 62, Y11)
	VPAND Y0, Y9, Y12         // lower, upper
	VPAND Y2, Y8, Y13         // upper, lower
	VPOR Y12, Y13, Y12
	VPAND Y11, Y12, Y12
	VPAND Y4, Y9, Y13         // digit, upper
	VPOR Y13, Y12, Y12
	VPOR Y8, Y9, Y13
	VPOR Y10, Y13, Y13
	VPAND (SI)(AX*4), Y13, Y13 // sign, alphanumeric
	VPOR Y13, Y12, Y12
	AHEAD(Y2, Y3, 2, 62, Y7)  // the second next is upper
	AHEAD(Y4, Y5, 2, 62, Y13) // a digit
	AHEAD(Y0, Y1, 2, 62, Y14) // lower
	VPAND Y8, Y6, Y6          // not lower, lower, upper
	VPAND Y7, Y6, Y6
	VPOR Y6, Y12, Y12
	VPOR Y13, Y14, Y6         // upper, upper, lower or digit
	VPAND Y9, Y6, Y6
	VPOR Y7, Y14, Y7          // upper, digit, letter
	VPAND Y10, Y7, Y7
	VPOR Y6, Y7, Y6
	VPAND Y2, Y6, Y6
	VPOR Y6, Y12, Y12
	VPAND Y4, Y13, Y13
	VPAND Y8, Y13, Y13        // digit, lower, digit
	VPAND Y0, Y14, Y14
	VPAND Y10, Y14, Y14       // lower, digit, lower
	VPOR Y13, Y14, Y13
	VPOR Y0, Y2, Y0           // alphanumeric
	VPOR Y4, Y0, Y0
	VPOR Y1, Y3, Y1
	VPOR Y5, Y1, Y1
	AHEAD(Y0, Y1, 1, 63, Y2)  // two of them
	VPAND Y2, Y0, Y0
	VPSRLQ $1, Y1, Y2
	VPAND Y2, Y1, Y1
	AHEAD(Y0, Y1, 2, 62, Y2)  // four
	VPAND Y2, Y0, Y0
	VPSRLQ $2, Y1, Y2
	VPAND Y2, Y1, Y1
	AHEAD(Y0, Y1, 4, 60, Y2)  // eight
	VPAND Y2, Y0, Y0
	VPAND Y13, Y0, Y0
	VPOR Y12, Y0, Y0
	VMOVDQU Y0, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	DECQ CX
	JNZ four
	VZEROUPPER

done:
	RET

// func gatedAVX2(masks *uint64, n int, steps *[2]uint64, k int, every uint64, out *uint64)
TEXT ·gatedAVX2(SB), NOSPLIT, $0-48
	MOVQ masks+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ steps+16(FP), R8
	MOVQ k+24(FP), R9
	VPBROADCASTQ every+32(FP), Y7
	MOVQ out+40(FP), DI

fourmasks:
	VMOVDQU (SI), Y0
	VMOVDQU 8(SI), Y1
	MOVQ R8, R10
	MOVQ R9, R11

step:
	VMOVQ (R10), X4
	VMOVQ 8(R10), X5
	VPSRLQ X4, Y0, Y2
	VPSLLQ X5, Y1, Y3
	VPOR Y3, Y2, Y2
	VPAND Y2, Y0, Y0
	VPSRLQ X4, Y1, Y3
	VPAND Y3, Y1, Y1
	ADDQ $16, R10
	DECQ R11
	JNZ step
	VPAND Y7, Y0, Y0
	VMOVDQU Y0, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	DECQ CX
	JNZ fourmasks
	VZEROUPPER
	RET
