#!/bin/sh
# The shard and epoch tests on a big-endian and on a 32-bit machine, emulated by
# qemu's user mode (Debian: apt-get install qemu-user). It does not survive the
# signals of asynchronous preemption, so that is off.
set -eu
export CGO_ENABLED=0 GODEBUG=asyncpreemptoff=1
for arch in s390x arm; do
	if ! command -v "qemu-$arch" >/dev/null; then
		echo "emulate: $arch: not tested, there is no qemu-$arch" >&2
		[ -z "${CI:-}" ] || exit 1
		continue
	fi
	echo "emulate: $arch"
	GOARCH=$arch go test -timeout 10m -exec "qemu-$arch" ./internal/epoch ./internal/shard
done
