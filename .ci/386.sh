#!/bin/sh
# The library for 32 bits, where 64-bit atomics are only as aligned as we make
# them: vet and compile everything, run the tests if this kernel can.
set -eu
export GOARCH=386 CGO_ENABLED=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

echo "386: vet and compile"
go vet ./...
go test -exec true ./... >"$dir/out" || { cat "$dir/out"; exit 1; }

go test -c -o "$dir/probe" ./pbuf
rc=0
"$dir/probe" -test.list '^$' >"$dir/out" 2>&1 || rc=$?
case $rc in
0)
	echo "386: run"
	go test ./pbuf/... ./internal/...
	;;
126 | 127)
	echo "386: compiled only, this kernel does not run 386 binaries"
	;;
*)
	cat "$dir/out" >&2
	exit "$rc"
	;;
esac
