#!/usr/bin/env bash
# steps.sh TARGET... [-- TARGET...]: make each target in turn, stop at the first that
# fails, and end with how long each took. From the second target on, those after the --
# are made beside the others, at low priority, in the time that those spend waiting for
# servers, clocks and one processor; what each says is shown when it has ended.
set -um # m: what we start is a group of processes that can be killed
dir=$(mktemp -d)
front= beside=
clean_up() {
	local group
	for group in $front $beside; do kill -- "-$group" 2>/dev/null || true; done
	rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# step TARGET: make it and note how it went.
step() {
	local began=$SECONDS verdict=ok
	make --no-print-directory "$1" || verdict=FAILED
	printf '%-11s %-6s %5d s\n' "$1" $verdict $((SECONDS - began)) >>"$dir/table"
}

# count VERDICT: of how many steps that is known.
count() { grep -c " $1 " "$dir/table"; }

failed() { (($(count FAILED) > 0)); }

# aside TARGET...: the steps beside the others.
aside() {
	local target
	renice -n 19 "$BASHPID" >/dev/null
	for target; do
		step "$target" >"$dir/out" 2>&1
		printf '=== %s, beside the others\n%s\n' "$target" "$(<"$dir/out")"
		! failed || return
	done
}

while (($# > 0)) && [[ $1 != -- ]]; do
	targets+=("$1")
	shift
done
for target in "${targets[@]}"; do
	echo "=== $target"
	step "$target" & # a trap waits for no child that is waited for
	front=$!
	wait "$front"
	front=
	! failed || break
	if [[ -z $beside && $# -gt 1 ]]; then
		aside "${@:2}" &
		beside=$!
	fi
done
[[ -z $beside ]] || failed || wait "$beside"
printf '=== steps and their times\n'
cat "$dir/table"
echo "steps: $(count ok) passed, $(count FAILED) failed"
! failed
