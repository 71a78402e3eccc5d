#!/bin/sh
# The library for 32 bits: vet everything, then run the tests, either directly, if this
# kernel can, or with the emulator that RUN386 names; else compile them.
set -eu
export GOARCH=386 CGO_ENABLED=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

echo "386: vet"
go vet ./...

if [ -n "${RUN386:-}" ]; then
	echo "386: run with $RUN386"
	# qemu's user mode does not survive the signals of asynchronous preemption.
	GODEBUG=asyncpreemptoff=1 go test -exec "$RUN386" ./...
	exit
fi
go test -c -o "$dir/probe" ./internal/epoch
rc=0
"$dir/probe" -test.list '^$' >"$dir/out" 2>&1 || rc=$?
case $rc in
0)
	echo "386: run"
	go test ./...
	;;
126 | 127)
	echo "386: compiled only, this kernel does not run 386 binaries"
	go test -exec true ./... >"$dir/out" || { cat "$dir/out"; exit 1; }
	;;
*)
	cat "$dir/out" >&2
	exit "$rc"
	;;
esac
