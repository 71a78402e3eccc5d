package fleet

import (
	"errors"
	"flag"
	"math/rand/v2"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"
)

var seeds = flag.Uint64("seeds", 2000, "how many schedules a broken rule has to be noticed in")

// rule is what is left out of the protocol; the zero rule leaves out nothing.
type rule struct {
	acksFirst bool // a message is acknowledged once it is put
	byArrival bool // its version is the time at which it came
	plain     bool // it is put without a version, and the table takes what comes
	byFlushes bool // a checkpoint is done when all it covers has been through a flush, and may have gone back
	deaf      bool // a checkpoint that is done counts, whatever its Err says
	unguarded bool // versions are compared in the buffers alone
	erases    bool // the table forgets the versions of rows that are deleted
}

func TestTableEqualsLog(t *testing.T) {
	var sum tally
	rapid.Check(t, func(t *rapid.T) {
		rapid.SyncTest(t, func(t *rapid.T) {
			f := newFleet(func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "n") }, rule{})
			t.Cleanup(f.end) // also when a draw ends the run half-way
			if err := f.run(); err != nil {
				t.Fatal(err)
			}
			sum.add(f.tally)
		})
	})
	if sum.kills == 0 || sum.pauses == 0 || sum.redelivered == 0 || sum.refused == 0 || sum.lost == 0 || sum.reordered == 0 {
		t.Errorf("%+v: something was not tried", sum)
	}
	t.Logf("explored: %d schedules, %d kills, %d pauses, %d messages redelivered, %d writes refused by version, %d acks lost, %d fetches reordered",
		sum.schedules, sum.kills, sum.pauses, sum.redelivered, sum.refused, sum.lost, sum.reordered)
}

func TestBrokenRulesAreNoticed(t *testing.T) {
	for name, r := range map[string]rule{
		"ack before settle":                 {acksFirst: true},
		"version from arrival time":         {byArrival: true},
		"plain Put":                         {plain: true, unguarded: true},
		"checkpoint that ignores requeued":  {byFlushes: true},
		"checkpoint whose loss is ignored":  {deaf: true},
		"table without a guard":             {unguarded: true},
		"table that forgets what it erased": {erases: true},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range *seeds {
				err := run(t, seed, r)
				var found finding
				if errors.As(err, &found) {
					t.Logf("schedule %d: %v", seed, err)
					if err := run(t, seed, rule{}); err != nil {
						t.Errorf("schedule %d finds fault with the unbroken rule too: %v", seed, err)
					}
					return
				}
				if err != nil {
					t.Fatalf("schedule %d: %v", seed, err)
				}
			}
			t.Errorf("%d schedules did not notice", *seeds)
		})
	}
}

func run(t *testing.T, seed uint64, r rule) (err error) {
	synctest.Test(t, func(*testing.T) {
		random := rand.New(rand.NewPCG(seed, 12))
		err = newFleet(random.IntN, r).run()
	})
	return err
}
