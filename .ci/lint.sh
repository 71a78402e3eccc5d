#!/bin/sh
# Lint every module: formatting, tidy go.mod, vet and staticcheck, these two
# once more for each build tag of our own, so that no variant rots unseen.
set -eu
bin=$PWD/.ci/bin

echo "lint: gofumpt"
badly=$("$bin/gofumpt" -l .)
if [ -n "$badly" ]; then
	printf 'not formatted by gofumpt:\n%s\n' "$badly" >&2
	exit 1
fi

for m in $MODULES; do
	(
		cd "$m"
		echo "lint: $m"
		go mod tidy -diff
		go vet ./...
		"$bin/staticcheck" ./...
		tags=$(find . -name '*.go' -exec grep -h '^//go:build' {} + | grep -o 'pbuf_[a-z0-9_]*' | sort -u)
		for tag in $tags; do
			echo "lint: $m -tags $tag"
			go vet -tags "$tag" ./...
			"$bin/staticcheck" -tags "$tag" ./...
		done
	)
done
