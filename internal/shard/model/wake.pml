/*
 * Wake: how a flusher learns that something is due, when its interval is out of
 * sight. Writers that reach the threshold, or find the buffer full and wait for
 * room; UpdateSettings, which changes the threshold; Flush; a backoff; Stop. All of
 * them leave a token in a channel that holds one, and the flusher looks again.
 *
 * One partition; counts for keys. A delivery is one step that the processor takes
 * or fails, and what failed comes back. Room that is made wakes whoever waits.
 *
 * -D: NI writers that insert, ND that delete, NB that insert and wait for room;
 *     NU changes of the threshold, from T0 to 1 and back; NC Flush calls; NFAIL
 *     failures; CAP capacity (0: none); STOP. V_* are broken variants.
 *
 * Asserted, whenever nothing can move any more: no threshold is reached, no call
 * and no writer waits (unless for Stop, after which nobody does).
 */
#ifndef NI
#define NI 2
#endif
#ifndef ND
#define ND 0
#endif
#ifndef NB
#define NB 0
#endif
#ifndef NU
#define NU 0
#endif
#ifndef NC
#define NC 0
#endif
#ifndef NFAIL
#define NFAIL 0
#endif
#ifndef CAP
#define CAP 0
#endif
#ifndef T0
#define T0 2
#endif

byte thr = T0;                 /* the settings that are published; 0: no threshold */
byte live;                     /* entries of the current generation */
byte flight;                   /* entries in flight */
bit  token;                    /* the wake channel */
bit  urgent;                   /* a write found the buffer full */
byte called;                   /* Flush calls that no cycle covers */
bit  backing;                  /* backing off: the timer will end it */
bit  begun, closed;            /* Stop; current is nil */
bit  finished;                 /* the last cycle is over */
byte fails;
byte waiting, calling;         /* ghosts: writers that wait for room, calls that wait */
bit  asleep;                   /* ghost: the flusher is in its select */

#define signal() token = 1

/* an insert made the live count l: pbuf flusher.inserted */
inline inserted() {
#ifndef V_THRESHOLD_FIRST
  t = thr;
#endif
  if :: t > 0 && l == t -> signal() :: else fi
}

inline urge() {
  if
  :: urgent
  :: else ->
     atomic { u = urgent; urgent = 1 };
     if :: !u -> signal() :: else fi
  fi
}

proctype Inserter() {
  byte l, t;
#ifdef V_THRESHOLD_FIRST
  t = thr;
#endif
  if
  :: atomic { closed -> skip }
  :: atomic { !closed -> live++; l = live }; inserted()
  fi
}

proctype Deleter() {
  if
  :: atomic { !closed && live > 0 -> live-- }
  :: atomic { closed || live == 0 -> skip }
  fi
}

/* pbuf flusher.awaitRoom */
proctype Blocker() {
  byte l, t; bit u;
  atomic { waiting++ };
  do
  :: atomic { closed -> waiting--; break }
  :: atomic { !closed && live + flight < CAP -> live++; l = live; waiting-- }; inserted(); break
  :: atomic { !closed && live + flight >= CAP -> skip };
     urge();
     closed || live + flight < CAP             /* its place in the queue */
  od
}

proctype Updater() {
  byte n;
  do
  :: n == NU -> break
  :: else ->
#ifdef V_SIGNAL_FIRST
     signal();
#endif
     if :: n % 2 == 0 -> thr = 1 :: else -> thr = T0 fi;
#if !defined(V_SIGNAL_FIRST) && !defined(V_NO_SIGNAL)
     signal();
#endif
     n++
  od
}

/* pbuf Map.Flush, flusher.enlist */
proctype Caller() {
#ifdef V_SIGNAL_FIRST
  signal();
#endif
  if
  :: atomic { finished -> skip }               /* ErrClosed */
  :: atomic { !finished -> called++; calling++ };
#ifndef V_SIGNAL_FIRST
     signal()
#endif
  fi
}

proctype Flusher() {
  byte s, n, c; bit b, last;
wait:
  do
  :: s = thr;                                  /* each round anew */
     b = backing;
     if :: called > 0 -> break :: else fi;
     if :: !b && s > 0 && live >= s -> break :: else fi;
     if :: !b && urgent -> break :: else fi;
#ifdef V_TOKEN_DROPPED
     token = 0;
#endif
     asleep = 1;
     if
     :: atomic { token -> token = 0; asleep = 0 }
     :: atomic { b -> asleep = 0 }; break      /* the timer: the end of the backoff */
     :: atomic { begun -> asleep = 0 }; break
     fi
  od;
  /* begin */
#ifndef V_URGENT_LATE
  urgent = 0;
#endif
  atomic { c = called; called = 0 };
  atomic { last = closed; n = live; live = 0; flight = n };
#ifdef V_URGENT_LATE
  urgent = 0;
#endif
  if
  :: n == 0 -> backing = 0
  :: n > 0 && fails < NFAIL ->
     atomic {                                  /* back, unless Stop keeps it for itself */
       fails++; flight = 0;
       if :: !closed -> live = live + n; backing = 1 :: else fi
     }
  :: n > 0 -> atomic { flight = 0; backing = 0 }
  fi;
  atomic { calling = calling - c; c = 0; n = 0; s = 0; b = 0 };
  if :: !last -> goto wait :: else fi;
  atomic { finished = 1; calling = calling - called; called = 0 }
}

proctype Stopper() {
  closed = 1;
  begun = 1
}

init {
  byte i;
  atomic {
    do :: i < NI -> run Inserter(); i++ :: else -> break od; i = 0;
    do :: i < ND -> run Deleter(); i++ :: else -> break od; i = 0;
    do :: i < NB -> run Blocker(); i++ :: else -> break od; i = 0;
    do :: i < NC -> run Caller(); i++ :: else -> break od;
    if :: NU > 0 -> run Updater() :: else fi;
#ifdef STOP
    run Stopper();
#endif
    run Flusher()
  };
  /* nothing can move: whoever sleeps will sleep until its interval ends */
  atomic {
    timeout ->
    assert(!asleep || thr == 0 || live < thr);  /* no threshold is reached and slept through */
    assert(waiting == 0);
    assert(calling == 0);
    if
    :: asleep -> begun = 1; closed = 1         /* let it end */
    :: else
    fi
  }
}
