//go:build !noasm

#include "textflag.h"
#include "go_asm.h"

// kindTable is the kinds of the bytes of ASCII, a bit for each: small letters, capitals,
// digits, visible. Signs, and nothing else, are small letters and capitals at once. The last
// byte stands for those from 0x80 on, too, which are visible and nothing else.
DATA kindTable<>+0x00(SB)/8, $0
DATA kindTable<>+0x08(SB)/8, $0
DATA kindTable<>+0x10(SB)/8, $0
DATA kindTable<>+0x18(SB)/8, $0
DATA kindTable<>+0x20(SB)/8, $0x080b0b0b0b080b00 // ! # $ % &
DATA kindTable<>+0x28(SB)/8, $0x080808080b0b0808 // * +
DATA kindTable<>+0x30(SB)/8, $0x0c0c0c0c0c0c0c0c // 0-7
DATA kindTable<>+0x38(SB)/8, $0x0808080808080c0c // 8 9
DATA kindTable<>+0x40(SB)/8, $0x0a0a0a0a0a0a0a0b // @ A-G
DATA kindTable<>+0x48(SB)/8, $0x0a0a0a0a0a0a0a0a // H-O
DATA kindTable<>+0x50(SB)/8, $0x0a0a0a0a0a0a0a0a // P-W
DATA kindTable<>+0x58(SB)/8, $0x080b0808080a0a0a // X-Z ^
DATA kindTable<>+0x60(SB)/8, $0x0909090909090908 // a-g
DATA kindTable<>+0x68(SB)/8, $0x0909090909090909 // h-o
DATA kindTable<>+0x70(SB)/8, $0x0909090909090909 // p-w
DATA kindTable<>+0x78(SB)/8, $0x080b080808090909 // x-z ~
GLOBL kindTable<>(SB), RODATA|NOPTR, $128

DATA kindBits<>+0(SB)/8, $0x0101010101010101
DATA kindBits<>+8(SB)/8, $0x0202020202020202
DATA kindBits<>+16(SB)/8, $0x0404040404040404
DATA kindBits<>+24(SB)/8, $0x0808080808080808
DATA kindBits<>+32(SB)/8, $0x7f7f7f7f7f7f7f7f
DATA kindBits<>+40(SB)/8, $0x8040201008040201 // see planes
GLOBL kindBits<>(SB), RODATA|NOPTR, $48

// lanes is where in two vectors the masks of a kind are, eight bits of one in each eighth
// byte: those of the first kind go into the first sixteen bytes, and so on.
DATA lanes<>+0x00(SB)/8, $0x3830282018100800
DATA lanes<>+0x08(SB)/8, $0x7870686058504840
DATA lanes<>+0x10(SB)/8, $0x3931292119110901
DATA lanes<>+0x18(SB)/8, $0x7971696159514941
DATA lanes<>+0x20(SB)/8, $0x3a322a221a120a02
DATA lanes<>+0x28(SB)/8, $0x7a726a625a524a42
DATA lanes<>+0x30(SB)/8, $0x3b332b231b130b03
DATA lanes<>+0x38(SB)/8, $0x7b736b635b534b43
GLOBL lanes<>(SB), RODATA|NOPTR, $64

// PLANES makes of 64 bytes at OFF bytes behind SI, in each eight bytes of OUT, a byte of
// bits for each kind, the first one highest: GF2P8AFFINEQB with data for its matrix
// transposes eight bits of eight bytes.
#define PLANES(OFF, OUT) \
	VPMINUB OFF(SI), Z14, OUT      \
	VPERMI2B Z9, Z8, OUT           \
	VGF2P8AFFINEQB $0, OUT, Z15, OUT

// func kindsAVX512(p *byte, n int, out *uint64, stride int)
TEXT ·kindsAVX512(SB), NOSPLIT, $0-32
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ out+16(FP), DI
	MOVQ stride+24(FP), AX
	LEAQ (AX)(AX*2), BX
	VMOVDQU64 kindTable<>+0(SB), Z8
	VMOVDQU64 kindTable<>+64(SB), Z9
	VPBROADCASTQ kindBits<>+32(SB), Z14
	VPBROADCASTQ kindBits<>+40(SB), Z15
	SUBQ $8, CX
	JLT few
	VMOVDQU64 lanes<>+0(SB), Z16

eight:
	// Into the second cache while the chunk before is looked at. Nearer than this the
	// kernel waits for memory, as fast as it is; into the first one it does not help.
	PREFETCHT1 12288(SI)
	PREFETCHT1 12352(SI)
	PREFETCHT1 12416(SI)
	PREFETCHT1 12480(SI)
	PREFETCHT1 12544(SI)
	PREFETCHT1 12608(SI)
	PREFETCHT1 12672(SI)
	PREFETCHT1 12736(SI)
	PLANES(0, Z0)
	PLANES(64, Z1)
	PLANES(128, Z2)
	PLANES(192, Z3)
	PLANES(256, Z4)
	PLANES(320, Z5)
	PLANES(384, Z6)
	PLANES(448, Z7)

	// Two by two, so that each quarter has a kind; then the quarters of four.
	VPERMT2B Z1, Z16, Z0
	VPERMT2B Z3, Z16, Z2
	VPERMT2B Z5, Z16, Z4
	VPERMT2B Z7, Z16, Z6
	VSHUFI64X2 $0x44, Z2, Z0, Z1
	VSHUFI64X2 $0xee, Z2, Z0, Z3
	VSHUFI64X2 $0x44, Z6, Z4, Z5
	VSHUFI64X2 $0xee, Z6, Z4, Z7
	VSHUFI64X2 $0x88, Z5, Z1, Z0
	VSHUFI64X2 $0xdd, Z5, Z1, Z2
	VSHUFI64X2 $0x88, Z7, Z3, Z4
	VSHUFI64X2 $0xdd, Z7, Z3, Z6
	VGF2P8AFFINEQB $0, Z15, Z0, Z0 // the first bit lowest
	VGF2P8AFFINEQB $0, Z15, Z2, Z2
	VGF2P8AFFINEQB $0, Z15, Z4, Z4
	VGF2P8AFFINEQB $0, Z15, Z6, Z6
	VPANDQ Z0, Z2, Z5 // signs
	VPANDNQ Z0, Z5, Z0
	VPANDNQ Z2, Z5, Z2
	VMOVDQU64 Z0, (DI)
	VMOVDQU64 Z2, (DI)(AX*1)
	VMOVDQU64 Z4, (DI)(AX*2)
	VMOVDQU64 Z6, (DI)(BX*1)
	VMOVDQU64 Z5, (DI)(AX*4)
	ADDQ $512, SI
	ADDQ $64, DI
	SUBQ $8, CX
	JGE eight

few:
	ADDQ $8, CX
	JZ end
	VPBROADCASTQ kindBits<>+0(SB), Z10
	VPBROADCASTQ kindBits<>+8(SB), Z11
	VPBROADCASTQ kindBits<>+16(SB), Z12
	VPBROADCASTQ kindBits<>+24(SB), Z13

kind:
	VPMINUB (SI), Z14, Z0
	VPERMI2B Z9, Z8, Z0
	VPTESTMB Z10, Z0, K1
	VPTESTMB Z11, Z0, K2
	VPTESTMB Z12, Z0, K3
	VPTESTMB Z13, Z0, K4
	KANDQ K1, K2, K5
	KANDNQ K1, K5, K1
	KANDNQ K2, K5, K2
	KMOVQ K1, (DI)
	KMOVQ K2, (DI)(AX*1)
	KMOVQ K3, (DI)(AX*2)
	KMOVQ K4, (DI)(BX*1)
	KMOVQ K5, (DI)(AX*4)
	ADDQ $64, SI
	ADDQ $8, DI
	DECQ CX
	JNZ kind

end:
	VZEROUPPER
	RET

// func kindsOfAVX512(p *byte, n int, k *kinds)
TEXT ·kindsOfAVX512(SB), NOSPLIT, $0-24
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ k+16(FP), DI
	MOVQ $-1, AX
	NEGQ CX // 64-n, modulo 64
	SHRXQ CX, AX, AX
	KMOVQ AX, K1
	VMOVDQU64 kindTable<>+0(SB), Z8
	VPBROADCASTQ kindBits<>+32(SB), Z14
	VPBROADCASTQ kindBits<>+40(SB), Z15
	VMOVDQU8.Z (SI), K1, Z0
	VPMINUB Z0, Z14, Z0
	VPERMI2B kindTable<>+64(SB), Z8, Z0
	VGF2P8AFFINEQB $0, Z0, Z15, Z0
	VMOVDQU64 lanes<>+0(SB), Z1
	VPERMB Z0, Z1, Z0 // each kind in sixteen bytes, of which eight count
	VGF2P8AFFINEQB $0, Z15, Z0, Z0
	VMOVQ X0, R8
	VEXTRACTI128 $1, Y0, X1
	VMOVQ X1, R9
	VEXTRACTI64X2 $2, Z0, X2
	VEXTRACTI64X2 $3, Z0, X3
	VMOVQ X2, 16(DI)
	VMOVQ X3, 24(DI)
	MOVQ R8, R10
	ANDQ R9, R10 // signs
	XORQ R10, R8
	XORQ R10, R9
	MOVQ R8, (DI)
	MOVQ R9, 8(DI)
	MOVQ R10, 32(DI)
	VZEROUPPER
	RET

// AHEAD makes in OUT the bits of A, behind which those of B follow, moved down by N
// places.
#define AHEAD(A, B, N, OUT) VPSHRDQ $N, B, A, OUT

// Of VPTERNLOGQ $x, C, B, A: what becomes of A.
#define AND3  $0x80 // A & B & C
#define OR3   $0xfe // A | B | C
#define ORAND $0xf8 // A | B & C
#define ANDOR $0xa8 // (A | B) & C

// func mixedAVX512(in *blocks, n int, out *[maxBlocks]uint64)
TEXT ·mixedAVX512(SB), NOSPLIT, $0-24
	MOVQ in+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ out+16(FP), DI
	MOVQ $(8*const_maxBlocks), AX
	LEAQ (AX)(AX*2), BX

eight:
	VMOVDQU64 (SI), Z0         // lower
	VMOVDQU64 8(SI), Z1
	VMOVDQU64 (SI)(AX*1), Z2   // upper
	VMOVDQU64 8(SI)(AX*1), Z3
	VMOVDQU64 (SI)(AX*2), Z4   // digit
	VMOVDQU64 8(SI)(AX*2), Z5
	VPANDNQ (SI)(BX*1), Z0, Z6 // visible but not lower
	VPANDNQ 8(SI)(BX*1), Z1, Z7
	AHEAD(Z0, Z1, 1, Z8)       // the next is lower
	AHEAD(Z2, Z3, 1, Z9)       // upper
	AHEAD(Z4, Z5, 1, Z10)      // a digit
	AHEAD(Z0, Z1, 2, Z11)      // the second next is lower
	AHEAD(Z2, Z3, 2, Z12)      // upper
	AHEAD(Z4, Z5, 2, Z13)      // a digit
	AHEAD(Z6, Z7, 2, Z14)      // visible but not lower
	VPANDQ Z4, Z9, Z15         // digit, upper
	VPANDQ Z0, Z9, Z7          // lower, upper
	VPTERNLOGQ ORAND, Z2, Z8, Z7 // upper, lower
	VPTERNLOGQ ORAND, Z14, Z7, Z15
	VPANDQ Z6, Z8, Z7          // not lower, lower, upper
	VPTERNLOGQ ORAND, Z12, Z7, Z15
	VMOVDQA64 Z11, Z6
	VPTERNLOGQ ANDOR, Z9, Z13, Z6 // upper, upper, lower or digit
	VMOVDQA64 Z11, Z7
	VPTERNLOGQ ANDOR, Z10, Z12, Z7 // upper, digit, letter
	VPTERNLOGQ ANDOR, Z2, Z7, Z6
	VMOVDQA64 Z8, Z7
	VPTERNLOGQ OR3, Z9, Z10, Z7
	VPTERNLOGQ ORAND, (SI)(AX*4), Z7, Z15 // sign, alphanumeric
	VPORQ Z6, Z15, Z15
	VPTERNLOGQ AND3, Z4, Z8, Z13  // digit, lower, digit
	VPTERNLOGQ AND3, Z0, Z10, Z11 // lower, digit, lower
	VPORQ Z11, Z13, Z13
	VPTERNLOGQ OR3, Z2, Z4, Z0    // alphanumeric
	VPTERNLOGQ OR3, Z3, Z5, Z1
	AHEAD(Z0, Z1, 1, Z2)          // two of them
	VPANDQ Z2, Z0, Z0
	VPSRLQ $1, Z1, Z2
	VPANDQ Z2, Z1, Z1
	AHEAD(Z0, Z1, 2, Z2)          // four
	VPANDQ Z2, Z0, Z0
	VPSRLQ $2, Z1, Z2
	VPANDQ Z2, Z1, Z1
	AHEAD(Z0, Z1, 4, Z2)          // eight
	VPANDQ Z2, Z0, Z0
	VPTERNLOGQ ORAND, Z13, Z0, Z15
	VMOVDQU64 Z15, (DI)
	ADDQ $64, SI
	ADDQ $64, DI
	SUBQ $8, CX
	JG eight
	VZEROUPPER
	RET

// func gatedAVX512(masks *uint64, n int, steps *[2]uint64, k int, every uint64, out *uint64)
TEXT ·gatedAVX512(SB), NOSPLIT, $0-48
	MOVQ masks+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ steps+16(FP), R8
	MOVQ k+24(FP), R9
	VPBROADCASTQ every+32(FP), Z7
	MOVQ out+40(FP), DI

eight:
	VMOVDQU64 (SI), Z0
	VMOVDQU64 8(SI), Z1
	MOVQ R8, R10
	MOVQ R9, R11

step:
	VPBROADCASTQ (R10), Z4
	VMOVDQA64 Z0, Z2
	VPSHRDVQ Z4, Z1, Z2
	VPSRLVQ Z4, Z1, Z3
	VPANDQ Z2, Z0, Z0
	VPANDQ Z3, Z1, Z1
	ADDQ $16, R10
	DECQ R11
	JNZ step
	VPANDQ Z7, Z0, Z0
	VMOVDQU64 Z0, (DI)
	ADDQ $64, SI
	ADDQ $64, DI
	DECQ CX
	JNZ eight
	VZEROUPPER
	RET

DATA iota<>+0x00(SB)/8, $0x0706050403020100
DATA iota<>+0x08(SB)/8, $0x0f0e0d0c0b0a0908
DATA iota<>+0x10(SB)/8, $0x1716151413121110
DATA iota<>+0x18(SB)/8, $0x1f1e1d1c1b1a1918
DATA iota<>+0x20(SB)/8, $0x2726252423222120
DATA iota<>+0x28(SB)/8, $0x2f2e2d2c2b2a2928
DATA iota<>+0x30(SB)/8, $0x3736353433323130
DATA iota<>+0x38(SB)/8, $0x3f3e3d3c3b3a3938
DATA iota<>+0x40(SB)/8, $0x0040004000400040
GLOBL iota<>(SB), RODATA|NOPTR, $72

// func flattenAVX512(masks *uint64, n int, at *uint16) int
TEXT ·flattenAVX512(SB), NOSPLIT, $0-32
	MOVQ masks+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ at+16(FP), DI
	MOVQ DI, DX
	VMOVDQU64 iota<>+0(SB), Z0
	VPBROADCASTQ iota<>+64(SB), Z1
	VPSLLW $3, Z1, Z5
	VPXORQ Z2, Z2, Z2 // of the first byte of a mask
	LEAQ (SI)(CX*8), CX

masks:
	LEAQ 64(SI), R8
	CMPQ R8, CX
	JHI last
	VMOVDQU64 (SI), Z3
	VPTESTMQ Z3, Z3, K1
	KORTESTB K1, K1
	JNZ mask
	VPADDW Z5, Z2, Z2
	MOVQ R8, SI
	JMP masks

last:
	MOVQ CX, R8
	CMPQ SI, CX
	JEQ done

mask:
	KMOVQ (SI), K1
	POPCNTQ (SI), AX
	VPCOMPRESSB.Z Z0, K1, Z3
	VPMOVZXBW X3, Y4
	VPADDW Y2, Y4, Y4
	VMOVDQU Y4, (DI)
	CMPQ AX, $16
	JHI many

next:
	LEAQ (DI)(AX*2), DI
	VPADDW Z1, Z2, Z2
	ADDQ $8, SI
	CMPQ SI, R8
	JNE mask
	JMP masks

many:
	VPMOVZXBW Y3, Z4
	VPADDW Z2, Z4, Z4
	VMOVDQU64 Z4, (DI)
	VEXTRACTI64X4 $1, Z3, Y3
	VPMOVZXBW Y3, Z4
	VPADDW Z2, Z4, Z4
	VMOVDQU64 Z4, 64(DI)
	JMP next

done:
	SUBQ DX, DI
	SHRQ $1, DI
	MOVQ DI, ret+24(FP)
	VZEROUPPER
	RET

// func siftBMI2(text *byte, off int, at *uint16, n int, filter *uint64, shift uint, kept *uint16) int
TEXT ·siftBMI2(SB), NOSPLIT, $0-64
	MOVQ text+0(FP), SI
	ADDQ off+8(FP), SI
	MOVQ at+16(FP), DI
	MOVQ n+24(FP), CX
	MOVQ filter+32(FP), R8
	MOVQ shift+40(FP), R9
	MOVQ kept+48(FP), R10
	MOVQ $const_multiplier, R11
	LEAQ (DI)(CX*2), CX
	XORL AX, AX

position:
	MOVWLZX (DI), BX
	MOVW BX, (R10)(AX*2)
	MOVQ (SI)(BX*1), DX
	IMULQ R11, DX
	SHRXQ R9, DX, BX
	MOVQ (R8)(BX*8), BX
	SHRQ $8, DX
	SHRXQ DX, BX, R12
	SHRQ $6, DX
	SHRXQ DX, BX, BX
	ANDL R12, BX
	ANDL $1, BX
	ADDQ BX, AX
	ADDQ $2, DI
	CMPQ DI, CX
	JNE position
	MOVQ AX, ret+56(FP)
	RET
