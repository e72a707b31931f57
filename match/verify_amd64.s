//go:build !noasm

#include "textflag.h"

// func probeBitmap(p *byte, cands *uint16, n int, bitmap *uint32, shift uint32) int
//
// Every candidate is written back; only those that pass move the place on.
TEXT ·probeBitmap(SB), NOSPLIT, $0-48
	MOVQ p+0(FP), SI
	MOVQ cands+8(FP), R11
	MOVQ n+16(FP), DX
	MOVQ bitmap+24(FP), BX
	MOVL shift+32(FP), CX
	LEAL 5(CX), R13
	XORL DI, DI
	LEAQ (R11)(DX*2), R12
	NEGQ DX
	JZ   done

loop:
	MOVWLZX (R12)(DX*2), AX
	MOVL $0x20202020, R8
	ORL  (SI)(AX*1), R8
	IMULL $0x9E3779B1, R8
	MOVW AX, (R11)(DI*2)
	SHRXL R13, R8, R9
	SHRXL CX, R8, R8
	MOVL (BX)(R9*4), R10
	BTL  R8, R10
	ADCQ $0, DI
	INCQ DX
	JNZ  loop

done:
	MOVQ DI, ret+40(FP)
	RET

// func nearAsm(text *byte, off int, cands *uint16, n int, slots *uint32, shift, mask uint32, heads *head, found *uint64) int
//
// Every candidate is written; only those that agree move the place on.
TEXT ·nearAsm(SB), NOSPLIT, $0-72
	MOVQ text+0(FP), SI
	MOVQ off+8(FP), R11
	ADDQ R11, SI
	SHLQ $32, R11
	MOVQ cands+16(FP), DX
	MOVQ n+24(FP), R12
	MOVQ slots+32(FP), BX
	MOVL shift+40(FP), CX
	MOVL mask+44(FP), R13
	MOVQ heads+48(FP), R10
	MOVQ found+56(FP), DI
	TESTQ R12, R12
	JZ   done

loop:
	MOVWLZX (DX), AX
	ADDQ    $2, DX
	MOVL    (SI)(AX*1), R8
	ORL     $0x20202020, R8
	ANDL    R13, R8
	IMULL   $0x9E3779B1, R8
	SHRXL   CX, R8, R8
	MOVL    (BX)(R8*4), R8 // the head's index
	MOVQ    R8, R9
	SHLQ    $5, R9
	ADDQ    R10, R9
	ORQ     R11, R8
	MOVBLZX 16(R9), R15
	NEGQ    R15
	ADDQ    AX, R15
	SHLQ    $32, AX
	ADDQ    AX, R8
	MOVQ    R8, (DI)
	MOVQ    (SI)(R15*1), R15
	ANDQ    8(R9), R15
	XORL    R8, R8
	CMPQ    R15, (R9)
	SETEQ   R8
	LEAQ    (DI)(R8*8), DI
	DECQ    R12
	JNZ     loop

done:
	SUBQ found+56(FP), DI
	SHRQ $3, DI
	MOVQ DI, ret+64(FP)
	RET

// compress has for each set of four values of 64 bits the numbers of its halves
// in front, for VPERMD.
DATA compress<>+0(SB)/8, $0x0000000000000000
DATA compress<>+8(SB)/8, $0x0000000000000000
DATA compress<>+16(SB)/8, $0x0000000000000000
DATA compress<>+24(SB)/8, $0x0000000000000000
DATA compress<>+32(SB)/8, $0x0000000100000000
DATA compress<>+40(SB)/8, $0x0000000000000000
DATA compress<>+48(SB)/8, $0x0000000000000000
DATA compress<>+56(SB)/8, $0x0000000000000000
DATA compress<>+64(SB)/8, $0x0000000300000002
DATA compress<>+72(SB)/8, $0x0000000000000000
DATA compress<>+80(SB)/8, $0x0000000000000000
DATA compress<>+88(SB)/8, $0x0000000000000000
DATA compress<>+96(SB)/8, $0x0000000100000000
DATA compress<>+104(SB)/8, $0x0000000300000002
DATA compress<>+112(SB)/8, $0x0000000000000000
DATA compress<>+120(SB)/8, $0x0000000000000000
DATA compress<>+128(SB)/8, $0x0000000500000004
DATA compress<>+136(SB)/8, $0x0000000000000000
DATA compress<>+144(SB)/8, $0x0000000000000000
DATA compress<>+152(SB)/8, $0x0000000000000000
DATA compress<>+160(SB)/8, $0x0000000100000000
DATA compress<>+168(SB)/8, $0x0000000500000004
DATA compress<>+176(SB)/8, $0x0000000000000000
DATA compress<>+184(SB)/8, $0x0000000000000000
DATA compress<>+192(SB)/8, $0x0000000300000002
DATA compress<>+200(SB)/8, $0x0000000500000004
DATA compress<>+208(SB)/8, $0x0000000000000000
DATA compress<>+216(SB)/8, $0x0000000000000000
DATA compress<>+224(SB)/8, $0x0000000100000000
DATA compress<>+232(SB)/8, $0x0000000300000002
DATA compress<>+240(SB)/8, $0x0000000500000004
DATA compress<>+248(SB)/8, $0x0000000000000000
DATA compress<>+256(SB)/8, $0x0000000700000006
DATA compress<>+264(SB)/8, $0x0000000000000000
DATA compress<>+272(SB)/8, $0x0000000000000000
DATA compress<>+280(SB)/8, $0x0000000000000000
DATA compress<>+288(SB)/8, $0x0000000100000000
DATA compress<>+296(SB)/8, $0x0000000700000006
DATA compress<>+304(SB)/8, $0x0000000000000000
DATA compress<>+312(SB)/8, $0x0000000000000000
DATA compress<>+320(SB)/8, $0x0000000300000002
DATA compress<>+328(SB)/8, $0x0000000700000006
DATA compress<>+336(SB)/8, $0x0000000000000000
DATA compress<>+344(SB)/8, $0x0000000000000000
DATA compress<>+352(SB)/8, $0x0000000100000000
DATA compress<>+360(SB)/8, $0x0000000300000002
DATA compress<>+368(SB)/8, $0x0000000700000006
DATA compress<>+376(SB)/8, $0x0000000000000000
DATA compress<>+384(SB)/8, $0x0000000500000004
DATA compress<>+392(SB)/8, $0x0000000700000006
DATA compress<>+400(SB)/8, $0x0000000000000000
DATA compress<>+408(SB)/8, $0x0000000000000000
DATA compress<>+416(SB)/8, $0x0000000100000000
DATA compress<>+424(SB)/8, $0x0000000500000004
DATA compress<>+432(SB)/8, $0x0000000700000006
DATA compress<>+440(SB)/8, $0x0000000000000000
DATA compress<>+448(SB)/8, $0x0000000300000002
DATA compress<>+456(SB)/8, $0x0000000500000004
DATA compress<>+464(SB)/8, $0x0000000700000006
DATA compress<>+472(SB)/8, $0x0000000000000000
DATA compress<>+480(SB)/8, $0x0000000100000000
DATA compress<>+488(SB)/8, $0x0000000300000002
DATA compress<>+496(SB)/8, $0x0000000500000004
DATA compress<>+504(SB)/8, $0x0000000700000006
GLOBL compress<>(SB), RODATA|NOPTR, $512

// func siftFour(text *byte, found *uint64, n int, heads *head, values, masks *uint64, refs *uint32, likely *uint64, room int) (slots, literals, kept int)
//
// It stops before a slot for whose literals there is no room. Four literals are
// read and written at a time, up to three too many.
TEXT ·siftFour(SB), NOSPLIT, $0-96
	MOVQ  text+0(FP), SI
	MOVQ  found+8(FP), DX
	MOVQ  likely+56(FP), DI
	MOVQ  room+64(FP), R13
	XORL  CX, CX
	MOVQ  n+16(FP), R12
	LEAQ  (DX)(R12*8), R12
	MOVQ  masks+40(FP), BX
	MOVQ  refs+48(FP), R15
	LEAQ  compress<>(SB), R14

slot:
	CMPQ    DX, R12
	JEQ     done
	MOVQ    (DX), AX
	MOVL    AX, R8
	SHLQ    $5, R8
	ADDQ    heads+24(FP), R8
	MOVL    24(R8), R9  // count
	MOVL    20(R8), R10 // first
	SUBQ    R9, R13
	JLT     done
	ADDQ    $8, DX
	ADDQ    R9, CX
	MOVBLZX 17(R8), R11
	MOVQ    AX, R8
	SHRQ    $32, R8
	SUBQ    R11, R8
	VPBROADCASTQ (SI)(R8*1), Y0 // the block
	SHRQ    $32, AX
	SHLQ    $32, AX
	VMOVQ   AX, X1
	VPBROADCASTQ X1, Y1
	MOVQ    values+32(FP), R8

literals:
	VPAND     (BX)(R10*8), Y0, Y2
	VPCMPEQQ  (R8)(R10*8), Y2, Y2
	VPMOVZXDQ (R15)(R10*4), Y3
	VPOR      Y1, Y3, Y3
	VMOVMSKPD Y2, AX
	MOVL      $4, R11
	CMPQ      R9, R11
	CMOVQLT   R9, R11
	BZHIL     R11, AX, AX
	POPCNTL   AX, R11
	SHLL      $5, AX
	VMOVDQU   (R14)(AX*1), Y4
	VPERMD    Y3, Y4, Y4
	VMOVDQU   Y4, (DI)
	LEAQ      (DI)(R11*8), DI
	ADDQ      $4, R10
	SUBQ      $4, R9
	JGT       literals
	JMP       slot

done:
	SUBQ  found+8(FP), DX
	SHRQ  $3, DX
	MOVQ  DX, slots+72(FP)
	MOVQ  CX, literals+80(FP)
	SUBQ  likely+56(FP), DI
	SHRQ  $3, DI
	MOVQ  DI, kept+88(FP)
	VZEROUPPER
	RET

// func siftWide(text *byte, found *uint64, n int, heads *head, values, masks *uint64, refs *uint32, likely *uint64, room int) (slots, literals, kept int)
//
// As siftFour, with eight literals at once; up to 64 bytes are written beyond
// those kept. What K1 leaves out is not read.
TEXT ·siftWide(SB), NOSPLIT, $0-96
	MOVQ  text+0(FP), SI
	MOVQ  found+8(FP), DX
	MOVQ  likely+56(FP), DI
	MOVQ  room+64(FP), R13
	XORL  CX, CX
	MOVQ  n+16(FP), R12
	LEAQ  (DX)(R12*8), R12
	MOVQ  masks+40(FP), BX
	MOVQ  refs+48(FP), R15

slot:
	CMPQ    DX, R12
	JEQ     done
	MOVQ    (DX), AX
	MOVL    AX, R8
	SHLQ    $5, R8
	ADDQ    heads+24(FP), R8
	MOVL    24(R8), R9  // count
	MOVL    20(R8), R10 // first
	SUBQ    R9, R13
	JLT     done
	ADDQ    $8, DX
	ADDQ    R9, CX
	MOVBLZX 17(R8), R11
	MOVQ    AX, R8
	SHRQ    $32, R8
	SUBQ    R11, R8
	MOVQ    (SI)(R8*1), R8 // the block
	SHRQ    $32, AX
	SHLQ    $32, AX
	VPBROADCASTQ R8, Z0
	VPBROADCASTQ AX, Z1
	MOVQ    values+32(FP), R8
	MOVQ    $-1, AX

literals:
	MOVQ          $8, R11
	CMPQ          R9, R11
	CMOVQLT       R9, R11 // BZHI sees the lowest byte of its count
	BZHIQ         R11, AX, R11
	KMOVW         R11, K1
	VMOVDQU64.Z   (BX)(R10*8), K1, Z2
	VPANDQ        Z0, Z2, Z2
	VPCMPEQQ      (R8)(R10*8), Z2, K1, K2
	VPMOVZXDQ.Z   (R15)(R10*4), K1, Z3
	VPORQ         Z1, Z3, Z3
	VPCOMPRESSQ.Z Z3, K2, Z3
	VMOVDQU64     Z3, (DI)
	KMOVW         K2, R11
	POPCNTL       R11, R11
	LEAQ          (DI)(R11*8), DI
	ADDQ          $8, R10
	SUBQ          $8, R9
	JGT           literals
	JMP           slot

done:
	SUBQ  found+8(FP), DX
	SHRQ  $3, DX
	MOVQ  DX, slots+72(FP)
	MOVQ  CX, literals+80(FP)
	SUBQ  likely+56(FP), DI
	SHRQ  $3, DI
	MOVQ  DI, kept+88(FP)
	VZEROUPPER
	RET

// func confirmAsm(text *byte, likely *uint64, n int, entries *entry, last uint32, classes *Class) int
//
// A reference beyond last, a jump, is compared with that entry.
TEXT ·confirmAsm(SB), NOSPLIT, $0-56
	MOVQ text+0(FP), SI
	MOVQ likely+8(FP), DX
	MOVQ n+16(FP), CX
	MOVQ entries+24(FP), R15
	MOVQ classes+40(FP), BX
	MOVQ DX, DI

loop:
	MOVQ    (DX), AX
	ADDQ    $8, DX
	MOVQ    AX, (DI)
	MOVL    AX, R8
	SHRQ    $32, AX
	CMPL    R8, last+32(FP)
	CMOVLHI last+32(FP), R8
	LEAQ    (R8)(R8*2), R8
	SHLQ    $4, R8
	ADDQ    R15, R8
	MOVWQSX 32(R8), R9
	ADDQ    AX, R9 // where the literal begins
	MOVQ    (SI)(R9*1), R10
	ANDQ    8(R8), R10
	XORQ    (R8), R10
	MOVWQSX 34(R8), R11
	ADDQ    AX, R11
	MOVQ    (SI)(R11*1), R11
	ANDQ    24(R8), R11
	XORQ    16(R8), R11
	ORQ     R11, R10
	MOVWLZX 36(R8), R12
	SHLQ    $5, R12
	ADDQ    BX, R12 // the class
	MOVBLZX 39(R8), R11
	ADDQ    R11, R9
	MOVBLZX 40(R8), R8
	ADDQ    R9, R8
	MOVBLZX (SI)(R9*1), R9 // the byte behind the literal
	MOVBLZX (SI)(R8*1), R8 // the gate's last
	MOVL    R9, R11
	SHRL    $6, R11
	MOVQ    (R12)(R11*8), R11
	SHRXQ   R9, R11, R11
	MOVL    R8, R13
	SHRL    $6, R13
	MOVQ    (R12)(R13*8), R13
	SHRXQ   R8, R13, R13
	ANDQ    R13, R11
	NOTQ    R11
	ANDQ    $1, R11
	XORL    R8, R8
	ORQ     R11, R10
	SETEQ   R8
	LEAQ    (DI)(R8*8), DI
	DECQ    CX
	JNZ     loop
	SUBQ    likely+8(FP), DI
	SHRQ    $3, DI
	MOVQ    DI, ret+48(FP)
	RET
