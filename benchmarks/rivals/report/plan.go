package main

// binary names one of the two test binaries.
type binary string

const (
	rootTests   binary = "root"
	rivalsTests binary = "rivals"
)

// pass is one call of a test binary, once per round.
type pass struct {
	binary
	bench  string // the pattern of -test.bench
	time   string // -test.benchtime
	cpu    string // -test.cpu; "" for what the command line says
	rounds int    // at most; 0 for all
	short  bool
}

const (
	swappers  = "^buf=(pbuf|mutex|index|literal$)"
	finalists = "^buf=(pbuf|mutex|index|literal$|xsync3$)"
)

// targetPasses measure the target table.
var targetPasses = []pass{
	{rootTests, "^BenchmarkFill$/^keys=100k$/./" + swappers, "10x", "", 0, false},
	{rootTests, "^BenchmarkFill$/^keys=1M$/./" + swappers, "1x", "", 0, false},
	{rootTests, "^BenchmarkFirst$/././" + swappers, "1000000x", "", 0, false},
	{rootTests, "^BenchmarkFlushCold$/././" + swappers, "1000000x", "", 0, false},
	{rootTests, "^BenchmarkPut$/^dist=(zipf|uniform)$/" + finalists, "100ms", "", 0, false},
	{rootTests, "^BenchmarkPut$/^dist=uniform-1M$/" + swappers, "100ms", "", 0, false},
	{rootTests, "^BenchmarkPutNewer$/./" + swappers, "100ms", "", 0, false},
	{rootTests, "^BenchmarkGet$/^find=hit$/" + finalists, "100ms", "", 0, false},
	{rootTests, "^BenchmarkKey$/^key=string16$/" + finalists, "100ms", "", 0, false},
	{rootTests, "^BenchmarkPutAll$/^size=100$/./" + swappers, "100ms", "", 0, false},
	{rootTests, "^BenchmarkInsert$/./" + swappers, "200ms", "", 0, false},
	{rootTests, "^BenchmarkFlush$/^every=20ms$/./" + swappers, "200ms", "", 0, false},
	{rivalsTests, "^BenchmarkLatency$/^processor=fast$/" + swappers, "300ms", "2,8", 0, false},
	{rivalsTests, "^BenchmarkLatencyGrowing$/./" + swappers, "1x", "", 0, false},
}

// tracePass replays a recorded trace, if there is one.
var tracePass = pass{rootTests, "^BenchmarkTrace$/./" + swappers, "200ms", "", 0, false}

// otherPasses measure the rest of a report, in fewer rounds.
var otherPasses = []pass{
	{rootTests, "^BenchmarkDrain$", "20x", "2", 0, false},
	{rootTests, "^Benchmark(Memory|Empty|Spike)$", "1x", "2", 1, false},
	{rootTests, "^BenchmarkPut$/^dist=hot$/" + finalists, "100ms", "", 2, false},
	{rootTests, "^BenchmarkPut$/^dist=(zipf|uniform)$/^buf=(rw|sync|channel)", "100ms", "", 2, false},
	{rootTests, "^BenchmarkFlush$/^every=20ms$/^dist=zipf$/^buf=(rw|sync|channel)", "200ms", "", 2, false},
	{rootTests, "^BenchmarkFlush$/^every=(1ms|1s)$/./^buf=(pbuf|mutex16|index16|index02|literal)$", "200ms", "2", 2, false},
	{rootTests, "^BenchmarkDelete$/./" + finalists, "100ms", "2", 2, false},
	{rootTests, "^BenchmarkMixed$/./" + finalists, "100ms", "2", 2, false},
	{rootTests, "^BenchmarkPutAll$/^size=(10|1000)$/./^buf=(pbuf|mutex16|index16|index02|literal)$", "100ms", "2", 2, false},
	{rootTests, "^Benchmark(Value|Space)$", "100ms", "2", 1, true},
	{rootTests, "^BenchmarkPartitions$", "100ms", "2", 1, false},
	{rootTests, "^BenchmarkGC$", "500ms", "2", 1, false},
	{rivalsTests, "^BenchmarkLatency$/^processor=fast$/^buf=(rw|sync|channel|xsync4$|cmap|otter|otel)", "300ms", "2", 2, false},
	{rivalsTests, "^BenchmarkLatency$/^processor=slow$", "300ms", "2", 1, false},
	{rivalsTests, "^BenchmarkThirdParty$", "100ms", "2", 2, false},
}
