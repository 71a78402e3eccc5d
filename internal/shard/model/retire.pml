/*
 * retire: one partition from a generation to the next. Writers, one flusher, and
 * with SSTOP a stopper beside it: swap, seal, what is in flight, requeue, Flush,
 * Lookup, Stop. Where a key is, and growth, are grow.pml's: here a generation has
 * one table, a find is one step, and a new key takes its slot in one step, unborn.
 *
 * A statement that touches shared state is one atomic operation of the code, or
 * one plain access. atomic{} and d_step{} only glue such an access to ghosts and
 * to decisions on locals. Waiting for a busy word is modelled as blocking.
 *
 * Configuration (-D):
 *   NW writers, NOPS operations each, NK keys, NF flushes before Stop
 *   OPS      mask of operations: 1 Put 2 PutNewer(1) 4 PutNewer(2) 8 Delete
 *            16 Get 32 Flush 64 Lookup (current, then in flight)
 *   NFAIL    how many deliveries the processor may fail (they are requeued)
 *   SSTOP    Stop runs beside the flusher: it swaps in nil, closes, seals, hands over
 *   SPILL    new keys go to the index, inside a gate of NS stripes; else to the front, without
 *   PRE      every key is known at the start, and dead
 *   EAGER    a generation may be retired though no modelled key was inserted (others were)
 *   MEMO     the memory of delivered versions, which G4 then covers
 *   LIN      ghosts that justify "absent" and "stale" results
 *   ORD      ghosts that order writes by their check
 *   ONLY_G1  leave only conservation, torn values, G4, Flush and deadlock to find the fault
 *   ALONE    Stop leaves inflight alone; else the stopped header goes in flight too, linked to
 *            the one before it (older), and a look goes past its own header
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
#ifndef NF
#define NF 2
#endif
#ifndef OPS
#define OPS 31
#endif
#ifndef NFAIL
#define NFAIL 0
#endif
#ifndef NS
#define NS 1                   /* stripes */
#endif
#define NH (NF+1)              /* headers, each with its table */
#define NIL NH                 /* nil header */
#define NID (NW*NOPS)
#define CL 16                  /* closed bit of a stripe */

#if defined(SSTOP) && !defined(ALONE) && !defined(V_STOP_INFL)
#define CHAIN
#endif
#if !(OPS & 1)
#define G4                     /* versioned-only history */
#endif
#if defined(G4) || defined(LIN)
#define LV
#endif

#define MOVED 1                /* an insert that came too late: nothing will ever be here */
#define DEAD 2
#define VER(n) (3+(n))         /* versions 0, 1, 2 */
#define BUSY(p) (8+(p))        /* the claimer is ghost information */
#define ISBUSY(w) ((w) >= 8)
#define LIVE(w) ((w) >= 3 && (w) < 8)

#define PUT 1
#define PN1 2
#define PN2 4
#define DEL 8
#define GET 16
#define FLUSH 32
#define LOOKUP 64

/* ---- the partition ---- */
byte cur;                      /* atomic pointer: current header */
byte infl = NIL;               /* atomic pointer: header in flight */
#ifdef CHAIN
byte older[NH];                /* atomic pointer in the header: what was in flight before it */
#define SETINFL(g) older[g] = infl; infl = g
#define OLDER(g) older[g]
#else
#define OLDER(g) NIL
#define SETINFL(g) infl = g
#endif
byte inside[NH*NS];               /* gate stripes */
bit  tok[NH];                  /* capacity-1 wake channel */
short pend[NH];                /* debt */
bit  inst[NH*NK];              /* the key has a slot */
byte word[NH*NK];
byte v0[NH*NK];               /* the value, two machine words: id / version and id */
byte v1[NH*NK];
byte used[NH];                /* slots taken, and live ones: one word in the code */
short live[NH];
byte fails;
#ifdef MEMO
byte mem[NK];                  /* the version that was delivered last; under a lock in the code */
byte dv[NK];                   /* ghost: the same, from the moment of the delivery */
#endif
byte req, dn;                  /* Flush tickets */
#ifdef SSTOP
bit  handed; byte hand;        /* the generation that Stop hands over */
bit  retiring;                 /* retire mutex */
#endif

/* ---- ghosts ---- */
byte st[NID+1];                /* 0 not accepted, 1 live, 2 settled (delivered, overwritten, deleted, reported) */
byte gen;                      /* swaps so far */
byte stgen[NH];               /* generation that a store holds */
bit  sld[NH*NK];              /* the seal pass has passed the slot */
bit  unf[NH];                 /* swapped out, not yet released */
bit  closedret[NH];            /* Close has returned */
bit  delivering;
byte lastgen;                  /* 1 + generation delivered last */
bit  stopret;
#if (OPS & 32)
byte ret;                      /* mask of ids whose write has returned */
byte failed;                   /* mask of ids whose delivery failed: Flush reports them */
#endif
#ifdef LV
byte lv[NH*NK];               /* the word as of the last check: the linearized state */
#endif
#ifdef LIN
#if (OPS & 64)
bit  missok[NW];               /* the key was neither in current nor in flight at some moment */
#endif
bit  opn[NW]; byte opk[NW]; byte opv[NW];
bit  absok[NW];                /* the key was absent at some moment of the operation */
bit  rejok[NW];                /* a version at least as new was there at some moment */
#endif
#ifdef ORD
byte sq[NID+1]; byte sqn; byte lastsq[NK];
#endif

#define SL(a,k) ((a)*NK+(k))
#define ST(g,s) ((g)*NS+(s))

#ifdef ONLY_G1
#define SOFT(c) skip
#else
#define SOFT(c) assert(c)
#endif
#ifdef SPILL
#define E1(g) SOFT(!closedret[g])
#else
#define E1(g) skip
#endif

inline choose(x, lo) {
  if
#if (OPS & 1)
  :: lo <= PUT -> x = PUT
#endif
#if (OPS & 2)
  :: lo <= PN1 -> x = PN1
#endif
#if (OPS & 4)
  :: lo <= PN2 -> x = PN2
#endif
#if (OPS & 8)
  :: lo <= DEL -> x = DEL
#endif
#if (OPS & 16)
  :: lo <= GET -> x = GET
#endif
#if (OPS & 32)
  :: lo <= FLUSH -> x = FLUSH
#endif
#if (OPS & 64)
  :: lo <= LOOKUP -> x = LOOKUP
#endif
  fi
}

/* Lookups of key k that are running may miss if it is nowhere right now. */
inline missing(k) {
#if defined(LIN) && (OPS & 64)
  q = 0;
  do
  :: q < NH && !((unf[q] || cur == q) && LIVE(lv[SL(q,k)])) -> q++
  :: else -> break
  od;
  if
  :: q == NH ->
     q = 0;
     do
     :: q < NW -> if :: opn[q] && opk[q] == k -> missok[q] = 1 :: else fi; q++
     :: else -> break
     od
  :: else
  fi;
  q = 0
#else
  skip
#endif
}

/* A write on slot (a,k) passes its check: this is where it linearizes. mb: merge-back. */
inline lin(a, k, nv, mb) {
#ifdef LV
  d_step {
    lv[SL(a,k)] = nv;
#ifdef G4
    if
    :: LIVE(nv) && !mb ->
       q = 0;
       do
       :: q < NH ->
          if
          :: q != a && (unf[q] || cur == q) && LIVE(lv[SL(q,k)]) ->
             assert((stgen[q] < stgen[a] && lv[SL(q,k)] < nv) || (stgen[q] > stgen[a] && lv[SL(q,k)] > nv))   /* G4 */
          :: else
          fi;
          q++
       :: else -> break
       od;
#ifdef MEMO
       assert(nv > dv[k])                                /* G4 beyond the time in flight */
#endif
    :: else
    fi;
#endif
#ifdef LIN
    q = 0;
    do
    :: q < NW ->
       if
       :: opn[q] && opk[q] == k && LIVE(nv) && nv >= opv[q] -> rejok[q] = 1
       :: opn[q] && opk[q] == k && !LIVE(nv) -> absok[q] = 1
       :: else
       fi;
       q++
    :: else -> break
    od;
    if :: !LIVE(nv) -> missing(k) :: else fi;
#endif
    q = 0
  }
#else
  skip
#endif
}

inline stamp(id) {
#ifdef ORD
  sqn++; sq[id] = sqn
#else
  skip
#endif
}

#ifdef V_MEM_LATE
#define MEMNEXT nm             /* remembered after the release only */
#else
#define MEMNEXT mem[k]
#endif

#ifdef LIN
#define ABSENT assert(absok[me])
#define STALE assert(rejok[me])
#else
#define ABSENT skip
#define STALE skip
#endif

/* Enter's Add. Only the closed bit of a closed stripe is ever read again, so the count that a
   failed Enter leaves behind is not kept (fewer states, same behaviour). */
inline add(i) {
  if :: inside[i] & CL -> v = CL :: else -> inside[i]++; v = inside[i] fi
}

/* PutNewer's look at the generation in flight: u is the word found there, 0 when none.
   The index load and the word are separate steps. */
inline look() {
  if
  :: op == PN1 || op == PN2 ->
#ifdef V_MEM_FIRST                                       /* the memory is asked before what is in flight */
     if :: mem[k] >= ver -> v = 1 :: else fi;
#endif
#ifndef V_INFL_FIRST
     f = infl;
#ifdef CHAIN
     if :: f == g -> f = older[g] :: else fi;
#endif
     atomic { if :: f == g -> f = NIL :: else fi };
#endif
     if
     :: f == NIL
     :: f != NIL ->
        if
        :: inst[SL(f,k)] ->
#ifdef V_LOOK_NO_WAIT
           u = word[SL(f,k)]
#else
           atomic { !ISBUSY(word[SL(f,k)]) -> u = word[SL(f,k)] }
#endif
        :: else
        fi
     fi;
     atomic { f = 0; if :: LIVE(u) && u >= ver -> u = 1 :: else -> u = 0 fi }
#ifdef MEMO
#ifdef V_MEM_FIRST
     atomic { if :: v -> u = 1 :: else fi; v = 0 }
#else
     if :: !u && mem[k] >= ver -> u = 1 :: else fi       /* after the look in flight */
#endif
#endif
  :: else
  fi
}

proctype Writer(byte me; byte op1) {
  byte n, id, g, a, k, op, w, ver, s, v, old, S, f, u, q;
  bit ins, fresh; byte nx;                               /* after Leave: 0 done, 1 start again, 2 hot path */
#if (OPS & 32)
  byte my, snap;
#endif
#ifdef V_LOOK_ONCE
  bit looked;
#endif
  do
  :: n == NOPS -> break
  :: n < NOPS ->
     atomic {
       if
       :: n == 0 -> op = op1                             /* chosen by init: breaks the symmetry */
       :: else -> choose(op, 0)
       fi;
       ver = (op == PN1 -> VER(1) : (op == PN2 -> VER(2) : VER(0)));
#if NK > 1
       if :: k = 0 :: k = 1 fi;
#endif
       id = me*NOPS + n + 1;
       S = gen;
#ifdef LIN
       d_step {
         opn[me] = 1; opk[me] = k; opv[me] = ver;
         if :: cur == NIL || !LIVE(lv[SL(cur,k)]) -> absok[me] = 1 :: else fi;
         q = 0;
         do
         :: q < NH ->
            if :: (unf[q] || cur == q) && LIVE(lv[SL(q,k)]) && lv[SL(q,k)] >= ver -> rejok[me] = 1 :: else fi;
            q++
         :: else -> break
         od;
#ifdef MEMO
         if :: dv[k] >= ver -> rejok[me] = 1 :: else fi;
#endif
         q = 0; missing(k)
       }
#endif
     };
#if (OPS & 32)
     if
     :: op == FLUSH ->
#ifdef V_EMPTY_IN_CALLER                                 /* nothing in current: nothing to wait for */
        atomic { snap = ret; g = cur };
        if
        :: g != NIL && used[g] == 0 -> skip
        :: else -> atomic { req++; my = req }; (dn >= my)
        fi;
#else
        atomic { snap = ret; req++; my = req }
        (dn >= my);
#endif
        d_step {
          q = 1;
          do
          :: q <= NID -> if :: ((snap >> (q-1)) & 1) && !((failed >> (q-1)) & 1) -> assert(st[q] != 1) :: else fi; q++
          :: else -> break
          od;
          q = 0; snap = 0; my = 0
        }
        goto done
     :: else
     fi;
#endif

#if (OPS & 64)
     if
     :: op == LOOKUP ->
lookup: s = cur;                                         /* current, in flight, then current for real */
        f = infl;
lcur:   atomic { g = cur; a = g };
        if
        :: g != NIL && inst[SL(a,k)] ->
           atomic { !ISBUSY(word[SL(a,k)]) -> w = word[SL(a,k)] };
           if
           :: w == MOVED -> w = 0; goto lcur
           :: w == DEAD -> w = 0
           :: else ->
              if
              :: atomic { word[SL(a,k)] == w -> word[SL(a,k)] = BUSY(me) }
              :: atomic { word[SL(a,k)] != w -> w = 0; goto lcur }
              fi;
              if
              :: cur == g
              :: else -> atomic { word[SL(a,k)] = w; w = 0; goto lcur }
              fi;
              old = v0[SL(a,k)];
              atomic {
                assert(v1[SL(a,k)] == ((w << 4) | old)); assert(st[old] == 1);
                word[SL(a,k)] = w; goto done
              }
           fi
        :: else
        fi;
        u = f;
        do                                               /* the chain in flight */
        :: u == NIL -> break
        :: u != NIL ->
           if
           :: u != g && inst[SL(u,k)] ->
              a = u;
lret:         atomic { !ISBUSY(word[SL(a,k)]) -> w = word[SL(a,k)] };
              if
              :: !LIVE(w)
              :: else ->
                 if
                 :: atomic { word[SL(a,k)] == w -> word[SL(a,k)] = BUSY(me) }
                 :: atomic { word[SL(a,k)] != w -> w = 0; goto lret }
                 fi;
                 atomic { v = infl; q = unf[a] };        /* check: in flight still? */
                 do
                 :: v == NIL || v == u -> break
                 :: else -> v = OLDER(v)
                 od;
#ifdef V_LOOKUP_NO_CHECK
                 v = u;
#endif
                 if
                 :: v == u ->
                    assert(q); q = 0;                    /* G2: in flight still, after current lacked the key */
                    old = v0[SL(a,k)];
                    atomic {
                      assert(old != 0); assert(v1[SL(a,k)] == ((w << 4) | old)); assert(st[old] != 0);
                      word[SL(a,k)] = w; goto done
                    }
                 :: else -> atomic { word[SL(a,k)] = w; v = 0; q = 0 }
                 fi
              fi;
              w = 0
           :: else
           fi;
           u = OLDER(u)
        od;
        u = 0;
#ifdef V_LOOKUP_ABA                                      /* in flight may have gone nil, g, nil */
        s = 0;
#else
        if :: s == g -> s = 0 :: else -> s = 0; goto lookup fi;
#endif
        if :: cur == g :: else -> goto lookup fi;
        if :: infl == f :: else -> goto lookup fi;
        f = 0;
#ifdef LIN
        assert(missok[me]);
#endif
        goto done
     :: else
     fi;
#endif

retry:
#ifdef V_INFL_FIRST                                      /* in-flight pointer read before current */
     f = infl;
#endif
     atomic {
       g = cur;
       if
       :: g == NIL -> goto done                          /* ErrClosed, absent */
       :: else -> a = g
       fi
     };
     if                                                  /* index.Load(key) */
     :: inst[SL(a,k)] -> goto hot
     :: else ->
        if
        :: op == GET || op == DEL -> ABSENT; goto done
        :: else -> w = 0
        fi
     fi;

     /* ---- about to insert (w == 0) or revive (w == DEAD) ---- */
peek:
#if !defined(V_NO_LOOK) && !defined(V_LOOK_AFTER_CLAIM)
#ifdef V_NO_LOOK_REVIVE
     if :: w != DEAD -> look() :: else fi;
#else
#ifdef V_LOOK_ONCE
     if :: !looked -> look(); looked = 1 :: else fi;
#else
     look();
#endif
#endif
     if :: u -> STALE; goto done :: else fi;
#endif
     if :: w == DEAD -> goto claim :: else fi;

     /* ---- insert; what spills enters the gate ---- */
#ifdef SPILL
#ifdef V_CHECK_FIRST                                     /* look at the closed bit, then add */
     if :: s = 0 :: s = 1 fi;
     if :: inside[ST(g,s)] & CL -> s = 0; goto retry :: else fi;
     inside[ST(g,s)]++;
#else
     if
     :: atomic { s = 0; add(ST(g,s)) }
#if NS > 1
     :: atomic { s = 1; add(ST(g,s)) }
#endif
     fi;
     if
     :: v & CL -> atomic { v = 0; s = 0; goto retry }
     :: else -> v = 0
     fi;
#endif
#endif
     /* ---- reserve, or Compute: the slot is born claimed ---- */
     atomic {
       E1(g);
       if
       :: !inst[SL(a,k)] ->
#ifdef SPILL
          SOFT(!sld[SL(a,k)]);
#endif
          inst[SL(a,k)] = 1; used[a]++; ins = 1; fresh = 1; w = MOVED;   /* undone, the table is over */
          word[SL(a,k)] = BUSY(me)
       :: else -> ins = 1; nx = 2
       fi
     };
     if :: nx == 2 -> goto leave :: else fi;
     goto claimed;

     /* ---- the key has a slot: no gate ---- */
hot:
#ifdef V_VERSION_OUTSIDE                                 /* compare once, then CAS whatever is there */
     atomic { !ISBUSY(word[SL(a,k)]) -> w = word[SL(a,k)] };
     if :: (op == PN1 || op == PN2) && LIVE(w) && w >= ver -> goto done :: else fi;
#endif
loop:
     atomic { !ISBUSY(word[SL(a,k)]) -> w = word[SL(a,k)] };   /* busy: wait, look again */
     if
#ifndef V_VERSION_OUTSIDE
     :: (op == PN1 || op == PN2) && LIVE(w) && w >= ver -> STALE; goto done
#endif
     :: w == MOVED -> w = 0; goto retry                  /* so g is not current: progress */
     :: w == DEAD && (op == GET || op == DEL) -> ABSENT; goto done
     :: w == DEAD && (op == PUT || op == PN1 || op == PN2) -> goto peek
     :: else -> assert(LIVE(w))
     fi;
claim:
#ifdef V_CHECK_BEFORE                                    /* check, then claim */
     if :: cur == g :: else -> w = 0; goto retry fi;
#endif
     if                                                  /* CompareAndSwap(w, busy) */
     :: atomic { word[SL(a,k)] == w -> word[SL(a,k)] = BUSY(me) }
     :: atomic { word[SL(a,k)] != w -> w = 0; goto loop }
     fi;

     /* ---- claimed: w is what to put back ---- */
claimed:
#ifdef V_LOOK_AFTER_CLAIM
     if
     :: !LIVE(w) ->
        look();
        if :: u -> atomic { word[SL(a,k)] = w; u = 0; nx = 0; if :: ins -> goto leave :: else -> goto done fi } :: else fi
     :: else
     fi;
#endif
#ifdef V_TOUCH_BEFORE                                    /* plain fields first, then the check */
     if
     :: op != GET && op != DEL -> old = v0[SL(a,k)]; v0[SL(a,k)] = id
     :: else
     fi;
#endif
     /* ---- check ---- */
#if defined(V_NO_CHECK) || defined(V_CHECK_BEFORE)
     atomic { lin(a, k, (op == GET -> w : (op == DEL -> DEAD : ver)), (op == GET)); stamp(id) };
#else
     if
     :: atomic { cur == g ->
          SOFT(stgen[a] == gen && stgen[a] >= S);         /* G2: it lands in the current generation */
          SOFT(!sld[SL(a,k)]);
          if
          :: op == GET
          :: op == DEL -> lin(a, k, DEAD, 0)
          :: else -> lin(a, k, ver, 0); stamp(id)
          fi }
#ifdef V_INS_NO_CHECK
     :: atomic { cur != g && ins -> lin(a, k, ver, 0); stamp(id) }
     :: atomic { cur != g && !ins -> skip };
#else
     :: atomic { cur != g -> skip };
#endif
#ifdef V_TOUCH_BEFORE
        if :: op != GET && op != DEL -> v0[SL(a,k)] = old; old = 0 :: else fi;
#endif
        /* not ours any more: put the word back */
        atomic {
          assert(word[SL(a,k)] == BUSY(me));
          word[SL(a,k)] = w; w = 0; nx = 1; fresh = 0;
          if :: ins -> goto leave :: else -> nx = 0; goto retry fi
        }
     fi;
#endif
     /* ---- plain fields ---- */
     if
     :: op == GET ->
        atomic { old = v0[SL(a,k)]; SOFT(!sld[SL(a,k)]) };
        atomic {
          assert(v1[SL(a,k)] == ((w << 4) | old));       /* not torn; the version is the word */
          assert(st[old] == 1);                          /* what Get returns is live */
          SOFT(stgen[a] >= S); SOFT(!sld[SL(a,k)]);
          assert(word[SL(a,k)] == BUSY(me)); word[SL(a,k)] = w
        }
     :: op == DEL ->
        atomic { old = v0[SL(a,k)]; v0[SL(a,k)] = 0; v1[SL(a,k)] = 0; SOFT(!sld[SL(a,k)]);
                 live[a]--; SOFT(live[a] >= 0) };
        atomic {
          assert(word[SL(a,k)] == BUSY(me));
          assert(st[old] == 1); st[old] = 2;
          SOFT(stgen[a] >= S); SOFT(!stopret); SOFT(!sld[SL(a,k)]);
          word[SL(a,k)] = DEAD
        }
     :: else ->
        atomic {
#ifndef V_TOUCH_BEFORE
          old = v0[SL(a,k)]; v0[SL(a,k)] = id;
#endif
          SOFT(!sld[SL(a,k)]);
          assert(!LIVE(w) == (old == 0));
#ifndef V_LIVE_AFTER
          if :: !LIVE(w) -> live[a]++ :: else fi         /* after the check, before the publication */
#endif
        };
        atomic {                                         /* commit (v1, plain, joins it: a torn pair shows before) */
          v1[SL(a,k)] = (ver << 4) | id;
          assert(word[SL(a,k)] == BUSY(me));
          assert(v0[SL(a,k)] == id);
          if :: old != 0 -> assert(st[old] == 1); st[old] = 2 :: else fi;
          if :: op != PUT && LIVE(w) -> assert(w < ver) :: else fi;
          SOFT(stgen[a] >= S); SOFT(!stopret); SOFT(!sld[SL(a,k)]);
          st[id] = 1;
#ifdef ORD
          if :: old != 0 -> assert(sq[old] < sq[id]) :: else fi;
#endif
          word[SL(a,k)] = ver
        }
#ifdef V_LIVE_AFTER
        if :: !LIVE(w) -> live[a]++ :: else fi;
#endif
     fi;
     atomic { old = 0; w = 0; nx = 0; fresh = 0 };
     if :: ins -> skip :: else -> goto done fi;

     /* ---- gate.Leave ---- */
leave:
#ifndef SPILL
     v = 0;
#else
#ifdef V_LEAVE_OTHER                                     /* Leave recomputes the stripe */
     if :: s = 0 :: s = 1 fi;
#endif
     atomic { E1(g); inside[ST(g,s)]--; v = inside[ST(g,s)] };
     if
     :: v & CL ->
        atomic { pend[g]--; v = (pend[g] == 0 -> 1 : 0) };
        if :: v -> tok[g] = 1 :: else fi
     :: else
     fi;
#endif
     atomic {
       v = 0; s = 0; ins = 0;
       if
       :: nx == 0 -> goto done
       :: nx == 1 -> nx = 0; goto retry
       :: nx == 2 -> nx = 0; goto hot
       fi
     };
done:
     atomic {
#if (OPS & 32)
       if :: id != 0 && st[id] != 0 -> ret = ret | (1 << (id-1)) :: else fi;
#endif
#ifdef LIN
       opn[me] = 0; opk[me] = 0; opv[me] = 0; absok[me] = 0; rejok[me] = 0;
#if (OPS & 64)
       missok[me] = 0;
#endif
#endif
#ifdef V_LOOK_ONCE
       looked = 0;
#endif
       n++; g = 0; a = 0; w = 0; op = 0; ver = 0; id = 0; S = 0; s = 0; ins = 0; nx = 0; k = 0; v = 0; old = 0; u = 0; f = 0
     }
  od
}

/* gate.Close: one owner, sleeps at most once */
inline close(g) {
#ifdef SPILL
  s = 0;
  do
  :: s < NS -> atomic { t = t + inside[ST(g,s)]; inside[ST(g,s)] = inside[ST(g,s)] | CL; s++ }
  :: else -> break
  od;
#ifndef V_NO_WAIT
  atomic { pend[g] = pend[g] + t; t = (pend[g] != 0 -> 1 : 0) };
  if
  :: t -> tok[g] == 1; tok[g] = 0
  :: else
  fi;
#endif
  atomic { closedret[g] = 1; t = 0; s = 0 }
#else
  skip
#endif
}

/* seal pass: every slot taken is seen not busy once, after the swap. nl: live ones. */
inline sealpass(a) {
  k = 0;
  do
  :: k == NK -> break
  :: k < NK ->
     if
     :: atomic { !inst[SL(a,k)] -> sld[SL(a,k)] = 1; k++ }
     :: inst[SL(a,k)] ->
#ifdef V_SEAL_NO_BUSY
        atomic { nl = nl + (LIVE(word[SL(a,k)]) -> 1 : 0); sld[SL(a,k)] = 1; k++ }
#else
        atomic { !ISBUSY(word[SL(a,k)]) -> nl = nl + (LIVE(word[SL(a,k)]) -> 1 : 0); sld[SL(a,k)] = 1; k++ }
#endif
     fi
  od;
  k = 0
}

inline swapto(h) {             /* ghosts of the swap; the caller wraps it with cur = h */
  d_step {
    unf[a] = 1;
    if
    :: h != NIL ->
       gen++; stgen[h] = gen;
       k = 0;
       do :: k < NK -> sld[SL(h,k)] = 0; k++ :: else -> break od;
       k = 0
    :: else
    fi;
#ifdef LIN
    k = 0;
    do :: k < NW -> if :: opn[k] -> absok[k] = 1 :: else fi; k++ :: else -> break od;
    k = 0
#endif
  }
}

#ifdef SSTOP
#ifdef V_NO_RETIRE_LOCK
#define RLOCK skip
#define RUNLOCK skip
#else
#define RLOCK atomic { !retiring -> retiring = 1 }
#define RUNLOCK retiring = 0
#endif
#endif

#if NFAIL > 0
/* requeue: the failed entry (x, w) goes back into the current generation */
inline mergeback() {
  skip;
mb:
  atomic {
    h = cur;
    if
    :: h == NIL -> assert(st[x] == 1); st[x] = 2; goto mbdone        /* reported as undelivered */
    :: else -> b = h
    fi
  };
  if :: inst[SL(b,k)] -> goto mbhot :: else fi;
#ifdef SPILL
  if
  :: atomic { s = 0; add(ST(h,s)) }
#if NS > 1
  :: atomic { s = 1; add(ST(h,s)) }
#endif
  fi;
  if
  :: v & CL -> atomic { v = 0; s = 0; goto mb }
  :: else -> v = 0
  fi;
#endif
  atomic {
    E1(h);
    if
    :: !inst[SL(b,k)] -> inst[SL(b,k)] = 1; used[b]++; word[SL(b,k)] = BUSY(NW); ins = 1; c = MOVED; goto mbclaimed
    :: else -> ins = 1; nx = 2; goto mbleave
    fi
  };
mbhot:
  atomic { !ISBUSY(word[SL(b,k)]) -> c = word[SL(b,k)] };
  if :: c == MOVED -> c = 0; goto mb :: else fi;
#ifndef V_MB_OVERWRITE
  if
  :: LIVE(c) ->                                          /* current one wins, this one counts as overwritten */
     atomic {
#ifdef G4
       assert(c > w);
#endif
       assert(st[x] == 1); st[x] = 2; goto mbdone }
  :: else
  fi;
#endif
  if
  :: atomic { word[SL(b,k)] == c -> word[SL(b,k)] = BUSY(NW) }
  :: atomic { word[SL(b,k)] != c -> c = 0; goto mbhot }
  fi;
mbclaimed:
#ifdef V_MB_NO_CHECK
  atomic { lin(b, k, w, 1) };
#else
  if
  :: atomic { cur == h -> SOFT(stgen[b] == gen); SOFT(!sld[SL(b,k)]); lin(b, k, w, 1) }
  :: atomic { cur != h -> skip };
     atomic { word[SL(b,k)] = c; c = 0; nx = 1; if :: ins -> goto mbleave :: else -> nx = 0; goto mb fi }
  fi;
#endif
  atomic {
#ifdef V_MB_OVERWRITE
    if
    :: LIVE(c) -> old = v0[SL(b,k)];
       assert(st[old] == 1);
#ifdef ORD
       assert(sq[old] < sq[x]);
#endif
#ifdef G4
       assert(c < w);
#endif
       st[old] = 2; old = 0; live[b]--
    :: else
    fi;
#endif
    v0[SL(b,k)] = x; SOFT(!sld[SL(b,k)]);
    live[b]++ };
  atomic {
    v1[SL(b,k)] = (w << 4) | x;
    assert(word[SL(b,k)] == BUSY(NW)); assert(v0[SL(b,k)] == x);
    SOFT(!sld[SL(b,k)]); assert(st[x] == 1);
    word[SL(b,k)] = w; c = 0; nx = 0;
    if :: ins -> skip :: else -> goto mbdone fi
  };
mbleave:
#ifdef SPILL
  atomic { E1(h); inside[ST(h,s)]--; v = inside[ST(h,s)] };
  if
  :: v & CL ->
     atomic { pend[h]--; v = (pend[h] == 0 -> 1 : 0) };
     if :: v -> tok[h] = 1 :: else fi
  :: else
  fi;
#endif
  atomic {
    v = 0; s = 0; ins = 0;
    if
    :: nx == 0 -> goto mbdone
    :: nx == 1 -> nx = 0; goto mb
    :: nx == 2 -> nx = 0; goto mbhot
    fi
  };
mbdone:
  atomic { h = 0; b = 0; c = 0; x = 0; ins = 0; nx = 0; v = 0; s = 0 }
}
#endif

/* deliver every live slot of store a */
inline deliver(a) {
  atomic { assert(!delivering); assert(stgen[a] >= lastgen); delivering = 1 };
  k = 0;
  do
  :: k == NK -> break
  :: k < NK ->
     if
     :: atomic { !inst[SL(a,k)] -> k++ }
     :: inst[SL(a,k)] ->
#ifdef V_DRAIN_NO_BUSY
        w = word[SL(a,k)];
#else
        atomic { !ISBUSY(word[SL(a,k)]) -> w = word[SL(a,k)] };
#endif
        if
        :: !LIVE(w)
        :: else ->
           x = v0[SL(a,k)];
           atomic {
             assert(x != 0);
             assert(v1[SL(a,k)] == ((w << 4) | x));      /* not torn, its own version */
             assert(st[x] == 1);                         /* accepted, not settled: exactly once */
             nd++;
             if
             :: st[x] = 2;                               /* the processor took it */
#ifdef MEMO
                dv[k] = w;
#endif
#ifdef ORD
                assert(sq[x] > lastsq[k]); lastsq[k] = sq[x];
#endif
                x = 0
#if NFAIL > 0
             :: fails < NFAIL -> fails++;
#if (OPS & 32)
                failed = failed | (1 << (x-1));
#endif
#ifdef V_MB_LATE
                infl = NIL
#endif
#endif
             fi
           }
#ifdef MEMO
           if :: x == 0 -> MEMNEXT = w :: else fi
#endif
#if NFAIL > 0
           if :: x != 0 -> mergeback() :: else fi
#endif
        fi;
        atomic { w = 0; k++ }
     fi
  od;
  atomic { k = 0; delivering = 0; lastgen = stgen[a] + 1 }
}

inline released(a) {           /* ghosts of the release */
  d_step {
    unf[a] = 0;
    k = 0;
    do :: k < NK -> missing(k); k++ :: else -> break od;
    k = 0
  }
}

proctype Flusher() {
  byte f, g, a, s, k, w, x, r, nh, nl, nd, q; bit stop, idle; short t;
#ifdef V_MEM_LATE
  byte nm;
#endif
#if NFAIL > 0
  byte h, b, c, v, nx; bit ins;
#ifdef V_MB_OVERWRITE
  byte old;
#endif
#endif
  do
  :: f > NF -> break
  :: f <= NF ->
     atomic { stop = (f == NF); f++ };
#ifndef V_TICKET_LATE
     r = req;                                            /* before the look and the swap */
#endif
#ifdef SSTOP
     if
     :: stop -> atomic { handed -> g = hand; a = g }; goto drain
     :: else
     fi;
     RLOCK;
#endif
     atomic { g = cur; a = g };
#ifdef SSTOP
     if
#ifdef V_FLUSH_AT_NIL
     :: g == NIL -> RUNLOCK; goto answer
#else
     :: g == NIL -> RUNLOCK; goto again                  /* answered after the final drain only */
#endif
     :: else
     fi;
#endif
     atomic {
       idle = (live[a] == 0);
       if
       :: !stop && used[a] == 0 -> nh = 1                /* a table without slots */
#ifdef EAGER
       :: !stop && used[a] == 0                          /* other keys, not modelled, may be there */
#endif
       :: stop || used[a] != 0
       fi
     };
     if
     :: nh == 1 ->
#ifdef SSTOP
        RUNLOCK;
#endif
        goto answer
     :: else
     fi;
     atomic {                                            /* the next header: its own memory until the swap */
       if
       :: stop -> nh = NIL
       :: else ->
          nh = g + 1
       fi
     };
#ifdef V_CLOSE_BEFORE_SWAP
     close(g);
#endif
#ifdef V_SCAN_BEFORE_SWAP
     sealpass(a);
#endif
#ifndef V_INFL_AFTER_SWAP
     SETINFL(g);
#endif
#ifdef SSTOP
#ifdef V_SWAP_NOT_CAS
     atomic { assert(cur != NIL); cur = nh; swapto(nh) };
#else
     if
     :: atomic { cur == g -> cur = nh; swapto(nh) }
     :: atomic { cur != g -> RUNLOCK; goto answer }      /* only without the mutex */
     fi;
#endif
#else
     atomic { cur = nh; swapto(nh) };
#endif
#ifdef V_INFL_AFTER_SWAP
     infl = g;
#endif
#ifdef V_RELEASE_AT_SWAP
     infl = NIL;
#endif
#ifndef V_CLOSE_BEFORE_SWAP
     close(g);
#endif
#ifndef V_SCAN_BEFORE_SWAP
     sealpass(a);
#endif
#ifdef V_RELEASE_EARLY                                   /* after the seal, before the delivery */
     infl = NIL;
#endif
     SOFT(nl == live[a]);
#ifdef SSTOP
     RUNLOCK;
#endif
#ifdef V_DROP_BY_HINT                                    /* dead-only decided before the swap */
     if :: idle -> nl = 0; goto release :: else fi;
#else
     if :: nl == 0 -> goto release :: else fi;           /* only dead slots: nothing to deliver */
#endif
drain:
     deliver(a);
     atomic { SOFT(nd == live[a]); nd = 0 };
release:
#if defined(SSTOP) && defined(CHAIN)
     RLOCK;                                              /* unlink */
     if
     :: infl == g -> atomic { infl = older[g]; released(a) }
     :: else ->
        if
        :: atomic { infl != NIL && older[infl] == g -> older[infl] = NIL; released(a) }
        :: else
        fi
     fi;
     older[g] = NIL;
     atomic { RUNLOCK; nl = 0; nd = 0 };
#else
     atomic { infl = NIL; released(a); nl = 0; nd = 0 };
#endif
#ifdef V_MEM_LATE
     atomic { if :: nm -> mem[0] = nm :: else fi; nm = 0 };
#endif
answer:
#ifdef V_TICKET_LATE
     r = req;
#endif
     atomic { dn = (stop -> 255 : r);
              if :: stop -> stopret = 1 :: else fi };
again:
     atomic { r = 0; g = 0; a = 0; nh = 0; idle = 0 }
  od
}

#ifdef SSTOP
/* Stop's caller: swaps in nil, closes, seals, hands over. Its deadline may pass right
   then, so stopret is set before anything is delivered. The flusher may still be
   draining the generation before. */
proctype Stopper() {
  byte g, a, s, k, nl; short t;
  RLOCK;
#if defined(V_STOP_INFL) || defined(CHAIN)               /* retire's first step is done here too */
  atomic { g = cur; a = g }; SETINFL(g);
  atomic { cur = NIL; swapto(NIL) };
#else
  atomic { g = cur; a = g; cur = NIL; swapto(NIL) };   /* current.Swap(nil) */
#endif
#ifdef V_STOP_NO_SEAL
  stopret = 1;
#endif
  close(g);
  sealpass(a);
  SOFT(nl == live[a]);
  RUNLOCK;
  stopret = 1;
  atomic { hand = g; handed = 1 }
}
#endif

init {
  byte i, o;
  atomic {
#ifdef CHAIN
    do :: i < NH -> older[i] = NIL; i++ :: else -> break od;
    i = 0;
#endif
#ifdef PRE
    do
    :: i < NK ->
       inst[SL(0,i)] = 1; word[SL(0,i)] = DEAD; i++
    :: else -> break
    od;
    used[0] = NK;
#endif
    i = 0;
    do :: i < NW -> choose(o, o); run Writer(i, o); i++ :: else -> break od;
    o = 0;
    run Flusher();
#ifdef SSTOP
    run Stopper();
#endif
    i = 1
  };
  (_nr_pr == 1);
  d_step {
    do :: i <= NID -> assert(st[i] != 1); i++ :: else -> break od;     /* G1 */
    assert(cur == NIL)
  }
}
