/*
 * pbuf: one partition as built. Headers (a gate and a live count each), stores
 * that headers share in turn, slots with one word, writers, one flusher, and
 * with SSTOP a stopper beside it.
 *
 * A statement that touches shared state is one atomic operation of the code, or
 * one plain access. atomic{} and d_step{} only glue such an access to ghosts and
 * to decisions on locals. Waiting for a busy word is modelled as blocking.
 *
 * Configuration (-D):
 *   NW writers, NOPS operations each, NK keys, NF flushes before Stop
 *   OPS      mask of operations: 1 Put 2 PutNewer(1) 4 PutNewer(2) 8 Delete
 *            16 Get 32 Flush 64 Lookup (current, then in flight)
 *   NFAIL    how many deliveries the processor may fail (merge-back)
 *   SSTOP    Stop runs beside the flusher: it swaps in nil, closes, seals, hands over
 *   REC      1: a drained store may be recycled or dropped (default)
 *            2: always recycled (two stores for ever)   0: always dropped
 *   PRE      start with two recycled stores: every key is known and dead in both
 *   EAGER    a generation may be retired though no modelled key was inserted (others were)
 *   MEMO     the memory of delivered versions, which G4 then covers
 *   LIN      ghosts that justify "absent" and "stale" results
 *   ORD      ghosts that order writes by their check
 *   ONLY_G1  leave only conservation, torn values, G4, Flush and deadlock to find the fault
 *   ALONE    Stop leaves inflight alone; else the stopped header goes in flight too, linked to
 *            the one before it (older), and a look goes past its own header
 *   NOGATE   insert without a gate at all
 *   V_*      broken variants: see run.sh
 */
#ifndef NW
#define NW 2
#endif
#ifndef NOPS
#define NOPS 2
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
#ifndef REC
#define REC 1
#endif
#ifndef NS
#define NS 2                   /* stripes */
#endif
#define NH (NF+1)              /* headers */
#if REC == 2
#define NST 2                  /* stores */
#else
#ifdef PRE
#define NST (NH+1)
#else
#define NST NH
#endif
#endif
#ifdef PRE
#define SB0 1
#define NST0 2
#else
#define SB0 NONE
#define NST0 1
#endif
#define NIL NH                 /* nil header */
#define NONE NST               /* no store */
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
byte hst[NH+1];                /* header -> its store; fixed once the header is published */
byte inside[NH*NS];               /* gate stripes */
bit  tok[NH];                  /* capacity-1 wake channel */
short pend[NH];                /* debt */
bit  inst[NST*NK];             /* index holds key */
byte word[NST*NK];
byte v0[NST*NK];               /* the value, two machine words: id / version and id */
byte v1[NST*NK];
byte used[NST];                /* slots taken, and live ones: one word in the code */
short live[NST];
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
byte stgen[NST];               /* generation that a store holds */
bit  sld[NST*NK];              /* the seal pass has passed the slot */
bit  unf[NST];                 /* swapped out, not yet released */
bit  closedret[NH];            /* Close has returned */
bit  delivering;
byte lastgen;                  /* 1 + generation delivered last */
bit  stopret;
#if (OPS & 32)
byte ret;                      /* mask of ids whose write has returned */
byte failed;                   /* mask of ids whose delivery failed: Flush reports them */
#endif
#ifdef LV
byte lv[NST*NK];               /* the word as of the last check: the linearized state */
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
#ifdef V_REOPEN_GATE           /* the gate belongs to the store and is reopened with it */
#define GT(g) hst[g]
#else
#define GT(g) (g)
#endif
#define ST(g,s) (GT(g)*NS+(s))

#ifdef ONLY_G1
#define SOFT(c) skip
#else
#define SOFT(c) assert(c)
#endif
#define E1ASSERT(g) SOFT(!closedret[GT(g)])

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
  :: q < NST && !((unf[q] || hst[cur] == q) && LIVE(lv[SL(q,k)])) -> q++
  :: else -> break
  od;
  if
  :: q == NST ->
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
       :: q < NST ->
          if
          :: q != a && (unf[q] || hst[cur] == q) && LIVE(lv[SL(q,k)]) ->
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
     atomic { if :: f == NIL || f == g -> f = NONE :: else -> f = hst[f] fi };
#endif
     if
     :: f == NONE
     :: f != NONE ->
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
  bit ins; byte nx;                                      /* after Leave: 0 done, 1 start again, 2 hot path */
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
         if :: cur == NIL || !LIVE(lv[SL(hst[cur],k)]) -> absok[me] = 1 :: else fi;
         q = 0;
         do
         :: q < NST ->
            if :: (unf[q] || hst[cur] == q) && LIVE(lv[SL(q,k)]) && lv[SL(q,k)] >= ver -> rejok[me] = 1 :: else fi;
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
        :: g != NIL && used[hst[g]] == 0 -> skip
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
lcur:   atomic { g = cur; a = hst[g] };
        if
        :: g != NIL && inst[SL(a,k)] ->
           atomic { !ISBUSY(word[SL(a,k)]) -> w = word[SL(a,k)] };
           if
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
           :: u != g && inst[SL(hst[u],k)] ->
              a = hst[u];
lret:         atomic { !ISBUSY(word[SL(a,k)]) -> w = word[SL(a,k)] };
              if
              :: w == DEAD
              :: else ->
                 if
                 :: atomic { word[SL(a,k)] == w -> word[SL(a,k)] = BUSY(me) }
                 :: atomic { word[SL(a,k)] != w -> w = 0; goto lret }
                 fi;
                 v = infl;                               /* check: in flight still? */
                 do
                 :: v == NIL || v == u -> break
                 :: else -> v = OLDER(v)
                 od;
#ifdef V_LOOKUP_NO_CHECK
                 v = u;
#endif
                 if
                 :: v == u ->
                    old = v0[SL(a,k)];
                    atomic {
                      assert(old != 0); assert(v1[SL(a,k)] == ((w << 4) | old)); assert(st[old] != 0);
                      word[SL(a,k)] = w; goto done
                    }
                 :: else -> atomic { word[SL(a,k)] = w; v = 0 }
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
     atomic { f = infl; if :: f == NIL -> f = NONE :: else -> f = hst[f] fi };
#endif
     atomic {
       g = cur;
       if
       :: g == NIL -> goto done                          /* ErrClosed, absent */
       :: else -> a = hst[g]
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

     /* ---- insert: gate.Enter ---- */
#ifndef NOGATE
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
     /* ---- index.Compute: install a busy slot if absent ---- */
     atomic {
       E1ASSERT(g);
       if
       :: !inst[SL(a,k)] ->
          SOFT(!sld[SL(a,k)]);
          inst[SL(a,k)] = 1; used[a]++; ins = 1; w = DEAD;   /* undone, the slot is dead */
#ifdef V_BORN_LIVE
          word[SL(a,k)] = ver; v0[SL(a,k)] = id; v1[SL(a,k)] = (ver << 4) | id; st[id] = 1;
          live[a]++; lin(a, k, ver, 0)
#else
          word[SL(a,k)] = BUSY(me);
#ifndef V_LIVE_AFTER
          live[a]++                                      /* one add with the slot number */
#endif
#endif
       :: else -> ins = 1; nx = 2
       fi
     };
     if :: nx == 2 -> goto leave :: else fi;
#ifdef V_BORN_LIVE
     if
     :: atomic { cur == g -> w = 0; nx = 0; goto leave }
     :: atomic { cur != g -> skip }
     fi;
     if                                                  /* take it back, if it is still there to take */
     :: atomic { word[SL(a,k)] == ver -> word[SL(a,k)] = DEAD; st[id] = 0; live[a]--; v0[SL(a,k)] = 0; v1[SL(a,k)] = 0 }
     :: atomic { word[SL(a,k)] != ver -> skip }
     fi;
     w = 0; nx = 1; goto leave;
#endif
     goto claimed;

     /* ---- the index holds the key: no gate ---- */
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
     :: w == DEAD ->
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
#ifndef V_LIVE_AFTER
        if :: ins -> live[a]-- :: else fi;
#endif
        atomic {
          assert(word[SL(a,k)] == BUSY(me));
          word[SL(a,k)] = w; w = 0; nx = 1;
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
          assert((w == DEAD) == (old == 0));
#ifndef V_LIVE_AFTER
          if :: w == DEAD && !ins -> live[a]++ :: else fi
#endif
        };
        atomic {                                         /* commit (v1, plain, joins it: a torn pair shows before) */
          v1[SL(a,k)] = (ver << 4) | id;
          assert(word[SL(a,k)] == BUSY(me));
          assert(v0[SL(a,k)] == id);
          if :: old != 0 -> assert(st[old] == 1); st[old] = 2 :: else fi;
          if :: op != PUT && w != DEAD -> assert(w < ver) :: else fi;
          SOFT(stgen[a] >= S); SOFT(!stopret); SOFT(!sld[SL(a,k)]);
          st[id] = 1;
#ifdef ORD
          if :: old != 0 -> assert(sq[old] < sq[id]) :: else fi;
#endif
          word[SL(a,k)] = ver
        }
#ifdef V_LIVE_AFTER
        if :: w == DEAD -> live[a]++ :: else fi;
#endif
     fi;
     atomic { old = 0; w = 0; nx = 0 };
     if :: ins -> skip :: else -> goto done fi;

     /* ---- gate.Leave ---- */
leave:
#ifdef NOGATE
     v = 0;
#else
#ifdef V_LEAVE_OTHER                                     /* Leave recomputes the stripe */
     if :: s = 0 :: s = 1 fi;
#endif
     atomic { E1ASSERT(g); inside[ST(g,s)]--; v = inside[ST(g,s)] };
     if
     :: v & CL ->
        atomic { pend[GT(g)]--; v = (pend[GT(g)] == 0 -> 1 : 0) };
        if :: v -> tok[GT(g)] = 1 :: else fi
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
#ifndef NOGATE
  s = 0;
  do
  :: s < NS -> atomic { t = t + inside[ST(g,s)]; inside[ST(g,s)] = inside[ST(g,s)] | CL; s++ }
  :: else -> break
  od;
#ifndef V_NO_WAIT
  atomic { pend[GT(g)] = pend[GT(g)] + t; t = (pend[GT(g)] != 0 -> 1 : 0) };
  if
  :: t -> tok[GT(g)] == 1; tok[GT(g)] = 0
  :: else
  fi;
#endif
  atomic { closedret[GT(g)] = 1; t = 0; s = 0 }
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
       gen++; stgen[hst[h]] = gen;
       k = 0;
       do :: k < NK -> sld[SL(hst[h],k)] = 0; k++ :: else -> break od;
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
    :: else -> b = hst[h]
    fi
  };
  if :: inst[SL(b,k)] -> goto mbhot :: else fi;
#ifndef NOGATE
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
    E1ASSERT(h);
    if
    :: !inst[SL(b,k)] -> inst[SL(b,k)] = 1; used[b]++; word[SL(b,k)] = BUSY(NW); live[b]++; ins = 1; c = DEAD; goto mbclaimed
    :: else -> ins = 1; nx = 2; goto mbleave
    fi
  };
mbhot:
  atomic { !ISBUSY(word[SL(b,k)]) -> c = word[SL(b,k)] };
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
     if :: ins -> live[b]-- :: else fi;
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
    if :: !ins -> live[b]++ :: else fi };
  atomic {
    v1[SL(b,k)] = (w << 4) | x;
    assert(word[SL(b,k)] == BUSY(NW)); assert(v0[SL(b,k)] == x);
    SOFT(!sld[SL(b,k)]); assert(st[x] == 1);
    word[SL(b,k)] = w; c = 0; nx = 0;
    if :: ins -> skip :: else -> goto mbdone fi
  };
mbleave:
#ifndef NOGATE
  atomic { E1ASSERT(h); inside[ST(h,s)]--; v = inside[ST(h,s)] };
  if
  :: v & CL ->
     atomic { pend[GT(h)]--; v = (pend[GT(h)] == 0 -> 1 : 0) };
     if :: v -> tok[GT(h)] = 1 :: else fi
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
        :: w == DEAD
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

/* each slot dead, cleared; then the counts: the store becomes the standby */
inline recycle(a) {
  k = 0;
  do
  :: k == NK -> break
  :: k < NK ->
     if
     :: atomic { !inst[SL(a,k)] -> k++ }
     :: inst[SL(a,k)] ->
#ifdef V_RECYCLE_STORE
        w = word[SL(a,k)];
        if :: w != DEAD -> word[SL(a,k)] = DEAD :: else fi;    /* plain store: a late claimer puts its word back */
#else
#ifdef V_RECYCLE_SKIP_BUSY
        atomic { if :: LIVE(word[SL(a,k)]) -> word[SL(a,k)] = DEAD :: else fi };
#else
#ifndef V_STANDBY_LIVE
        atomic { !ISBUSY(word[SL(a,k)]) -> word[SL(a,k)] = DEAD };
#endif
#endif
#endif
        v0[SL(a,k)] = 0;
        atomic { v1[SL(a,k)] = 0;
#ifdef LV
                 lv[SL(a,k)] = DEAD;
#endif
                 w = 0; k++ }
     fi
  od;
  atomic { live[a] = 0; k = 0 }
}

inline released(a) {           /* ghosts of the release */
  d_step {
    unf[a] = 0;
    k = 0;
    do :: k < NK -> missing(k); k++ :: else -> break od;
    k = 0
  }
}

/* dropped: words stay as they are, values are garbage */
inline drop(a) {
  d_step {
    k = 0;
    do
    :: k < NK -> if :: ISBUSY(word[SL(a,k)]) :: else -> v0[SL(a,k)] = 0; v1[SL(a,k)] = 0 fi; k++
    :: else -> break
    od;
    k = 0
  }
}

proctype Flusher() {
  byte f, g, a, s, k, w, x, r, sb = SB0, nh, nst = NST0, nl, nd, q; bit stop, idle; short t;
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
     :: stop -> atomic { handed -> g = hand; a = hst[g] }; goto drain
     :: else
     fi;
     RLOCK;
#endif
     atomic { g = cur; a = hst[g] };
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
     atomic {                                            /* taken and live: one load */
       idle = (live[a] == 0);
       if
       :: !stop && used[a] == 0 -> nh = 1
#ifdef EAGER
       :: !stop && used[a] == 0                          /* other keys, not modelled, may be there */
#endif
       :: !stop && used[a] != 0 && idle -> nh = 1        /* dead slots only: may wait for a later tick */
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
#if REC == 0
          nh = g + 1; hst[nh] = nst; nst++
#else
#ifdef V_REUSE_HEADER
          if
          :: sb != NONE -> nh = 1 - g; hst[nh] = sb; k = 0;   /* the standby's own header, gate reset */
             do :: k < NS -> inside[nh*NS+k] = 0; k++ :: else -> break od;
             k = 0; pend[nh] = 0; tok[nh] = 0; closedret[nh] = 0; sb = NONE
          :: else -> nh = g + 1; hst[nh] = nst; nst++
          fi
#else
          nh = g + 1;
#if REC == 1
          if :: idle -> sb = NONE :: else fi;            /* forget the standby too */
#endif
          if
          :: sb != NONE -> hst[nh] = sb; sb = NONE
          :: else -> hst[nh] = nst; nst++
          fi;
          assert(hst[nh] < NST)
#endif
#ifdef V_REOPEN_GATE
          ; k = 0;
          do :: k < NS -> inside[ST(nh,k)] = 0; k++ :: else -> break od;
          k = 0; pend[GT(nh)] = 0; tok[GT(nh)] = 0; closedret[GT(nh)] = 0
#endif
#endif
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
#ifdef V_RECYCLE_FIRST
     if :: !stop -> recycle(a) :: else fi;
#endif
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
     if
#if REC < 2
     :: drop(a)
#else
     :: stop -> drop(a)
#endif
#if REC == 1
     :: !stop && !idle -> recycle(a); sb = a
#endif
#if REC == 2
     :: !stop ->
#ifndef V_RECYCLE_FIRST
        recycle(a);
#endif
        sb = a
#endif
     fi;
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
  atomic { g = cur; a = hst[g] }; SETINFL(g);
  atomic { cur = NIL; swapto(NIL) };
#else
  atomic { g = cur; a = hst[g]; cur = NIL; swapto(NIL) };   /* current.Swap(nil) */
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
    hst[NIL] = NONE;
#ifdef CHAIN
    do :: i < NH -> older[i] = NIL; i++ :: else -> break od;
    i = 0;
#endif
#ifdef PRE
    do
    :: i < NK ->
       inst[SL(0,i)] = 1; word[SL(0,i)] = DEAD; inst[SL(1,i)] = 1; word[SL(1,i)] = DEAD; i++
    :: else -> break
    od;
    used[0] = NK; used[1] = NK;
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
