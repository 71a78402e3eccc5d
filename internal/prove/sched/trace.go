package sched

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
)

// Trace makes the following runs note where each step is, for people.
func (r *Run) Trace(on bool) { r.traced = on }

// Steps returns the steps of the last traced run: goroutine, function, line.
func (r *Run) Steps() string { return strings.Join(r.trace, "\n") }

func (r *Run) note(t *task, what string) {
	var pcs [16]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs[:])])
	for {
		f, more := frames.Next()
		if !strings.Contains(f.Function, "/prove/points.") || !more {
			r.trace = append(r.trace, fmt.Sprintf("%d %s %s (%s:%d)",
				t.id, what, f.Function[strings.LastIndex(f.Function, ".")+1:], filepath.Base(f.File), f.Line))
			return
		}
	}
}
