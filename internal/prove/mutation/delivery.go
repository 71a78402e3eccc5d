package mutation

// delivery are the mutations of what a flusher does with a generation. Each names
// the tests of pbuf that notice it.
func delivery() []Mutation {
	all := []Mutation{}
	for _, part := range [][]Mutation{turns(), calling(), retrying(), replaying(), requeuing(), combining(), stopping(), scheduling(), full()} {
		all = append(all, part...)
	}
	return all
}

// turns are those of who goes on with a flush, its worker or the flusher.
func turns() []Mutation {
	const file = "pbuf/worker.go"
	all := []Mutation{
		one("the worker goes on with a flush that was taken back", "turn", file,
			"\treturn turn != theirs && w.turn.CompareAndSwap(turn, ours)\n", "\tw.turn.Store(ours)\n\treturn turn != theirs\n"),
		one("the flusher takes back a flush that the worker goes on with", "turn", file,
			"\treturn ran, again, w.turn.CompareAndSwap(turn, theirs)\n", "\tw.turn.Store(theirs)\n\treturn ran, again, true\n"),
		one("the flusher takes back a flush between two calls", "turn", file, "\t\treturn 0, again, false\n\t}\n", "\t}\n"),
		told("TestEachCall|TestLate|TestCalls", "a call's time counts from the first one's", "turn", file, "; ran < limit {\n", "; false {\n"),
		told("TestOneOfManyCalls|TestEachCall", "the next call is not begun for the flusher", "turn", "pbuf/call.go", "\t\tw.enter()\n", ""),
		told("TestStop|TestFlush|TestReplay", "what the next calls deliver is not in the books", "books", "pbuf/call.go", "\t\tf.landed(time.Since(c.began))\n", ""),
	}
	for i := range all[:3] {
		all[i].First = flushing
	}
	return all
}

// calling are those of a call of the processor, and of what its result says.
func calling() []Mutation {
	const (
		runner  = "pbuf/runner.go"
		call    = "pbuf/call.go"
		verdict = "pbuf/verdict.go"
		retry   = "pbuf/retry.go"
		dead    = "pbuf/deadletter.go"
	)
	return []Mutation{
		told("TestAbandonStuck", "an abandoned call's late result is the next one's", "G1", runner, "\t\t\t\tx.dismiss(&x.stuck)\n", ""),
		told("TestStuckProcessor", "a stuck call is not waited for", "G3", runner, "\t\t\tif f.m.options.AbandonStuck {\n", "\t\t\tif true {\n"),
		told("TestStopDeadline", "Stop's deadline is no call's", "Stop", runner, "\t\t\tended, x.grace = nil, time.After(stopGrace)\n", "\t\t\tended = nil\n"),
		told("TestStopDeadline", "there is no grace", "Stop", runner, "time.After(stopGrace)\n", "time.After(0)\n"),
		told("TestStopDeadline|TestStopGivesUp", "user code is begun after the grace", "Stop", runner, "\tif x.over {\n", "\tif false {\n"),
		told("TestGoexit", "Goexit ends the worker", "G1", "pbuf/worker.go", "ErrGoexit, crashed})\n\t\t\tgo w.run()\n", "ErrGoexit, crashed})\n"),
		told("TestInside", "a hook is not inside", "deadlock", "pbuf/worker.go", "\treturn ok && !w.(*worker).left.Load()", "\treturn ok && false && !w.(*worker).left.Load()"),
		told("TestAbandonedCall|TestAbandonStuck", "the batch of an abandoned call is used again", "S2", call,
			"\t\td.call = nil // the processor has it still\n", ""),
		told("TestVerdicts|TestPoisonIsIsolated", "an entry is tried once more than MaxAttempts", "MaxAttempts", call,
			"exhausted(int(r.slot.Attempts())+d.tries)", "exhausted(int(r.slot.Attempts())+d.tries-1)"),
		told("TestVerdicts|TestPermanent", "a permanent error is tried again", "Permanent", call, "\t\t\tif v.permanent || !spared", "\t\t\tif !spared"),
		told("TestVerdicts|TestPermanent", "a permanent error is no answer", "backoff", call,
			"d.did.answered || v.permanent", "d.did.answered || false"),
		told("TestVerdicts", "a verdict is about the whole batch", "Failed", verdict, "\tif v.keys == nil {\n", "\tif true {\n"),
		told("TestVerdicts", "an error about another batch is about what it names of this one", "G1", verdict,
			"; !ok {\n\t\t\treturn false\n", "; !ok {\n\t\t\tcontinue\n"),
		told("TestErrorMethods", "nobody says whose method has panicked", "Method", verdict, "\tx.method = fmt.Sprintf(\"(%T).%s\", err, method)\n", "\t_ = fmt.Sprint\n"),
		told("TestFailuresHarm|TestFailing|TestDeliveryHooks|TestHealth", "GiveUp tries again", "GiveUp", retry, "\treturn r.Policy == GiveUp || r.Max", "\treturn r.Max"),
		told("TestDeadLetterFails", "what DeadLetter has refused is dead-lettered", "G1", dead, "\t\tcase r.err != nil:\n", "\t\tcase false:\n"),
		told("TestCapacityOfWhatIsGivenUp", "what is given up keeps its room", "limit", dead, "\tf.freed(l.refs...) // after the books\n", ""),
		told("TestDeadLetterFails|TestDeliveryHooks", "what is given up is not in the books", "books", dead, "\t*as += uint64(n)\n", "\t_ = as\n"),
	}
}

// retrying are those of backoffs, and of who is tried with whom.
func retrying() []Mutation {
	const (
		retries = "pbuf/retries.go"
		split   = "pbuf/split.go"
	)
	return []Mutation{
		told("TestBackoff|TestPoison", "an entry does not wait for its backoff", "backoff", retries, "\treturn m != nil && (now.Before", "\treturn m != nil && false && (now.Before"),
		told("TestWhatFailedWaits", "what failed before does not wait for the sink", "backoff", retries, " || now.Before(r.hold))\n", ")\n"),
		told("TestPoison", "one poison entry backs off its partition", "backoff", retries, "\t\tif did.fresh && r.down > 1 {\n", "\t\tif did.fresh || r.down > 0 {\n"),
		told("TestDeadSink", "a sink that is down backs off nothing", "backoff", retries, "\t\t\tr.until = r.hold\n", ""),
		told("TestPoison", "a batch waits for its backoff to be halved", "backoff", retries, "\tif r.split {\n\t\treturn max", "\tif true {\n\t\treturn max"),
		told("TestDeadSink", "what failed in company never backs off", "backoff", retries, "\t\t\tr.split = true\n", ""),
		told("TestDeadSink|TestBackoff", "a sink that is up again is still down", "backoff", retries, "\t\tr.down, r.split, r.hold = 0, false, time.Time{}\n", "\t\tr.split, r.hold = false, time.Time{}\n"),
		told("TestTheFirstRetry|TestRetryComes", "the latest of the retries is waited for", "backoff", retries, " || due.Before(r.earliest) {", " || r.earliest.Before(due) {"),
		told("TestBackoff", "a backoff is not doubled", "backoff", "pbuf/retry.go", "doubled(r.InitialBackoff, n-1, r.MaxBackoff)", "doubled(r.InitialBackoff, 0*n, r.MaxBackoff)"),
		told("TestRetriesOfUnequalKeys", "a key that no map finds has no mark", "backoff", retries, "\tif key != key {\n\t\treturn r.unequal[1]\n\t}\n", ""),
		told("TestPoison", "suspects travel with entries that never failed", "backoff", split, "\tcase attempts == 0 && (m == nil ||", "\tcase true || attempts == 0 && (m == nil ||"),
		told("TestPoisonThatIsWrittenAgain|TestPoison", "a newer write to a suspect's key is none", "backoff", split, "(m == nil || m.limit == 0 && !(m.spared && d.what == retried)):", "(true || m.limit == 0 && !(m.spared && d.what == retried)):"),
		told("TestPoison", "a batch that failed is tried as it was", "split", "pbuf/requeue.go", "f.markTried((len(g.refs)+1)/2, patience), true)", "f.markTried(len(g.refs), patience), true)"),
		told("TestPoison", "halves wait for the next flush", "split", split, "if len(h.batch) == 0 && d.did", "if false && d.did"),
		told("TestRequeue|TestDeadSink|TestPoison", "halves are tried though nothing was delivered", "split", split, "&& d.did.answered && f.retries", "&& f.retries"),
		told("TestPoison", "what fails in company is given up", "MaxAttempts", "pbuf/call.go", "spared := bad.company && key == key", "spared := false && key == key"),
		told("TestPoison|TestVerdicts", "the last attempt is made in company", "MaxAttempts", "pbuf/requeue.go", "uint8(r.MaxAttempts-1))", "uint8(r.MaxAttempts))"),
		told("TestPoison|TestRequeue|TestStop", "what failed in company is forgotten", "G1", "pbuf/delivery.go", "\tf.requeueFailed()\n", ""),
		told("TestPoison", "a half says that it was not tried", "Attempts", "pbuf/call.go", "i := 0; d.hand.again && i", "i := 0; false && i"),
		told("TestSuspectsOfOneBatch", "suspects of several batches are mixed", "split", split, "\t\th.suspects[n].batch == first.batch && h.", "\t\th."),
		told("TestPoison|TestDeadSink", "those that failed most go first", "split", split, "cmp.Compare(a.attempts, b.attempts)", "cmp.Compare(b.attempts, a.attempts)"),
		told("TestBackoff|TestPoison|TestStop", "what waits for its retry is forgotten", "G1", split, "\tfor _, r := range h.later {\n\t\tyield(r)\n\t}\n", ""),
	}
}

// replaying are those of the policy Replay.
func replaying() []Mutation {
	const file = "pbuf/replay.go"
	return []Mutation{
		told("TestReplay|TestFlushDuringAReplay", "what is left of a batch keeps its number", "Replay", file,
			"\t\td.batch.Number, d.batch.Attempt = d.batch.Number+1, 0 // another content, another batch\n", ""),
		told("TestReplay", "a batch is replayed with what it delivered", "Replay", file, "\td.hand.batch = append(d.hand.batch[:0], left...)\n", ""),
		told("TestFlushDuringAReplay", "a replay does not wait", "backoff", file, "\t\tf.awaitReplay(until)\n", ""),
		told("TestFlushDuringAReplay", "Flush waits for what a replay holds up", "Flush", file, "\t\tf.failCalls(until)\n", ""),
		told("TestFlushDuringAReplay", "Flush does not hurry a replay", "Flush", file, "\t\tif d <= 0 || f.called() {\n", "\t\tif d <= 0 {\n"),
	}
}
