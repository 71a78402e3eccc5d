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

const finalists = "^buf=(pbuf|mutex|index|xsync3$)"

// targetPasses measure the target table.
var targetPasses = []pass{
	{rootTests, "^BenchmarkPut$/./" + finalists, "100ms", "", 0, false},
	{rootTests, "^BenchmarkPutNewer$/./" + "^buf=(pbuf|mutex|index)", "100ms", "", 0, false},
	{rootTests, "^BenchmarkGet$/^find=hit$/" + finalists, "100ms", "", 0, false},
	{rootTests, "^BenchmarkKey$/^key=string16$/" + finalists, "100ms", "", 0, false},
	{rootTests, "^BenchmarkPutAll$/^size=100$/./" + finalists, "100ms", "", 0, false},
	{rootTests, "^BenchmarkInsert$/./" + finalists, "200ms", "", 0, false},
	{rootTests, "^BenchmarkFlush$/^every=20ms$/./" + finalists, "200ms", "", 0, false},
	{rivalsTests, "^BenchmarkLatency$/^processor=fast$/" + finalists, "300ms", "2,8", 0, false},
}

// otherPasses measure the rest of a report, in fewer rounds.
var otherPasses = []pass{
	{rootTests, "^BenchmarkPut$/^dist=(zipf|uniform)$/^buf=(rw|sync|channel)", "100ms", "", 2, false},
	{rootTests, "^BenchmarkFlush$/^every=20ms$/^dist=zipf$/^buf=(rw|sync|channel)", "200ms", "", 2, false},
	{rootTests, "^BenchmarkFlush$/^every=(1ms|1s)$/./^buf=(pbuf|mutex16|index16|index02)$", "200ms", "2", 2, false},
	{rootTests, "^BenchmarkDelete$/./" + finalists, "100ms", "2", 2, false},
	{rootTests, "^BenchmarkMixed$/./" + finalists, "100ms", "2", 2, false},
	{rootTests, "^BenchmarkPutAll$/^size=(10|1000)$/./^buf=(pbuf|mutex16|index16|index02)$", "100ms", "2", 2, false},
	{rootTests, "^Benchmark(Value|Space)$", "100ms", "2", 2, true},
	{rootTests, "^BenchmarkPartitions$", "100ms", "2", 2, false},
	{rootTests, "^BenchmarkPutFirst$/./^buf=(pbuf|mutex16|index16|xsync3)$", "100ms", "1", 3, false},
	{rootTests, "^BenchmarkInsertFloor$", "20x", "1", 3, false},
	{rootTests, "^BenchmarkDrain$", "20x", "2", 3, false},
	{rootTests, "^Benchmark(Memory|Empty)$", "1x", "2", 2, false},
	{rootTests, "^BenchmarkGC$", "500ms", "2", 2, false},
	{rivalsTests, "^BenchmarkLatency$/^processor=fast$/^buf=(rw|sync|channel|xsync4$|cmap|otter|otel)", "300ms", "2", 2, false},
	{rivalsTests, "^BenchmarkLatency$/^processor=slow$", "300ms", "2", 2, false},
	{rivalsTests, "^BenchmarkThirdParty$", "100ms", "2", 2, false},
}

// tracePass replays a recorded trace, if there is one.
var tracePass = pass{rootTests, "^BenchmarkTrace$/./" + finalists, "300ms", "", 3, false}
