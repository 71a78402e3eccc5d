/*
 * grow: where a key is, and who says that it is nowhere. One partition, whose
 * front decides existence, spills into an index, and gives way to a larger table
 * while writers run; and a flusher that retires, drains and restores.
 *
 * A table is a header, a front and an index. The front has buckets of PB places.
 * All keys have one tag, so a bucket's word of tags is how many of its places are
 * taken: from the lowest on, and never given back. A key's home is bucket k mod
 * (number of buckets), and the neighbour follows.
 *
 * A statement that touches shared state is one atomic operation of the code, or
 * one plain access. atomic{} and d_step{} only glue it to ghosts, to decisions on
 * locals, and to plain fields and counts that nobody else may touch or ask for at
 * that moment, since the slot is claimed. Waiting for a claimed slot is blocking.
 *
 * Configuration (-D):
 *   NW writers, NOPS operations each, NK keys, NR retires
 *   GROWERS  goroutines that find a table too full, NG times each
 *   OPS      mask of operations: 1 Put 2 PutNewer(1) 4 PutNewer(2) 8 Delete 16 Get
 *            32 Lookup (current, then in flight)
 *   KEY0     mask of what a key may be at the start: 1 absent 2 dead 4 live
 *   OTHER    the same for a key that nobody writes and that comes first, so that
 *            the others spill; 1: there is none
 *   NB, PB   buckets of the first table, places of a bucket
 *   BY       factor of growth; 1 is compaction
 *   HELP     whoever comes past takes the steps that it needs and one more; else the one
 *            who grows takes all, and the others wait for those that they need
 *   G4       PutNewer looks in flight; without it, versions are compared in current alone
 *   NFAIL    how many entries the processor may fail: they are restored
 *   STOP     the last retire puts nothing in the place of what it takes
 *   WALK     somebody walks over what is live
 *   NOGATE   spilled inserts without the gate
 *   V_*      broken variants: see run.sh
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
#ifndef NG
#define NG 1
#endif
#ifndef GROWERS
#define GROWERS 1
#endif
#ifndef NR
#define NR 1
#endif
#ifndef OPS
#define OPS 31
#endif
#ifndef KEY0
#define KEY0 7
#endif
#ifndef OTHER
#define OTHER 1
#endif
#ifndef NB
#define NB 1
#endif
#ifndef PB
#define PB 1
#endif
#ifndef BY
#define BY 2
#endif
#ifndef NFAIL
#define NFAIL 0
#endif
#if defined(G4) || (OPS & 32)
#define FLIGHT                 /* somebody looks in flight */
#endif

#define GROWTHS (NG*GROWERS)
#if GROWTHS == 0 || BY == 1
#define MB NB                  /* buckets of the largest table */
#elif GROWTHS == 1
#define MB (NB*BY)
#else
#define MB (NB*BY*BY)
#endif
#if OTHER == 1
#define KEYS NK
#else
#define KEYS (NK+1)
#endif
#define SLOTS (MB*PB+KEYS)     /* of a table: its places, then one per key in the index */
#define NH (1+GROWTHS+NR)
#define NIL NH
#define NONE 255
#define FIRST(k) (100+(k))     /* the write that a key has at the start */
#define CALLERS (NW+NFAIL)

#define STEPS ((MB+1)/2+1)      /* of a growth, at most: groups of two buckets, then the index */
#define GROUPS(h) ((nb[h]+1)/2)
#define STEP(h,i) step[(h)*STEPS+(i)]
#define FREE 0
#define HELD 1
#define TAKEN 2
#define TAGS(h,b) tags[(h)*MB+(b)]
#define PLACE(h,b,i) ((h)*SLOTS+(b)*PB+(i))
#define SPILL(h,k) ((h)*SLOTS+MB*PB+(k))
#define IN(h,k) index[(h)*KEYS+(k)]
#define BUCKETS(h) nb[h]
#define OWN(h,k) ((k) % nb[h])

#define BUSY 0                 /* claimed, or not born yet: one mark, so keys are compared only without it */
#define DEAD 1
#define VOID 2
#define VER(n) (3+(n))
#define LIVE(w) ((w) >= 3)

#define PUT 1
#define PN1 2
#define PN2 4
#define DEL 8
#define GET 16
#define LOOKUP 32
#define RESTORE 64
#define VERSIONED(op) ((op) == PN1 || (op) == PN2)
#define READS(op) ((op) == DEL || (op) == GET || (op) == LOOKUP)

/* ---- the partition ---- */
byte current;                  /* atomic pointer to a header */
byte inflight = NIL;
byte growth[NH];               /* atomic pointer in the header: the table that it is filled from; NIL: it has everything */
byte step[NH*STEPS];           /* of that growth: who has what */
byte next[NH];                 /* step that nobody was sent to */
bit  replaced[NH];             /* somebody will swap current from this table to the next */
byte tags[NH*MB];
bit  index[NH*KEYS];
byte word[NH*SLOTS];
byte key[NH*SLOTS];
byte val[NH*SLOTS];
byte writes[NH*SLOTS];         /* meta */
byte nb[NH];
byte gen[NH];                  /* header -> its generation */
byte headers = 1;
bit  closed[NH]; byte inside[NH];   /* the gate, which gate.pml is about */
#ifdef V_COUNTS_PER_TABLE
#define COUNTS(h) (h)
#else
#define COUNTS(h) gen[h]       /* one counts object for all tables of a generation */
#endif
short live[NH];
byte left[NH];                 /* writes of dead slots that a growth left behind */
#if NFAIL > 0
byte back[KEYS];               /* the version that a failed entry goes back with */
byte backid[KEYS];
byte returned;                 /* restores that are done */
byte fails;
#endif

/* ---- ghosts ---- */
byte id_[KEYS];                /* the key's write, as of the checks so far; 0: absent */
byte ver_[KEYS];               /* its word */
byte accepted;                 /* by the current generation */
byte fid[KEYS];                /* what the drain must still find */
byte facc;                     /* what the retired generation accepted */
byte fver[KEYS];               /* the version in flight */
bit  sealed[NH*SLOTS];
byte opk[CALLERS]; byte opv[CALLERS];   /* running: 1 + key, and the version it wants (255: none) */
bit  absok[CALLERS];           /* the key was absent at some moment of the operation */
bit  rejok[CALLERS];           /* a version as new was there at some moment of it */
#if OPS & 32
bit  missok[CALLERS];          /* it was neither current nor in flight at some moment of it */
#endif
byte z;                        /* scratch of ghosts, 0 outside */

inline missing(k) {
#if OPS & 32
  if
  :: id_[k] == 0 && fver[k] == 0 ->
     z = 0;
     do :: z < CALLERS -> if :: opk[z] == k+1 -> missok[z] = 1 :: else fi; z++ :: else -> break od;
     z = 0
  :: else
  fi
#else
  skip
#endif
}

/* a write of key k passes its check, and is what the key is from here on */
inline linearize(k, id, w) {
  d_step {
    accepted++; id_[k] = id; ver_[k] = w;
    z = 0;
    do :: z < CALLERS -> if :: opk[z] == k+1 && w >= opv[z] -> rejok[z] = 1 :: else fi; z++ :: else -> break od;
    z = 0
  }
}

inline vanish(k) {
  id_[k] = 0; ver_[k] = 0;
  z = 0;
  do :: z < CALLERS -> if :: opk[z] == k+1 -> absok[z] = 1 :: else fi; z++ :: else -> break od;
  z = 0;
  missing(k)
}

inline choose(o, k) {
  if
#if OPS & 1
  :: o = PUT
#endif
#if OPS & 2
  :: o = PN1
#endif
#if OPS & 4
  :: o = PN2
#endif
#if OPS & 8
  :: o = DEL
#endif
#if OPS & 16
  :: o = GET
#endif
#if OPS & 32
  :: o = LOOKUP
#endif
  fi;
  if
  :: k = 0
#if NK > 1
  :: k = 1
#endif
  fi
}

#if defined(G4) && !defined(V_NO_LOOK)
#define LOOKS
/* PutNewer, before it inserts or revives: is a version as new in flight? No claim is
   held. What is in flight is sealed, or about to be: one table, nothing new in it. */
inline lookInFlight() {
  f = inflight;
  if
  :: f == NIL || gen[f] == gen[h]                        /* none, or the swap that retires mine is about to come */
  :: else ->
     search(f, fs, fw);
     atomic {
       if
       :: fs != NONE && LIVE(fw) && fw >= ver -> assert(rejok[me]); goto done
       :: else
       fi;
       fs = NONE; fw = 0
     }
  fi;
  atomic { f = NIL; looked = 1 }
}
#endif

/* s, w: the key's slot in table x and its word; NONE: it has none. b, seen, noroom: where it looked last. */
inline search(x, s, w) {
  atomic { s = NONE; w = 0; noroom = 0; i = 0; b = OWN(x,k); seen = TAGS(x,b) };
  do
  :: i < seen ->                                         /* a place with the key's tag: whose? */
     if
#ifdef V_UNBORN_SKIPPED
     :: atomic { word[PLACE(x,b,i)] == BUSY -> i++ }
#endif
     :: atomic { word[PLACE(x,b,i)] != BUSY ->
          if :: key[PLACE(x,b,i)] == k -> s = PLACE(x,b,i); w = word[s] :: else -> i++ fi };
        if :: s != NONE -> break :: else fi
     fi
#ifdef V_NEIGHBOUR_NOT_READ
  :: i == seen && seen == PB && READS(op) -> noroom = 1; break
#endif
  :: i == seen && seen == PB && b == OWN(x,k) && BUCKETS(x) > 1 -> atomic { b = b^1; seen = TAGS(x,b); i = 0 }
  :: i == seen && seen == PB && (b != OWN(x,k) || BUCKETS(x) == 1) -> noroom = 1; break
  :: i == seen && seen < PB -> break                     /* room: it is not in the index either */
  od;
  if
  :: noroom ->
     atomic { if :: IN(x,k) -> s = SPILL(x,k) :: else fi };
     if :: s != NONE -> atomic { word[s] != BUSY -> w = word[s] } :: else fi
  :: else
  fi;
  i = 0
}

/* what a mover has in hand */
#define MOVER byte from = NIL, mb, mi, mm, mw, md, mh, mt, mx

/* s, of the table before t, comes to t: wait, reserve, copy, publish. No claim: nothing
   is committed to a table that is not current. No check: nobody replaces t before its
   growth has ended. */
inline copy(t, s) {
  do
  :: if
#ifdef V_MOVER_SKIPS_UNBORN
     :: word[s] == BUSY -> break
#endif
     :: atomic { word[s] != BUSY -> mw = word[s]; sealed[s] = 1 }
     fi;
     if
     :: mw == VOID -> break                              /* an insert that came too late */
     :: mw == DEAD ->                                    /* stays behind */
#ifndef V_DEAD_WRITES_LOST
        left[COUNTS(t)] = left[COUNTS(t)] + writes[s];
#endif
        break
     :: else
     fi;
     md = NONE; mh = OWN(t,key[s]);
     do                                                  /* reserve: the key cannot be there */
     :: mt = TAGS(t,mh);
        if
        :: mt < PB ->
           if
           :: atomic { TAGS(t,mh) == mt -> TAGS(t,mh)++; md = PLACE(t,mh,mt) }; break
           :: atomic { TAGS(t,mh) != mt -> skip }
           fi
        :: mt == PB && mh == OWN(t,key[s]) && BUCKETS(t) > 1 -> mh = mh^1
        :: else -> atomic { assert(!IN(t,key[s])); IN(t,key[s]) = 1; md = SPILL(t,key[s]) }; break
        fi
     od;
     atomic {                                            /* copy, publish */
       assert(!sealed[md] && word[md] == BUSY);
       key[md] = key[s]; val[md] = val[s];
#ifndef V_WRITES_LEFT_BEHIND
       writes[md] = writes[s];
#endif
#ifdef V_COUNTED_AGAIN
       live[COUNTS(t)]++;
#endif
       word[md] = mw
     };
     break
  od;
  atomic { mw = 0; md = 0; mh = 0; mt = 0 }
}

/* step x of what t lacks, whoever has it: done afterwards */
inline move(t, x) {
  do
  :: atomic { STEP(t,x) == TAKEN -> break }
#ifdef V_STEP_NOT_AWAITED
  :: atomic { STEP(t,x) == HELD -> break }
#endif
#ifdef V_STEP_TAKEN_TWICE
  :: STEP(t,x) == FREE -> STEP(t,x) = HELD;
#else
  :: atomic { STEP(t,x) == FREE -> STEP(t,x) = HELD };
#endif
#ifdef V_TAKEN_BEFORE_COPY
     STEP(t,x) = TAKEN;
#endif
     if
     :: x < GROUPS(from) ->
        mb = 2*x;
        do
        :: mb < 2*x+2 && mb < BUCKETS(from) ->
#ifdef V_TAGS_BEFORE_SWAP
           mm = early;
#else
           mm = TAGS(from,mb);                           /* after the swap: what comes later fails its check */
#endif
           mi = 0;
           do
           :: mi < mm -> copy(t, PLACE(from,mb,mi)); mi++
           :: else -> break
           od;
           mb++
        :: else -> break
        od
     :: else ->
        mi = 0;
#ifndef V_INDEX_LEFT_BEHIND
        do
        :: mi < KEYS -> if :: atomic { IN(from,mi) -> skip }; copy(t, SPILL(from,mi)) :: atomic { !IN(from,mi) -> skip } fi; mi++
        :: else -> break
        od
#endif
     fi;
     atomic { STEP(t,x) = TAKEN; mb = 0; mi = 0; mm = 0 }
  od
}

/* takes all steps of t, and says that there are no more */
inline finishAll(t) {
  atomic { from = growth[t]; mx = 0 };
  if
  :: from == NIL
  :: else ->
     do
     :: mx <= GROUPS(from) -> move(t, mx); mx++
     :: else -> break
     od;
     growth[t] = NIL
  fi;
  atomic { from = NIL; mx = 0 }
}

inline finish(t) {
#ifdef HELP
  finishAll(t)
#else
  growth[t] == NIL
#endif
}

/* what t needs before it decides about k, from what it is filled from */
inline bring(t, k) {
#ifdef HELP
  from = o;
  atomic { mx = next[t]; next[t] = (next[t] <= GROUPS(from) -> mx + 1 : mx) };
  if
#ifdef V_ENDS_EARLY
  :: mx > GROUPS(from) -> growth[t] = NIL
#else
  :: mx > GROUPS(from) -> finishAll(t)
#endif
  :: else ->
     move(t, mx);
     mx = OWN(from,k)/2; move(t, mx);
     mx = GROUPS(from); move(t, mx)
  fi;
  atomic { from = NIL; mx = 0 }
#else
#ifndef V_GROUP_NOT_AWAITED
  STEP(t,OWN(o,k)/2) == TAKEN;
#endif
#ifndef V_INDEX_NOT_AWAITED
  STEP(t,GROUPS(o)) == TAKEN
#endif
#endif
}

#ifdef V_CHECK_BEFORE
#define HITCHECK true
#else
#define HITCHECK (current == h)
#endif
#if defined(V_INSERT_NO_CHECK) || defined(V_CHECK_BEFORE_RESERVE)
#define INSERTCHECK true
#else
#define INSERTCHECK (current == h)
#endif

proctype Writer(byte me; byte op; byte k) {
  byte n, id, ver, h = NIL, o = NIL, b, seen, i, s = NONE, w; bit noroom, in, looked;
#ifdef HELP
  MOVER;
#endif
#ifdef FLIGHT
  byte f = NIL, fs = NONE, fw;
#endif
  do
  :: n == NOPS || (n == 1 && op == RESTORE) -> break
  :: else ->
     atomic {                                            /* the call */
       if :: n > 0 -> choose(op, k) :: else fi;
       id = 1 + me*NOPS + n;
       ver = (op == PN1 -> VER(1) : (op == PN2 -> VER(2) : VER(0)));
#if NFAIL > 0
       if :: op == RESTORE -> ver = back[k]; id = backid[k] :: else fi;
#endif
       opk[me] = k+1;
       opv[me] = (VERSIONED(op) -> ver : 255);
       absok[me] = (id_[k] == 0);
       rejok[me] = (VERSIONED(op) && (ver_[k] >= ver || fver[k] >= ver));
#if OPS & 32
       missok[me] = 0;
#endif
       missing(k);
       n++
     };
again:
     atomic {
       h = current; o = NIL; s = NONE; w = 0; looked = 0;
       if
       :: h == NIL && op != LOOKUP ->
#if NFAIL > 0
          if :: op == RESTORE -> assert(id_[k] == 0) :: else fi;       /* closed: it is the caller's */
#endif
          goto done
       :: else
       fi
     };
#if OPS & 32
     if :: op == LOOKUP -> f = inflight :: else fi;      /* after current */
     if :: h == NIL -> goto absent :: else fi;
#endif
#if defined(V_OLD_AFTER_LOOK)
     search(h, s, w);
     o = growth[h];
     if :: o != NIL -> bring(h, k); s = NONE; w = 0; o = NIL :: else -> o = NIL; goto searched fi;
#elif !defined(V_NO_OLD)
     o = growth[h];                                      /* before the look */
     if :: o != NIL -> bring(h, k); o = NIL :: else fi;
#endif
look:
     search(h, s, w);
#ifdef V_OLD_AFTER_LOOK
searched:
#endif
     if :: s != NONE -> goto found :: else fi;
absent: /* not in this table */
     atomic {
       s = NONE; w = 0;
       if
#if OPS & 32
       :: op == LOOKUP -> goto miss
#endif
       :: READS(op) && op != LOOKUP -> assert(absok[me]); goto done
       :: else
       fi
     };
     /* ---- insert: reserve ---- */
#ifdef LOOKS
     if :: VERSIONED(op) && !looked -> lookInFlight(); goto look :: else fi;
#endif
#ifdef V_CHECK_BEFORE_RESERVE
     if :: current == h :: else -> goto again fi;
#endif
     if
#ifdef V_INDEX_EARLY
     :: true -> goto spill
#endif
     :: !noroom ->
#ifdef V_RESERVE_ONE_BYTE                                /* whatever came into the bucket since the look */
        atomic { if :: TAGS(h,b) < PB -> s = PLACE(h,b,TAGS(h,b)); TAGS(h,b)++ :: else -> goto look fi }
#else
        if
        :: atomic { TAGS(h,b) == seen -> TAGS(h,b)++; s = PLACE(h,b,seen) }
        :: atomic { TAGS(h,b) != seen -> goto look }
        fi
#endif
     :: noroom ->
spill:
#ifndef NOGATE
        if
        :: atomic { closed[h] -> goto again }
        :: atomic { !closed[h] -> inside[h]++; in = 1 }
        fi;
#endif
        atomic {                                         /* Compute: the slot is born claimed */
          if
          :: IN(h,k) -> s = NONE
          :: else -> IN(h,k) = 1; s = SPILL(h,k);
#ifdef V_COUNT_BEFORE_CHECK
             live[COUNTS(h)]++
#endif
          fi
        };
        if
        :: s == NONE ->                                  /* it came meanwhile */
#ifndef NOGATE
           atomic { inside[h]--; in = 0 };
#endif
           goto look
        :: else
        fi
     fi;
     /* ---- insert: check, count, publish ---- */
     if
     :: atomic { INSERTCHECK ->
          b = 0; seen = 0; o = NIL;
#if !defined(V_INSERT_NO_CHECK) && !defined(V_CHECK_BEFORE_RESERVE)
          assert(id_[k] == 0);                           /* one slot for a key */
#endif
#ifdef G4
          assert(!VERSIONED(op) || fver[k] < ver);
#endif
          linearize(k, id, ver) }
     #ifdef V_FAILED_IS_DEAD
     :: atomic { !INSERTCHECK -> key[s] = k; word[s] = DEAD };
#else
     :: atomic { !INSERTCHECK -> key[s] = k; word[s] = VOID };          /* for ever: this table is over */
#endif
      
        if :: in -> atomic { inside[h]--; in = 0 } :: else fi;
        goto again
     fi;
     atomic {
       assert(!sealed[s] && word[s] == BUSY); key[s] = k; val[s] = id; writes[s] = 1; word[s] = ver;
#ifdef V_COUNT_BEFORE_CHECK
       if :: noroom :: else -> live[COUNTS(h)]++ fi;
#else
       live[COUNTS(h)]++;                                /* before the word, but nobody can tell */
#endif
       noroom = 0
     };
     if :: in -> atomic { inside[h]--; in = 0 } :: else fi;
     goto done;

found:  /* s and its word w */
     atomic {
       b = 0; seen = 0; noroom = 0;
       if
#ifdef V_VOID_IS_ABSENT
       :: w == VOID && READS(op) -> assert(absok[me]); goto done
       :: w == VOID && !READS(op) -> goto again
#else
       :: w == VOID -> goto again                        /* so h is not current: progress */
#endif
       :: w == DEAD && READS(op) -> o = NIL; goto absent
       :: LIVE(w) && VERSIONED(op) && w >= ver -> assert(rejok[me]); goto done    /* stale, by a plain load */
#ifndef V_RESTORE_OVERWRITES
       :: LIVE(w) && op == RESTORE ->                    /* what came since is newer */
#if defined(G4) && !(OPS & 1)
          assert(w >= ver);
#endif
          goto done
#endif
       :: else
       fi
     };
#ifdef LOOKS
     if :: VERSIONED(op) && w == DEAD && !looked -> lookInFlight() :: else fi;
#endif
#ifdef V_CHECK_BEFORE
     if :: current == h :: else -> goto again fi;
#endif
     if
     :: atomic { word[s] == w -> word[s] = BUSY }        /* claim */
     :: atomic { word[s] != w -> goto again }
     fi;
     if
     :: atomic { HITCHECK ->                             /* check */
          assert(!sealed[s]);
          assert(w == DEAD -> id_[k] == 0 : (id_[k] == val[s] && ver_[k] == w));
          if
          :: op == DEL -> d_step { vanish(k) }
          :: !READS(op) ->
             assert(!VERSIONED(op) || ver_[k] < ver);
#ifdef G4
             assert(!VERSIONED(op) || fver[k] < ver);
#endif
#ifdef V_RESTORE_OVERWRITES
             assert(op != RESTORE || id_[k] == 0);
#endif
             linearize(k, id, ver)
          :: else
          fi }
     :: atomic { !HITCHECK -> word[s] = w; goto again }
     fi;
     atomic {                                            /* count, commit */
       assert(word[s] == BUSY && !sealed[s]);
       if
       :: op == DEL -> live[COUNTS(h)]--; val[s] = 0; word[s] = DEAD
       :: op == GET || op == LOOKUP -> word[s] = w
       :: else ->
          if :: w == DEAD -> live[COUNTS(h)]++ :: else fi;
          val[s] = id; writes[s]++; word[s] = ver
       fi
     };
#if OPS & 32
     goto done;
miss:   /* Lookup: absent in current */
     if
     :: f != NIL && (h == NIL || gen[f] != gen[h]) ->
        search(f, fs, fw);
        if
        :: fs != NONE && LIVE(fw) ->
           if                                            /* claim, to read the fields */
           :: atomic { word[fs] == fw -> word[fs] = BUSY }
           :: atomic { word[fs] != fw -> fs = NONE; fw = 0; goto again }
           fi;
           if
           :: atomic { inflight == f -> assert(val[fs] != 0 && fver[k] == fw) };   /* check: in flight still */
              atomic { word[fs] = fw; goto done }
           :: atomic { inflight != f -> word[fs] = fw; goto again }
           fi
        :: else
        fi;
        atomic { fs = NONE; fw = 0 }
     :: else
     fi;
     if :: current == h :: else -> goto again fi;
     if :: inflight == f :: else -> goto again fi;
     assert(missok[me]);
#endif
done:
     atomic {
       opk[me] = 0; opv[me] = 0; absok[me] = 0; rejok[me] = 0;
#if OPS & 32
       missok[me] = 0;
#endif
       id = 0; ver = 0; h = NIL; o = NIL; b = 0; seen = 0; i = 0; s = NONE; w = 0; noroom = 0; looked = 0;
#ifdef FLIGHT
       f = NIL; fs = NONE; fw = 0;
#endif
#if NFAIL > 0
       if :: op == RESTORE -> returned++ :: else fi
#endif
     }
  od
}

#if GROWTHS > 0
proctype Grower() {
  byte n, g, t; MOVER;
#ifdef V_TAGS_BEFORE_SWAP
  byte early;
#endif
  do
  :: n == NG -> break
  :: else ->
     atomic {
       n++; g = current;
       if
       :: g == NIL -> break
#ifndef V_GROWS_WHILE_FILLED
       :: g != NIL && growth[g] != NIL -> goto out       /* filled itself still: NIL once, NIL for ever */
#endif
       :: else
       fi
     };
     if                                                  /* a compare-and-swap: whoever comes late finds it taken */
     :: atomic { !replaced[g] -> replaced[g] = 1 }
     :: atomic { replaced[g] -> goto out }
     fi;
     atomic {
       t = headers; headers++;
       BUCKETS(t) = BUCKETS(g)*BY; gen[t] = gen[g];
#ifdef V_COUNTS_PER_TABLE
       live[t] = live[g]; left[t] = left[g];
#endif
#ifndef V_OLD_SET_LATE
       growth[t] = g                                     /* before the swap */
#endif
     };
#ifdef V_TAGS_BEFORE_SWAP
     early = TAGS(g,0);
#endif
     current = t;                                        /* the swap */
#ifdef V_OLD_SET_LATE
     growth[t] = g;
#endif
#ifndef HELP
     if                                                  /* in any order */
     :: finishAll(t)
     :: from = g; mx = GROUPS(g); move(t, mx); finishAll(t)
     fi;
#endif
out:
     atomic { g = 0; t = 0 }
  od
}
#endif

#if NR > 0
/* meets every slot that is taken by now when it is not held */
inline seal(s) {
#ifdef V_SEAL_SKIPS_HELD
  atomic {
#else
  atomic { word[s] != BUSY ->
#endif
    sealed[s] = 1;
    nlive = nlive + (LIVE(word[s]) -> 1 : 0);
    sum = sum + (word[s] == VOID -> 0 : writes[s])
  }
}

/* The drain is one step, when no late comer has a claim: what they put back is what was there. */
#define STILL(i) (i >= SLOTS || !sealed[g*SLOTS+i] || word[g*SLOTS+i] != BUSY)
inline deliver() {
  atomic {
    (STILL(0) && STILL(1) && STILL(2) && STILL(3) && STILL(4) && STILL(5) && STILL(6) && STILL(7));
    i = 0;
    do
    :: i < SLOTS ->
       s = g*SLOTS+i;
       if
       :: sealed[s] && LIVE(word[s]) ->
          assert(val[s] != 0 && val[s] == fid[key[s]]);  /* the last one accepted, and once */
          fid[key[s]] = 0;
#if NFAIL > 0
          if
          :: skip
          :: fails < NFAIL -> back[key[s]] = word[s]; backid[key[s]] = val[s]; failed[fails] = key[s]; fails++
          fi
#endif
       :: else
       fi;
       i++
    :: else -> break
    od;
    i = 0; s = 0;
    do :: i < KEYS -> assert(fid[i] == 0); i++ :: else -> break od;      /* nothing is missing */
    i = 0
  }
#if NFAIL > 0
#ifdef V_RESTORE_AFTER_RELEASE
  release();
#endif
  do
  :: returned < fails -> i = returned; run Writer(NW+i, RESTORE, failed[i]); (returned > i)
  :: else -> i = 0; break
  od
#endif
}

inline release() {
  atomic { inflight = NIL;
    do :: i < KEYS -> fver[i] = 0; missing(i); i++ :: else -> break od; i = 0 }
}

proctype Flusher() {
  byte n, g, t, b, i, s, nlive, sum;
#ifdef HELP
  MOVER;
#endif
#if NFAIL > 0
  byte failed[NFAIL];
#endif
  do
  :: n == NR -> break
  :: else ->
     /* The last table of its generation, once nobody fills it and nobody else replaces it. */
#ifdef HELP
     do
     :: g = current;
        finish(g);
        if
        :: atomic { !replaced[g] -> replaced[g] = 1; break }
        :: atomic { replaced[g] -> skip }; current != g || !replaced[g]  /* somebody grows it, or finds that it is walked over */
        fi
     od;
#else
     atomic {                                            /* one step: a table that is not current is replaced for ever */
#ifndef V_RETIRE_DOES_NOT_FINISH
       growth[current] == NIL &&
#endif
#ifndef V_RETIRE_DOES_NOT_TAKE
       !replaced[current] &&
#endif
       true -> g = current; replaced[g] = 1
     };
#endif
     atomic {
       n++; t = NIL;
#ifdef STOP
       if
       :: n == NR
       :: else ->
#endif
       t = headers; headers++;
       BUCKETS(t) = NB; gen[t] = n;
#ifdef STOP
       fi
#endif
     };
#ifndef V_INFLIGHT_AFTER_SWAP
     inflight = g;                                       /* before the swap */
#endif
     atomic {
       current = t;                                      /* the swap */
       i = 0;
       do
       :: i < KEYS ->
          fid[i] = id_[i]; fver[i] = ver_[i];
          b = 0;
          do :: b < CALLERS -> if :: opk[b] == i+1 && fver[i] >= opv[b] -> rejok[b] = 1 :: else fi; b++ :: else -> break od;
          vanish(i); i++
       :: else -> break
       od;
       facc = accepted; accepted = 0; i = 0; b = 0
     };
#ifdef V_INFLIGHT_AFTER_SWAP
     inflight = g;
#endif
#ifndef NOGATE
     closed[g] = 1;                                      /* this header's alone: stale ones are waited for by nobody */
     inside[g] == 0;
#endif
     do
     :: b < BUCKETS(g) ->
        i = TAGS(g,b);
        do :: i > 0 -> i--; seal(PLACE(g,b,i)) :: else -> break od;
        b++
     :: else -> break
     od;
     atomic { b = 0; i = 0 };
     do :: i < KEYS -> if :: atomic { IN(g,i) -> skip }; seal(SPILL(g,i)) :: atomic { !IN(g,i) -> skip } fi; i++ :: else -> break od;
     atomic { i = 0;
       assert(nlive == live[COUNTS(g)]);
       assert(sum + left[COUNTS(g)] == facc) };          /* the ledger has every write */
     deliver();
     release();
     atomic { b = 0; i = 0; nlive = 0; sum = 0; g = 0; t = 0 }
  od
}
#endif

#ifdef WALK
/* Visits what is live. The key that nobody writes is seen once, whatever becomes of
   the table; in one that is current no more, what is seen is what stays. */
inline visit(s) {
  do
  :: atomic { word[s] != BUSY -> w = word[s] };
     if
     :: !LIVE(w) -> break
     :: else
     fi;
     if
     :: atomic { word[s] == w -> word[s] = BUSY };
        if
        :: atomic { current == t -> seen = seen + (key[s] == NK -> 1 : 0) }; word[s] = w; break
        :: atomic { current != t -> word[s] = w }
        fi
     :: atomic { word[s] != w -> goto again }
     fi;
#ifdef V_WALK_ENDS
     goto out;
#endif
     if                                                  /* as a drain reads */
     :: atomic { word[s] != BUSY -> sealed[s] = 1; seen = seen + (key[s] == NK && LIVE(word[s]) -> 1 : 0); break }
     fi;
again:
  od
}

proctype Walker() {
  byte t, b, i, m, w, seen;
#ifdef HELP
  MOVER;
#endif
  atomic { t = current; if :: t == NIL || gen[t] != 0 -> goto gone :: else fi };
#ifndef V_WALK_DOES_NOT_FINISH
  finish(t);
#endif
  do
  :: b < BUCKETS(t) ->
     m = TAGS(t,b); i = 0;
     do :: i < m -> visit(PLACE(t,b,i)); i++ :: else -> break od;
     b++
  :: else -> break
  od;
  i = 0;
  do
  :: i < KEYS -> if :: atomic { IN(t,i) -> skip }; visit(SPILL(t,i)) :: atomic { !IN(t,i) -> skip } fi; i++
  :: else -> break
  od;
out:
  assert(seen == 1);
gone:
  skip
}
#endif

/* what nobody has moved by the end */
proctype Finisher() {
#ifdef HELP
  MOVER;
#endif
  if :: current != NIL -> finish(current) :: else fi
}

/* key k is in the first table at the start */
inline put(k, dead) {
  b = OWN(0,k);
  if
  :: TAGS(0,b) == PB && BUCKETS(0) > 1 -> b = b^1
  :: else
  fi;
  if
  :: TAGS(0,b) < PB -> s = PLACE(0,b,TAGS(0,b)); TAGS(0,b)++
  :: else -> s = SPILL(0,k); IN(0,k) = 1
  fi;
  key[s] = k; writes[s] = 1; accepted++;
  if
  :: dead -> word[s] = DEAD
  :: else -> word[s] = VER(0); val[s] = FIRST(k); id_[k] = FIRST(k); ver_[k] = VER(0); live[0]++
  fi;
  s = 0; b = 0
}

init {
  byte i, s, b, o, o0, k0, o1, k1, o2, k2, nlive, sum;
  atomic {
    do :: i < NH -> growth[i] = NIL; i++ :: else -> break od;
    BUCKETS(0) = NB;
#if OTHER != 1
    if
#if OTHER & 1
    :: skip
#endif
#if OTHER & 2
    :: put(NK, 1)
#endif
#if OTHER & 4
    :: put(NK, 0)
#endif
    fi;
#endif
    i = 0;
    do
    :: i < NK ->
       if
#if KEY0 & 1
       :: skip
#endif
#if KEY0 & 2
       :: put(i, 1)
#endif
#if KEY0 & 4
       :: put(i, 0)
#endif
       fi;
       i++
    :: else -> break
    od;
    i = 0;
    choose(o0, k0);
#if NW > 1
    choose(o1, k1);
#endif
#if NW > 2
    choose(o2, k2);
#endif
    if                                                   /* writers are alike: one order of them is enough */
    :: o1*2+k1 > o0*2+k0 || o2*2+k2 > o1*2+k1 -> goto out
    :: else
    fi;
    run Writer(0, o0, k0);
#if NW > 1
    run Writer(1, o1, k1);
#endif
#if NW > 2
    run Writer(2, o2, k2);
#endif
    o0 = 0; k0 = 0; o1 = 0; k1 = 0; o2 = 0; k2 = 0;
#if GROWTHS > 0
    run Grower();
#endif
#if GROWERS == 2
    run Grower();
#endif
#ifdef WALK
    run Walker();
#endif
#if NR > 0
    run Flusher();
#endif
  };
  (_nr_pr == 1);
  run Finisher();
  (_nr_pr == 1);
  d_step {                                               /* what is left is in the current table, and counted */
    o = current;
    if
    :: o != NIL ->
       assert(growth[o] == NIL);
       do
       :: i < SLOTS ->
          s = o*SLOTS+i;
          if
          :: LIVE(word[s]) ->
             assert(val[s] == id_[key[s]] && word[s] == ver_[key[s]]);
             id_[key[s]] = 0; nlive++
          :: else
          fi;
          sum = sum + (word[s] == VOID -> 0 : writes[s]);
          i++
       :: else -> break
       od;
       assert(nlive == live[COUNTS(o)]);
       assert(sum + left[COUNTS(o)] == accepted)
    :: else
    fi;
    i = 0;
    do :: i < KEYS -> assert(id_[i] == 0); i++ :: else -> break od
  }
out:
  skip
}
