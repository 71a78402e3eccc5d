package pbuf

import (
	"runtime/debug"
)

// hookState says where a goroutine was that ended by runtime.Goexit.
type hookState uint8

const (
	hookNone      hookState = iota
	hookRunning             // in a hook
	hookReporting           // in BatchPanicked, for a hook
)

func (f *flusher[K, V]) partitionHook(hook func(PartitionInfo)) {
	if hook != nil {
		f.guard(func() { hook(PartitionInfo{Name: f.m.options.Name, Partition: f.id}) })
	}
}

// note makes the hook due, if there is one.
func (f *flusher[K, V]) note(hook func(ProcessingInfo), info ProcessingInfo) {
	if hook != nil {
		f.later(func() { hook(info) })
	}
}

func (f *flusher[K, V]) later(call func()) { f.cycle.notes = append(f.cycle.notes, call) }

// notify runs the hooks that are due. Each is forgotten before it runs, since it
// may end the goroutine.
func (f *flusher[K, V]) notify() {
	for c := &f.cycle; len(c.notes) > 0; {
		call := c.notes[0]
		c.notes = c.notes[1:]
		f.guard(call)
	}
}

// guard runs a hook. What it panics with goes to BatchPanicked.
func (f *flusher[K, V]) guard(call func()) {
	f.inHook = hookRunning
	err := protect(call)
	f.inHook = hookNone
	if err != nil {
		f.hookFailed(err)
	}
}

// resumeHook deals with a hook that ended the goroutine before this one.
func (f *flusher[K, V]) resumeHook() {
	state := f.inHook
	f.inHook = hookNone
	switch state {
	case hookRunning:
		f.hookFailed(ErrGoexit)
	case hookReporting: // the reporter itself: there is nobody left to tell
		f.hookFailures.Add(1)
	}
}

func (f *flusher[K, V]) hookFailed(err error) {
	f.hookFailures.Add(1)
	hook := f.m.options.Hooks.BatchPanicked
	if hook == nil {
		return
	}
	info := f.info(0, 0, err)
	f.inHook = hookReporting
	if protect(func() { hook(info) }) != nil {
		f.hookFailures.Add(1)
	}
	f.inHook = hookNone
}

// protect turns a panic of call into an error.
func protect(call func()) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	call()
	return nil
}
