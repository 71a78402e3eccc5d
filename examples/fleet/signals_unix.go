//go:build unix

package main

import "syscall"

// signals says that there are signals beside the one that kills.
const signals = true

const (
	sigStop = syscall.SIGSTOP
	sigCont = syscall.SIGCONT
)
