#!/bin/sh
# The examples on real databases: SQLite always, PostgreSQL where
# PBUF_POSTGRES_DSN names one. In CI a missing PostgreSQL is a failure.
set -eu
cd examples
if [ -n "${PBUF_POSTGRES_DSN:-}" ]; then
	echo "examples: SQLite and PostgreSQL"
elif [ -z "${CI:-}" ]; then
	echo "examples: SQLite only, PBUF_POSTGRES_DSN is not set"
else
	echo "examples: PBUF_POSTGRES_DSN is not set; CI needs a PostgreSQL" >&2
	exit 1
fi
go test ./... # not again what `make test` has just run

if [ -n "${PBUF_POSTGRES_DSN:-}" ]; then
	echo "examples: the pipeline into PostgreSQL"
	go run ./ingest -dsn "$PBUF_POSTGRES_DSN"
fi
