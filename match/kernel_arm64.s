//go:build !noasm

#include "textflag.h"

DATA bitWeights<>+0(SB)/8, $0x8040201008040201
DATA bitWeights<>+8(SB)/8, $0x8040201008040201
GLOBL bitWeights<>(SB), RODATA|NOPTR, $16

// WEIGHTS turns V4, not zero where a position passes, into that position's bit
// of its eight.
#define WEIGHTS(dst) \
	VCMTST V4.B16, V4.B16, V4.B16 \
	VAND V13.B16, V4.B16, dst.B16

// FOURS puts into V0 bits 0 to 3 of 16 bytes, off beyond those at R5, and into V1
// bits 3 to 6.
#define FOURS(off) \
	ADD   $off, R5, R6             \
	VLD1  (R6), [V1.B16]           \
	VAND  V12.B16, V1.B16, V0.B16  \
	VUSHR $3, V1.B16, V1.B16       \
	VAND  V12.B16, V1.B16, V1.B16

// LOOK puts into dst the buckets that have the symbols of V0 and V1, by a table
// for each.
#define LOOK(lower, upper, dst) \
	VTBL V0.B16, [lower.B16], dst.B16 \
	VTBL V1.B16, [upper.B16], V6.B16  \
	VAND V6.B16, dst.B16, dst.B16

// STEP16 decides 16 positions at R0+off; V16..V27 hold the tables: position p,
// group g in V(16+4p+2g) and the next.
#define STEP16(off, dst) \
	ADD  $off, R0, R5           \
	FOURS(0)                    \
	LOOK(V16, V17, V4)          \
	LOOK(V18, V19, V5)          \
	FOURS(1)                    \
	LOOK(V20, V21, V7)          \
	VAND V7.B16, V4.B16, V4.B16 \
	LOOK(V22, V23, V7)          \
	VAND V7.B16, V5.B16, V5.B16 \
	FOURS(2)                    \
	LOOK(V24, V25, V7)          \
	VAND V7.B16, V4.B16, V4.B16 \
	LOOK(V26, V27, V7)          \
	VAND V7.B16, V5.B16, V5.B16 \
	VORR V5.B16, V4.B16, V4.B16 \
	WEIGHTS(dst)

// MASK gathers, by three pairwise sums, the weights of each eight positions in
// a byte, and stores the block's mask.
#define MASK \
	VADDP  V9.B16, V8.B16, V8.B16    \
	VADDP  V11.B16, V10.B16, V10.B16 \
	VADDP  V10.B16, V8.B16, V8.B16   \
	VADDP  V8.B16, V8.B16, V8.B16    \
	VMOV   V8.D[0], R5               \
	MOVD.P R5, 8(R3)                 \
	ADD    $64, R0                   \
	SUBS   $1, R1, R1

// func neon16(p *byte, n int, tables *byte, out *uint64)
//
// The farthest read of an iteration is 16 bytes at 48+2, of the last
// iteration at 64*(n-1)+50: 64*n+2 bytes in all.
TEXT ·neon16(SB), NOSPLIT, $0-32
	MOVD p+0(FP), R0
	MOVD n+8(FP), R1
	MOVD tables+16(FP), R2
	MOVD out+24(FP), R3
	MOVD $0x0f, R4
	VDUP R4, V12.B16
	MOVD $bitWeights<>(SB), R4
	VLD1 (R4), [V13.B16]
	VLD1.P 64(R2), [V16.B16, V17.B16, V18.B16, V19.B16]
	VLD1.P 64(R2), [V20.B16, V21.B16, V22.B16, V23.B16]
	VLD1.P 64(R2), [V24.B16, V25.B16, V26.B16, V27.B16]

loop:
	STEP16(0, V8)
	STEP16(16, V9)
	STEP16(32, V10)
	STEP16(48, V11)
	MASK
	BNE  loop
	RET
