#!/bin/sh
# counts.sh [CELL...]: instructions, memory accesses and simulated cache misses of
# one operation, by cachegrind; for machines whose counters cannot be read. A
# cell is the name of a benchmark without its buf= part. What the start costs
# falls out: the difference of a long and a short run is divided by that of their
# operations. The caches simulated have 48 KiB and 32 MiB, lines of 64 bytes.
set -eu
cd "$(dirname "$0")/.."
command -v valgrind >/dev/null || { echo "counts.sh: missing valgrind (Debian: apt-get install valgrind)" >&2; exit 2; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
go test -c -o "$dir/bench" ./benchmarks
# valgrind knows neither rdtscp nor the signals of asynchronous preemption.
export GODEBUG=asyncpreemptoff=1,cpu.rdtscp=off,cpu.avx512=off,cpu.avx512f=off GOGC=off

count() { # BENCHMARK OPERATIONS
	valgrind --tool=cachegrind --cache-sim=yes --D1=49152,12,64 --LL=33554432,16,64 \
		--cachegrind-out-file=/dev/null "$dir/bench" -test.run '^$' -test.cpu 1 \
		-test.bench "^Benchmark$(echo "$1" | sed 's,/,$/^,g')\$" -test.benchtime "$2x" 2>&1 |
		tr -d , | awk '/ I +refs/ { i = $4 } / D +refs/ { d = $4 } / D1 +misses/ { m = $4 } / LLd +misses/ { l = $4 }
			/^Benchmark/ { ran = 1 } END { if (!ran) exit 1; print i, d, m, l }'
}

[ $# -gt 0 ] || set -- Put/dist=zipf Put/dist=uniform Key/key=string16 PutNewer/order=newer PutNewer/order=stale \
	Get/find=hit PutAll/size=100/dist=uniform
few=500000 many=2500000
echo "| operation | contender | instructions | memory accesses | misses of 48 KiB | misses of 32 MiB |"
echo "| --- | --- | --- | --- | --- | --- |"
for cell; do
	for buf in pbuf mutex16 index16; do
		short=$(count "$cell/buf=$buf" $few)
		long=$(count "$cell/buf=$buf" $many)
		echo "$short $long $((many - few))" | awk -v row="| $cell | $buf" '{
			printf "%s | %.0f | %.0f | %.2f | %.2f |\n", row, ($5-$1)/$9, ($6-$2)/$9, ($7-$3)/$9, ($8-$4)/$9 }'
	done
done
