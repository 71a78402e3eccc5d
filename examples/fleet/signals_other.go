//go:build !unix

package main

import "syscall"

const signals = false

const sigStop, sigCont = syscall.Signal(-1), syscall.Signal(-1) // nobody sends them: see check
