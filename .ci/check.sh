#!/bin/sh
# What to run between two edits, in under a minute: formatting, vet and the tests
# of the library, and of the proofs those that are quick, among them the one that
# says which mutations no longer find their text.
set -eu
badly=$(.ci/bin/gofumpt -l .)
if [ -n "$badly" ]; then
	printf 'not formatted by gofumpt:\n%s\n' "$badly" >&2
	exit 1
fi
go vet ./...
go test ./pbuf/... ./internal/...
cd internal/prove
go vet ./...
go test -count 1 ./mutation # it reads files of the library's module, which go's cache of results does not look at
go test ./property ./faults ./crash ./fuzz ./linear
