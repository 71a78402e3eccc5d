#!/usr/bin/env bash
# serve.sh postgres|mysql : a database server for a test. Prints its DSN, then does
# what it reads, a line "down" (pull the plug) or "up" at a time, and answers "ok".
# It ends with its input, so never outlives the test, and takes the server along.
# The exit code is 3 if the server is not installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../../../.ci"

work=$(mktemp -d)
pg_dir=$work/pg my_dir=$work/my
. ./postgres.sh
. ./mariadb.sh
trap 'pg_down || true; my_down || true; rm -rf "$work"' EXIT
chmod 755 "$work" # the server's user passes through

case $1 in
postgres)
	[[ -n $(pg_bin) ]] || exit 3
	pg_new
	echo "$PBUF_POSTGRES_DSN"
	;;
mysql)
	[[ -n $(my_bin) ]] || exit 3
	my_new
	echo "$PBUF_MYSQL_DSN"
	;;
esac
while read -r command; do
	case $1_$command in
	postgres_down) pg_down ;;
	postgres_up) pg_up ;;
	mysql_down) my_down ;;
	mysql_up) my_up ;;
	esac
	echo ok
done
