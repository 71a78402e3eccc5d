#!/bin/sh
# has-test.sh PATTERN : fail unless the library has a test of that name, since
# go test -run is content with none.
set -eu
listed=$(go test -list "$1" ./pbuf/... ./internal/...)
if ! printf '%s\n' "$listed" | grep -q '^Test'; then
	echo "no test matches $1" >&2
	exit 1
fi
