//go:build !noasm

#include "go_asm.h"
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

// BACK steps back to the block that ends with the last CX positions; BX leaves
// out what has been decided before.
#define BACK \
	MOVQ  $64, R9    \
	SUBQ  CX, R9     \
	SUBQ  R9, SI     \
	SUBQ  R9, R12    \
	SHLXQ R9, BX, BX \
	MOVQ  $64, CX

#define RESULT \
	VZEROUPPER           \
	SUBQ  R11, DI        \
	SHRQ  $1, DI         \
	MOVQ  DI, ret+32(FP) \
	RET

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

// REST goes on while there are whole blocks, and then with BACK.
#define REST \
	CMPQ  CX, $64      \
	JGE   loop         \
	TESTQ CX, CX       \
	JLE   done         \
	BACK               \
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
	RESULT

DATA iota<>+0(SB)/8, $0x0706050403020100
DATA iota<>+8(SB)/8, $0x0f0e0d0c0b0a0908
DATA iota<>+16(SB)/8, $0x1716151413121110
DATA iota<>+24(SB)/8, $0x1f1e1d1c1b1a1918
DATA iota<>+32(SB)/8, $0x2726252423222120
DATA iota<>+40(SB)/8, $0x2f2e2d2c2b2a2928
DATA iota<>+48(SB)/8, $0x3736353433323130
DATA iota<>+56(SB)/8, $0x3f3e3d3c3b3a3938
GLOBL iota<>(SB), RODATA|NOPTR, $64

// COMPRESS writes the numbers of the bits of K1, 32 of them wanted or not; the
// other 32, which are seldom wanted, are for OTHERS.
#define COMPRESS \
	KANDQ         K1, K4, K1          \
	KMOVQ         K1, R8              \
	VMOVDQU64     iota<>(SB), Z4      \
	VPCOMPRESSB.Z Z4, K1, Z4          \
	VPBROADCASTW  R12, Z6             \
	VPMOVZXBW     Y4, Z5              \
	VPADDW        Z5, Z6, Z5          \
	VMOVDQU64     Z5, (DI)            \
	POPCNTQ       R8, R10             \
	CMPQ          R10, $32            \
	JA            more                \
on:                                       \
	LEAQ          (DI)(R10*2), DI     \
	ADDQ          $64, SI             \
	ADDQ          $64, R12            \
	SUBQ          $64, CX             \
	CMPQ          CX, $64             \
	JGE           loop                \
	TESTQ         CX, CX              \
	JLE           done                \
	BACK                              \
	KMOVQ         BX, K4              \
	JMP           loop

#define OTHERS \
more:                                     \
	VEXTRACTI64X4 $1, Z4, Y4          \
	VPMOVZXBW     Y4, Z5              \
	VPADDW        Z5, Z6, Z5          \
	VMOVDQU64     Z5, 64(DI)          \
	JMP           on                  \
done:                                     \
	RESULT

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

// TABLES16 loads two registers for the 128 symbols of position p and group g,
// Z16+4p+2g and the next, of which VPERMI2B chooses by the low seven bits of a
// byte; TABLES24 the same, Z8+6p+2g and the next.
#define TABLES16 \
	VMOVDQU64 0(AX), Z16 \
	VMOVDQU64 64(AX), Z17 \
	VMOVDQU64 128(AX), Z18 \
	VMOVDQU64 192(AX), Z19 \
	VMOVDQU64 256(AX), Z20 \
	VMOVDQU64 320(AX), Z21 \
	VMOVDQU64 384(AX), Z22 \
	VMOVDQU64 448(AX), Z23 \
	VMOVDQU64 512(AX), Z24 \
	VMOVDQU64 576(AX), Z25 \
	VMOVDQU64 640(AX), Z26 \
	VMOVDQU64 704(AX), Z27 \
	VMOVDQU64 768(AX), Z28 \
	VMOVDQU64 832(AX), Z29 \
	VMOVDQU64 896(AX), Z30 \
	VMOVDQU64 960(AX), Z31

#define TABLES24 \
	VMOVDQU64 0(AX), Z8 \
	VMOVDQU64 64(AX), Z9 \
	VMOVDQU64 128(AX), Z10 \
	VMOVDQU64 192(AX), Z11 \
	VMOVDQU64 256(AX), Z12 \
	VMOVDQU64 320(AX), Z13 \
	VMOVDQU64 384(AX), Z14 \
	VMOVDQU64 448(AX), Z15 \
	VMOVDQU64 512(AX), Z16 \
	VMOVDQU64 576(AX), Z17 \
	VMOVDQU64 640(AX), Z18 \
	VMOVDQU64 704(AX), Z19 \
	VMOVDQU64 768(AX), Z20 \
	VMOVDQU64 832(AX), Z21 \
	VMOVDQU64 896(AX), Z22 \
	VMOVDQU64 960(AX), Z23 \
	VMOVDQU64 1024(AX), Z24 \
	VMOVDQU64 1088(AX), Z25 \
	VMOVDQU64 1152(AX), Z26 \
	VMOVDQU64 1216(AX), Z27 \
	VMOVDQU64 1280(AX), Z28 \
	VMOVDQU64 1344(AX), Z29 \
	VMOVDQU64 1408(AX), Z30 \
	VMOVDQU64 1472(AX), Z31

// GROUPS16 and GROUPS24 put into K1 which of 64 positions pass in any group: those
// with a bucket in all four tables. Prefetching beyond the text cannot fault.
#define GROUPS16 \
	LOADS \
	COPY \
	VPERMI2B   Z17, Z16, Z4 \
	VPERMI2B   Z21, Z20, Z5 \
	VPERMI2B   Z25, Z24, Z6 \
	VPERMI2B   Z29, Z28, Z7 \
	VPTERNLOGD $0x80, Z4, Z5, Z6 \
	VPTESTMB   Z6, Z7, K1 \
	VPERMI2B   Z19, Z18, Z0 \
	VPERMI2B   Z23, Z22, Z1 \
	VPERMI2B   Z27, Z26, Z2 \
	VPERMI2B   Z31, Z30, Z3 \
	VPTERNLOGD $0x80, Z0, Z1, Z2 \
	VPTESTMB   Z2, Z3, K2 \
	KORQ       K1, K2, K1

#define GROUPS24 \
	LOADS \
	COPY \
	VPERMI2B   Z9, Z8, Z4 \
	VPERMI2B   Z15, Z14, Z5 \
	VPERMI2B   Z21, Z20, Z6 \
	VPERMI2B   Z27, Z26, Z7 \
	VPTERNLOGD $0x80, Z4, Z5, Z6 \
	VPTESTMB   Z6, Z7, K1 \
	COPY \
	VPERMI2B   Z11, Z10, Z4 \
	VPERMI2B   Z17, Z16, Z5 \
	VPERMI2B   Z23, Z22, Z6 \
	VPERMI2B   Z29, Z28, Z7 \
	VPTERNLOGD $0x80, Z4, Z5, Z6 \
	VPTESTMB   Z6, Z7, K2 \
	VPERMI2B   Z13, Z12, Z0 \
	VPERMI2B   Z19, Z18, Z1 \
	VPERMI2B   Z25, Z24, Z2 \
	VPERMI2B   Z31, Z30, Z3 \
	VPTERNLOGD $0x80, Z0, Z1, Z2 \
	VPTESTMB   Z2, Z3, K3 \
	KORQ       K1, K2, K1 \
	KORQ       K1, K3, K1

// What follows looks at a whole text at once, of which a record of a log mostly is
// one: the filter, its bitmap and the comparison with what the literals of a slot share
// are one routine, and no candidate is written to memory on the way. Branches that
// cannot be foreseen cost more here than work that is done in vain.

// RECORD is ARGUMENTS for these: DI is the place of the next that is found, R11
// the bitmap, R14 the shift of its hash and R15 five more. The last three positions are left out.
#define RECORD(table) \
	MOVQ f+0(FP), AX                           \
	MOVQ filter_quads+probe_bitmap(AX), R11    \
	MOVL filter_quads+probe_shift(AX), R14     \
	LEAL 5(R14), R15                           \
	MOVQ filter_tables(AX), AX                 \
	ADDQ $table, AX                            \
	MOVQ text+8(FP), SI                        \
	MOVQ n+16(FP), CX                          \
	SUBQ $3, CX                                \
	MOVQ found+24(FP), DI                      \
	MOVQ $-1, BX                               \
	XORQ R12, R12

// HAS puts into the carry whether the bitmap has the four bytes R9.
#define HAS \
	ORL   $0x20202020, R9   \
	IMULL $0x9E3779B1, R9   \
	SHRXL R15, R9, DX       \
	SHRXL R14, R9, R9       \
	MOVL  (R11)(DX*4), DX   \
	BTL   R9, DX

// TAKE clears the lowest bit of R8 and sets it in R13 if the bitmap has the bytes
// there. Without a bit it looks at the first position in vain.
#define TAKE \
	TZCNTQ R8, R9           \
	BLSIQ  R8, R10          \
	BLSRQ  R8, R8           \
	ANDL   $63, R9          \
	MOVL   (SI)(R9*1), R9   \
	HAS                     \
	SBBQ   DX, DX           \
	ANDQ   DX, R10          \
	ORQ    R10, R13

// KEEP writes the number of the lowest bit of R13, from R12, to (DI), and moves on
// if there is one.
#define KEEP \
	TZCNTQ R13, R9          \
	ADDQ   R12, R9          \
	MOVQ   R9, (DI)         \
	XORL   R10, R10         \
	TESTQ  R13, R13         \
	SETNE  R10              \
	LEAQ   (DI)(R10*8), DI  \
	BLSRQ  R13, R13

// KEPT goes on while there are blocks.
#define KEPT \
	TESTQ R8, R8     \
	JNZ   again      \
	KEEP             \
	JNZ   several    \
next:                    \
	ADDQ  $64, SI    \
	ADDQ  $64, R12   \
	SUBQ  $64, CX    \
	CMPQ  CX, $64    \
	JGE   loop       \
	TESTQ CX, CX     \
	JLE   last       \
	BACK             \
	JMP   loop       \
several:                 \
	KEEP             \
	JNZ   several    \
	JMP   next

// FOUND adds the last positions, as far as windows reach beyond the text, if the bitmap
// has them, and keeps of all those found that agree with what the literals of their
// slot share, as nearAsm does: place times 2^32 and head. Where that would be outside
// of the text it is not compared.
#define FOUND \
	VZEROUPPER                                  \
	MOVQ    f+0(FP), AX                         \
	MOVQ    text+8(FP), SI                      \
	MOVQ    n+16(FP), R12                       \
	SUBQ    $4, R12                             \
	MOVL    (SI)(R12*1), R13                    \
	LEAQ    1(R12), R8                          \
	MOVQ    filter_reach(AX), CX                \
	JMP     beyond                              \
reach:                                              \
	SHRL    $8, R13                             \
	MOVL    R13, R9                             \
	HAS                                         \
	SBBQ    DX, DX                              \
	MOVQ    R8, (DI)                            \
	ANDL    $8, DX                              \
	ADDQ    DX, DI                              \
	INCQ    R8                                  \
	DECQ    CX                                  \
beyond:                                             \
	TESTQ   CX, CX                              \
	JNZ     reach                               \
	MOVQ    DI, R13                             \
	MOVQ    found+24(FP), DI                    \
	CMPQ    DI, R13                             \
	JEQ     none                                \
	MOVQ    DI, BX                              \
	MOVQ    filter_quads+probe_slots(AX), R11   \
	MOVQ    filter_quads+probe_heads(AX), R15   \
	ADDL    $4, R14                             \
	LEAQ    -4(R12), CX                         \
near:                                               \
	MOVQ    (BX), R9                            \
	ADDQ    $8, BX                              \
	MOVQ    R9, R8                              \
	CMPQ    R8, R12                             \
	CMOVQHI R12, R8                             \
	MOVL    (SI)(R8*1), AX                      \
	SUBQ    R9, R8                              \
	NEGQ    R8                                  \
	SHLL    $3, R8                              \
	SHRXL   R8, AX, AX                          \
	ORL     $0x20202020, AX                     \
	IMULL   $0x9E3779B1, AX                     \
	SHRXL   R14, AX, AX                         \
	MOVL    (R11)(AX*4), AX                     \
	MOVQ    AX, DX                              \
	SHLQ    $5, DX                              \
	MOVBLZX head_back(R15)(DX*1), R8            \
	MOVQ    R9, R10                             \
	SHLQ    $32, R10                            \
	ORQ     AX, R10                             \
	MOVQ    R10, (DI)                           \
	SUBQ    R8, R9                              \
	XORL    R10, R10                            \
	CMPQ    R9, CX                              \
	SETHI   R10                                 \
	CMOVQHI CX, R9                              \
	MOVQ    (SI)(R9*1), R9                      \
	ANDQ    head_shared+masked_mask(R15)(DX*1), R9 \
	XORL    R8, R8                              \
	CMPQ    R9, head_shared+masked_value(R15)(DX*1) \
	SETEQ   R8                                  \
	ORL     R8, R10                             \
	LEAQ    (DI)(R10*8), DI                     \
	CMPQ    BX, R13                             \
	JCS     near                                \
none:                                               \
	SUBQ    found+24(FP), DI                    \
	SHRQ    $3, DI                              \
	MOVQ    DI, ret+32(FP)                      \
	RET

// func vbmi16(p *byte, n int, tables *byte, out *uint16) int
TEXT ·vbmi16(SB), NOSPLIT, $0-40
	ARGUMENTS
	TABLES16

loop:
	GROUPS16
	KMOVQ K1, R8
	NUMBERS
	REST

// func vbmi24(p *byte, n int, tables *byte, out *uint16) int
TEXT ·vbmi24(SB), NOSPLIT, $0-40
	ARGUMENTS
	TABLES24

loop:
	GROUPS24
	KMOVQ K1, R8
	NUMBERS
	REST

// func vbmi16many(p *byte, n int, tables *byte, out *uint16) int
TEXT ·vbmi16many(SB), NOSPLIT, $0-40
	ARGUMENTS
	KMOVQ     BX, K4
	TABLES16

loop:
	GROUPS16
	COMPRESS
	OTHERS

// func vbmi24many(p *byte, n int, tables *byte, out *uint16) int
TEXT ·vbmi24many(SB), NOSPLIT, $0-40
	ARGUMENTS
	KMOVQ     BX, K4
	TABLES24

loop:
	GROUPS24
	COMPRESS
	OTHERS

#define NUMBERS6 \
	ANDQ    BX, R8          \
	POPCNTQ R8, R10         \
	LEAQ    (DI)(R10*2), R13 \
	PUT(0)                  \
	PUT(2)                  \
	PUT(4)                  \
	PUT(6)                  \
	PUT(8)                  \
	PUT(10)                  \
	PUT(12)                  \
	PUT(14)                  \
	PUT(16)                  \
	PUT(18)                  \
	CMPQ    R10, $10         \
	JA      more            \
on:                             \
	MOVQ    R13, DI         \
	ADDQ    $64, SI         \
	ADDQ    $64, R12        \
	SUBQ    $64, CX

#define REST6 \
	CMPQ  CX, $64      \
	JGE   loop         \
	TESTQ CX, CX       \
	JLE   done         \
	BACK               \
	JMP   loop         \
more:                      \
	ADDQ  $20, DI       \
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
	RESULT

// FOURS makes of the 64 bytes at off(SI) what VPSHUFB wants: in Y8 and Y9 the
// byte without its bit 7, of which the lower four bits choose; in Y10 and Y11 bits
// 3 to 6.
#define FOURS(off) \
	VPAND  off(SI), Y15, Y8      \
	VPAND  (off+32)(SI), Y15, Y9 \
	VPSRLW $3, Y8, Y10           \
	VPSRLW $3, Y9, Y11           \
	VPAND  Y14, Y10, Y10         \
	VPAND  Y14, Y11, Y11

// FIRST puts into l and h the buckets that the table at AX+tb rules out: bits that
// are set there. NEXT adds them.
#define FIRST(tb, l, h) \
	VMOVDQU (tb)(AX), Y12      \
	VPSHUFB Y8, Y12, l         \
	VPSHUFB Y9, Y12, h         \
	VMOVDQU (tb+32)(AX), Y12   \
	VPSHUFB Y10, Y12, Y13      \
	VPOR    Y13, l, l          \
	VPSHUFB Y11, Y12, Y13      \
	VPOR    Y13, h, h

#define NEXT(tb, l, h) \
	VMOVDQU (tb)(AX), Y12      \
	VPSHUFB Y8, Y12, Y13       \
	VPOR    Y13, l, l          \
	VPSHUFB Y9, Y12, Y13       \
	VPOR    Y13, h, h          \
	VMOVDQU (tb+32)(AX), Y12   \
	VPSHUFB Y10, Y12, Y13      \
	VPOR    Y13, l, l          \
	VPSHUFB Y11, Y12, Y13      \
	VPOR    Y13, h, h

#define CONSTANTS \
	MOVL         $0x7f7f7f7f, R8 \
	VMOVD        R8, X15         \
	VPBROADCASTD X15, Y15        \
	MOVL         $0x0f0f0f0f, R8 \
	VMOVD        R8, X14         \
	VPBROADCASTD X14, Y14

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

// RUNS makes of DX, the positions of a block behind which no byte of a token
// stands, those behind which ten stand, as far as the block goes.
#define RUNS \
	MOVQ DX, R9 \
	SHRQ $1, R9 \
	ORQ  R9, DX \
	MOVQ DX, R9 \
	SHRQ $2, R9 \
	ORQ  R9, DX \
	MOVQ DX, R9 \
	SHRQ $4, R9 \
	ORQ  R9, DX \
	MOVQ DX, R9 \
	SHRQ $2, R9 \
	ORQ  R9, DX \
	NOTQ DX

// TOKENS adds to R8 which bytes of Y6 and Y7 have a bit that is not set, if a
// token is at the position. It wants what FOURS(1) and MASK leave behind.
#define TOKENS \
	VMOVDQU   768(AX), Y2    \
	VMOVDQU   800(AX), Y3    \
	VPXOR     Y4, Y4, Y4     \
	VPCMPEQB  Y12, Y6, Y6    \
	VPCMPEQB  Y12, Y7, Y7    \
	VPSHUFB   Y8, Y2, Y8     \
	VPSHUFB   Y9, Y2, Y9     \
	VPSHUFB   Y10, Y3, Y10   \
	VPSHUFB   Y11, Y3, Y11   \
	VPMOVMSKB Y6, R10        \
	VPMOVMSKB Y7, R9         \
	SHLQ      $32, R9        \
	ORQ       R9, R10        \
	VPAND     Y10, Y8, Y8    \
	VPAND     Y11, Y9, Y9    \
	VPCMPEQB  Y4, Y8, Y8     \
	VPCMPEQB  Y4, Y9, Y9     \
	VPMOVMSKB Y8, DX         \
	VPMOVMSKB Y9, R9         \
	SHLQ      $32, R9        \
	ORQ       R9, DX         \
	RUNS                     \
	ORQ       832(AX), DX    \
	ANDNQ     DX, R10, R10   \
	ORQ       R10, R8

// BUCKETS32 puts into R8 which of 64 positions pass in any of four groups. Y0 and Y1 to
// Y6 and Y7 gather what each group rules out; the last is the one that may be for tokens.
#define BUCKETS32 \
	PREFETCHT0 4096(SI)     \
	FOURS(0)                \
	FIRST(0, Y0, Y1)        \
	FIRST(64, Y2, Y3)       \
	FIRST(128, Y4, Y5)      \
	FIRST(192, Y6, Y7)      \
	FOURS(2)                \
	NEXT(512, Y0, Y1)       \
	NEXT(576, Y2, Y3)       \
	NEXT(640, Y4, Y5)       \
	NEXT(704, Y6, Y7)       \
	FOURS(1)                \
	NEXT(256, Y0, Y1)       \
	NEXT(320, Y2, Y3)       \
	NEXT(384, Y4, Y5)       \
	NEXT(448, Y6, Y7)       \
	VPAND Y2, Y0, Y0        \
	VPAND Y3, Y1, Y1        \
	VPAND Y4, Y0, Y0        \
	VPAND Y5, Y1, Y1        \
	MASK                    \
	TOKENS

// func avx2x16(p *byte, n int, tables *byte, out *uint16) int
//
// Y0 and Y1, Y2 and Y3 gather what each group rules out.
TEXT ·avx2x16(SB), NOSPLIT, $0-40
	ARGUMENTS
	CONSTANTS

loop:
	PREFETCHT0 4096(SI)
	FOURS(0)
	FIRST(0, Y0, Y1)
	FIRST(64, Y2, Y3)
	FOURS(1)
	NEXT(128, Y0, Y1)
	NEXT(192, Y2, Y3)
	FOURS(2)
	NEXT(256, Y0, Y1)
	NEXT(320, Y2, Y3)
	VPAND Y2, Y0, Y0
	VPAND Y3, Y1, Y1
	MASK
	NUMBERS6
	REST6

// func avx2x32(p *byte, n int, tables *byte, out *uint16) int
TEXT ·avx2x32(SB), NOSPLIT, $0-40
	ARGUMENTS
	CONSTANTS

loop:
	BUCKETS32
	NUMBERS6
	REST6

// func vbmi24record(f *filter, text *byte, n int, found *uint64) int
TEXT ·vbmi24record(SB), NOSPLIT, $0-40
	RECORD(tables_seven)
	TABLES24

loop:
	GROUPS24
	KMOVQ K1, R8
	ANDQ  BX, R8
	XORL  R13, R13

again:
	TAKE
	TAKE
	KEPT

last:
	FOUND

// func avx2x32record(f *filter, text *byte, n int, found *uint64) int
TEXT ·avx2x32record(SB), NOSPLIT, $0-40
	RECORD(tables_twice)
	CONSTANTS

loop:
	BUCKETS32
	ANDQ BX, R8
	XORL R13, R13

again:
	TAKE
	TAKE
	TAKE
	TAKE
	KEPT

last:
	FOUND
