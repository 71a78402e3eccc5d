#!/bin/sh
# Fuzz each target of each module for FUZZTIME, one after the other: go test
# takes a single target of a single package at a time.
set -eu
dirs=$(.ci/dirs-with.sh '^func Fuzz')
for dir in $dirs; do
	listed=$(cd "$dir" && go test -list '^Fuzz' .)
	for target in $listed; do
		case $target in
		Fuzz*)
			echo "fuzz: $dir $target for $FUZZTIME"
			(cd "$dir" && go test -run '^$' -fuzz "^$target\$" -fuzztime "$FUZZTIME" .)
			;;
		esac
	done
done
