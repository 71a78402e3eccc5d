package mutation

const checkpointsFile = "pbuf/checkpoints.go"

// checkpoints are the mutations of the rules by which a checkpoint is done.
func checkpoints() []Mutation {
	all := []Mutation{
		control(one("a checkpoint forgets what went back", "Checkpoint", checkpointsFile,
			"\t\tnumber = min(number, q.floor-1)\n", "\t\t_ = number\n")),
		one("a checkpoint is done before anything is settled", "Checkpoint", checkpointsFile,
			"\t\tq.enter(c, number-1) // that is in flight, and all there is\n\tdefault:\n\t\tq.enter(c, number)\n", "\tdefault:\n"),
		one("a checkpoint does not wait for what is buffered", "Checkpoint", checkpointsFile,
			"b.inFlight == 0 && b.final == nil && f.part.Size() == 0", "b.inFlight == 0 && b.final == nil"),
		one("a checkpoint does not wait for what is in flight", "Checkpoint", checkpointsFile,
			"b.inFlight == 0 && b.final == nil && f.part.Size() == 0", "b.final == nil && f.part.Size() == 0"),
		one("a requeued entry begins anew", "Checkpoint", "pbuf/requeue.go",
			"\t\t\tm.origin, m.since = old.origin, old.since\n", "\t\t\tm.since = old.since\n"),
		one("an entry goes back unnoticed", "Checkpoint", "pbuf/requeue.go",
			"\tf.calls.checkpoints.wentBack(m.origin)\n", ""),
		one("what waits is not told of a loss", "Checkpoint", checkpointsFile,
			"\t\tq.queue[i].lost.add(n, cause)\n", ""),
		one("the next checkpoint is not told of a loss", "Checkpoint", checkpointsFile,
			"\tif q.last <= written {", "\tif false {"),
		one("a stale write is not lost with what rejected it", "Checkpoint", checkpointsFile,
			"\t\ttold = q.recent\n", "\t\t_ = q.recent\n"),
		one("what is lost rejects no more", "Checkpoint", checkpointsFile,
			"q.next, q.recent, q.last = loss{}, q.flying, number", "q.next, q.recent, q.last = loss{}, loss{}, number"),
		one("what was lost rejects for ever", "Checkpoint", checkpointsFile,
			"{ q.inFlight, q.flying = false, loss{} }", "{ q.inFlight = false }"),
		one("what was evicted goes on rejecting", "Checkpoint", checkpointsFile,
			"\tif q.inFlight { // else", "\tif true { // else"),
		one("what is in flight is never released", "Checkpoint", "pbuf/flush.go",
			"\tf.calls.checkpoints.released()\n", ""),
		one("of those who ask during Stop the first alone is told", "Checkpoint", checkpointsFile,
			"f.takeStale(b.closed)", "f.takeStale(false)"),
		one("a stale write does not look again after a checkpoint", "Checkpoint", checkpointsFile,
			"return now|1 == mark|1 && (now == mark|1 || at.CompareAndSwap(now, mark|1) || at.Load() == mark|1)", "_ = now\n\tat.Or(1)\n\treturn true"),
		one("a stale write leaves no mark", "Checkpoint", checkpointsFile,
			"return now|1 == mark|1 && (now == mark|1 || at.CompareAndSwap(now, mark|1) || at.Load() == mark|1)", "return now|1 == mark|1"),
		one("a checkpoint leaves the mark of stale writes", "Checkpoint", checkpointsFile,
			"at.CompareAndSwap(mark, (mark|1)+1)", "at.CompareAndSwap(mark, mark)"),
		one("a dropped entry is no loss", "Checkpoint", "pbuf/deadletter.go", "\tf.lost(l, err)\n", ""),
		one("a refused write is no loss", "Checkpoint", checkpointsFile,
			"\t\tq.next.add(n, cause)\n\t\tq.recent.add(n, cause)\n", ""),
		one("an evicted entry is taken for a new one", "Checkpoint", checkpointsFile,
			"\tif q.floor > 0 {\n\t\torigin = q.floor\n\t}\n", ""),
		one("an evicted entry is no loss", "Checkpoint", "pbuf/evict.go",
			"\t\tf.calls.checkpoints.evicted(f.part.Generation(), f.m.bounds.full)\n", ""),
	}
	for i := range all {
		all[i].First = flushing
	}
	return all
}
