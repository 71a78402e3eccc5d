# shellcheck shell=bash
# A PostgreSQL of one's own, for scripts that source this: its data in $pg_dir, on
# a loopback port, under its own user if the script is root's. The caller sets pg_dir.
# shellcheck disable=SC2154

pg_bin() { # where the server programs of the newest PostgreSQL are, if anywhere
	if command -v initdb >/dev/null; then
		dirname "$(command -v initdb)"
	else # Debian keeps them off the PATH
		find /usr/lib/postgresql/*/bin -name initdb 2>/dev/null | sort -V | tail -n 1 | xargs -r dirname
	fi
}

as_pg() { # PostgreSQL refuses to run as root
	if ((EUID == 0)); then
		(cd / && runuser -u postgres -- "$@")
	else
		"$@"
	fi
}

pg_up() { # start it on $pg_port
	as_pg "$(pg_bin)/pg_ctl" -D "$pg_dir/data" -l "$pg_dir/log" -w -t 60 \
		-o "-c listen_addresses=127.0.0.1 -c port=$pg_port -c unix_socket_directories='' -c fsync=off" \
		start >/dev/null
}

pg_down() { # pull the plug
	[[ ! -f $pg_dir/data/postmaster.pid ]] ||
		as_pg "$(pg_bin)/pg_ctl" -D "$pg_dir/data" -m immediate stop >/dev/null
}

pg_new() { # make one in $pg_dir, start it, export PBUF_POSTGRES_DSN
	local password
	password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	mkdir "$pg_dir"
	printf '%s\n' "$password" >"$pg_dir/password"
	((EUID != 0)) || chown -R postgres "$pg_dir"
	as_pg "$(pg_bin)/initdb" -D "$pg_dir/data" -U pbuf -A scram-sha-256 --pwfile "$pg_dir/password" \
		-E UTF8 --locale C --no-sync >/dev/null
	for _ in 1 2 3 4 5; do # the port is a guess, so it may be taken
		pg_port=$((20000 + RANDOM % 10000))
		if pg_up; then
			export PBUF_POSTGRES_DSN="postgres://pbuf:$password@127.0.0.1:$pg_port/postgres?sslmode=disable"
			return 0
		fi
	done
	echo "PostgreSQL did not start:" >&2
	cat "$pg_dir/log" >&2
	return 1
}
