//go:build !noasm

#include "textflag.h"

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

// func siftAsm(text *byte, found *uint64, n int, heads *head, blocks *masked, refs *uint32, likely *uint64, room int) (slots, literals, kept int)
//
// It stops before a slot for whose literals there is no room.
TEXT ·siftAsm(SB), NOSPLIT, $0-88
	MOVQ  text+0(FP), SI
	MOVQ  found+8(FP), DX
	MOVQ  likely+48(FP), DI
	MOVQ  room+56(FP), R13
	MOVQ  $0, slots+64(FP)
	XORL  CX, CX
	MOVQ  n+16(FP), R12
	LEAQ  (DX)(R12*8), R12

slot:
	CMPQ  DX, R12
	JEQ   done
	MOVQ  (DX), AX
	MOVL  AX, R8
	SHLQ  $5, R8
	ADDQ  heads+24(FP), R8
	MOVL  24(R8), R9  // count
	MOVL  20(R8), R10 // first
	SUBQ  R9, R13
	JLT   done
	ADDQ  $8, DX
	ADDQ  R9, CX
	MOVBLZX 17(R8), R11
	MOVQ  AX, R8
	SHRQ  $32, R8
	SUBQ  R11, R8
	MOVQ  (SI)(R8*1), R8
	SHRQ  $32, AX
	SHLQ  $32, AX
	MOVQ  refs+40(FP), BX
	LEAQ  (BX)(R10*4), BX
	SHLQ  $4, R10
	ADDQ  blocks+32(FP), R10

literal:
	MOVL  (BX), R15
	ADDQ  $4, BX
	ORQ   AX, R15
	MOVQ  R15, (DI)
	MOVQ  8(R10), R15
	ANDQ  R8, R15
	XORL  R11, R11
	CMPQ  R15, (R10)
	SETEQ R11
	LEAQ  (DI)(R11*8), DI
	ADDQ  $16, R10
	DECQ  R9
	JNZ   literal
	JMP   slot

done:
	SUBQ  found+8(FP), DX
	SHRQ  $3, DX
	MOVQ  DX, slots+64(FP)
	MOVQ  CX, literals+72(FP)
	SUBQ  likely+48(FP), DI
	SHRQ  $3, DI
	MOVQ  DI, kept+80(FP)
	RET
