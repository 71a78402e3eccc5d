#!/bin/sh
# Run the soak tests for SOAK each.
set -eu
dirs=$(.ci/dirs-with.sh '^func Test.*Soak')
for dir in $dirs; do
	echo "soak: $dir for $SOAK"
	(cd "$dir" && PBUF_SOAK=$SOAK go test -run Soak -count 1 -timeout 0 -v .)
done
