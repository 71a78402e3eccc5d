#!/usr/bin/env bash
# The demo on a PostgreSQL that dies in the middle of it and comes back: nothing
# may be lost. Fails if a row is wrong at the end, or if no outage was felt.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. .ci/postgres.sh

if [[ -z $(pg_bin) ]]; then
	echo "demo-outage: needs the PostgreSQL server (Debian: apt-get install postgresql)" >&2
	exit 1
fi
work=$(mktemp -d)
pg_dir=$work/pg
trap 'pg_down || true; rm -rf "$work"' EXIT
chmod 755 "$work"
(cd examples && go build -buildvcs=false -o "$work/ingest" ./ingest)
pg_new
echo "demo-outage: PostgreSQL on 127.0.0.1:$pg_port"

# Slower than the demo, and back early: 28 s of the replay's 40 are left to a slow
# restart. Entries that wait when the replay ends are tried until -drain is over.
felt=
while IFS= read -r line; do
	printf '%s\n' "$line"
	case $line in
	' 20%'*)
		pg_down
		echo "demo-outage: PostgreSQL killed"
		;;
	*'pbuf: sink is down'*)
		felt=yes
		;;
	' 30%'*)
		pg_up
		echo "demo-outage: PostgreSQL back"
		;;
	esac
done < <("$work/ingest" -speed 15000 -dsn "$PBUF_POSTGRES_DSN" "$@" 2>&1 || echo "demo-outage: exit status $?" | tee "$work/failed")
[[ ! -e $work/failed ]]
if [[ -z $felt ]]; then
	echo "demo-outage: the replay did not notice the outage" >&2
	exit 1
fi
