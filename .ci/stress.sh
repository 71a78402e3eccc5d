#!/bin/sh
# Run the *ConcurrentSafe tests COUNT times under the race detector, for several
# GOMAXPROCS (as an environment variable, so that package initialisation sees it
# too): with the library as it is, and with each of its atomic steps perturbed.
set -eu
.ci/dirs-with.sh '^func Test.*ConcurrentSafe' >/dev/null
module=$(go list -m)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# The scheduling points are in the module of the proofs, so the tests run from
# there. Its go.mod, a copy of it here, need not know what the library's own
# tests import.
cd internal/prove
overlay=$(go run ./cmd/overlay "$dir/overlay")
cp go.mod go.sum "$dir"

stress() { # stress LABEL FLAG...
	label=$1
	shift
	for procs in 1 2 4 16; do
		echo "stress: $label, GOMAXPROCS=$procs, count $COUNT"
		GOMAXPROCS=$procs go test -mod=mod -modfile "$dir/go.mod" -race "$@" \
			-run ConcurrentSafe -count "$COUNT" -timeout 60m "$module/pbuf/..." "$module/internal/..."
	done
}

stress plain
stress perturbed -overlay "$overlay"
