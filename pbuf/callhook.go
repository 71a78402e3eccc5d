package pbuf

import (
	"runtime/debug"
)

// hookState says where a goroutine was that ended by runtime.Goexit.
type hookState uint8

const (
	hookNone      hookState = iota
	hookRunning             // in a hook
	hookReporting           // in ProcessingException, for a hook
)

func (f *flusher[K, V]) partitionHook(hook func(PartitionInfo)) {
	if hook != nil {
		f.guard(func() { hook(PartitionInfo{Name: f.m.options.Name, Partition: f.id}) })
	}
}

func (f *flusher[K, V]) processingHook(hook func(ProcessingInfo), info ProcessingInfo) {
	if hook != nil {
		f.guard(func() { hook(info) })
	}
}

// guard runs a hook. What it panics with goes to ProcessingException.
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
		f.stats.hookFailures.Add(1)
	}
}

func (f *flusher[K, V]) hookFailed(err error) {
	f.stats.hookFailures.Add(1)
	hook := f.m.options.Hooks.ProcessingException
	if hook == nil {
		return
	}
	info := ProcessingInfo{Name: f.m.options.Name, Partition: f.id, Err: err}
	if r := f.cycle.retired; r != nil {
		info.Generation = r.Number()
	}
	f.inHook = hookReporting
	if protect(func() { hook(info) }) != nil {
		f.stats.hookFailures.Add(1)
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
