#!/bin/sh
# All tests of all modules under the race detector, except those that run the
# library in child processes: the children are not built with it, so it would
# watch the parent wait.
set -eu
rc=0
for m in $MODULES; do
	echo "race: $m"
	packages=$(cd "$m" && go list -f '{{.ImportPath}} {{.Deps}} {{.TestImports}} {{.XTestImports}}' ./... |
		grep -v '/internal/prove/child' | cut -d ' ' -f 1)
	# shellcheck disable=SC2086 # import paths, one word each
	(cd "$m" && go test -race $packages) || rc=1
done
exit $rc
