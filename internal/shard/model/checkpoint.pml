/*
 * checkpoint: when may a source acknowledge what it read? One partition, as its
 * flusher sees it: a checkpoint notes the number of the current generation, and is
 * done when nothing that was first tried in that generation, or in one before it,
 * is undelivered. What failed goes back with the number that it had: its origin.
 *
 * What is under the flusher's mutex is one step: retire with what it notes, the
 * end of a flush, a Checkpoint call. Writers do not take it.
 *
 * -D: NW writers, NOPS operations each (put, or delete with DEL), NK keys, NC
 *     checkpoints of one caller, NFAIL failures that go back, NSKIP entries that go back
 *     untried, NGIVE that are given up. V_* are broken variants.
 *
 * Asserted: when a checkpoint is done, each write that had returned before the
 * call is settled: it, or a newer one to its key, is delivered, given up or erased;
 * and earlier checkpoints are done. When nothing can move any more, all are done.
 */
#ifndef NW
#define NW 2
#endif
#ifndef NOPS
#define NOPS 1
#endif
#ifndef NK
#define NK 1
#endif
#ifndef NC
#define NC 1
#endif
#ifndef NFAIL
#define NFAIL 1
#endif
#ifndef NSKIP
#define NSKIP 0
#endif
#ifndef NGIVE
#define NGIVE 0
#endif
#define BIT(i) (1 << (i))

byte number = 1;               /* of the current generation */
byte live;                     /* its entries */
bit  has[NK];                  /* the key is in it */
bit  fly[NK];                  /* in flight */
byte mark[NK];                 /* origin of what went back; 0: it did not */
byte taken[NK];                /* the marks of the generation in flight */
bit  flushing;                 /* under the mutex: a generation is in flight */
bit  armed;                    /* a tick will come: something is buffered */
byte want[NC];                 /* number of an open checkpoint; 0: none */
bit  done[NC];
byte fails, skips, gives;

/* ghosts: sets of writes */
short returned;
short over;                    /* settled */
short cset[NK];                /* those that the entry in current stands for */
short fset[NK];                /* those that the entry in flight stands for */
short before[NC];              /* those that a checkpoint is about */
bit  asked[NC];

inline finished(c) {
  assert((before[c] & ~over) == 0);                      /* all settled */
  assert(c == 0 || done[c-1]);
  done[c] = 1; want[c] = 0
}

/* under the mutex: answers the checkpoints that are about generations up to n */
inline answer(n) {
  i = 0;
  do
  :: i < NC -> if :: want[i] != 0 && want[i] <= n -> finished(i) :: else fi; i++
  :: else -> i = 0; break
  od
}

inline insert(k) {
  if
  :: !has[k] -> has[k] = 1; live++; if :: live == 1 -> armed = 1 :: else fi     /* the first one arms the timer */
  :: else
  fi
}

proctype Writer(byte me) {
  byte n, k;
  do
  :: n == NOPS -> break
  :: else ->
     if
     :: k = 0
#if NK > 1
     :: k = 1
#endif
     fi;
     if
     :: atomic { true -> insert(k); cset[k] = cset[k] | BIT(me*NOPS+n) };
        returned = returned | BIT(me*NOPS+n)
#ifdef DEL
     :: atomic { true ->
          if :: has[k] -> has[k] = 0; live--; over = over | cset[k]; cset[k] = 0 :: else fi   /* what it erased is settled */
        }
#endif
     fi;
     atomic { n++; k = 0 }
  od
}

proctype Source() {
  byte c, n, i; bit e;
  do
  :: c == NC -> break
  :: else ->
     atomic { asked[c] = 1; before[c] = returned };
#ifdef V_WITHOUT_MUTEX
#ifdef V_NUMBER_AFTER_LOOK
     e = (live == 0 && !flushing);
     n = number;
#else
     n = number;
     e = (live == 0 && !flushing);
#endif
     atomic {
       if :: e -> finished(c) :: else -> want[c] = n fi;
       n = 0; e = 0; c++
     }
#else
     atomic {                                            /* Map.Checkpoint, in one hold of the mutex */
       n = number;
#ifdef V_NUMBER_OF_THE_ONE_BEFORE
       n = number - 1;
#endif
       if
#ifdef V_FLIGHT_NOT_ASKED
       :: live == 0 -> answer(number); finished(c)
#else
       :: live == 0 && !flushing ->                      /* nothing is buffered: nothing to wait for, for earlier ones either */
#ifndef V_EARLIER_ONES_WAIT
          answer(number);
#endif
          finished(c)
#endif
       :: else -> want[c] = n
       fi;
       n = 0; c++
     }
#endif
  od
}

/* key k, in flight, was not delivered: it, or what was written since, is in current, and stands for it */
inline back(k) {
#ifdef V_BEATEN_FORGOTTEN
  if :: has[k] -> m = 0 :: else fi;
#endif
  insert(k);
  cset[k] = cset[k] | fset[k]; fset[k] = 0; fly[k] = 0;
  mark[k] = m; m = 0
}

proctype Flusher() {
  byte g, k, i, m, oldest, settled;
end:
  do
  :: atomic { armed ->                                   /* the tick: retire, and note what is in flight */
       armed = 0;
       if
       :: live == 0 ->                                   /* nothing is left: what was noted is erased, and settled */
          k = 0;
          do :: k < NK -> mark[k] = 0; k++ :: else -> k = 0; break od;
#ifdef V_NIL_ANSWERS_LATE
          g = number
#else
#ifndef V_NIL_DOES_NOT_ANSWER
          answer(number);
#endif
          goto next
#endif
       :: else ->
          g = number; number++; flushing = 1; live = 0;
          do
          :: k < NK ->
             fly[k] = has[k]; has[k] = 0; fset[k] = cset[k]; cset[k] = 0; taken[k] = mark[k];
             mark[k] = 0; k++
          :: else -> k = 0; break
          od
#ifdef V_DONE_AT_RETIRE
          ; answer(g)
#endif
       fi
     };
#ifdef V_NIL_ANSWERS_LATE
     if
     :: !flushing -> atomic { answer(g); goto next }
     :: else
     fi;
#endif
     do                                                  /* deliver */
     :: k == NK -> break
     :: k < NK && !fly[k] -> k++
     :: k < NK && fly[k] ->
        atomic {
          m = (taken[k] != 0 -> taken[k] : g);           /* where it was tried first */
          if
          :: over = over | fset[k]; fset[k] = 0; fly[k] = 0; m = 0
          :: fails < NFAIL -> fails++;
#ifdef V_ORIGIN_ANEW
             m = g;
#endif
             back(k)
          :: skips < NSKIP -> skips++;
#ifdef V_UNTRIED_FORGOTTEN
             m = 0;
#endif
             back(k)
          :: gives < NGIVE -> gives++; over = over | fset[k]; fset[k] = 0; fly[k] = 0; m = 0
          fi;
          k++
        }
     od;
     atomic {                                            /* the flush ends */
       k = 0; oldest = 0;
       do
       :: k < NK ->
          if :: mark[k] != 0 && (oldest == 0 || mark[k] < oldest) -> oldest = mark[k] :: else fi;
          taken[k] = 0; k++
       :: else -> k = 0; break
       od;
#ifdef V_MARKS_FORGOTTEN
       oldest = 0;
#endif
       settled = (oldest == 0 -> g : oldest - 1);
       flushing = 0;
       if
       :: live > 0 -> armed = 1
#ifndef V_EMPTY_END_IS_NOT_THE_END
       :: live == 0 ->                                   /* no tick will come, and what went back is erased */
          settled = number;
          do :: k < NK -> mark[k] = 0; k++ :: else -> k = 0; break od
#else
       :: live == 0
#endif
       fi;
       answer(settled);
       oldest = 0; settled = 0; g = 0
     };
next:
     g = 0
  od
}

init {
  byte i;
  atomic {
    do :: i < NW -> run Writer(i); i++ :: else -> break od;
    run Source();
    run Flusher()
  };
  atomic {
    timeout ->                                           /* nothing can move */
    i = 0;
    do :: i < NC -> assert(!asked[i] || done[i]); i++ :: else -> break od
  }
}
