#!/bin/sh
# Fuzz each target of the library for FUZZTIME, one after the other: go test
# takes a single target of a single package at a time.
set -eu
listed=$(go test -list '^Fuzz' ./pbuf/... ./internal/...)
targets=$(printf '%s\n' "$listed" | awk '
	/^Fuzz/ { names[++n] = $1 }
	/^ok/   { for (i = 1; i <= n; i++) print $2 " " names[i]; n = 0 }')
if [ -z "$targets" ]; then
	echo "fuzz: no fuzz target found" >&2
	exit 1
fi
printf '%s\n' "$targets" | while read -r package target; do
	echo "fuzz: $target ($FUZZTIME) in $package"
	go test -run '^$' -fuzz "^$target\$" -fuzztime "$FUZZTIME" "$package" </dev/null
done
