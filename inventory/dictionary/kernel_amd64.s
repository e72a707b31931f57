//go:build !noasm

#include "textflag.h"

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
