#!/bin/sh
# Statement coverage of the library by its own tests; fails under COVER_MIN.
set -eu
echo "cover: ./pbuf ./internal"
# What only the plugins' tests use is tested there.
packages=$(go list ./pbuf/... ./internal/... | grep -vE '/(testdb|sinktest|statstest)$' | paste -sd , -)
go test -coverprofile coverage.out -coverpkg "$packages" ./pbuf/... ./internal/...
go tool cover -html coverage.out -o coverage.html
go tool cover -func coverage.out | awk -v min="$COVER_MIN" '
	$3 + 0 < 80 && $1 != "total:" { print }
	$1 == "total:" { total = $3 + 0 }
	END {
		printf "cover: %.1f %% of statements, at least %s %% wanted; by line: coverage.html\n", total, min
		exit total < min
	}'
