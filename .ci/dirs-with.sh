#!/bin/sh
# dirs-with.sh PATTERN : the packages of any module with a test file that has a
# line like PATTERN, one directory a line. None at all is a failure: go test is
# content with finding nothing to run.
set -eu
dirs=$(grep -rlE --include='*_test.go' "$1" . | sed 's,/[^/]*$,,' | sort -u)
if [ -z "$dirs" ]; then
	echo "no test has a line like $1" >&2
	exit 1
fi
printf '%s\n' "$dirs"
