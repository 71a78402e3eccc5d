#!/bin/sh
# Lint every module: formatting, tidy go.mod, vet and staticcheck, these two
# once more for each build tag of our own, so that no variant rots unseen. Goes
# through to the end, to show all faults at once.
set -eu
bin=$PWD/.ci/bin
rc=0

echo "lint: gofumpt"
badly=$("$bin/gofumpt" -l .)
if [ -n "$badly" ]; then
	printf 'not formatted by gofumpt:\n%s\n' "$badly" >&2
	rc=1
fi

for m in $MODULES; do
	(
		rc=0
		cd "$m"
		echo "lint: $m"
		go mod tidy -diff || rc=1
		go vet ./... || rc=1
		"$bin/staticcheck" ./... || rc=1
		# shellcheck disable=SC2016 # a template of go's, not of the shell's
		ignored=$(go list -f '{{$d := .Dir}}{{range .IgnoredGoFiles}}{{$d}}/{{.}} {{end}}' ./...)
		# shellcheck disable=SC2086 # file names, one word each
		tags=$(cat /dev/null $ignored | grep '^//go:build' | grep -o 'pbuf_[a-z0-9_]*' | sort -u)
		for tag in $tags; do
			echo "lint: $m -tags $tag"
			go vet -tags "$tag" ./... || rc=1
			"$bin/staticcheck" -tags "$tag" ./... || rc=1
		done
		exit $rc
	) || rc=1
done
exit $rc
