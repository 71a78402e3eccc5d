#!/bin/sh
# Run the *ConcurrentSafe tests COUNT times under the race detector, for several
# GOMAXPROCS (as an environment variable, so that package initialisation sees it
# too), with the plain build and with the one that yields inside race windows.
set -eu
.ci/has-test.sh ConcurrentSafe
for tags in '' pbuf_perturb; do
	for procs in 1 2 4 16; do
		echo "stress: GOMAXPROCS=$procs count=$COUNT tags=${tags:-none}"
		GOMAXPROCS=$procs go test -race -tags "$tags" -run ConcurrentSafe -count "$COUNT" -timeout 60m ./pbuf/... ./internal/...
	done
done
