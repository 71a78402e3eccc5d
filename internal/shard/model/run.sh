#!/usr/bin/env bash
# run.sh [quick|broken|ok|all]: the model checks, one line each.
#
#   quick   every broken variant and the small correct configurations, two at a time
#   broken  every broken variant, and what turned out not to be needed
#   ok      the correct protocol, all sizes
#   all     broken, then ok, one at a time: hours, and 17 GB for the largest
#
# A line: name | mode | states | depth | errors | expected | verdict | seconds | first error
# The exit status is 1 if a verdict is not OK, 2 if a tool is missing.
# NAME=substring runs only the checks whose name has it; JOBS, MEM (MB), TIME (seconds
# for a search, then it is "not completed") and KEEP=1 (keep the work directory, for
# trails) change how.
set -u
here=$(cd "$(dirname "$0")" && pwd)
what=${1:-quick}
case $what in quick | broken | ok | all) ;; *) echo "usage: run.sh [quick|broken|ok|all]" >&2; exit 2 ;; esac
case $what in all | ok) JOBS=${JOBS:-1} MEM=${MEM:-17000} ;; *) JOBS=${JOBS:-2} MEM=${MEM:-5000} ;; esac
width=22; [ "$what" = quick ] || width=26 # of pan's table: a hundred million states crowd a small one
NAME=${NAME:-} TIME=${TIME:-0} # 0: no end

missing() {
  local tool lacks=
  for tool in spin gcc; do command -v $tool >/dev/null || lacks="$lacks $tool"; done
  echo "$lacks"
}
if [ -n "$(missing)" ] && [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then
  { apt-get update && apt-get install -y spin gcc libc6-dev; } >/dev/null 2>&1
fi
if [ -n "$(missing)" ]; then
  echo "run.sh: missing:$(missing) (Debian: apt-get install spin gcc libc6-dev)" >&2
  exit 2
fi

work=$(mktemp -d)
if [ -n "${KEEP:-}" ]; then echo "work directory: $work"; else trap 'rm -rf "$work"' EXIT; fi

# one MODEL NAME EXPECTED MODE FLAGS: runs one check and prints its line
one() {
  local model=$1 name=$2 expected=$3 mode=$4 flags=$5 dir=$work/$2
  local compile search optimize=-O2
  # Compiling takes longer than a small search, or one that finds an error.
  if [ "$expected" = refuted ] || [ "$what" = quick ]; then optimize=-O0; fi
  mkdir -p "$dir" && cd "$dir" && cp "$here/$model.pml" .
  case $mode in
  safety) compile=-DSAFETY search= ;;
  np) compile=-DNP search=-l ;;                    # any cycle is an error: every run must end
  fair) compile="-DNP -DNFAIR=3" search="-l -f" ;;
  esac
  # shellcheck disable=SC2086
  if ! { spin $flags -a "$model.pml" && gcc $optimize -w $compile -DCOLLAPSE -DMEMLIM="$MEM" -DVECTORSZ=2048 -o pan pan.c; } >build.out 2>&1; then
    echo "$name | $mode | - | - | - | $expected | FAIL | - | does not build: $(tail -n 1 build.out)"
    return
  fi
  # shellcheck disable=SC2086
  timeout -s INT "$TIME" nice -n 10 ./pan $search -m100000 -w"$width" >pan.out 2>&1
  local states depth errors seconds first verdict=FAIL
  states=$(awk '/states, stored/ { printf "%.0f", $1; exit }' pan.out)
  depth=$(sed -n 's/.*depth reached \([0-9]*\).*/\1/p' pan.out | head -n 1)
  errors=$(sed -n 's/.*errors: \([0-9]*\).*/\1/p' pan.out | head -n 1)
  seconds=$(awk '/elapsed time/ { print $4; exit }' pan.out)
  first=$(sed -n 's/^pan:1: \(.*\) (at depth.*/\1/p' pan.out | head -n 1)
  case $expected in
  refuted) [ "${errors:-0}" -gt 0 ] && verdict=OK ;;
  holds) [ "${errors:-1}" = 0 ] && ! grep -q "Search not completed" pan.out && verdict=OK ;;
  esac
  [ "${errors:-0}" = 0 ] && grep -q "Search not completed\|error: max search depth" pan.out && first="not completed"
  echo "$name | $mode | ${states:--} | ${depth:--} | ${errors:--} | $expected | $verdict | ${seconds:--} | $first"
  [ -n "${KEEP:-}" ] || rm -rf "$dir"
}

# check MODEL NAME EXPECTED MODE FLAGS: runs it when a job is free
running=0
check() {
  case $2 in *"$NAME"*) ;; *) return ;; esac
  if [ "$running" -ge "$JOBS" ]; then wait -n; running=$((running - 1)); fi
  one "$@" | tee -a "$work/lines" &
  running=$((running + 1))
}
# The models: grow (existence and growth), retire (from a generation to the next),
# checkpoint, merge, wake. One line of a list is a name and the flags of the model.
list() { # MODEL EXPECTED MODE, the list on stdin
  local name flags
  while read -r name flags; do
    [ -z "$name" ] || check "$1" "$name" "$2" "$3" "$flags" </dev/null
  done
}

broken() {
  # existence and growth
  list grow refuted safety <<'END'
check-before-claim -DNW=1 -DOPS=1 -DKEY0=4 -DNG=0 -DV_CHECK_BEFORE
old-not-brought -DOPS=1 -DKEY0=4 -DNR=0 -DV_NO_OLD
group-not-awaited -DOPS=1 -DKEY0=4 -DNR=0 -DV_GROUP_NOT_AWAITED
step-not-awaited -DOPS=1 -DKEY0=4 -DNR=0 -DHELP -DV_STEP_NOT_AWAITED
step-taken-before-copy -DOPS=1 -DKEY0=4 -DNR=0 -DV_TAKEN_BEFORE_COPY
old-nil-before-last-step -DNW=3 -DOPS=1 -DKEY0=4 -DNR=0 -DHELP -DV_ENDS_EARLY
insert-without-check -DOPS=1 -DKEY0=1 -DNG=0 -DV_INSERT_NO_CHECK
insert-published-into-old -DOPS=1 -DKEY0=1 -DNR=0 -DV_INSERT_NO_CHECK
insert-checks-before-reserve -DOPS=1 -DKEY0=1 -DNR=0 -DV_CHECK_BEFORE_RESERVE
index-asked-while-room -DOPS=1 -DKEY0=1 -DNR=0 -DNG=0 -DV_INDEX_EARLY
index-asked-while-room-growing -DOPS=1 -DKEY0=1 -DNR=0 -DV_INDEX_EARLY
old-loaded-after-look -DOPS=17 -DKEY0=4 -DNR=0 -DV_OLD_AFTER_LOOK
old-set-after-swap -DOPS=1 -DKEY0=4 -DNR=0 -DV_OLD_SET_LATE
old-index-not-awaited -DOPS=1 -DKEY0=4 -DOTHER=4 -DNR=0 -DV_INDEX_NOT_AWAITED
index-left-behind -DNW=1 -DOPS=1 -DKEY0=4 -DOTHER=4 -DNR=0 -DV_INDEX_LEFT_BEHIND
unborn-skipped-by-inserter -DOPS=1 -DKEY0=1 -DPB=2 -DNR=0 -DNG=0 -DV_UNBORN_SKIPPED
unborn-skipped-by-copy -DOPS=1 -DKEY0=1 -DNR=0 -DV_MOVER_SKIPS_UNBORN
held-skipped-by-seal -DOPS=1 -DKEY0=1 -DNG=0 -DV_SEAL_SKIPS_HELD
tags-loaded-before-swap -DOPS=1 -DKEY0=1 -DNR=0 -DV_TAGS_BEFORE_SWAP
retire-does-not-finish -DNW=1 -DOPS=16 -DKEY0=4 -DV_RETIRE_DOES_NOT_FINISH
retire-does-not-take -DNW=1 -DOPS=16 -DKEY0=4 -DV_RETIRE_DOES_NOT_TAKE
grows-while-filled -DNW=1 -DOPS=16 -DKEY0=4 -DNR=0 -DGROWERS=2 -DV_GROWS_WHILE_FILLED
step-taken-twice -DOPS=1 -DKEY0=4 -DNR=0 -DHELP -DV_STEP_TAKEN_TWICE
dead-writes-lost -DNW=1 -DOPS=16 -DKEY0=2 -DV_DEAD_WRITES_LOST
writes-left-behind -DNW=1 -DOPS=1 -DKEY0=4 -DV_WRITES_LEFT_BEHIND
copied-counted-again -DOPS=1 -DKEY0=4 -DNR=0 -DV_COUNTED_AGAIN
counts-per-table -DOPS=9 -DNR=0 -DV_COUNTS_PER_TABLE
spilled-counted-before-check -DOPS=1 -DKEY0=1 -DOTHER=4 -DNR=0 -DV_COUNT_BEFORE_CHECK
neighbour-not-read -DOPS=17 -DNK=2 -DNB=2 -DKEY0=4 -DOTHER=4 -DNG=0 -DNR=0 -DV_NEIGHBOUR_NOT_READ
reserve-compares-one-byte -DOPS=1 -DKEY0=1 -DPB=2 -DNG=0 -DNR=0 -DV_RESERVE_ONE_BYTE
growing-without-look-in-flight -DG4 -DOPS=6 -DKEY0=1 -DNG=0 -DV_NO_LOOK
growing-in-flight-after-swap -DG4 -DOPS=6 -DKEY0=1 -DNG=0 -DV_INFLIGHT_AFTER_SWAP
restore-overwrites -DOPS=1 -DKEY0=4 -DNFAIL=1 -DV_RESTORE_OVERWRITES
restore-after-release -DG4 -DOPS=6 -DKEY0=1 -DNG=0 -DNFAIL=1 -DV_RESTORE_AFTER_RELEASE
walk-ends-with-its-table -DNW=1 -DOPS=16 -DKEY0=1 -DOTHER=4 -DNR=0 -DWALK -DV_WALK_ENDS
walk-does-not-finish -DNW=1 -DOPS=16 -DKEY0=1 -DOTHER=4 -DNR=0 -DWALK -DV_WALK_DOES_NOT_FINISH
END
  # the gate; claim, check, commit; retire
  list retire refuted safety <<'END'
gate-no-wait -DNF=1 -DSPILL -DNS=2 -DOPS=1 -DV_NO_WAIT
enter-looks-before-adding -DNF=1 -DSPILL -DNS=2 -DOPS=1 -DV_CHECK_FIRST
leave-recomputes-stripe -DNF=1 -DSPILL -DNS=2 -DOPS=1 -DV_LEAVE_OTHER
no-check -DNF=1 -DPRE -DOPS=1 -DV_NO_CHECK
no-check-conservation -DNF=1 -DPRE -DOPS=1 -DV_NO_CHECK -DONLY_G1
check-before-claim-conservation -DNF=1 -DPRE -DOPS=1 -DV_CHECK_BEFORE -DONLY_G1
plain-fields-before-check -DNF=1 -DPRE -DOPS=1 -DV_TOUCH_BEFORE -DONLY_G1
insert-commits-without-check -DNF=1 -DOPS=1 -DV_INS_NO_CHECK -DONLY_G1
spilled-insert-commits-without-check -DNF=1 -DSPILL -DEAGER -DOPS=6 -DV_INS_NO_CHECK
version-compared-outside -DNF=1 -DPRE -DOPS=6 -DV_VERSION_OUTSIDE
live-counted-after-publish -DNF=1 -DOPS=9 -DV_LIVE_AFTER
seal-before-swap -DNF=1 -DPRE -DOPS=1 -DV_SCAN_BEFORE_SWAP
seal-skips-busy -DNF=1 -DPRE -DOPS=1 -DV_SEAL_NO_BUSY -DONLY_G1
drain-does-not-wait-for-busy -DNF=1 -DPRE -DOPS=1 -DV_DRAIN_NO_BUSY
dead-only-decided-before-swap -DNF=1 -DPRE -DOPS=1 -DV_DROP_BY_HINT
no-retire-mutex -DNF=1 -DSSTOP -DOPS=1 -DV_NO_RETIRE_LOCK
blind-swap-beside-stop -DNF=1 -DSSTOP -DOPS=1 -DV_NO_RETIRE_LOCK -DV_SWAP_NOT_CAS
stop-returns-unsealed -DNF=1 -DSSTOP -DOPS=1 -DV_STOP_NO_SEAL
no-look -DNF=1 -DOPS=6 -DV_NO_LOOK
no-look-at-revival -DNOPS=2 -DNF=1 -DOPS=14 -DV_NO_LOOK_REVIVE
look-does-not-wait-for-busy -DNF=1 -DOPS=6 -DV_LOOK_NO_WAIT
look-not-repeated -DNF=1 -DSPILL -DOPS=6 -DV_LOOK_ONCE
look-after-claim-deadlock -DNF=2 -DPRE -DOPS=6 -DV_LOOK_AFTER_CLAIM
inflight-read-before-current -DNF=1 -DOPS=6 -DV_INFL_FIRST
inflight-set-after-swap -DNF=1 -DOPS=6 -DV_INFL_AFTER_SWAP
released-before-seal -DNF=1 -DOPS=6 -DV_RELEASE_AT_SWAP
released-before-delivery -DNF=1 -DOPS=6 -DV_RELEASE_EARLY
stop-replaces-inflight -DNF=1 -DSSTOP -DOPS=6 -DV_STOP_INFL
memory-read-before-look -DNF=1 -DPRE -DMEMO -DOPS=6 -DV_MEM_FIRST
remembered-after-release -DNF=1 -DPRE -DMEMO -DOPS=6 -DV_MEM_LATE
lookup-without-check -DNF=2 -DPRE -DOPS=73 -DLIN -DV_LOOKUP_NO_CHECK
lookup-inflight-before-current -DNF=2 -DPRE -DOPS=73 -DLIN -DNFAIL=1 -DV_LOOKUP_ABA
requeue-overwrites-live -DNF=1 -DOPS=1 -DORD -DNFAIL=1 -DV_MB_OVERWRITE
requeue-overwrites-newer -DNF=1 -DOPS=6 -DNFAIL=1 -DV_MB_OVERWRITE
requeue-after-release -DNF=1 -DOPS=6 -DNFAIL=1 -DV_MB_LATE
requeue-without-check -DNF=1 -DSSTOP -DOPS=1 -DNFAIL=1 -DV_MB_NO_CHECK
ticket-read-after-swap -DNF=1 -DNOPS=2 -DOPS=33 -DV_TICKET_LATE
flush-answered-at-nil -DNF=1 -DNOPS=2 -DSSTOP -DOPS=33 -DV_FLUSH_AT_NIL
flush-decides-empty-in-caller -DNF=1 -DNOPS=2 -DOPS=33 -DV_EMPTY_IN_CALLER
END
  list retire refuted np <<'END'
close-before-swap -DNF=1 -DSPILL -DEAGER -DOPS=1 -DV_CLOSE_BEFORE_SWAP
END
  list checkpoint refuted safety <<'END'
checkpoint-done-at-retire -DNW=1 -DV_DONE_AT_RETIRE
checkpoint-marks-forgotten -DNW=1 -DV_MARKS_FORGOTTEN
checkpoint-origin-anew -DNFAIL=2 -DV_ORIGIN_ANEW
checkpoint-beaten-forgotten -DV_BEATEN_FORGOTTEN
checkpoint-untried-forgotten -DNW=1 -DNSKIP=1 -DV_UNTRIED_FORGOTTEN
checkpoint-number-of-the-one-before -DNW=1 -DV_NUMBER_OF_THE_ONE_BEFORE
checkpoint-flight-not-asked -DNW=1 -DV_FLIGHT_NOT_ASKED
checkpoint-nil-answers-late -DDEL -DNOPS=2 -DNC=2 -DV_NIL_ANSWERS_LATE
checkpoint-nil-does-not-answer -DNW=1 -DNOPS=2 -DDEL -DV_NIL_DOES_NOT_ANSWER
checkpoint-empty-end-is-not-the-end -DNW=1 -DV_EMPTY_END_IS_NOT_THE_END
checkpoint-earlier-ones-wait -DNW=1 -DDEL -DNC=2 -DNOPS=2 -DV_EARLIER_ONES_WAIT
checkpoint-without-mutex -DNW=1 -DV_WITHOUT_MUTEX
checkpoint-number-after-look -DNW=1 -DV_WITHOUT_MUTEX -DV_NUMBER_AFTER_LOOK
END
  list merge refuted safety <<'END'
merge-without-count -DNM=1 -DNP=2 -DV_NO_SEQ
merge-without-carry -DNM=2 -DNMOPS=2 -DV_NO_CARRY
merge-without-check -DNM=1 -DNMOPS=2 -DV_NO_CHECK
merge-counts-after-release -DNM=2 -DNMOPS=2 -DV_COUNT_LATE
END
  list wake refuted safety <<'END'
threshold-read-before-count -DNI=2 -DNU=1 -DT0=3 -DV_THRESHOLD_FIRST
update-signals-before-store -DNI=1 -DNU=1 -DT0=3 -DV_SIGNAL_FIRST
update-does-not-signal -DNI=1 -DNU=1 -DT0=3 -DV_NO_SIGNAL
call-signals-before-enlisting -DNI=0 -DNC=1 -DV_SIGNAL_FIRST
token-dropped-before-sleep -DNI=2 -DV_TOKEN_DROPPED
urgent-reset-after-swap -DNI=0 -DNB=3 -DCAP=1 -DT0=0 -DV_URGENT_LATE
END
  # not needed, by this model (README)
  list grow holds safety <<'END'
spare-gate -DOPS=9 -DKEY0=5 -DOTHER=4 -DNG=0 -DNOGATE
spare-void-is-absent -DOPS=17 -DKEY0=4 -DNR=0 -DV_VOID_IS_ABSENT
spare-mark-of-a-failed-insert -DOPS=9 -DKEY0=1 -DNR=0 -DV_FAILED_IS_DEAD
END
  list retire holds safety <<'END'
spare-gate-wait -DNF=1 -DSPILL -DEAGER -DOPS=9 -DV_NO_WAIT -DONLY_G1
spare-order-of-close -DNF=1 -DSPILL -DEAGER -DOPS=9 -DV_CLOSE_BEFORE_SWAP
END
}

ok_small() {
  list grow holds safety <<'END'
ok-grow -DOPS=31 -DKEY0=5 -DNR=0
ok-grow-spilled -DOPS=9 -DOTHER=6 -DNR=0
ok-grow-neighbours -DOPS=9 -DNK=2 -DNB=2 -DKEY0=5 -DOTHER=4 -DNG=0 -DNR=0
ok-grow-lookup -DOPS=41 -DNR=0
ok-grow-help -DOPS=9 -DKEY0=6 -DNR=0 -DHELP
ok-grow-help-steps -DNW=1 -DOPS=9 -DHELP -DNB=2 -DBY=1 -DOTHER=4 -DKEY0=6
ok-compact -DOPS=9 -DOTHER=2 -DKEY0=6 -DNR=0 -DBY=1
ok-grow-twice -DNW=1 -DOPS=9 -DKEY0=4 -DGROWERS=2
ok-grow-retire -DOPS=9 -DKEY0=4
ok-grow-stop -DOPS=9 -DKEY0=5 -DSTOP
ok-grow-restore -DNW=1 -DOPS=9 -DKEY0=4 -DNFAIL=1
ok-grow-walk -DNW=1 -DOPS=16 -DKEY0=1 -DOTHER=4 -DWALK
ok-grow-g4 -DG4 -DOPS=6 -DKEY0=1 -DNG=0
END
  list grow holds np <<'END'
ok-grow-progress -DOPS=9 -DKEY0=6 -DNR=0
ok-grow-progress-help -DOPS=9 -DKEY0=4 -DNR=0 -DHELP
END
  list retire holds safety <<'END'
ok-insert -DNF=1 -DOPS=9 -DLIN -DORD
ok-spilled -DNF=1 -DSPILL -DNS=2 -DOPS=9 -DLIN -DORD
ok-all-operations -DNF=1 -DOPS=31 -DLIN
ok-cycle -DNF=2 -DPRE -DOPS=9 -DLIN -DORD
ok-cycle-g4 -DNF=2 -DPRE -DOPS=6 -DLIN
ok-memory -DNF=1 -DPRE -DMEMO -DOPS=14 -DNFAIL=1 -DLIN
ok-requeue -DNF=1 -DEAGER -DOPS=9 -DNFAIL=1 -DORD
ok-requeue-g4 -DNF=1 -DEAGER -DOPS=6 -DNFAIL=1
ok-flush -DNF=1 -DNOPS=2 -DOPS=33
ok-stop -DNF=1 -DSSTOP -DOPS=6
ok-lookup -DNF=1 -DPRE -DOPS=73 -DNFAIL=1 -DLIN
END
  list retire holds np <<'END'
ok-progress -DNF=1 -DPRE -DOPS=11
END
  list checkpoint holds safety <<'END'
ok-checkpoint -DDEL -DNFAIL=2 -DNSKIP=1 -DNGIVE=1 -DNC=2
ok-checkpoint-two-keys -DNK=2 -DDEL -DNFAIL=2
END
  list checkpoint holds np <<'END'
ok-checkpoint-progress -DDEL -DNFAIL=2 -DNC=2
END
  list merge holds safety <<'END'
ok-merge -DNM=2 -DNP=1
END
  list wake holds safety <<'END'
ok-threshold -DNI=2 -DND=1 -DNU=2 -DT0=3
ok-wake-flush -DNI=2 -DNU=1 -DNC=1 -DNFAIL=1
ok-room -DNI=0 -DNB=2 -DND=1 -DNU=1 -DCAP=1 -DT0=3 -DNFAIL=1
END
}

ok_big() {
  list grow holds safety <<'END'
big-grow-retire -DOPS=31
big-grow-retire-spilled -DOPS=27 -DOTHER=6
big-grow-g4 -DG4 -DOPS=6 -DKEY0=5
big-grow-g4-spilled -DG4 -DOPS=14 -DKEY0=5 -DOTHER=4
big-grow-spilled -DOPS=31 -DOTHER=6 -DNR=0
big-grow-two-keys -DOPS=25 -DNK=2 -DNR=0
big-grow-neighbours -DOPS=9 -DNK=2 -DNB=2 -DOTHER=4 -DBY=1 -DNR=0
big-grow-three -DNW=3 -DOPS=9 -DKEY0=4 -DNR=0
big-grow-two-ops -DNOPS=2 -DOPS=9 -DNR=0
big-grow-twice -DOPS=9 -DKEY0=4 -DNG=2
big-grow-two-growers -DOPS=9 -DKEY0=4 -DGROWERS=2
big-grow-help -DOPS=9 -DKEY0=6 -DHELP
big-grow-help-steps -DOPS=9 -DHELP -DNB=2 -DBY=1 -DOTHER=4 -DKEY0=4 -DNR=0
big-grow-without-gate -DOPS=9 -DOTHER=4 -DNOGATE
big-grow-restore -DOPS=9 -DKEY0=4 -DNFAIL=1
big-grow-lookup -DOPS=41 -DKEY0=4
big-grow-lookup-restore -DOPS=40 -DKEY0=4 -DNFAIL=1
big-grow-walk -DNW=1 -DOPS=9 -DOTHER=4 -DWALK
big-compact -DOPS=27 -DOTHER=6 -DBY=1
END
  list grow holds np <<'END'
big-grow-progress -DOPS=9
END
  list retire holds safety <<'END'
big-spilled -DNF=1 -DSPILL -DNS=2 -DOPS=31 -DLIN -DORD
big-cycle -DNF=2 -DPRE -DOPS=31 -DLIN -DORD -DNFAIL=1
big-cycle-g4 -DNF=2 -DPRE -DOPS=14 -DLIN -DNFAIL=1
big-cycle-2ops-g4 -DNOPS=2 -DNF=2 -DPRE -DOPS=14
big-cycle-2ops-put -DNOPS=2 -DNF=2 -DPRE -DOPS=9 -DORD
big-cycle-3flushes -DNF=3 -DPRE -DOPS=31 -DLIN -DORD
big-requeue-twice -DNF=2 -DEAGER -DOPS=15 -DNFAIL=2 -DLIN
big-gate-3writers -DNW=3 -DSPILL -DNS=2 -DNF=1 -DEAGER -DOPS=9
big-insert-2ops -DNOPS=2 -DNF=1 -DEAGER -DOPS=7
big-2keys -DNK=2 -DNF=2 -DOPS=15 -DNFAIL=1
big-stop -DNF=1 -DSSTOP -DOPS=31
big-stop-g4 -DNF=2 -DPRE -DSSTOP -DOPS=14 -DNFAIL=1
big-stop-alone-g4 -DNF=2 -DPRE -DSSTOP -DALONE -DOPS=14 -DNFAIL=1
big-stop-spilled -DNS=2 -DSPILL -DNF=1 -DSSTOP -DEAGER -DOPS=31 -DNFAIL=1
big-stop-flush -DNOPS=2 -DNF=1 -DSSTOP -DOPS=33
big-stop-flush-requeue -DNF=2 -DSSTOP -DOPS=39 -DNFAIL=1
big-memory -DNF=2 -DPRE -DMEMO -DOPS=14 -DNFAIL=1 -DLIN
big-lookup-cycle -DNF=2 -DPRE -DOPS=77 -DNFAIL=1 -DLIN
big-lookup-stop -DNF=1 -DPRE -DSSTOP -DOPS=78 -DNFAIL=1 -DLIN
END
  list retire holds np <<'END'
big-progress-cycle -DNF=2 -DPRE -DOPS=31 -DNFAIL=1
big-progress-gate -DSPILL -DNS=2 -DNF=2 -DEAGER -DOPS=9 -DNFAIL=1
big-progress-stop -DNF=1 -DPRE -DSSTOP -DOPS=79 -DNFAIL=1
END
  list checkpoint holds safety <<'END'
big-checkpoint -DNOPS=2 -DDEL -DNFAIL=2 -DNSKIP=1 -DNGIVE=1 -DNC=2
big-checkpoint-two-keys -DNOPS=2 -DNK=2 -DDEL -DNFAIL=1 -DNC=2
END
  list merge holds safety <<'END'
big-merge-3 -DNM=3 -DNP=1
big-merge-twice -DNM=2 -DNMOPS=2 -DNP=1
big-merge-mixed -DNM=2 -DNP=1 -DND=1 -DNV=1
END
  list merge holds np <<'END'
big-merge-progress -DNM=2 -DNP=1 -DND=1
END
  list wake holds safety <<'END'
big-threshold -DNI=3 -DND=1 -DNU=2 -DT0=3
big-wake-flush -DNI=2 -DNU=1 -DNC=1 -DNFAIL=1 -DSTOP
big-room -DNI=0 -DNB=3 -DND=1 -DNU=1 -DCAP=2 -DT0=3 -DNFAIL=1
big-wake -DNI=1 -DND=1 -DNB=2 -DCAP=2 -DNU=1 -DNC=1 -DNFAIL=1 -DSTOP
END
  list wake holds np <<'END'
big-wake-progress -DNI=1 -DNB=1 -DCAP=1 -DNU=1 -DNFAIL=1 -DSTOP
END
}

case $what in
quick) broken; ok_small ;;
broken) broken ;;
ok) ok_small; ok_big ;;
all) broken; ok_small; ok_big ;;
esac
wait
touch "$work/lines"
bad=$(grep -vc '| OK |' "$work/lines")
echo "$(grep -c '' "$work/lines") checks, $bad wrong"
[ "$bad" = 0 ]
