//go:build !hyperscan || !cgo

package main

import "github.com/stanch/stanch/match"

func hyperscan(string, []match.Literal, []byte) []subject { return nil }
