package pbuf

// notify runs a hook, if there is one, on the worker. What it panics with goes to
// BatchPanicked.
func notify[I any, K comparable, V any](f *flusher[K, V], hook func(I), info I) {
	if hook == nil {
		return
	}
	r := f.await(0, func(*worker) error { hook(info); return nil })
	if r.how != crashed {
		return
	}
	f.runner.hookFailures.Add(1)
	if report := f.m.options.Hooks.BatchPanicked; report != nil {
		about := f.delivery.batchInfo(0, 0, r.err)
		r = f.await(0, func(*worker) error { report(about); return nil })
		if r.how == crashed { // the reporter itself: there is nobody left to tell
			f.runner.hookFailures.Add(1)
		}
	}
}

// info is what hooks are told of the partition.
func (f *flusher[K, V]) info() PartitionInfo {
	return PartitionInfo{Name: f.m.options.Name, Partition: f.id, Partitions: f.m.options.Partitions}
}

// leave is the flusher's last act: PartitionStop, after whatever it left behind.
func (f *flusher[K, V]) leave() {
	x, hook := &f.runner, f.m.options.Hooks.PartitionStop
	if x.left == nil {
		x.dismiss(nil)
		return
	}
	info := f.info()
	if hook != nil && !f.ending.told {
		x.left.tasks <- func(*worker) error { x.counted(func() { hook(info) }); return nil }
	}
	close(x.left.tasks)
}
