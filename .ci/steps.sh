#!/bin/sh
# steps.sh TARGET... : make each target in turn, stop at the first that fails,
# and end with how long each took.
set -u
passed=0 failed=0 table=
for step; do
	echo "=== $step"
	began=$(date +%s)
	if make --no-print-directory "$step"; then
		passed=$((passed + 1)) verdict=ok
	else
		failed=1 verdict=FAILED
	fi
	table="$table$(printf '%-10s %-6s %5d s' "$step" "$verdict" $(($(date +%s) - began)))
"
	[ "$failed" -eq 0 ] || break
done
printf '=== steps and their times\n%s' "$table"
echo "steps: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
