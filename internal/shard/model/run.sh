#!/usr/bin/env bash
# run.sh [quick|broken|ok|all]: the model checks, one line each.
#
#   quick   every broken variant and the small correct configurations, two at a time
#   broken  every broken variant, and what turned out not to be needed
#   ok      the correct protocol, all sizes
#   all     broken, then ok, one at a time: 70 minutes, and 17 GB for the largest
#
# A line: name | mode | states | depth | errors | expected | verdict | seconds | first error
# The exit status is 1 if a verdict is not OK, 2 if a tool is missing.
# NAME=substring runs only the checks whose name has it; JOBS, MEM (MB) and
# KEEP=1 (keep the work directory, for trails) change how.
set -u
here=$(cd "$(dirname "$0")" && pwd)
what=${1:-quick}
case $what in quick | broken | ok | all) ;; *) echo "usage: run.sh [quick|broken|ok|all]" >&2; exit 2 ;; esac
case $what in all | ok) JOBS=${JOBS:-1} MEM=${MEM:-17000} ;; *) JOBS=${JOBS:-2} MEM=${MEM:-5000} ;; esac
width=22; [ "$what" = quick ] || width=26 # of pan's table: a hundred million states crowd a small one
NAME=${NAME:-}

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
  # Compiling takes longer than the search that finds an error.
  if [ "$expected" = refuted ]; then optimize=-O0; elif [ "$what" = quick ]; then optimize=-O1; fi
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
  nice -n 10 ./pan $search -m100000 -w"$width" >pan.out 2>&1
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
refuted() { check pbuf "$1" refuted "${3:-safety}" "$2"; }
holds() { check pbuf "$1" holds "${3:-safety}" "$2"; }

small="-DNW=2 -DNOPS=1 -DNF=1 -DNS=1" # two writers, one operation each, one flush and Stop
cycle="-DNW=2 -DNOPS=1 -DNF=2 -DNS=1 -DREC=2 -DPRE" # two stores that alternate
gates="-DNW=2 -DNOPS=1 -DNF=1 -DNS=2"

broken() {
  # the gate
  refuted gate-no-wait "$gates -DOPS=1 -DV_NO_WAIT"
  refuted enter-looks-before-adding "$gates -DOPS=1 -DV_CHECK_FIRST"
  refuted leave-recomputes-stripe "$gates -DOPS=1 -DV_LEAVE_OTHER"
  # claim, check, commit
  refuted no-check "$small -DPRE -DOPS=1 -DV_NO_CHECK"
  refuted no-check-conservation "$small -DPRE -DOPS=1 -DV_NO_CHECK -DONLY_G1"
  refuted check-before-claim "$small -DPRE -DOPS=1 -DV_CHECK_BEFORE"
  refuted check-before-claim-conservation "$small -DPRE -DOPS=1 -DV_CHECK_BEFORE -DONLY_G1"
  refuted plain-fields-before-check "$small -DPRE -DOPS=1 -DV_TOUCH_BEFORE -DONLY_G1"
  refuted insert-commits-without-check "$small -DEAGER -DOPS=6 -DV_INS_NO_CHECK"
  refuted slot-born-live "$small -DOPS=27 -DV_BORN_LIVE -DONLY_G1"
  refuted version-compared-outside "$small -DPRE -DOPS=6 -DV_VERSION_OUTSIDE"
  refuted live-counted-after-publish "$small -DOPS=9 -DV_LIVE_AFTER"
  # retire
  refuted close-before-swap "$small -DEAGER -DOPS=1 -DV_CLOSE_BEFORE_SWAP" np
  refuted seal-before-swap "$small -DOPS=1 -DV_SCAN_BEFORE_SWAP"
  refuted seal-before-swap-conservation "$small -DNOPS=2 -DOPS=9 -DV_SCAN_BEFORE_SWAP -DONLY_G1"
  refuted seal-skips-busy "$small -DPRE -DOPS=1 -DV_SEAL_NO_BUSY"
  refuted seal-skips-busy-conservation "$small -DPRE -DOPS=1 -DV_SEAL_NO_BUSY -DONLY_G1"
  refuted drain-does-not-wait-for-busy "$small -DPRE -DOPS=1 -DV_DRAIN_NO_BUSY"
  refuted dead-only-decided-before-swap "$small -DPRE -DOPS=1 -DV_DROP_BY_HINT"
  refuted no-retire-mutex "$small -DSSTOP -DOPS=1 -DV_NO_RETIRE_LOCK"
  refuted blind-swap-beside-stop "$small -DSSTOP -DOPS=1 -DV_NO_RETIRE_LOCK -DV_SWAP_NOT_CAS"
  refuted stop-returns-unsealed "$small -DSSTOP -DOPS=1 -DV_STOP_NO_SEAL"
  # recycling
  refuted recycle-by-plain-store "$cycle -DOPS=1 -DV_RECYCLE_STORE"
  refuted recycle-skips-busy "$cycle -DOPS=1 -DV_RECYCLE_SKIP_BUSY"
  refuted standby-left-live "$cycle -DOPS=1 -DV_STANDBY_LIVE"
  refuted recycle-before-release "$cycle -DOPS=6 -DV_RECYCLE_FIRST"
  refuted gate-reopened "$cycle -UPRE -DEAGER -DOPS=1 -DV_REOPEN_GATE"
  refuted header-reused "$cycle -DOPS=6 -DV_REUSE_HEADER"
  # in flight
  refuted no-look "$small -DOPS=6 -DV_NO_LOOK"
  refuted no-look-at-revival "$small -DPRE -DOPS=6 -DV_NO_LOOK_REVIVE"
  refuted look-does-not-wait-for-busy "$small -DOPS=6 -DV_LOOK_NO_WAIT"
  refuted look-not-repeated "$small -DOPS=6 -DV_LOOK_ONCE"
  refuted look-after-claim-deadlock "$cycle -DOPS=6 -DV_LOOK_AFTER_CLAIM"
  refuted inflight-read-before-current "$small -DOPS=6 -DV_INFL_FIRST"
  refuted inflight-set-after-swap "$small -DOPS=6 -DV_INFL_AFTER_SWAP"
  refuted released-before-seal "$small -DOPS=6 -DV_RELEASE_AT_SWAP"
  refuted released-before-delivery "$small -DOPS=6 -DV_RELEASE_EARLY"
  refuted stop-replaces-inflight "$small -DSSTOP -DOPS=6 -DV_STOP_INFL"
  refuted memory-read-before-look "$small -DPRE -DMEMO -DOPS=6 -DV_MEM_FIRST"
  refuted remembered-after-release "$small -DPRE -DMEMO -DOPS=6 -DV_MEM_LATE"
  refuted lookup-without-check "$cycle -DOPS=73 -DLIN -DV_LOOKUP_NO_CHECK"
  refuted lookup-inflight-before-current "$cycle -DOPS=73 -DLIN -DNFAIL=1 -DV_LOOKUP_ABA"
  # requeue
  refuted requeue-overwrites-live "$small -DOPS=1 -DORD -DNFAIL=1 -DV_MB_OVERWRITE"
  refuted requeue-overwrites-newer "$small -DOPS=6 -DNFAIL=1 -DV_MB_OVERWRITE"
  refuted requeue-after-release "$small -DOPS=6 -DNFAIL=1 -DV_MB_LATE"
  refuted requeue-without-check "$small -DSSTOP -DOPS=1 -DNFAIL=1 -DV_MB_NO_CHECK"
  # Flush
  refuted ticket-read-after-swap "$small -DNOPS=2 -DOPS=33 -DV_TICKET_LATE"
  refuted flush-answered-at-nil "$small -DNOPS=2 -DSSTOP -DOPS=33 -DV_FLUSH_AT_NIL"
  refuted flush-decides-empty-in-caller "$small -DNOPS=2 -DOPS=33 -DV_EMPTY_IN_CALLER"
  # Merge
  check merge merge-without-count refuted safety "-DNM=1 -DNP=2 -DV_NO_SEQ"
  check merge merge-without-carry refuted safety "-DNM=2 -DNMOPS=2 -DV_NO_CARRY"
  check merge merge-without-check refuted safety "-DNM=1 -DNMOPS=2 -DV_NO_CHECK"
  check merge merge-counts-after-release refuted safety "-DNM=2 -DNMOPS=2 -DV_COUNT_LATE"
  # waking the flusher
  check wake threshold-read-before-count refuted safety "-DNI=2 -DNU=1 -DT0=3 -DV_THRESHOLD_FIRST"
  check wake update-signals-before-store refuted safety "-DNI=1 -DNU=1 -DT0=3 -DV_SIGNAL_FIRST"
  check wake update-does-not-signal refuted safety "-DNI=1 -DNU=1 -DT0=3 -DV_NO_SIGNAL"
  check wake call-signals-before-enlisting refuted safety "-DNI=0 -DNC=1 -DV_SIGNAL_FIRST"
  check wake token-dropped-before-sleep refuted safety "-DNI=2 -DV_TOKEN_DROPPED"
  check wake urgent-reset-after-swap refuted safety "-DNI=0 -DNB=3 -DCAP=1 -DT0=0 -DV_URGENT_LATE"
  # not needed for conservation, by this model: the check does it (README)
  holds spare-gate-wait "$small -DREC=2 -DEAGER -DOPS=9 -DV_NO_WAIT -DONLY_G1"
  holds spare-gate "$small -DNF=2 -DREC=2 -DOPS=9 -DNOGATE -DONLY_G1 -DLIN -DORD"
  holds spare-gate-g4 "$small -DREC=2 -DOPS=14 -DEAGER -DNOGATE -DONLY_G1"
  holds spare-insert-check "$small -DNOPS=2 -DREC=2 -DOPS=9 -DV_INS_NO_CHECK -DONLY_G1"
  holds spare-order-of-close "$small -DEAGER -DOPS=9 -DV_CLOSE_BEFORE_SWAP"
}

ok_small() {
  holds ok-insert "$gates -DOPS=9 -DLIN -DORD"
  holds ok-all-operations "$small -DREC=0 -DOPS=31 -DLIN"
  holds ok-cycle "$cycle -DOPS=9 -DLIN -DORD"
  holds ok-cycle-g4 "$cycle -DOPS=6 -DLIN"
  holds ok-memory "$small -DPRE -DREC=2 -DMEMO -DOPS=14 -DNFAIL=1 -DLIN"
  holds ok-requeue "$small -DREC=0 -DEAGER -DOPS=9 -DNFAIL=1 -DORD"
  holds ok-requeue-g4 "$small -DREC=0 -DEAGER -DOPS=6 -DNFAIL=1"
  holds ok-flush "$small -DREC=0 -DNOPS=2 -DOPS=33"
  holds ok-stop "$small -DREC=0 -DSSTOP -DOPS=6"
  holds ok-lookup "$small -DPRE -DREC=2 -DOPS=73 -DNFAIL=1 -DLIN"
  holds ok-progress "$small -DPRE -DREC=2 -DOPS=15" np
  check merge ok-merge holds safety "-DNM=2 -DNP=1"
  check wake ok-threshold holds safety "-DNI=3 -DND=1 -DNU=2 -DT0=3"
  check wake ok-wake-flush holds safety "-DNI=2 -DNU=1 -DNC=1 -DNFAIL=1 -DSTOP"
  check wake ok-room holds safety "-DNI=0 -DNB=3 -DND=1 -DNU=1 -DCAP=2 -DT0=3 -DNFAIL=1"
}

ok_big() {
  holds big-all-operations "$gates -DOPS=31 -DLIN -DORD"
  holds big-cycle "$cycle -DOPS=31 -DLIN -DORD -DNFAIL=1"
  holds big-cycle-g4 "$cycle -DOPS=14 -DLIN -DNFAIL=1"
  holds big-stop "$small -DSSTOP -DOPS=31"
  two="-DNW=2 -DNOPS=2 -DNS=1"
  holds big-cycle-2ops-g4 "$two -DNF=2 -DREC=2 -DPRE -DOPS=14"
  holds big-cycle-2ops-put "$two -DNF=2 -DREC=2 -DPRE -DOPS=9 -DORD"
  holds big-cycle-3flushes "-DNW=2 -DNOPS=1 -DNS=1 -DNF=3 -DREC=2 -DPRE -DOPS=31 -DLIN -DORD"
  holds big-cycle-3writers-g4 "-DNW=3 -DNOPS=1 -DNS=1 -DNF=2 -DREC=2 -DPRE -DOPS=6"
  holds big-recycle-or-drop "-DNW=2 -DNOPS=1 -DNS=1 -DNF=2 -DREC=1 -DEAGER -DOPS=14 -DNFAIL=1"
  holds big-requeue-twice "-DNW=2 -DNOPS=1 -DNS=1 -DNF=2 -DREC=2 -DEAGER -DOPS=15 -DNFAIL=2 -DLIN"
  holds big-gate-3writers "-DNW=3 -DNOPS=1 -DNS=2 -DNF=1 -DREC=0 -DEAGER -DOPS=9"
  holds big-insert-2ops "$two -DNF=1 -DREC=0 -DEAGER -DOPS=7"
  holds big-without-gate "-DNW=2 -DNOPS=1 -DNF=2 -DREC=2 -DOPS=14 -DEAGER -DNFAIL=1 -DNOGATE -DONLY_G1"
  holds big-gate-reopened "-DNW=2 -DNOPS=1 -DNS=1 -DNF=2 -DREC=2 -DEAGER -DOPS=14 -DNFAIL=1 -DV_REOPEN_GATE -DONLY_G1"
  holds big-2keys "-DNW=2 -DNOPS=1 -DNK=2 -DNS=1 -DNF=2 -DREC=2 -DOPS=15 -DNFAIL=1"
  holds big-stop-g4 "-DNW=2 -DNOPS=1 -DNS=1 -DNF=2 -DREC=2 -DPRE -DSSTOP -DOPS=14 -DNFAIL=1"
  holds big-memory "$cycle -DMEMO -DOPS=14 -DNFAIL=1 -DLIN"
  holds big-stop-alone-g4 "-DNW=2 -DNOPS=1 -DNS=1 -DNF=2 -DREC=2 -DPRE -DSSTOP -DALONE -DOPS=14 -DNFAIL=1"
  holds big-stop-flush "-DNW=2 -DNOPS=2 -DNS=1 -DNF=1 -DREC=0 -DSSTOP -DOPS=33"
  holds big-stop-insert "-DNW=2 -DNOPS=1 -DNS=2 -DNF=1 -DREC=0 -DSSTOP -DEAGER -DOPS=31 -DNFAIL=1"
  holds big-stop-flush-requeue "-DNW=2 -DNOPS=1 -DNS=1 -DNF=2 -DREC=1 -DSSTOP -DOPS=39 -DNFAIL=1"
  holds big-lookup-cycle "-DNW=2 -DNOPS=1 -DNS=1 -DNF=2 -DREC=2 -DPRE -DOPS=77 -DNFAIL=1 -DLIN"
  holds big-lookup-stop "-DNW=2 -DNOPS=1 -DNS=1 -DNF=1 -DREC=2 -DPRE -DSSTOP -DOPS=78 -DNFAIL=1 -DLIN"
  holds big-progress-cycle "-DNW=2 -DNOPS=1 -DNS=1 -DNF=2 -DREC=2 -DPRE -DOPS=31 -DNFAIL=1" np
  holds big-progress-gate "-DNW=2 -DNOPS=1 -DNS=2 -DNF=2 -DREC=1 -DEAGER -DOPS=9 -DNFAIL=1" np
  holds big-progress-stop "-DNW=2 -DNOPS=1 -DNS=1 -DNF=1 -DREC=2 -DPRE -DSSTOP -DOPS=79 -DNFAIL=1" np
  check wake big-wake holds safety "-DNI=1 -DND=1 -DNB=2 -DCAP=2 -DNU=1 -DNC=1 -DNFAIL=1 -DSTOP"
  check wake big-wake-progress holds np "-DNI=1 -DNB=1 -DCAP=1 -DNU=1 -DNFAIL=1 -DSTOP"
  check merge big-merge-3 holds safety "-DNM=3 -DNP=1"
  check merge big-merge-twice holds safety "-DNM=2 -DNMOPS=2 -DNP=1"
  check merge big-merge-mixed holds safety "-DNM=2 -DNP=1 -DND=1 -DNV=1"
  check merge big-merge-progress holds np "-DNM=2 -DNP=1 -DND=1"
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
