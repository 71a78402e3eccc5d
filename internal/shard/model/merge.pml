/*
 * Merge: read the value and the slot's count of writes under a claim, run the
 * user's function with no claim held, claim again, and commit only if nothing was
 * written in between. One key, two generations, one retirement.
 *
 * The word cannot tell that something was written: plain puts all leave version 0.
 * The count of writes can, but it is short (here it wraps at WRAP), so each wrap adds
 * one to a count of the whole store, under the same claim.
 *
 * -D: NM mergers, NMOPS merges each, NP plain puts, ND deletes, NV versioned puts,
 *     WRAP. V_NO_SEQ, V_NO_CARRY, V_NO_CHECK, V_COUNT_LATE are broken variants.
 */
#ifndef NM
#define NM 2
#endif
#ifndef NMOPS
#define NMOPS 1
#endif
#ifndef NP
#define NP 0
#endif
#ifndef ND
#define ND 0
#endif
#ifndef NV
#define NV 0
#endif
#ifndef WRAP
#define WRAP 2
#endif
#define DEAD 2
#define VER(n) (3+(n))
#define BUSY 9
#define NIL 2

byte cur;                      /* current generation */
byte word[2] = DEAD;           /* the slot's incarnation in each */
byte val[2];
byte seq[2];                   /* writes, modulo WRAP */
byte car[2];                   /* the store's count of wraps */
byte want[2];                  /* ghost: the value if commits happened one by one */
bit  sealed[2];

/* g, w: claim the slot of the current generation. live: only if it is live. */
inline claim(islive) {
  do
  :: g = cur;
     if :: g == NIL -> w = DEAD; break :: else fi;
     atomic { word[g] != BUSY -> w = word[g] };
     if
     :: islive && w == DEAD -> break
     :: else ->
        if
        :: atomic { word[g] == w -> word[g] = BUSY };
           if
           :: cur == g -> break                          /* check */
           :: else -> word[g] = w
           fi
        :: atomic { word[g] != w -> skip }
        fi
     fi
  od
}

/* the count of writes goes up under the claim */
inline count() {
  atomic {
    seq[g] = (seq[g] + 1) % WRAP;
#ifndef V_NO_CARRY
    if :: seq[g] == 0 -> car[g]++ :: else fi
#endif
  }
}

proctype Merger() {
  byte n, g, w, o, q, c;
  do
  :: n == NMOPS -> break
  :: else ->
again:
     claim(1);
     if
     :: w == DEAD ->
        if :: g == NIL -> goto next :: else fi;
        /* absent: put, unless the key comes back meanwhile */
        claim(0);
        if :: g == NIL -> goto next :: else fi;
        if :: w != DEAD -> word[g] = w; goto again :: else fi;
        count();
        atomic { assert(!sealed[g]); val[g] = 1; want[g] = 1; word[g] = VER(0) };
        goto next
     :: else
     fi;
     atomic { o = val[g]; q = seq[g]; c = car[g] };
     word[g] = w;
     /* the user's function runs here: result o + 1 */
second:
     atomic { word[g] != BUSY -> w = word[g] };
     if :: w == DEAD -> goto again :: else fi;
     if
     :: atomic { word[g] == w -> word[g] = BUSY }
     :: atomic { word[g] != w -> goto second }
     fi;
#ifndef V_NO_CHECK
     if :: cur == g :: else -> word[g] = w; goto again fi;
#endif
#ifndef V_NO_SEQ
     if
     :: seq[g] == q && car[g] == c
     :: else -> word[g] = w; goto again
     fi;
#endif
#ifndef V_COUNT_LATE
     count();
#endif
     atomic {
       assert(!sealed[g]);
       val[g] = o + 1; want[g] = want[g] + 1;
       assert(val[g] == want[g]);                        /* no write was lost, none was merged twice */
       word[g] = VER(0)
     };
#ifdef V_COUNT_LATE
     count();
#endif
next:
     atomic { n++; g = 0; w = 0; o = 0; q = 0; c = 0 }
  od
}

proctype Putter(byte v; byte x) {
  byte g, w;
  claim(0);
  if
  :: g == NIL
  :: else ->
     if
     :: v == VER(1) && w >= v -> word[g] = w             /* stale */
     :: else ->
        count();
        atomic { assert(!sealed[g]); val[g] = x; want[g] = x; word[g] = v }
     fi
  fi
}

proctype Deleter() {
  byte g, w;
  claim(1);
  if
  :: w == DEAD
  :: else -> atomic { assert(!sealed[g]); val[g] = 0; want[g] = 0; word[g] = DEAD }
  fi
}

/* retire generation 0, then stop */
proctype Flusher() {
  byte g;
  do
  :: g == NIL -> break
  :: else ->
     cur = g + 1;
     atomic { word[g] != BUSY -> sealed[g] = 1 };
     atomic { word[g] != BUSY -> assert(word[g] == DEAD || val[g] == want[g]) };   /* delivered */
     g++
  od
}

init {
  byte i;
  atomic {
    do :: i < NM -> run Merger(); i++ :: else -> break od; i = 0;
    do :: i < NP -> run Putter(VER(0), 20 + 20*i); i++ :: else -> break od; i = 0;
    do :: i < NV -> run Putter(VER(1), 120 + 20*i); i++ :: else -> break od; i = 0;
    do :: i < ND -> run Deleter(); i++ :: else -> break od; i = 0;
    run Flusher()
  }
}
