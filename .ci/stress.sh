#!/bin/sh
# Run the *ConcurrentSafe tests COUNT times under the race detector, for several
# GOMAXPROCS (as an environment variable, so that package initialisation sees it
# too): as the library is, and with each of its atomic steps perturbed.
set -eu
.ci/has-test.sh ConcurrentSafe
module=$(go list -m)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

stress() { # stress LABEL FLAG...
	label=$1
	shift
	for procs in 1 2 4 16; do
		echo "stress: $label, GOMAXPROCS=$procs, count $COUNT"
		GOMAXPROCS=$procs go test -race "$@" -run ConcurrentSafe -count "$COUNT" -timeout 60m \
			"$module/pbuf" "$module/internal/..."
	done
}

stress plain
# The perturbed build belongs to the module with the scheduling points, whose
# go.mod (used here as a copy) need not know what the library's tests import.
cd pbuf/prove
cp go.mod go.sum "$dir"
overlay=$(go run ./cmd/overlay "$dir/overlay")
stress perturbed -mod=mod -modfile "$dir/go.mod" -overlay "$overlay"
