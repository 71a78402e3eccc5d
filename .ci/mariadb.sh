# shellcheck shell=bash
# A MariaDB of one's own, for scripts that source this: its data in $my_dir, on a
# loopback port, under its own user if the script is root's. The caller sets my_dir.
# shellcheck disable=SC2154

my_bin() { # the server program, if there is one
	command -v mariadbd || command -v /usr/sbin/mariadbd || true # Debian keeps it off users' PATH
}

as_my() { # MariaDB refuses to run as root
	if ((EUID == 0)); then
		(cd / && runuser -u mysql -- "$@")
	else
		"$@"
	fi
}

my_up() { # start it on $my_port
	as_my "$(my_bin)" --no-defaults --datadir="$my_dir/data" --socket="$my_dir/socket" --pid-file="$my_dir/pid" \
		--tmpdir="$my_dir" \
		--bind-address=127.0.0.1 --port="$my_port" --character-set-server=utf8mb4 \
		--innodb-flush-log-at-trx-commit=0 --init-file="$my_dir/init.sql" >"$my_dir/log" 2>&1 &
	for _ in {1..600}; do # the socket comes when it is ready
		[[ ! -S $my_dir/socket || ! -s $my_dir/pid ]] || return 0
		kill -0 $! 2>/dev/null || return 1
		sleep 0.1
	done
	return 1
}

my_down() { # pull the plug
	local pid
	[[ -s $my_dir/pid ]] || return 0
	pid=$(<"$my_dir/pid")
	kill -9 "$pid" 2>/dev/null || true
	while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
	rm -f "$my_dir/pid" "$my_dir/socket"
}

my_new() { # make one in $my_dir, start it, export PBUF_MYSQL_DSN
	local password
	password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	mkdir "$my_dir"
	cat >"$my_dir/init.sql" <<-SQL
		CREATE DATABASE IF NOT EXISTS pbuf;
		CREATE USER IF NOT EXISTS pbuf@'127.0.0.1' IDENTIFIED BY '$password';
		GRANT ALL ON *.* TO pbuf@'127.0.0.1';
		DELETE FROM mysql.global_priv WHERE User = 'root';
		FLUSH PRIVILEGES;
	SQL
	((EUID != 0)) || chown -R mysql "$my_dir"
	as_my mariadb-install-db --no-defaults --datadir="$my_dir/data" --skip-test-db \
		--auth-root-authentication-method=normal >"$my_dir/log" 2>&1 || { cat "$my_dir/log" >&2; return 1; }
	for _ in 1 2 3 4 5; do # the port is a guess, so it may be taken
		my_port=$((20000 + RANDOM % 10000))
		if my_up; then
			export PBUF_MYSQL_DSN="pbuf:$password@tcp(127.0.0.1:$my_port)/pbuf"
			return 0
		fi
	done
	echo "MariaDB did not start:" >&2
	cat "$my_dir/log" >&2
	return 1
}
