package mutation

// requeuing are those of the way back into the buffer.
func requeuing() []Mutation {
	const file = "pbuf/requeue.go"
	return []Mutation{
		told("TestRequeue|TestDelivery", "what comes back overwrites what is newer", "G1", file,
			"\tstatus, _ = part.Restore(shard.Item[K, V](e), size)\n", "\tstatus, _ = part.Write(f.m.hasher.Hash(e.Key), shard.Item[K, V](e), false, size)\n"),
		told("TestRequeue|TestCapacity|TestMaxBytes", "what is beaten on its way back keeps its room", "limit", file,
			"\tif status != shard.Inserted {\n\t\tf.freed(r)\n\t}\n", ""),
		told("TestRequeue", "what came back is new in the books", "books", file, "\tb.restored++\n", ""),
		told("TestRequeue|TestBackoff", "what came back is in flight still", "books", file, "\tb.inFlight--\n\tif status", "\tif status"),
		told("TestBackoff|TestVerdicts|TestPoison", "a failure is not counted", "MaxAttempts", file, "\t\te.Attempts = o.counted(e.Attempts)\n", ""),
		told("TestPoison|TestRequeue|TestBackoff", "what goes back has no mark", "backoff", file, "\t\tf.retries.note(e.Key, m)\n", ""),
		told("TestPoison|TestHalvesOfTwoBatches", "a failed batch is that of the one before", "split", file, "\tf.retries.batches++\n", ""),
		told("TestStop|TestGoexitInMerge", "what crashes on its way back is forgotten", "G1", file, "\t\t\tletters = append(letters, letter[K, V]{g.refs[i : i+1 : i+1], times, result.err})\n", ""),
	}
}

// combining are those of Merge and Newer.
func combining() []Mutation {
	const file = "pbuf/combine.go"
	return []Mutation{
		told("TestNewer", "Newer is asked the wrong way round", "Newer", file, "\tcase !o.Newer(there.Value, w.entry.Value):\n", "\tcase o.Newer(there.Value, w.entry.Value):\n"),
		told("TestNewer", "Newer does not see what is in flight", "G4", file, "\tif o.Newer != nil && !ok {\n", "\tif false {\n"),
		told("TestNewer", "a tombstone has a value that may be newer", "Newer", file, "\tcase !ok || there.Deleted: //", "\tcase !ok: //"),
		told("TestDeleteThenPutWithMerge|TestReset", "what replaces a tombstone does not tell of it", "Reset", file, "\tlater.Reset = earlier.Deleted || earlier.Reset\n", ""),
		told("TestReset|TestStopCombines|TestGoexitInMerge", "what comes back is merged as if it were newer", "G1", file, "o.fold(w.entry, Entry[K, V](w.seen.Item)); !changed {", "o.fold(Entry[K, V](w.seen.Item), w.entry); !changed {"),
		told("TestMergeConcurrentSafe|TestNewerConcurrentSafe", "a merge commits what nothing is left of", "G1", file, "w.size, false); ok {\n", "w.size, false); ok || !ok {\n"),
		told("TestReset|TestMerge", "a tombstone is merged with what comes after", "Reset", file, "\tif o.Merge != nil && !earlier.Deleted && earlier.Version", "\tif o.Merge != nil && earlier.Version"),
	}
}

// stopping are those of what Stop has delivered.
func stopping() []Mutation {
	const (
		drain = "pbuf/drain.go"
		stop  = "pbuf/stop.go"
	)
	return []Mutation{
		told("TestStopRetries", "Stop tries once, whatever its deadline", "Stop", drain, "\tif deadline == nil || context.Cause", "\tif true || deadline == nil || context.Cause"),
		told("TestStopOfADeadSink", "Stop begins a try when its time is over", "Stop", drain, "\tif left <= min(f.m.options.Retry.InitialBackoff, DefaultInitialBackoff) {\n", "\tif left <= 0 {\n"),
		told("TestStop", "what fails last is forgotten", "G1", drain, "\t\t\tf.keepAll(r.Cursor())\n", ""),
		told("TestStop", "what nobody has tried is forgotten", "G1", "pbuf/delivery.go", "\t\tf.keepRest(cause)\n", ""),
		told("TestStop", "what is kept beside a newer write is reported", "Undelivered", drain, "ok && !f.m.options.folds(e, newer) {", "ok && false && !f.m.options.folds(e, newer) {"),
		told("TestStop", "a later deadline is Stop's", "Stop", stop, "\t\tif old != nil && !deadline.Before(*old) {\n", "\t\tif old != nil && deadline.Before(*old) {\n"),
		told("TestStop", "an earlier deadline wakes nobody", "Stop", stop, "\t\tf.signal() // it may be waiting for a later deadline\n", "\t\t_ = f\n"),
		told("TestStop|TestGoexitDuringStop", "what Stop retired goes behind what failed before it", "G3", drain, "\t\te.part.Restore(s.Item(version), 0)\n", "\t\t_, _ = s, version\n"),
	}
}

// scheduling are those of when a partition is due.
func scheduling() []Mutation {
	const file = "pbuf/schedule.go"
	return []Mutation{
		told("TestIdleBufferHasNoTimer", "an empty partition ticks", "idle", file, "\tcase size == 0 && f.part.Unused():", "\tcase size == 0 && false:"),
		told("TestIdlePartitions", "an idle partition keeps its worker", "idle", file, "\t\t\tf.runner.dismiss(nil)\n", ""),
		told("TestIdleBuffersKeepNoLargeBatch", "an idle partition keeps a large batch", "memory", file, "\t\t\tf.delivery.idle()\n", ""),
		told("TestTheFirstWrite", "the first insert wakes nobody", "idle", file, "\tif live == 1 || int64", "\tif int64"),
		told("TestFlusherStartsOnce", "two goroutines of a partition start", "start", "pbuf/alarm.go", "s.Load() == waiting && s.CompareAndSwap(waiting, started)", "s.Load() == waiting && s.Swap(started) != held"),
		told("TestInitial", "what a buffer begins with starts nothing", "start", "pbuf/map.go", "f.part.Size() > 0 || ", ""),
		told("TestFlushThreshold", "the threshold wakes nobody", "FlushThreshold", file, "\tif live == 1 || int64(live) == f.alarm.notice.Load() {\n", "\tif live == 1 {\n"),
		told("TestPoison|TestFlushThreshold|TestBackoff", "what waits for a retry counts for the threshold", "FlushThreshold", file, "size-r.buffered >= o.FlushThreshold", "size >= o.FlushThreshold"),
		told("TestPoison|TestTicks", "a retry begins the interval anew", "FlushInterval", file, "\tif what != retried {\n\t\ts.base = s.ended\n\t}\n", "\ts.base = s.ended\n"),
		told("TestRetryComes|TestBackoff", "a retry waits for the interval", "backoff", file, "\tif e := r.earliest; !e.IsZero() && e.Before(at) {\n", "\tif e := r.earliest; false && e.Before(at) {\n"),
		told("TestFlush", "Flush waits for what is due", "Flush", file, "\tcase f.called():\n\t\treturn everything, 0\n", ""),
		told("TestFlush", "Flush does not tell what went back", "Flush", "pbuf/flush.go", "int(f.books.gone-c.gone) + f.books.returned", "int(f.books.gone-c.gone)"),
		told("TestFlush", "Flush does not tell what was given up", "Flush", "pbuf/flush.go", "int(f.books.gone-c.gone) + f.books.returned", "f.books.returned"),
	}
}

// full are those of a full buffer.
func full() []Mutation {
	const (
		capacity = "pbuf/capacity.go"
		waiters  = "pbuf/waiters.go"
		evict    = "pbuf/evict.go"
	)
	return []Mutation{
		told("TestRoomComes|TestSpread", "a full buffer makes no partition flush", "Block", capacity, "\t\t\to.nudge()\n", "\t\t\t_ = o\n"),
		told("TestSpread|TestFullBuffer|TestCapacity", "room that was made is still wanted", "Block", waiters, "\t\tq.told.Store(false) //", "\t\tq.told.Load() //"),
		told("TestCapacity|TestMaxBytes", "who waits for room is not counted", "Block", waiters, "\tq.waiting.Add(1)\n", ""),
		told("TestRoomIsPassedOn", "who was woken and does not write passes nothing on", "Block", waiters, "\tif unused {\n", "\tif false {\n"),
		told("TestCapacity|TestContext|TestStop", "Stop does not wake who waits for room", "Block", waiters, "\tn := len(q.queue)\n\tq.mu.Unlock()\n\tq.wake(n)\n", "\tq.mu.Unlock()\n"),
		told("TestCapacity|TestDropped", "a write that is dropped is not counted", "books", capacity, "\t\tf.overflow.refused.Add(1)\n", ""),
		told("TestEvict", "the newest entry is dropped", "DropOldest", evict, "\ta.next++\n\treturn a.keys[a.next-1], true\n", "\tkey, a.keys = a.keys[len(a.keys)-1], a.keys[:len(a.keys)-1]\n\treturn key, true\n"),
		told("TestEvict", "only its own partition makes room for a write", "DropOldest", evict, "\t// Round the ring once, from here.\n", "\treturn false\n"),
		told("TestEvict|TestCapacity", "what is dropped for room is erased in the books", "books", evict, "\t\tf.overflow.evicted.Add(1) //", "\t\tf.overflow.evicted.Load() //"),
	}
}
